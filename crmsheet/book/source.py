"""Bytes of a workbook file, or the error that says what the file is instead."""

from __future__ import annotations

import difflib
from pathlib import Path

from crmsheet.data import read_toml, spoken
from crmsheet.errors import (
    CrmsheetError,
    DamagedWorkbook,
    EncryptedWorkbook,
    FileEmpty,
    FileMissing,
    FileUnreadable,
    LegacyWorkbook,
    NotAFile,
    ReadError,
    UnknownFormat,
    refusal,
)

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv"})  # of files worth proposing
LEGACY_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


def read_file(path: Path) -> bytes:
    """Content of ``path``; raises a :class:`ReadError` of the fitting kind."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileMissing(path=path, near=_near(path)) from None
    except (IsADirectoryError, PermissionError) as error:
        if path.is_dir():
            raise NotAFile(path=path) from None
        raise FileUnreadable(path=path, reason=refusal(error)) from None
    except OSError as error:
        raise FileUnreadable(path=path, reason=refusal(error)) from None
    if not data:
        raise FileEmpty(path=path)
    return data


def modified_at(path: Path) -> int | None:
    """Time stamp of ``path`` in nanoseconds, None for one that cannot be asked; to be read before the content."""
    try:
        return path.stat().st_mtime_ns
    except (OSError, ValueError):
        return None


def _near(path: Path) -> str:
    """The workbook in the same folder whose name, its ending aside, is like that of ``path``, or ``""``."""
    folder = path.parent
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    named = {
        file.stem: file.name for file in files if file.suffix.lower() in SUFFIXES and file.name[0] not in "~."
    }
    return named.get(next(iter(difflib.get_close_matches(path.stem, named, n=1)), ""), "")


def refuse_other_formats(path: Path, data: bytes) -> None:
    """Raise unless ``data`` begins like a zip archive."""
    if data.startswith(COMPOUND_FILE):
        raise _compound_file(path, data)
    if not data.startswith(b"PK"):
        raise UnknownFormat(path=path, suffix=path.suffix)


def _compound_file(path: Path, data: bytes) -> ReadError:
    if ENCRYPTED_STREAM in data:
        return EncryptedWorkbook(path=path)
    if any(name in data for name in LEGACY_STREAMS):
        return LegacyWorkbook(path=path, suffix=path.suffix)
    return UnknownFormat(path=path, suffix=path.suffix)


def refuse_other_packages(path: Path, data: bytes, names: frozenset[str]) -> None:
    """Raise for zip archives that hold an OpenDocument sheet or no package at all. ``names`` are lower
    case.
    """
    if "[content_types].xml" in names:
        return
    if "mimetype" in names and b"opendocument" in data[:200]:
        raise LegacyWorkbook(path=path, suffix=path.suffix)
    raise UnknownFormat(path=path, suffix=path.suffix)


def damaged(path: Path, part: str, code: str, detail: str = "") -> CrmsheetError:
    """The error for a broken or dangerous ``part``; ``code`` is worded by ``data/damage.zh.toml``."""
    if code == "encrypted":
        return EncryptedWorkbook(path=path)
    if code == "binary":
        return LegacyWorkbook(path=path, suffix=".xlsb")
    reason = str(read_toml(f"damage.{spoken()}.toml")[code])
    return DamagedWorkbook(path=path, part=part, reason=f"{reason} {detail}".rstrip(), code=code)
