"""Planted faults: what hurried people do to a sheet, with the list of what was done where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import pandas as pd

from crmsheet.data import read_toml

ANSWER_COLUMNS = ("sheet", "position", "field", "fault", "value", "before")


@dataclass
class _Planter:
    """Works on copies; remembers which cells are spoiled so that no cell is spoiled twice."""

    random: Random
    tables: dict[str, pd.DataFrame]
    done: dict[tuple[str, int, str], tuple[str, Any, Any]] = field(default_factory=dict)

    def spoil(self, sheet: str, column: str, share: float, fault: str, change: Callable[[Any], Any]) -> None:
        """Change about ``share`` of a column's filled cells; a change to the same value is none."""
        table = self.tables[sheet]
        for position, value in enumerate(table[column].tolist()):
            free = (sheet, position, column) not in self.done and not pd.isna(value)
            if free and self.random.random() < share:
                self.put(sheet, position, column, fault, change(value))

    def put(self, sheet: str, position: int, column: str, fault: str, value: Any) -> None:
        table = self.tables[sheet]
        where = list(table.columns).index(column)
        before = table.iat[position, where]
        if value == before and type(value) is type(before):
            return
        table.iat[position, where] = value
        self.done[sheet, position, column] = (fault, value, before)


def extra_customers(listed: int) -> int:
    """How many of the customers that a team lists are only there by a fault.

    >>> extra_customers(200), extra_customers(20)
    (17, 1)
    """
    return _entered_twice(listed) + _wrong_ids(listed)


def _entered_twice(listed: int) -> int:
    return min(max(1, round(listed * 0.07)), listed - 1)


def _wrong_ids(listed: int) -> int:
    return round(listed * 0.015)


