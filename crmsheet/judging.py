"""Judging: the tables of what was read, typed and checked by the rules, with people's earlier decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from crmsheet.book.raw import RawBook
from crmsheet.checks.tables import clean
from crmsheet.model import Cleaned, Tables
from crmsheet.repairs.decisions import with_decisions
from crmsheet.repairs.idle_pairs import with_idle_pairs
from crmsheet.repairs.odd_marks import with_odd_marks
from crmsheet.repairs.records import with_records
from crmsheet.rules import Rules

Setup = Callable[[Tables], tuple[Rules, date]]


@dataclass(frozen=True)
class Judged:
    """A workbook as read, its tables and findings with people's decisions, by which rules, seen on which day."""

    book: RawBook
    tables: Tables
    cleaned: Cleaned
    issues: pd.DataFrame
    rules: Rules
    day: date


def judge(book: RawBook, tables: Tables, setup: Setup, earlier: pd.DataFrame) -> Judged:
    """The findings of ``tables``, each with its row's name and what was decided about it in ``earlier``."""
    rules, day = setup(tables)
    cleaned, issues = judge_tables(tables, rules, day, earlier)
    return Judged(book, tables, cleaned, issues, rules, day)


def judge_tables(
    tables: Tables, rules: Rules, day: date, earlier: pd.DataFrame
) -> tuple[Cleaned, pd.DataFrame]:
    """The typed tables of a workbook, or of several one below the other, and what they find, with the decisions."""
    cleaned = clean(tables, rules, as_of=day)
    issues = with_decisions(with_records(cleaned.issues, tables), earlier, rules)
    return cleaned, with_idle_pairs(with_odd_marks(issues, tables, rules.labels), tables, rules)
