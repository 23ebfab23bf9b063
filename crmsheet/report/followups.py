"""Whom to contact until when, per owner: the list that messages, calendars and files are made from (R-110)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from crmsheet.clean.persons import classify_person
from crmsheet.clean.privacy import mask
from crmsheet.data import read_toml, spoken
from crmsheet.errors import UsageError
from crmsheet.report.words import in_its_words
from crmsheet.result import Result
from crmsheet.steps.columns import optional, text
from crmsheet.views.words import tier_words, worded

COLUMNS = (
    "owner", "reminder", "overdue_days", "due", "customer_id", "customer_name", "tier", "top_priority", "top_need",
    "next_plan", "last_contact", "contact_notes", "contact", "phone", "decision_reason", "channel",
    "actions", "due_reason",
)  # fmt: skip
_DAYS = ("due", "last_contact")
_FREE_TEXT = ("customer_name", "top_need", "next_plan", "contact_notes", "phone")


def message_words() -> dict[str, Any]:
    """What messages and calendar entries say."""
    return dict(read_toml(f"report/messages.{spoken()}.toml")["words"])


@in_its_words
def select_followups(result: Result, *, owner: str | None = None, days: int = 7) -> pd.DataFrame:
    """Customers due up to ``days`` after the result's day, whom to contact first in front, columns ``COLUMNS``.

    The index is the customer. Words instead of codes; personal data in them is masked (R-060): mobiles, private
    mail addresses, full names of contacts. ``reminder`` keeps its code (overdue, today, soon, later).
    """
    due = result.followups
    last = pd.Timestamp(result.as_of) + pd.Timedelta(days=days)
    return _lines(result, due[due["due"] <= last], owner)


@in_its_words
def all_followups(result: Result, *, owner: str | None = None) -> pd.DataFrame:
    """The same for every customer with a due date."""
    return _lines(result, result.followups, owner)


def _lines(result: Result, due: pd.DataFrame, owner: str | None) -> pd.DataFrame:
    rules, labels = result.rules, result.rules.labels
    lines = pd.DataFrame({code: optional(due, code, None) for code in COLUMNS}, index=due.index)
    lines = lines.assign(
        owner=_owners(due),
        tier=tier_words(due, rules),
        top_priority=worded(due, "top_priority", labels, "level"),
        contact=text(lines["contact"]).map(_masked_person),
        overdue_days=lines["overdue_days"].astype("float64").round().astype("Int64"),
        **{code: text(lines[code]).map(_one_line) for code in _FREE_TEXT},
    )
    if owner is None:
        return lines
    known = sorted(set(_owners(result.customers)))
    if owner not in known:
        raise UsageError(
            problem=message_words()["owner_unknown"].format(found=owner, known=labels.join(known))
        )
    return lines[lines["owner"] == owner]


def _owners(table: pd.DataFrame) -> pd.Series:
    names = text(optional(table, "owner", None))
    return names.where(names != "", message_words()["unknown_owner"])


def _one_line(value: str) -> str:
    """Free text without personal data and line breaks."""
    return " ".join(mask(value).split())


def _masked_person(name: str) -> str:
    """A contact as ``张*``; what is no name keeps its words without personal data."""
    return classify_person(name).masked or _one_line(name)


def by_owner(lines: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each owner with the owner's lines, those with most overdue first."""
    overdue = (lines["reminder"] == "overdue").groupby(lines["owner"]).sum()
    order = overdue.sort_values(ascending=False, kind="stable").index
    for owner in order:
        yield str(owner), lines[lines["owner"] == owner]


def records(lines: pd.DataFrame) -> list[dict[str, Any]]:
    """The lines for programs: ISO days, None where nothing is known."""
    shown = lines.assign(**{code: pd.to_datetime(lines[code]).dt.strftime("%Y-%m-%d") for code in _DAYS})
    plain = shown.astype(object).where(shown.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def spoken_day(day: Any) -> str:
    """A day as people say it in a message.

    >>> spoken_day(pd.Timestamp("2026-11-05"))
    '11-05'
    """
    return "" if pd.isna(day) else f"{pd.Timestamp(day):%m-%d}"
