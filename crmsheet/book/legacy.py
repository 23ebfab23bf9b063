"""Cells of formats that can be read but not written back: ``.xls``, ``.xlsb``, ``.ods`` and what WPS makes of them.

Their reader takes memory for the whole used range at once, and some ranges are hostile; so it runs in a process
of its own, which may run out of memory without harm.
"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.read import read_book
from crmsheet.book.save import Fingerprint
from crmsheet.book.source import read_file
from crmsheet.book.values import read_rows
from crmsheet.errors import LegacyUnreadable, LegacyWorkbook

MOST_MEMORY = 2 << 30
LONGEST_SECONDS = 300


def read_any_book(path: Path | str, *, unread: Collection[str] = (), password: str = "") -> RawBook:
    """Like :func:`read_book`, and the older formats too; those come as kind ``legacy``."""
    try:
        return read_book(path, unread=unread, password=password)
    except LegacyWorkbook as error:
        sheets = _read_apart(Path(path))
        if sheets is None:
            raise LegacyUnreadable(**error.facts) from None
    return RawBook(Path(path), "legacy", sheets, Fingerprint.of_file(Path(path)))


def _read_apart(path: Path) -> tuple[RawSheet, ...] | None:
    """The sheets of the file at ``path``, None when the reader cannot read them either."""
    command = [sys.executable, "-m", "crmsheet.book.legacy", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return tuple(pickle.loads(done.stdout)) if done.returncode == 0 else None


def _sheets(data: bytes) -> list[RawSheet]:
    reader = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        RawSheet(sheet.name, read_rows(reader, index), hidden=sheet.visible is not SheetVisibleEnum.Visible)
        for index, sheet in enumerate(reader.sheets_metadata)
        if sheet.typ is SheetTypeEnum.WorkSheet
    ]


def _limit_memory() -> None:
    """As far as the system allows; on Windows a hostile range ends the child all the same."""
    try:
        system: Any = import_module("resource")
        system.setrlimit(system.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    _limit_memory()
    sys.stdout.buffer.write(pickle.dumps(_sheets(read_file(Path(sys.argv[1])))))
