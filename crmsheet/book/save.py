"""Writes a finished workbook so that at any instant the user has the old file or the new one, whole.

The archive goes to a temporary file in the same folder, is flushed to the disk, read back and checked, and
then takes the target's place in one atomic step.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import itertools
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from crmsheet.book.file_attributes import adopt
from crmsheet.book.locks import exclusive
from crmsheet.book.zipstream import PIECE, BadEntry, Entry, inflate_pieces, local_header, write_archive
from crmsheet.errors import (
    DiskFull,
    TargetChanged,
    TargetExists,
    TargetInUse,
    TargetNotWritable,
    WouldDamage,
    WriteError,
)

FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
BUSY = {errno.EBUSY, errno.ETXTBSY} if hasattr(errno, "ETXTBSY") else {errno.EBUSY}
WINDOWS_SHARING = {32, 33}  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
NEW_FILE_MODE = 0o666
TEMPORARY = ".~crm-"

Write = Callable[[bytes | memoryview], Any]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file's content was: its size and hash decide whether it changed. ``modified``, its time stamp in
    nanoseconds (None when it is not known), only tells that somebody touched it: synchronising programs do.
    """

    size: int
    sha256: str
    modified: int | None = field(default=None, compare=False)

    @classmethod
    def of_bytes(cls, data: bytes, modified: int | None = None) -> Fingerprint:
        return cls(len(data), hashlib.sha256(data).hexdigest(), modified)

    @classmethod
    def of_file(cls, path: Path) -> Fingerprint:
        with path.open("rb") as file:
            modified = os.fstat(file.fileno()).st_mtime_ns
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return cls(file.tell(), digest, modified)

    def touched_since(self, before: Fingerprint) -> bool:
        """Whether the time stamp moved; False where one is not known."""
        return None not in (self.modified, before.modified) and self.modified != before.modified


def backup_path(path: Path) -> Path:
    """Where the one backup of ``path`` stands.

    >>> backup_path(Path("客户.xlsx")).name
    '客户.bak.xlsx'
    """
    return path.with_name(f"{path.stem}.bak{path.suffix}")


def owner_file(path: Path) -> Path | None:
    """Excel's ``~$`` file beside ``path`` when somebody has the workbook open, otherwise None."""
    name = path.with_name("~$" + path.name)
    shortened = path.with_name("~$" + path.name[2:])  # Excel overwrites two characters of long names
    return next((candidate for candidate in (name, shortened) if candidate.exists()), None)


@dataclass(frozen=True)
class Content:
    """What a file is to hold: how it is written, and the check that it was."""

    write: Callable[[Write], None]
    verify: Callable[[Path], None]


def archive(entries: Sequence[Entry]) -> Content:
    """A zip archive of ``entries``."""
    return Content(lambda write: write_archive(entries, write), lambda path: _verify(path, entries))


def sealed(content: Content, seal: Callable[[bytes], bytes]) -> Content:
    """``content`` as ``seal`` makes it: nothing unsealed ever reaches the disk."""
    plain = io.BytesIO()
    content.write(plain.write)
    data = seal(plain.getvalue())

    def verify(path: Path) -> None:
        if path.read_bytes() != data:
            raise WouldDamage(part=path.name, cell="", rule="read_back", found="")

    return Content(lambda write: write(data), verify)


def replace(
    target: Path, content: Content, *, expect: Fingerprint | None = None, backup: Path | None = None
) -> bool:
    """Make ``content`` that of ``target``. With ``expect``, only when the file still is what it was.

    True when somebody touched the file meanwhile and left its content as it was.
    """
    target = Path(os.path.realpath(target))
    with _translated(target), exclusive(target):
        _require_writable(target)
        with _temporary(target) as temporary:
            _write_synced(temporary, content.write)
            content.verify(temporary)
            if target.exists():
                adopt(temporary, target)
            touched = _require(target, expect)
            if backup is not None and target.exists():
                _back_up(target, backup)
                touched = _require(target, expect) or touched
            os.replace(temporary, target)
            _sync_folder(target.parent)
    return touched


