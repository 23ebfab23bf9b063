"""Amend: accepted edits into a workbook, and into what was read of it, so that nothing is read twice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crmsheet.book.draw import draw
from crmsheet.book.host import Host
from crmsheet.book.raw import RawBook
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.recognize.settings_lines import SettingsPlace
from crmsheet.repairs.edits import Edit, Position
from crmsheet.views.mappings import mappings_view, setting_label

SETTING = "settings_line"  # code of log lines about the settings sheet


@dataclass(frozen=True)
class Amended:
    """What became of edits: the book as it reads now, the edits that were made, and what could not be done."""

    book: RawBook
    done: tuple[Edit, ...]
    notes: tuple[Note, ...] = ()


def amend(workbook: Host, book: RawBook, edits: Sequence[Edit]) -> Amended:
    """Write ``edits`` into ``workbook``; cells that must not be written (formulas, covered cells) are noted."""
    done: list[Edit] = []
    notes: list[Note] = []
    for sheet in dict.fromkeys(edit.sheet for edit in edits):
        asked = {edit.position: edit for edit in edits if edit.sheet == sheet}
        changes = workbook.update_cells(sheet, {where: edit.after for where, edit in asked.items()})
        done += [asked[where] for where in asked if where not in changes.refused]
        notes += [
            Note("repair_refused", {"sheet": sheet, "cell": asked[where].cell, "reason": reason})
            for where, reason in changes.refused.items()
        ]
    return Amended(_with_cells(book, done), tuple(done), tuple(notes))


def _with_cells(book: RawBook, edits: Iterable[Edit]) -> RawBook:
    """What was read, with the edited cells as they are now."""
    by_sheet: dict[str, dict[Position, object]] = {}
    for edit in edits:
        by_sheet.setdefault(edit.sheet, {})[edit.position] = edit.after
    sheets = []
    for sheet in book.sheets:
        rows = list(sheet.rows)
        for (row, column), value in by_sheet.get(sheet.name, {}).items():
            if row <= len(rows) and column <= len(rows[row - 1]):
                rows[row - 1] = [*rows[row - 1][: column - 1], value, *rows[row - 1][column:]]  # type: ignore[list-item]
        sheets.append(replace(sheet, rows=rows) if sheet.name in by_sheet else sheet)
    return replace(book, sheets=tuple(sheets))


def settings_edits(place: SettingsPlace, lines: Sequence[tuple[str, str]], reason: str) -> list[Edit]:
    """Edits that put ``lines`` on the settings sheet: a key that stands there gets its new value."""
    labels = Labels.load()
    edits: list[Edit] = []
    row = place.next_row
    for key, value in lines:
        known = place.lines.get(key)
        at = known[0] if known else row
        line = Edit(
            place.sheet, at, place.value_at, known[1] if known else None, value, "", key, SETTING, reason
        )
        edits.append(line)
        if known is None:
            edits.append(replace(line, column=place.key_at, after=key, code=""))
            if place.value_at - place.key_at > 1:
                edits.append(
                    replace(line, column=place.key_at + 1, after=setting_label(key, labels), code="")
                )
            row += 1
    return edits


def put_settings(workbook: Host, lines: Sequence[tuple[str, str]], reason: str) -> list[Edit]:
    """A short settings sheet for a workbook that came without one; the edits are for the log."""
    view = mappings_view(lines, Labels.load())
    sheet = workbook.put_sheet(view.key, view.name, draw(view, footer=""))
    return [Edit(sheet, 0, 0, None, value, "", key, SETTING, reason) for key, value in lines]


def moment() -> str:
    """Now, to the second, for the log. Reproducible builds set ``SOURCE_DATE_EPOCH``, as everywhere."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now()
    return now.strftime("%Y-%m-%d %H:%M:%S")
