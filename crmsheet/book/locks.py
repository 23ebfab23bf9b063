"""Advisory lock that keeps two refreshes of one workbook on this machine apart.

The system frees it when a process dies, so a killed run leaves no lock behind, only an empty file that the next run
takes over. Whoever ends removes the file. Runs on other machines are caught by the fingerprint check right before
the replace.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from crmsheet.errors import TargetInUse

PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 0.05

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
elif sys.platform == "emscripten":  # in a browser no other program runs

    def _try_lock(handle: int) -> None:
        pass
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_file(target: Path) -> Path:
    """File in the temporary folder that stands for ``target``: no litter beside the user's workbook."""
    name = hashlib.sha256(os.path.normcase(os.path.realpath(target)).encode("utf-8", "replace")).hexdigest()
    return Path(tempfile.gettempdir()) / f"crmsheet-{name[:24]}.lock"


@contextlib.contextmanager
def exclusive(target: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock of ``target``; raises :class:`TargetInUse` when another run keeps it for ``patience``
    seconds.
    """
    path = lock_file(target)
    try:
        handle = _acquire(path, target, patience)
    except OSError:  # another user's lock file, or no temporary folder: the fingerprint check remains
        yield
        return
    try:
        yield
    finally:
        _free(handle, path)


def _acquire(path: Path, target: Path, patience: float) -> int:
    """Handle of the locked file at ``path``: the one that stands there now, not one removed while we waited."""
    give_up = time.monotonic() + patience
    while True:
        handle = _open(path, give_up)
        try:
            _wait(handle, target, give_up)
            if _is_at(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _open(path: Path, give_up: float) -> int:
    """Open or create the file; Windows refuses for an instant what is being removed."""
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > give_up:
                raise
            time.sleep(PAUSE_SECONDS)


def _wait(handle: int, target: Path, give_up: float) -> None:
    while True:
        try:
            return _try_lock(handle)
        except OSError:
            if time.monotonic() > give_up:
                raise TargetInUse(path=target) from None
            time.sleep(PAUSE_SECONDS)


def _free_while_held(handle: int, path: Path) -> None:
    """The name goes while the lock is still held, so that nobody can lock a file that is about to vanish and find
    it in place; whoever waits for it looks again.
    """
    with contextlib.suppress(OSError):
        if _is_at(handle, path):
            path.unlink()
    os.close(handle)


def _free_after_closing(handle: int, path: Path) -> None:
    """Windows removes no file that anybody holds open: after closing, one that is waited for stays."""
    os.close(handle)
    with contextlib.suppress(OSError):
        path.unlink()


_free = _free_after_closing if os.name == "nt" else _free_while_held


def _is_at(handle: int, path: Path) -> bool:
    """Whether ``path`` still names the open file."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False
