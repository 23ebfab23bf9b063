"""Writes a finished workbook so that at any instant the user has the old file or the new one, whole.

The archive goes to a temporary file in the same folder, is flushed to the disk, read back and checked, and
then takes the target's place in one atomic step.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmsheet.book.file_attributes import adopt
from crmsheet.book.locks import exclusive
from crmsheet.book.read_back import verify_archive
from crmsheet.book.zipstream import PIECE, Entry, write_archive
from crmsheet.errors import (
    DiskFull,
    TargetChanged,
    TargetExists,
    TargetInUse,
    TargetNotWritable,
    WouldDamage,
    WriteError,
    refusal,
)
from crmsheet.labels import Labels

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
    return Content(lambda write: write_archive(entries, write), lambda path: verify_archive(path, entries))


def plain(data: bytes) -> Content:
    """``data`` as it is."""

    def verify(path: Path) -> None:
        if path.read_bytes() != data:
            raise WouldDamage(part=path.name, cell="", rule="read_back", found="")

    return Content(lambda write: write(data), verify)


def sealed(content: Content, seal: Callable[[bytes], bytes]) -> Content:
    """``content`` as ``seal`` makes it: nothing unsealed ever reaches the disk."""
    unsealed = io.BytesIO()
    content.write(unsealed.write)
    return plain(seal(unsealed.getvalue()))


def replace(
    target: Path, content: Content, *, expect: Fingerprint | None = None, backup: Path | None = None
) -> bool:
    """Make ``content`` that of ``target``. With ``expect``, only when the file still is what it was.

    True when somebody touched the file meanwhile and left its content as it was.
    """
    target = Path(os.path.realpath(target))
    with translated(target), exclusive(target):
        require_writable(target)
        with temporary(target) as draft:
            _write_synced(draft, content.write)
            content.verify(draft)
            if target.exists():
                adopt(draft, target)
            touched = _require(target, expect)
            if backup is not None and target.exists():
                _back_up(target, backup)
                touched = _require(target, expect) or touched
            os.replace(draft, target)
            sync_folder(target.parent)
    return touched


def write_new(path: Path, data: bytes) -> None:
    """Write ``data`` to a file that does not exist yet; raises :class:`TargetExists` when it does."""
    content = plain(data)
    with translated(path), exclusive(path), temporary(path) as draft:
        _write_synced(draft, content.write)
        content.verify(draft)
        if path.exists():
            raise TargetExists(path=path)
        os.replace(draft, path)
        sync_folder(path.parent)


def write_file(path: Path, data: bytes, *, backup: Path | None = None) -> None:
    """Make ``data`` the content of ``path``, whether or not it exists; it is whole at any instant.

    ``backup`` receives a copy of the old file first.
    """
    replace(path, plain(data), backup=backup)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and those above it; what is in the way raises one of our errors."""
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)


# Steps


@contextlib.contextmanager
def temporary(target: Path) -> Iterator[Path]:
    """Name for a temporary file beside ``target``. What a killed run left there is cleared away."""
    prefix = draft_prefix(target)
    for left_behind in target.parent.glob(f"{prefix}-*.tmp"):
        remove(left_behind)
    path = target.with_name(f"{prefix}-{secrets.token_hex(4)}.tmp")
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            remove(path)


def draft_prefix(target: Path) -> str:
    """What the names of temporary files beside ``target`` begin with."""
    return TEMPORARY + hashlib.sha256(target.name.encode("utf-8", "replace")).hexdigest()[:8]


def remove(path: Path) -> None:
    """Take a file or a folder away, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_synced(path: Path, write_to: Callable[[Write], Any]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, NEW_FILE_MODE), "wb", buffering=1 << 20) as file:
        write_to(file.write)
        file.flush()
        os.fsync(file.fileno())


def _require(target: Path, expect: Fingerprint | None) -> bool:
    """Whether the expected content was touched; raises when it is another one."""
    if expect is None:
        return False
    found = Fingerprint.of_file(target) if target.exists() else None
    if found != expect or found is None:
        raise TargetChanged(path=target)
    return found.touched_since(expect)


def require_writable(target: Path) -> None:
    """A read-only file could be replaced all the same on POSIX systems; its owner did not mean that."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    if target.exists() and not target.is_file():
        raise TargetNotWritable(path=target, reason=Labels.load().phrase("not_a_file"))


def _back_up(target: Path, backup: Path) -> None:
    """Copy ``target`` to ``backup``, itself in one atomic step, so that an older backup survives a full
    disk.
    """
    with temporary(backup) as draft:
        with target.open("rb") as old:
            _write_synced(draft, lambda write: shutil.copyfileobj(old, _Writer(write), PIECE))
        shutil.copystat(target, draft)
        os.replace(draft, backup)


@dataclass(frozen=True, slots=True)
class _Writer:
    write: Write


def sync_folder(folder: Path) -> None:
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
def translated(target: Path) -> Iterator[None]:
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
    return TargetNotWritable(path=target, reason=refusal(error))