def plant_faults(
    random: Random, tables: Mapping[str, pd.DataFrame], as_of: date, listed: int
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The tables with faults, and one line per spoiled cell (``position`` counts data rows from 0).

    ``listed`` is how many customers the faulty team seems to have, ``extra_customers`` more than ``tables``.
    """
    planter = _Planter(random, {code: table.copy() for code, table in tables.items()})
    words = read_toml("sample_faults.toml")
    _duplicates(planter, words, _entered_twice(listed))
    _blanks(planter, words)
    _dates(planter, words, as_of)
    _synonyms(planter, words)
    _contacts(planter, words)
    _amounts(planter, words)
    _order_faults(planter)
    _ids(planter, _wrong_ids(listed))
    rows = [(*where, *what) for where, what in planter.done.items()]
    answers = pd.DataFrame(rows, columns=["sheet", "position", "field", "fault", "value", "before"])
    return planter.tables, answers[list(ANSWER_COLUMNS)]


def _blanks(planter: _Planter, words: Mapping[str, Any]) -> None:
    for column in ("contact_notes", "owner", "job_title", "status", "industry"):
        planter.spoil("records", column, 0.03, "blank", lambda value: None)
    for column in ("phone", "contact", "job_title"):
        planter.spoil(
            "records", column, 0.04, "placeholder", lambda v: planter.random.choice(words["placeholders"])
        )


def _dates(planter: _Planter, words: Mapping[str, Any], as_of: date) -> None:
    def written(patterns: str) -> Callable[[date], str]:
        return lambda day: planter.random.choice(words[patterns]).format(y=day.year, m=day.month, d=day.day)

    column = "last_contact"
    planter.spoil("records", column, 0.04, "date_format", written("date_formats"))
    planter.spoil("records", column, 0.01, "date_partial", written("date_partial"))
    planter.spoil("records", column, 0.01, "date_impossible", written("date_impossible"))
    planter.spoil("records", column, 0.006, "date_words", written("date_words"))
    planter.spoil("records", column, 0.006, "date_serial", lambda day: str((day - date(1899, 12, 30)).days))
    planter.spoil("records", column, 0.006, "date_future", lambda day: date(as_of.year + 1, day.month, 1))


def _synonyms(planter: _Planter, words: Mapping[str, Any]) -> None:
    for column, group in (("status", "status"), ("priority", "priority"), ("contact_method", "method")):
        planter.spoil(
            "records", column, 0.09, "synonym", _Synonym(planter.random, words[f"{group}_synonyms"])
        )


@dataclass(frozen=True)
class _Synonym:
    """Replaces a label by one of the words people write instead."""

    random: Random
    meanings: Mapping[str, list[str]]

    def __call__(self, label: str) -> str:
        return self.random.choice(self.meanings.get(label, [label]))


def _contacts(planter: _Planter, words: Mapping[str, Any]) -> None:
    random = planter.random
    planter.spoil("records", "phone", 0.1, "personal_phone", lambda v: f"1430000{random.randint(1000, 9999)}")
    planter.spoil("records", "phone", 0.01, "phone_damaged", lambda v: "1.39E+10")
    planter.spoil("records", "contact", 0.04, "full_name", lambda v: random.choice(words["full_names"]))
    planter.spoil(
        "profiles",
        "email",
        0.08,
        "personal_email",
        lambda v: random.choice(words["personal_mail"]).format(n=random.randint(100, 999)),
    )
    rows = range(len(planter.tables["records"]))
    remarks = random.sample(rows, min(2, len(rows)))
    for position, fault in zip(remarks, ("id_card", "bank_card"), strict=False):
        planter.put("records", position, "remark", fault, words[f"{fault}_note"])


def _amounts(planter: _Planter, words: Mapping[str, Any]) -> None:
    def written(amount: float) -> str:
        pattern = planter.random.choice(words["amount_formats"])
        return str(pattern.format(w=f"{amount / 10_000:g}", a=f"{amount:.0f}", c=f"{amount:,.0f}"))

    planter.spoil(
        "orders", "amount", 0.03, "amount_text", lambda value: written(value) if value > 0 else value
    )


def _order_faults(planter: _Planter) -> None:
    """Amounts in the wrong unit, refunds larger than their order, rows entered twice."""
    orders = planter.tables["orders"]
    amounts = orders["amount"].tolist()
    plain = [n for n, amount in enumerate(amounts) if isinstance(amount, float) and amount >= 10_000]
    for position in planter.random.sample(plain, min(len(plain), 6)):
        planter.put("orders", position, "amount", "unit_mixed_up", amounts[position] / 10_000)
    refunds = [n for n, amount in enumerate(amounts) if isinstance(amount, float) and amount < 0]
    for position in refunds[:2]:
        planter.put("orders", position, "amount", "refund_too_large", amounts[position] * 3)
    twice = planter.random.sample(range(len(orders)), max(1, round(len(orders) * 0.003)))
    planter.tables["orders"] = pd.concat([orders, orders.iloc[twice]], ignore_index=True)
    for number, position in enumerate(twice):
        where = ("orders", len(orders) + number, "order_id")
        planter.done[where] = ("row_twice", orders.at[position, "order_id"], orders.at[position, "order_id"])


def _ids(planter: _Planter, wrong: int) -> None:
    """Ids typed wrong, each of which looks like a customer more; others in small letters, or of nobody."""
    ids = planter.tables["records"]["customer_id"].tolist()
    damaged = {f"{value[:5]}-{value[-1]}": position for position, value in enumerate(ids)}
    for value in planter.random.sample(sorted(damaged), min(wrong, len(damaged))):
        planter.put("records", damaged[value], "customer_id", "id_format", value)
    planter.spoil("records", "customer_id", 0.01, "id_case", lambda value: value.lower())
    planter.spoil("orders", "customer_id", 0.002, "id_unknown", lambda value: "C1999999")


def _duplicates(planter: _Planter, words: Mapping[str, Any], count: int) -> None:
    """Some profiles again under a variant of their name and a new id: the same customer, entered twice."""
    random = planter.random
    profiles = planter.tables["profiles"]
    chosen = random.sample(range(len(profiles)), min(count, len(profiles)))
    copies = profiles.iloc[chosen].copy()
    for number, (label, row) in enumerate(copies.iterrows()):
        old, new = random.choice(words["name_variants"])
        copies.at[label, "customer_name"] = row["customer_name"].replace(old, new)
        copies.at[label, "customer_id"] = f"{row['customer_id'][:5]}{900 + number}"
        for column in ("deal_count", "deal_amount"):
            copies.at[label, column] = 0
        copies.at[label, "last_deal"] = None
    planter.tables["profiles"] = pd.concat([profiles, copies], ignore_index=True)
    for number, position in enumerate(chosen):
        where = ("profiles", len(profiles) + number, "customer_name")
        planter.done[where] = (
            "duplicate",
            planter.tables["profiles"].at[len(profiles) + number, "customer_name"],
            profiles.at[position, "customer_name"],
        )
