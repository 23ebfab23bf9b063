"""Which files of a folder are workbooks of a team."""

from __future__ import annotations

from pathlib import Path

from crmsheet.book.save import TEMPORARY

SUFFIXES = {".xlsx", ".xlsm"}


def is_workbook(path: Path) -> bool:
    """Whether a file may be a team's workbook: no lock file, no backup, nothing half written.

    >>> [is_workbook(Path(name)) for name in ("客户.xlsx", "~$客户.xlsx", "客户.bak.xlsx", "客户.csv")]
    [True, False, False, False]
    """
    name = path.name
    hidden = name.startswith(("~$", ".", TEMPORARY))
    return path.suffix.lower() in SUFFIXES and not hidden and not path.stem.endswith(".bak")
