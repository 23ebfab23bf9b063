"""Which files of a folder are workbooks of a team."""

from __future__ import annotations

from pathlib import Path

from crmsheet.book.save import TEMPORARY

SUFFIXES = {".xlsx", ".xlsm"}
_OTHERS = {".xls", ".xlsb", ".et", ".ett", ".ods", ".csv", ".tsv"}  # what Excel and WPS also save


def is_workbook(path: Path) -> bool:
    """Whether a file may be a team's workbook: no lock file, no backup, nothing half written.

    >>> [is_workbook(Path(name)) for name in ("客户.xlsx", "~$客户.xlsx", "客户.bak.xlsx", "客户.csv")]
    [True, False, False, False]
    """
    return path.suffix.lower() in SUFFIXES and not is_hidden(path) and not path.stem.endswith(".bak")


def is_other_spreadsheet(path: Path) -> bool:
    """Whether a file is a spreadsheet, but in a format that no team keeps its workbook in.

    >>> [is_other_spreadsheet(Path(name)) for name in ("客户.XLS", "客户.xlsx", ".客户.csv")]
    [True, False, False]
    """
    return path.suffix.lower() in _OTHERS and not is_hidden(path)


def is_hidden(path: Path) -> bool:
    """Whether a file is no one's to open: a lock file, or one that is half written."""
    return path.name.startswith(("~$", ".", TEMPORARY))
