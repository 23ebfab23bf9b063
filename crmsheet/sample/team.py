"""The sample team's sheets: customers, requirements, contacts, orders, as a hurried team would have typed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random
from typing import Any

import pandas as pd

from crmsheet.clean.industry import classify_industry
from crmsheet.clean.industry_names import translated
from crmsheet.data import speaking, spoken
from crmsheet.fields import SHEETS, Field
from crmsheet.labels import Labels
from crmsheet.sample.contacts import contact_days, interaction_rows
from crmsheet.sample.faults import extra_customers, plant_faults
from crmsheet.sample.orders import order_rows
from crmsheet.sample.pace import CONTACTS, ORDERS, Pace, team_calendar
from crmsheet.sample.people import invent_customers
from crmsheet.sample.profiles import profile
from crmsheet.sample.records import record_rows
from crmsheet.sample.service import contract_rows, feedback_rows, referrals, task_rows

SEED = 20261122


@dataclass(frozen=True)
class SampleTeam:
    """Sheets by code (columns are field codes, values as typed), and the list of planted faults."""

    tables: Mapping[str, pd.DataFrame]
    faults: pd.DataFrame
    as_of: date


def sample_team(as_of: date = date(2026, 11, 20), *, customers: int = 200, faults: bool = True) -> SampleTeam:
    """A team that lists ``customers`` invented customers up to ``as_of``; the same arguments give the same team.

    With ``faults`` some of them are others entered twice, or under an id typed wrong. Every language has the
    same team and the same faults: only words of closed lists are its own.

    >>> team = sample_team(customers=20, faults=False)
    >>> len(team.tables["profiles"]), set(team.tables) >= {"records", "orders", "interactions"}
    (20, True)
    """
    with speaking("zh"):
        team = _chinese_team(as_of, customers, faults=faults)
    return team if spoken() == "zh" else _translated(team, Labels.load())


def _chinese_team(as_of: date, customers: int, *, faults: bool) -> SampleTeam:
    random = Random(SEED)
    calendar = team_calendar(as_of)
    talking, buying = (Pace.until(as_of, habits, calendar) for habits in (CONTACTS, ORDERS))
    people = invent_customers(random, customers - (extra_customers(customers) if faults else 0), as_of)
    contacts = {one.customer_id: contact_days(random, one, as_of, talking) for one in people}
    orders = {one.customer_id: order_rows(random, one, as_of, buying) for one in people}
    records = [
        row for one in people for row in record_rows(random, one, contacts[one.customer_id], as_of, calendar)
    ]
    recommended = referrals(random, people)
    tables = {
        "records": _frame(records),
        "profiles": _frame(
            [
                profile(random, one, orders[one.customer_id], recommended.get(one.customer_id))
                for one in people
            ]
        ),
        "interactions": _frame(
            [
                row
                for one in people
                for row in interaction_rows(random, one, contacts[one.customer_id], as_of, calendar)
            ]
        ),
        "orders": _frame([row for one in people for row in orders[one.customer_id]]),
        "feedback": _frame(feedback_rows(random, people, as_of)),
        "contracts": _frame(contract_rows(random, people, as_of)),
        "tasks": _frame(task_rows(random, records, as_of)),
    }
    tables["interactions"] = tables["interactions"].sort_values(
        "contacted_on", kind="stable", ignore_index=True
    )
    tables["orders"] = tables["orders"].sort_values("order_date", kind="stable", ignore_index=True)
    tables = {code: _as_typed(table, code) for code, table in tables.items()}
    if not faults:
        return SampleTeam(tables, pd.DataFrame(), as_of)
    planted, answers = plant_faults(random, tables, as_of, customers)
    return SampleTeam(planted, answers, as_of)


def _as_typed(table: pd.DataFrame, sheet: str) -> pd.DataFrame:
    """Codes as the words people type."""
    labels = Labels.load()
    typed = {}
    for field in SHEETS[sheet].fields:
        if field.code in table and field.kind in {"choice", "yes_no"}:
            vocabulary = field.vocabulary or "yes_no"
            typed[field.code] = table[field.code].map(lambda code, v=vocabulary: _word(code, v, labels))
    return table.assign(**typed)


def _word(code: Any, vocabulary: str, labels: Labels) -> Any:
    if isinstance(code, bool):
        return labels.choice("yes_no", "yes" if code else "no")
    return labels.choice(vocabulary, code) or code


def _translated(team: SampleTeam, labels: Labels) -> SampleTeam:
    """The team with the words of its closed lists in another language, sheets and answers alike."""
    tables, answers = dict(team.tables), team.faults.copy()
    for sheet, table in team.tables.items():
        for field in SHEETS[sheet].fields:
            if field.code in table and (say := _saying(field, labels)):
                tables[sheet] = tables[sheet].assign(
                    **{field.code: table[field.code].map(say).astype(object)}
                )
                if len(answers):
                    named = (answers["sheet"] == sheet) & (answers["field"] == field.code)
                    told = answers.loc[named, ["value", "before"]]
                    answers.loc[named, ["value", "before"]] = told.apply(lambda each, say=say: each.map(say))
    return SampleTeam(tables, answers, team.as_of)


def _saying(field: Field, labels: Labels) -> Callable[[Any], Any] | None:
    """What says the words of a closed list in another language; None where a column holds other words."""
    if field.kind == "industry":
        return partial(_translate_industry, names=translated(labels.language))
    if field.kind not in {"choice", "yes_no"}:
        return None
    return partial(_translate, vocabulary=field.vocabulary or "yes_no", labels=labels)


def _translate_industry(word: Any, *, names: Mapping[str, str]) -> Any:
    """The name of an industry; a word for one other than its name is written in small letters."""
    if not isinstance(word, str) or word in names:
        return names.get(word, word)
    reading = classify_industry(word)
    return names[reading.name].lower() if reading.certain and reading.name in names else word


def _translate(word: Any, *, vocabulary: str, labels: Labels) -> Any:
    """The label of what a Chinese word means; for a word other than its label, another word too."""
    chinese = Labels.load("zh")
    code = chinese.choice_code(vocabulary, word) if isinstance(word, str) else None
    if code is None:
        return word
    words = labels.words["choices"][vocabulary][code]
    written = word == chinese.choice(vocabulary, code)
    return words[0] if written or len(words) == 1 else words[1 + len(word) % (len(words) - 1)]


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, dtype=object)
