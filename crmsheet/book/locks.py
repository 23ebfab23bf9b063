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
    seconds.
    """
    try:
        handle = os.open(lock_file(target), os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # another user's lock file, or no temporary folder: the fingerprint check remains
        yield
        return
    try:
        _wait(handle, target, patience)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, target: Path, patience: float) -> None:
    give_up = time.monotonic() + patience
    while True:
        try:
            return _try_lock(handle)
        except OSError:
            if time.monotonic() > give_up:
                raise TargetInUse(path=target) from None
            time.sleep(PAUSE_SECONDS)
