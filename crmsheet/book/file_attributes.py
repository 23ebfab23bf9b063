"""What a new file takes over from the one it replaces: who may read it, whose it is, how the system shows it."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Any

HIDDEN, SYSTEM, NOT_INDEXED = 0x2, 0x4, 0x2000
_KEPT = (
    HIDDEN | SYSTEM | NOT_INDEXED
)  # the attributes of Windows that a person sets; the archive bit is for backups
_NORMAL = 0x80


def adopt(new: Path, old: Path) -> None:
    """Give ``new`` the permissions of ``old`` and, as far as the system allows, its owner, its extended attributes
    (access lists, labels, tags of macOS), flags and attributes of Windows. Its times are its own.
    """
    was = old.stat()
    owned = new.stat()
    if hasattr(os, "chown") and (was.st_uid, was.st_gid) != (owned.st_uid, owned.st_gid):
        with contextlib.suppress(OSError):
            os.chown(new, was.st_uid, was.st_gid)
    new.chmod(stat.S_IMODE(was.st_mode))  # after chown, which clears bits
    _copy_extended(new, old)
    _copy_flags(new, was)
    _copy_windows(new, was)


def _copy_extended(new: Path, old: Path) -> None:
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):  # a file system without any
        for name in os.listxattr(old):
            with contextlib.suppress(OSError):  # one that only the system may set
                os.setxattr(new, name, os.getxattr(old, name))


def _copy_flags(new: Path, was: os.stat_result) -> None:
    """Flags of macOS and BSD: hidden in the Finder, for one."""
    flags, change = getattr(was, "st_flags", 0), getattr(os, "chflags", None)
    if flags and change:
        with contextlib.suppress(OSError):
            change(new, flags)


def _copy_windows(new: Path, was: os.stat_result) -> None:
    wanted = getattr(was, "st_file_attributes", 0) & _KEPT
    if wanted:
        with contextlib.suppress(OSError):
            set_windows_attributes(new, getattr(new.stat(), "st_file_attributes", 0) & ~_NORMAL | wanted)


def set_windows_attributes(path: Path, attributes: int) -> None:
    """Raises :class:`OSError` where Windows refuses."""
    import ctypes  # noqa: PLC0415 - for Windows only

    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
    if not kernel.SetFileAttributesW(str(path), attributes):
        raise OSError(ctypes.get_last_error(), "SetFileAttributesW")  # type: ignore[attr-defined, unused-ignore]
