"""Advisory lock that keeps two refreshes of one workbook on this machine apart.

The system frees it when a process dies, so a killed run leaves no lock behind. Runs on other machines are
caught by the fingerprint check right before the replace.
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
    seconds. Whoever held it last takes the lock file away.
    """
    lock = lock_file(target)
    try:
        handle = _held(lock, target, time.monotonic() + patience)
    except OSError:  # another user's lock file, or no temporary folder: the fingerprint check remains
        yield
        return
    try:
        yield
    finally:
        _release(handle, lock)


def _held(lock: Path, target: Path, give_up: float) -> int:
    """Handle of the locked file. The one that got it may have waited on a file that its holder took away."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _wait(handle, target, give_up)
            if _is_still(lock, handle):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _wait(handle: int, target: Path, give_up: float) -> None:
    while True:
        try:
            return _try_lock(handle)
        except OSError:
            if time.monotonic() > give_up:
                raise TargetInUse(path=target) from None
            time.sleep(PAUSE_SECONDS)


def _is_still(lock: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(lock), os.fstat(handle))
    except FileNotFoundError:
        return False


def _release(handle: int, lock: Path) -> None:
    """On POSIX systems the file goes while its lock is held; Windows lets nobody remove an open file."""
    if os.name == "nt":
        os.close(handle)
    with contextlib.suppress(OSError):  # on Windows the next one may have it open already
        lock.unlink()
    if os.name != "nt":
        os.close(handle)
