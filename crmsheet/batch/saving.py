"""Files of a batch: written whole or not at all, shared, and known again."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

from crmsheet.errors import DiskFull, TargetNotWritable, refusal

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def save(write: Callable[[Path], object], path: Path) -> None:
    """Write beside ``path``, then put it in place; a full disk becomes our own error."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno in FULL:
            raise DiskFull(path=path) from None
        raise TargetNotWritable(path=path, reason=refusal(error)) from error


def share(path: Path, name: Path) -> None:
    """Give a file a second name: a link where the disk knows links, a copy elsewhere."""

    def shared(place: Path) -> None:
        try:
            place.hardlink_to(path)
        except OSError:
            copyfile(path, place)

    save(shared, name)


def checksum(path: Path) -> int:
    """Of all that a file holds: one that lay on a disk between two runs is not trusted by its size."""
    found = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found = zlib.crc32(block, found)
    return found
