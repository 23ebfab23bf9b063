"""Acceptance: judge what was read, apply what people accepted, and judge again, until nothing is left to apply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from crmsheet.amend import Amended, amend, put_settings, settings_edits
from crmsheet.book.host import Host
from crmsheet.book.raw import RawBook
from crmsheet.judging import Judged, Setup, judge
from crmsheet.model import Note, Setting
from crmsheet.recognize import recognize
from crmsheet.recognize.workbook import find_settings
from crmsheet.repairs.decisions import standing_marks
from crmsheet.repairs.edits import Accept, Edit, accepted_repairs, repair_edits
from crmsheet.repairs.mappings import accepted_once, standing_settings, with_settings
from crmsheet.rules import Rules

MOST_PASSES = 3  # what was marked, what a new mapping then asks for, and what the first repair uncovered


@dataclass(frozen=True)
class Accepted:
    """The workbook after what was accepted: as judged now, the edits made, and what people should know.

    ``workbook`` is the file opened for writing, None when nothing had to be changed.
    """

    judged: Judged
    workbook: Host | None = None
    done: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()

    def without_cells(self) -> Accepted:
        """What writing needs; the cells as read have served when the tables are judged."""
        return replace(self, judged=replace(self.judged, book=self.judged.book.without_cells()))


def apply_accepted(
    book: RawBook, setup: Setup, accept: Accept, open_book: Callable[[RawBook], Host]
) -> Accepted:
    """Apply what was accepted to the workbook and to what was read of it (R-055, R-058).

    A mark counts once: after it was applied only a no still stands, and what the team accepted for good.
    """
    tables = recognize(book)
    earlier = tables.earlier("quality")
    now = Accepted(judge(book, tables, setup, earlier))
    marked = now.judged.issues
    for _ in range(MOST_PASSES):
        repairs = _not_tried(accepted_repairs(now.judged.issues, accept), now)
        if repairs.empty:
            break
        now = _apply(now, repairs, setup, open_book)
    return replace(now, notes=(*now.notes, *_remarks(marked, now.judged.rules)))


def _not_tried(repairs: pd.DataFrame, now: Accepted) -> pd.DataFrame:
    refused = {
        (note.facts["sheet"], note.facts["cell"]) for note in now.notes if note.code == "repair_refused"
    }
    tried = [place in refused for place in zip(repairs["sheet"], repairs["cell"], strict=True)]
    return repairs[[not one for one in tried]]


def _apply(
    now: Accepted, repairs: pd.DataFrame, setup: Setup, open_book: Callable[[RawBook], Host]
) -> Accepted:
    before = now.judged
    workbook = now.workbook or open_book(before.book)
    written = amend(workbook, before.book, list(repair_edits(repairs, before.tables)))
    lines = list(standing_settings(repairs, before.rules))
    standing = _add_settings(workbook, written.book, lines, before.rules)
    tables = recognize(standing.book)
    added = [Setting(key, value, "", "") for key, value in lines]
    tables = replace(tables, settings=with_settings(tables.settings, added))
    marks_left = standing_marks(before.tables.earlier("quality"), before.rules.labels)
    judged = judge(standing.book, tables, setup, marks_left)
    done = (*now.done, *written.done, *standing.done)
    return Accepted(judged, workbook, done, (*now.notes, *written.notes, *standing.notes))


def _add_settings(workbook: Host, book: RawBook, lines: list[tuple[str, str]], rules: Rules) -> Amended:
    if not lines:
        return Amended(book, ())
    reason = rules.labels.phrase("always_reason")
    place = find_settings(book)
    if place is None:
        return Amended(book, tuple(put_settings(workbook, lines, reason)))
    return amend(workbook, book, settings_edits(place, lines, reason))


def _remarks(issues: pd.DataFrame, rules: Rules) -> list[Note]:
    """Marks that could not do what a person may expect."""
    marked = issues[issues["accept"].isin(["yes", "always"])]
    empty = marked[marked["suggestion"] == ""]
    once = accepted_once(marked[marked["suggestion"] != ""], rules.labels)
    notes = []
    if len(empty):
        notes.append(Note("accept_without_value", {"count": len(empty), "cell": _place(empty)}))
    return [*notes, Note("accepted_once", {"count": once})] if once else notes


def _place(issues: pd.DataFrame) -> str:
    first = issues.iloc[0]
    return f"{first['sheet']}!{first['cell']}"
