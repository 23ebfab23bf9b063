"""Read, analyze, write: the program behind the command line, the Excel button and the Python functions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from crmsheet.acceptance import Accepted, apply_accepted
from crmsheet.amend import moment
from crmsheet.analysis import UNREAD, Narrate, PathText, analyzed, in_its_language, setup_by, silent
from crmsheet.book.host import Host
from crmsheet.book.legacy import read_any_book
from crmsheet.book.raw import RawBook
from crmsheet.book.read import read_book
from crmsheet.book.workbook import Workbook
from crmsheet.collector import collector_paused
from crmsheet.data import speaking
from crmsheet.judging import Setup, judge
from crmsheet.live_refresh import refresh_live
from crmsheet.merging import apply_merges, found_issues, with_merges
from crmsheet.recognize import recognize
from crmsheet.repairs.edits import Accept
from crmsheet.repairs.log import log_edits
from crmsheet.result import Result, worded
from crmsheet.rules import Rules
from crmsheet.taking_back import take_back
from crmsheet.typed_over import note_typed_over
from crmsheet.views.sheets import views_of
from crmsheet.writing import open_book, put_views, save_over, target_for


@collector_paused()
@in_its_language
def refresh(  # noqa: PLR0913 - each is one option of the command line
    path: PathText,
    *,
    out: PathText | None = None,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    backup: bool = True,
    password: str = "",
    narrate: Narrate = silent,
) -> Result:
    """Analyze a workbook and write the analysis sheets back into it, or into ``out``.

    Repairs that people marked yes on the quality sheet are applied first, and listed on the repair log. A
    file that is replaced is kept beside the new one (``name.bak.xlsx``) unless ``backup`` is False. ``as_of`` is
    the day everything is judged from: the argument, else the settings sheet's, else today. A workbook that
    ``password`` opens is written back under the same password.
    """
    narrate("read")
    book = read_book(Path(path), unread=UNREAD, password=password)
    target = target_for(book, out)
    narrate("analyze")
    accepted = apply_accepted(book, setup_by(rules, as_of), "marked", open_book).without_cells()
    del book  # its cells weigh as much as the tables that hold them now
    result = with_merges(_analyzed(accepted), lazily=True)
    return _written(result, accepted, target, backup=backup, narrate=narrate)


@collector_paused()
@in_its_language
def check(
    path: PathText,
    *,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    password: str = "",
) -> pd.DataFrame:
    """Every problem of a workbook's cells, one row each, but those a person said no to; the file is only read.

    ``attrs["notes"]`` says, a sentence each, what of the file was left out or not understood as a whole.
    """
    book = read_any_book(Path(path), password=password)
    tables = recognize(book)
    judged = judge(book, tables, setup_by(rules, as_of), tables.earlier("quality"))
    issues = found_issues(judged)
    issues.attrs["notes"] = worded(tables.notes, judged.rules.labels)
    return issues


@collector_paused()
@in_its_language
def clean_workbook(  # noqa: PLR0913 - each is one option of the command line
    path: PathText,
    out: PathText | None = None,
    *,
    accept: Accept = "safe",
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    backup: bool = True,
    password: str = "",
) -> Result:
    """Apply accepted repairs to the entry sheets, list each on the repair log, and refresh.

    Besides what ``accept`` allows in one go, every proposal marked yes on the quality sheet is applied, and
    none that is marked no. Without ``out`` the file itself is changed, and a copy of it kept beside it. A workbook
    that ``password`` opens is written back under the same password.
    """
    book = read_book(Path(path), password=password)
    target = target_for(book, out)
    accepted = apply_accepted(book, setup_by(rules, as_of), accept, open_book)
    accepted = apply_merges(accepted, setup_by(rules, as_of), open_book)
    result = with_merges(_analyzed(accepted), lazily=False)
    return _written(result, accepted, target, backup=backup, narrate=silent)


@collector_paused()
@in_its_language
def undo_repairs(  # noqa: PLR0913 - each is one option of the command line
    path: PathText,
    out: PathText | None = None,
    *,
    everything: bool = False,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    backup: bool = True,
    password: str = "",
) -> Result:
    """Restore what the latest run changed on the entry sheets, or every run, and refresh.

    Only cells that still hold what was written are restored; the others are named in the notes. A workbook that
    ``password`` opens is written back under the same password.
    """
    book = read_book(Path(path), password=password)
    target = target_for(book, out)
    accepted, log = take_back(book, setup_by(rules, as_of), open_book, everything=everything)
    result = with_merges(replace(_analyzed(accepted), repairs=log), lazily=True)
    return _written(result, accepted, target, backup=backup, narrate=silent)


@collector_paused()
def write_analysis(
    result: Result, path: PathText, *, out: PathText | None = None, backup: bool = True, password: str = ""
) -> Result:
    """Write the analysis sheets of a result into any workbook; ``password`` opens an encrypted one."""
    book = read_book(Path(path), password=password)
    result = result if result.merges is not None else with_merges(result, lazily=True)
    with speaking(result.rules.labels.language):
        return _written(result, book, target_for(book, out), backup=backup, narrate=silent)


@collector_paused()
def refresh_open(
    host: Host,
    book: RawBook,
    *,
    only: Collection[str] = (),
    as_of: date | str | None = None,
    narrate: Narrate = silent,
) -> Result:
    """Analyze ``book``, what an open workbook holds now, and write the analysis sheets into it.

    As :func:`refresh` does with a file. ``only`` are keys of the sheets to write, all when there are none; with
    them nothing that is marked is applied, since the log that keeps the old contents may not be among them.
    """
    narrate("analyze")
    setup = setup_by(None, as_of)
    result = _analyzed(
        _as_read(book, setup) if only else apply_accepted(book, setup, "marked", lambda _: host)
    )
    result = with_merges(result, lazily=True)
    narrate("write")
    if not only:
        result = note_typed_over(host, refresh_live(host, result))
    return put_views(result, host, (view for view in views_of(result) if not only or view.key in only))


@collector_paused()
def undo_open(
    host: Host, book: RawBook, *, as_of: date | str | None = None, narrate: Narrate = silent
) -> Result:
    """Restore in an open workbook what the latest run changed on its entry sheets, and refresh; as
    :func:`undo_repairs` does with a file.
    """
    narrate("analyze")
    accepted, log = take_back(book, setup_by(None, as_of), lambda _: host, everything=False)
    result = with_merges(replace(_analyzed(accepted), repairs=log), lazily=True)
    narrate("write")
    result = note_typed_over(host, refresh_live(host, result))
    return put_views(result, host, views_of(result))


def _as_read(book: RawBook, setup: Setup) -> Accepted:
    """The workbook as it was read: judged, with nothing applied."""
    tables = recognize(book)
    return Accepted(judge(book, tables, setup, tables.earlier("quality")))


def _analyzed(accepted: Accepted) -> Result:
    """Everything computed from what was accepted, and the log of it."""
    result = analyzed(accepted.judged)
    if not accepted.done:
        return replace(result, notes=(*accepted.notes, *result.notes))
    fresh, log = log_edits(accepted.done, moment(), result.rules.labels), result.repairs
    return replace(
        result,
        repairs=pd.concat([fresh, log], ignore_index=True) if len(log) else fresh,
        repaired=len(accepted.done),
        notes=(*accepted.notes, *result.notes),
    )


def _written(
    result: Result, source: RawBook | Accepted, target: Path, *, backup: bool, narrate: Narrate
) -> Result:
    book = source.judged.book if isinstance(source, Accepted) else source
    changed = source.workbook if isinstance(source, Accepted) else None
    workbook = changed if isinstance(changed, Workbook) else open_book(book)
    narrate("write")
    result = note_typed_over(workbook, refresh_live(workbook, result))
    # One after the other: a view of a long list is large.
    done = put_views(result, workbook, views_of(result))
    narrate("save")
    return save_over(done, workbook, book, target, backup=backup)
