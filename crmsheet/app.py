"""Read, analyze, write: the program behind the command line, the Excel button and the Python functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from os import PathLike
from pathlib import Path

import pandas as pd

from crmsheet.book.draw import draw
from crmsheet.book.raw import RawBook
from crmsheet.book.read import read_book
from crmsheet.book.workbook import Workbook
from crmsheet.checks.tables import clean
from crmsheet.errors import TargetExists, TargetNotWritable, UsageError
from crmsheet.labels import Labels
from crmsheet.model import Note, Setting, Tables
from crmsheet.pipeline import analyze
from crmsheet.recognize import recognize
from crmsheet.repairs import Accept, accepted_repairs, cell_changes, repair_log, with_decisions
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.settings import changed_settings
from crmsheet.views import all_views
from crmsheet.workdays import read_day

PathText = str | PathLike[str]
Narrate = Callable[[str], None]

# Sheets of an earlier run whose cells nobody reads again: they are made anew.
_UNREAD = ("overview", "followups", "tiers", "requirements")
AS_OF = "as_of"  # key of the day on the settings sheet


def silent(stage: str) -> None:
    """Nobody listens."""


def read_workbook(path: PathText) -> Tables:
    """The tables of a workbook as typed (``.xlsx``, ``.xlsm``, ``.csv``)."""
    return recognize(read_book(Path(path)))


def refresh(  # noqa: PLR0913 - each is one option of the command line
    path: PathText,
    *,
    out: PathText | None = None,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    backup: bool = True,
    narrate: Narrate = silent,
) -> Result:
    """Analyze a workbook and write the analysis sheets back into it, or into ``out``.

    In place the old file is kept beside the new one (``name.bak.xlsx``) unless ``backup`` is False. ``as_of``
    is the day everything is judged from: the argument, else the settings sheet's, else today.
    """
    narrate("read")
    book = read_book(Path(path), unread=_UNREAD)
    target = _target(book, out)
    result = _analyzed(recognize(book), rules, as_of, narrate)
    return _written(result, book, target, backup=backup, narrate=narrate)


def check(
    path: PathText, *, as_of: date | str | None = None, rules: PathText | Rules | None = None
) -> pd.DataFrame:
    """Every problem of a workbook's cells, one row each; the file is only read."""
    tables = read_workbook(path)
    chosen, day = _setup(tables, rules, as_of)
    return clean(tables, chosen, as_of=day).issues


def clean_workbook(
    path: PathText,
    out: PathText,
    *,
    accept: Accept = "safe",
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
) -> Result:
    """Apply accepted repairs to the entry sheets of a copy, list each on the repair log, and refresh it.

    Besides what ``accept`` allows in one go, every proposal marked yes on the quality sheet is applied, and
    none that is marked no.
    """
    book = read_book(Path(path))
    target = _target(book, out)
    if target.exists() and target.samefile(book.path):
        raise UsageError(problem=Labels.load().phrase("clean_onto_itself", path=target))
    tables = recognize(book)
    chosen, day = _setup(tables, rules, as_of)
    issues = with_decisions(clean(tables, chosen, as_of=day).issues, tables.earlier("quality"), chosen.labels)
    repairs = accepted_repairs(issues, accept)
    workbook = _open(book)
    for entity, part in repairs.groupby("entity", sort=False):
        table = tables.tables[str(entity)]
        workbook.update_cells(table.sheet, cell_changes(table, str(entity), part))
    workbook.save(target)
    mended = read_book(target)
    result = _analyzed(recognize(mended), chosen, day, silent)
    result = replace(result, repairs=_log(result, repair_log(repairs, day)))
    return _written(result, mended, target, backup=False, narrate=silent)


def write_analysis(
    result: Result, path: PathText, *, out: PathText | None = None, backup: bool = True
) -> Result:
    """Write the analysis sheets of a result into any workbook."""
    book = read_book(Path(path))
    return _written(result, book, _target(book, out), backup=backup, narrate=silent)


def _analyzed(
    tables: Tables, rules: PathText | Rules | None, as_of: date | str | None, narrate: Narrate
) -> Result:
    chosen, day = _setup(tables, rules, as_of)
    narrate("analyze")
    result = analyze(tables, chosen, day)
    issues = with_decisions(result.issues, tables.earlier("quality"), chosen.labels)
    return replace(result, issues=issues, repairs=tables.earlier("repairs"))


def _setup(tables: Tables, rules: PathText | Rules | None, as_of: date | str | None) -> tuple[Rules, date]:
    """The rules with the workbook's own settings on top, and the day."""
    typed = [setting for setting in tables.settings if setting.key == AS_OF]
    settings = changed_settings(setting for setting in tables.settings if setting.key != AS_OF)
    day = as_of if as_of is not None else _day_of(typed)
    if isinstance(rules, Rules):
        return rules, as_day(day)
    return Rules.load(Path(rules) if rules else None, settings=settings), as_day(day)


def _day_of(typed: Iterable[Setting]) -> date | str | None:
    return next((setting.value for setting in typed), None)


def as_day(value: date | str | None) -> date:
    """The only place that asks the clock."""
    if value is None:
        return date.today()
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    return read_day(value)


def _open(book: RawBook) -> Workbook:
    return Workbook.open(book.path) if book.kind == "xlsx" else Workbook.from_rows(book.sheets[0])


def _written(result: Result, book: RawBook, target: Path, *, backup: bool, narrate: Narrate) -> Result:
    workbook = _open(book)
    in_place = target.exists() and target.samefile(book.path)
    names, notes = [], []
    narrate("write")
    footer = result.rules.labels.phrase("footer", as_of=result.as_of.isoformat())
    for view in all_views(result):
        name = workbook.put_sheet(
            view.key, view.name, draw(view, footer=footer), hidden=view.hidden, first=False
        )
        names.append(name)
        if name != view.name and view.name in workbook.sheet_names:
            notes.append(Note("sheet_renamed", {"sheet": view.name, "written": name}))
    narrate("save")
    workbook.save(
        target,
        expect=book.fingerprint if in_place else None,
        backup=_backup(target) if in_place and backup else None,
    )
    return replace(result, sheets=tuple(names), path=str(target), notes=(*result.notes, *notes))


def _target(book: RawBook, out: PathText | None) -> Path:
    """Where to write, checked before any work is done: a regular file of the source's own kind."""
    source = Path(book.path)
    suffix = source.suffix.lower() if book.kind == "xlsx" else ".xlsx"
    target = (
        Path(out) if out is not None else source.with_suffix(source.suffix if book.kind == "xlsx" else suffix)
    )
    labels = Labels.load()
    if target.suffix.lower() != suffix and not target.is_dir():
        raise UsageError(problem=labels.phrase("wrong_suffix", path=target, suffix=suffix))
    if target.exists() and not target.is_file():
        raise TargetNotWritable(path=target, reason=labels.phrase("not_a_file"))
    if out is None and book.kind != "xlsx" and target.exists():
        raise TargetExists(path=target)
    return target


def _backup(target: Path) -> Path:
    return target.with_name(f"{target.stem}.bak{target.suffix}")


def _log(result: Result, fresh: pd.DataFrame) -> pd.DataFrame:
    earlier = result.repairs
    return pd.concat([fresh, earlier], ignore_index=True) if len(earlier) else fresh
