"""Taking back: logged edits are undone, run by run, the newest first (R-058)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from crmsheet.acceptance import Accepted
from crmsheet.amend import amend, moment
from crmsheet.book.host import Host
from crmsheet.book.raw import RawBook
from crmsheet.judging import Setup, judge
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.recognize import recognize
from crmsheet.repairs.decisions import standing_marks
from crmsheet.repairs.undo import marked_undone, undo_edits, undoable

MOST_NAMED = 20  # cells that could not be restored are named up to here, then counted


@dataclass(frozen=True)
class _Undone:
    """The book with some runs taken back, and what became of the log's lines."""

    book: RawBook
    restored: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()


def take_back(
    book: RawBook, setup: Setup, open_book: Callable[[RawBook], Host], *, everything: bool
) -> tuple[Accepted, pd.DataFrame]:
    """The workbook with logged edits restored, of the latest run or of all, and the log that says so."""
    tables = recognize(book)
    log = tables.earlier("repairs")
    lines = undoable(log, everything=everything)
    workbook = open_book(book)
    labels = setup(tables)[0].labels
    undone = _Undone(book)
    runs = lines["applied_on"].astype(str) if len(lines) else pd.Series(dtype=str)
    for run in sorted(runs.unique(), reverse=True):
        undone = _take_back_run(undone, lines[runs == run], workbook, labels)
    marks = standing_marks(tables.earlier("quality"), labels)  # a yes would repair again what was taken back
    now = judge(undone.book, recognize(undone.book), setup, marks)
    notes = (_summary(undone), *undone.notes, *_kept(lines.loc[list(undone.kept)]))
    return Accepted(now, workbook, (), notes), marked_undone(log, undone.restored, moment())


def _take_back_run(undone: _Undone, lines: pd.DataFrame, workbook: Host, labels: Labels) -> _Undone:
    found = list(undo_edits(lines, recognize(undone.book), labels))
    done = amend(workbook, undone.book, [edit for _, edit in found if edit])
    places = {(edit.sheet, edit.position) for edit in done.done}
    restored = [line for line, edit in found if edit and (edit.sheet, edit.position) in places]
    return _Undone(
        done.book,
        (*undone.restored, *restored),
        (*undone.kept, *(line for line, _ in found if line not in set(restored))),
        (*undone.notes, *done.notes),
    )


def _summary(undone: _Undone) -> Note:
    if not undone.restored and not undone.kept:
        return Note("nothing_to_undo")
    return Note("undone", {"count": len(undone.restored), "kept": len(undone.kept)})


def _kept(lines: pd.DataFrame) -> list[Note]:
    named = [
        Note(
            "not_undone",
            {"sheet": line["sheet"], "cell": line["cell"] or line["field"], "after": line["after"]},
        )
        for line in lines.head(MOST_NAMED).to_dict("records")
    ]
    rest = len(lines) - len(named)
    return [*named, Note("not_undone_more", {"count": rest})] if rest else named