def write_new(path: Path, data: bytes) -> None:
    """Write ``data`` to a file that does not exist yet; raises :class:`TargetExists` when it does."""
    with _translated(path), exclusive(path), _temporary(path) as temporary:
        _write_synced(temporary, lambda write: write(data))
        if path.exists():
            raise TargetExists(path=path)
        os.replace(temporary, path)
        _sync_folder(path.parent)


def write_file(path: Path, data: bytes) -> None:
    """Make ``data`` the content of ``path``, whether or not it exists; it is whole at any instant."""
    with _translated(path), exclusive(path), _temporary(path) as temporary:
        _write_synced(temporary, lambda write: write(data))
        os.replace(temporary, path)
        _sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and those above it; what is in the way raises one of our errors."""
    with _translated(folder):
        folder.mkdir(parents=True, exist_ok=True)


# Steps


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Name for a temporary file beside ``target``. What a killed run left there is cleared away."""
    prefix = TEMPORARY + hashlib.sha256(target.name.encode("utf-8", "replace")).hexdigest()[:8]
    for left_behind in target.parent.glob(f"{prefix}-*.tmp"):
        left_behind.unlink(missing_ok=True)
    path = target.with_name(f"{prefix}-{secrets.token_hex(4)}.tmp")
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _write_synced(path: Path, write_to: Callable[[Write], Any]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, NEW_FILE_MODE), "wb", buffering=1 << 20) as file:
        write_to(file.write)
        file.flush()
        os.fsync(file.fileno())


def _verify(path: Path, entries: Sequence[Entry]) -> None:
    """Read the temporary file back: every entry as it should be, and those we compressed really
    decompress.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for expected, found in itertools.zip_longest(entries, archive.infolist()):
                if expected is None or found is None or _facts(expected) != _directory_facts(found):
                    raise BadEntry(expected.name if expected else path.name, "checksum")
                _verify_content(file, expected, found.header_offset)
    except (BadEntry, zipfile.BadZipFile) as error:
        raise WouldDamage(part=path.name, cell="", rule="read_back", found=str(error)) from None


def _verify_content(file: BinaryIO, entry: Entry, offset: int) -> None:
    file.seek(offset)
    header = local_header(entry)
    if file.read(len(header)) != header:
        raise BadEntry(entry.name, "checksum")
    for start in range(0, len(entry.raw), PIECE):
        expected = entry.raw[start : start + PIECE]
        if file.read(len(expected)) != expected:
            raise BadEntry(entry.name, "checksum")
    if entry.written:
        for _ in inflate_pieces(entry):
            pass


def _directory_facts(info: zipfile.ZipInfo) -> tuple[str, int, int, int]:
    return info.orig_filename, info.compress_type, info.CRC, info.file_size


def _facts(entry: Entry) -> tuple[str, int, int, int]:
    return entry.name, entry.method, entry.crc, entry.size


def _require(target: Path, expect: Fingerprint | None) -> bool:
    """Whether the expected content was touched; raises when it is another one."""
    if expect is None:
        return False
    found = Fingerprint.of_file(target) if target.exists() else None
    if found != expect or found is None:
        raise TargetChanged(path=target)
    return found.touched_since(expect)


def _require_writable(target: Path) -> None:
    """A read-only file could be replaced all the same on POSIX systems; its owner did not mean that."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)


def _back_up(target: Path, backup: Path) -> None:
    """Copy ``target`` to ``backup``, itself in one atomic step, so that an older backup survives a full
    disk.
    """
    with _temporary(backup) as temporary:
        with target.open("rb") as old:
            _write_synced(temporary, lambda write: shutil.copyfileobj(old, _Writer(write), PIECE))
        shutil.copystat(target, temporary)
        os.replace(temporary, backup)


@dataclass(frozen=True, slots=True)
class _Writer:
    write: Write


def _sync_folder(folder: Path) -> None:
    """Make the new directory entry durable; Windows has no such call."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _translated(target: Path) -> Iterator[None]:
    """Turn the system's errors into ours."""
    try:
        yield
    except OSError as error:
        raise _our_error(target, error) from error


def _our_error(target: Path, error: OSError) -> WriteError:
    if error.errno in FULL:
        return DiskFull(path=target)
    if error.errno in BUSY or getattr(error, "winerror", None) in WINDOWS_SHARING:
        return TargetInUse(path=target)
    return TargetNotWritable(path=target, reason=error.strerror or str(error))
