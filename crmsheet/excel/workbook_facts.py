"""What the doctor asks of a workbook: has it macros, by which versions, which Python does it start, is it blocked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from crmsheet.book.encryption import decrypted
from crmsheet.book.package import Package
from crmsheet.book.read import read_book
from crmsheet.book.sheet_names import CONF_SHEET
from crmsheet.book.source import read_file
from crmsheet.excel.button_macros import redirected
from crmsheet.excel.workbook import STAMP, XLWINGS_STAMP

PROJECT_PART = "xl/vbaProject.bin"

# Alternate stream in which Windows notes where a file came from; zone 3 is the internet, 4 what is worse.
ZONE_STREAM = ":Zone.Identifier"
FIRST_FOREIGN_ZONE = 3


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """``settings`` is what xlwings' VBA reads, by its upper-case key; empty without macros of ours.

    ``has_project``: the macros themselves are in the file. ``has_old_buttons``: some run a name that was given up.
    """

    path: Path
    settings: dict[str, str]
    from_internet: bool
    has_project: bool = True
    has_old_buttons: bool = False

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
    if not settings:
        return WorkbookFacts(path, settings, _is_from_internet(path), has_project=False)
    content = decrypted(path, read_file(path), password)
    return WorkbookFacts(
        path,
        settings,
        _is_from_internet(path),
        has_project=PROJECT_PART in Package(content, path),
        has_old_buttons=any(redirected(content, path)),
    )


def is_newer(stamp: str, installed: str) -> bool:
    """Whether a workbook's stamp is of a release after the installed one; no stamp or a typed one is not.

    >>> is_newer("0.10.0", "0.9.1"), is_newer("0.1.0", "0.1.0"), is_newer("", "0.1.0"), is_newer("neu", "0.1.0")
    (True, False, False, False)
    """
    return _release(stamp) > _release(installed)


def _release(text: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(number) for number in found[0].split(".")) if found else ()


def _is_from_internet(path: Path) -> bool:
    """Mark of the Web. Elsewhere than on NTFS there is no such stream."""
    try:
        note = Path(f"{path}{ZONE_STREAM}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    zones = [line.partition("=")[2].strip() for line in note.splitlines() if line.startswith("ZoneId=")]
    return any(zone.isdigit() and int(zone) >= FIRST_FOREIGN_ZONE for zone in zones)
