"""Read and analyze: what the program computes from a workbook that it does not change.

Nothing that writes workbooks is loaded here, so that a report of a small team is there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import wraps
from os import PathLike
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

from crmsheet.book.legacy import read_any_book
from crmsheet.book.read import read_book
from crmsheet.book.tab_names import workbook_language
from crmsheet.collector import collector_paused
from crmsheet.data import asked, speaking
from crmsheet.errors import BadDate, RulesInvalid
from crmsheet.judging import Judged, Setup, judge
from crmsheet.labels import Labels
from crmsheet.model import Setting, Tables
from crmsheet.pipeline import analyze
from crmsheet.recognize import recognize
from crmsheet.repairs.decisions import split_silenced
from crmsheet.result import Result
from crmsheet.rule_layers import refuse_unreadable
from crmsheet.rules import Rules
from crmsheet.settings import changed_settings
from crmsheet.workdays import read_day

PathText = str | PathLike[str]
Narrate = Callable[[str], None]

# Sheets of an earlier run whose cells nobody reads again: they are made anew.
UNREAD = (
    "overview", "followups", "tiers", "requirements", "trends", "win_back", "core", "moves", "solutions",
)  # fmt: skip
AS_OF = "as_of"  # key of the day on the settings sheet


def silent(stage: str) -> None:
    """Nobody listens."""


Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def in_its_language(
    function: Callable[Concatenate[PathText, Parameters], Returned],
) -> Callable[Concatenate[PathText, Parameters], Returned]:
    """Words in the language somebody asked for, else in the one that the workbook speaks."""

    @wraps(function)
    def speaking_it(path: PathText, *arguments: Parameters.args, **named: Parameters.kwargs) -> Returned:
        password = str(named.get("password", ""))
        with speaking(None if asked() else workbook_language(Path(path), password)):
            return function(path, *arguments, **named)

    return cast("Callable[Concatenate[PathText, Parameters], Returned]", speaking_it)


def read_workbook(path: PathText, *, password: str = "") -> Tables:
    """The tables of a workbook as typed (``.xlsx``, ``.xlsm``, ``.csv``; only for reading ``.xls``, ``.xlsb``,
    ``.ods`` too). ``password`` opens an encrypted one.
    """
    return recognize(read_any_book(Path(path), password=password))


@collector_paused()
@in_its_language
def analyze_workbook(
    path: PathText,
    *,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    password: str = "",
    narrate: Narrate = silent,
) -> Result:
    """Everything the program computes from a workbook; the file is only read, marked repairs are not applied.

    ``password`` opens an encrypted one.
    """
    narrate("read")
    book = read_book(Path(path), unread=UNREAD, password=password)
    tables = recognize(book)
    narrate("analyze")
    judged = judge(book, tables, setup_by(rules, as_of), tables.earlier("quality"))
    return replace(analyzed(judged), path=str(path))


def analyzed(judged: Judged) -> Result:
    """Everything computed from what was judged; findings that a person said no to stand apart."""
    result = analyze(judged.cleaned, judged.rules, judged.day)
    issues, silenced = split_silenced(judged.issues)
    return replace(result, issues=issues, silenced=silenced, repairs=judged.tables.earlier("repairs"))


def setup_by(rules: PathText | Rules | None, as_of: date | str | None) -> Setup:
    """What the rules and the day of some tables are: those asked for, else the workbook's own."""
    return lambda tables: _setup(tables, rules, as_of)


def _setup(tables: Tables, rules: PathText | Rules | None, as_of: date | str | None) -> tuple[Rules, date]:
    """The rules with the workbook's own settings on top, and the day."""
    typed = [setting for setting in tables.settings if setting.key == AS_OF]
    settings = changed_settings(setting for setting in tables.settings if setting.key != AS_OF)
    day = as_day(as_of) if as_of is not None else _day_of(typed)
    if isinstance(rules, Rules):
        return rules, day
    return Rules.load(Path(rules) if rules else None, settings=settings), day


def _day_of(typed: Iterable[Setting]) -> date:
    """The day typed on the settings sheet, else today; a wrong one is refused with its cell's address."""
    typed = list(typed)
    refuse_unreadable(typed)
    setting = next(iter(typed), None)
    try:
        return as_day(setting.value if setting else None)
    except BadDate as error:
        if setting is None:
            raise
        labels, place = Labels.load(), f"{setting.sheet}!{setting.cell}"
        line = labels.phrase(
            "rule_problem", place=place, key=setting.key, found=setting.value, expected=error
        )
        raise RulesInvalid(source=setting.sheet, problems=line) from None


FIRST_YEAR = 1980  # no team's sheet looks back from earlier


def as_day(value: date | str | None) -> date:
    """The only place that asks the clock."""
    if value is None:
        return date.today()
    day = date(value.year, value.month, value.day) if isinstance(value, date) else read_day(value)
    # A bare 12 in a cell formatted as a date is the 12th of January 1900 to Excel.
    if day.year < FIRST_YEAR:
        raise BadDate(found=value)
    return day
