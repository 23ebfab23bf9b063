"""What the doctor asks of a workbook: has it macros, by which versions, which Python does it start, is it blocked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crmsheet.book.read import read_book
from crmsheet.book.sheet_names import CONF_SHEET
from crmsheet.excel.workbook import STAMP, XLWINGS_STAMP

# Alternate stream in which Windows notes where a file came from; zone 3 is the internet, 4 what is worse.
ZONE_STREAM = ":Zone.Identifier"
FIRST_FOREIGN_ZONE = 3


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """``settings`` is what xlwings' VBA reads, by its upper-case key; empty without macros of ours."""

    path: Path
    settings: dict[str, str]
    from_internet: bool

    @property
    def stamp(self) -> str:
        return self.settings.get(STAMP, "")

    @property
    def xlwings_stamp(self) -> str:
        return self.settings.get(XLWINGS_STAMP, "")

    def interpreter(self, platform: str) -> str:
        """The Python it starts on that platform."""
        return self.settings.get("INTERPRETER_WIN" if platform == "win32" else "INTERPRETER_MAC", "")


def look_at_workbook(path: Path, password: str = "") -> WorkbookFacts:
    """Facts of the workbook at ``path``, which ``password`` opens; raises a :class:`~crmsheet.errors.ReadError`."""
    conf = next(
        (sheet for sheet in read_book(path, password=password).sheets if sheet.name == CONF_SHEET), None
    )
    rows = conf.rows if conf else []
    settings = {
        str(row[0]).upper(): "" if row[1] is None else str(row[1]) for row in rows if len(row) > 1 and row[0]
    }
    return WorkbookFacts(path, settings, _is_from_internet(path))


def _is_from_internet(path: Path) -> bool:
    """Mark of the Web. Elsewhere than on NTFS there is no such stream."""
    try:
        note = Path(f"{path}{ZONE_STREAM}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    zones = [line.partition("=")[2].strip() for line in note.splitlines() if line.startswith("ZoneId=")]
    return any(zone.isdigit() and int(zone) >= FIRST_FOREIGN_ZONE for zone in zones)
