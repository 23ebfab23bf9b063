"""The messy team: orders, profiles and logs of the sample team with planted faults of known kinds, and the answers.

The messy records are in :mod:`crmsheet.sample.messy`; here are the faults of SAMPLE that need other sheets: amounts,
refunds, rows entered twice, references that lead nowhere, states and totals that the orders deny, one customer
entered twice in each way that names vary, and namesakes in other cities that must stay apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd

from crmsheet.data import read_toml
from crmsheet.sample.team import sample_team

SEED = 20261126
Change = Callable[["_Planter", int, Any], Any]


@dataclass(frozen=True)
class MessyTeam:
    """``tables`` as typed, by sheet code; ``answers`` per spoiled cell: sheet, position, column, fault, meant.

    ``same`` pairs the ids of one customer entered twice, ``apart`` those of namesakes that are two.
    """

    tables: Mapping[str, pd.DataFrame]
    answers: pd.DataFrame
    same: tuple[tuple[str, str, str], ...]
    apart: tuple[tuple[str, str], ...]
    as_of: date


@dataclass
class _Planter:
    random: Random
    tables: dict[str, pd.DataFrame]
    words: Mapping[str, Any]
    as_of: date
    clean_orders: pd.DataFrame
    done: dict[tuple[str, int, str], tuple[str, Any]] = field(default_factory=dict)
    touched: set[tuple[str, int]] = field(default_factory=set)  # rows of which nothing more is spoiled

    def put(self, where: tuple[str, int, str], fault: str, value: Any, meant: Any) -> None:
        sheet, position, column = where
        self.tables[sheet].at[position, column] = value
        self.done[where] = (fault, meant)
        self.touched.add((sheet, position))

    def last_order(self, customer: Any) -> date | None:
        """Day of the last order, None where there is none or where an order of the customer was spoiled."""
        orders = self.clean_orders
        if any(("orders", row) in self.touched for row in orders.index[orders["customer_id"] == customer]):
            return None
        sold = orders[(orders["customer_id"] == customer) & (orders["amount"].map(_is_sale))]
        return max(sold["order_date"], default=None)


def _is_sale(amount: Any) -> bool:
    return isinstance(amount, (int, float)) and amount > 0


def messy_team(as_of: date = date(2026, 11, 20), *, customers: int = 400, seed: int = SEED) -> MessyTeam:
    """The sheets of a team of ``customers`` with every fault of ``[team_faults]`` in ``sample_messy.toml``.

    >>> team = messy_team(customers=60)
    >>> sorted(team.tables), len(team.apart)
    (['interactions', 'orders', 'profiles', 'records'], 3)
    """
    clean = sample_team(as_of, customers=customers, faults=False).tables
    names = ("records", "profiles", "interactions", "orders")
    tables = {code: clean[code].reset_index(drop=True).astype(object) for code in names}
    facts = read_toml("sample_messy.toml")
    planter = _Planter(Random(seed), tables, facts["words"], as_of, tables["orders"].copy())
    same, apart = _enter_twice(planter)
    for fault, what in facts["team_faults"].items():
        _plant(planter, fault, what)
    lines = [(*where, *what) for where, what in planter.done.items()]
    answers = pd.DataFrame(lines, columns=["sheet", "position", "column", "fault", "meant"], dtype=object)
    return MessyTeam(planter.tables, answers, tuple(same), tuple(apart), as_of)


def _plant(planter: _Planter, fault: str, what: Mapping[str, Any]) -> None:
    sheet, column, wanted = what["sheet"], what["column"], what["count"]
    places = list(range(len(planter.tables[sheet])))
    planter.random.shuffle(places)
    for position in places:
        before: Any = planter.tables[sheet].at[position, column]
        taken = (sheet, position) in planter.touched or pd.isna(before)
        if wanted and not taken and (made := _CHANGES[fault](planter, position, before)) is not None:
            planter.put((sheet, position, column), fault, *made)
            wanted -= 1


def _enter_twice(planter: _Planter) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Profiles again under a variant of their name and an id of their own, and namesakes of another city."""
    profiles = planter.tables["profiles"]
    variants, cities = planter.words["team_variants"], planter.words["namesake_cities"]
    chosen = planter.random.sample(range(len(profiles)), len(variants) * 2 + len(cities))
    same, apart, rows = [], [], []
    for number, position in enumerate(chosen):
        row = profiles.loc[position].to_dict()
        copy = {**row, "customer_id": f"{row['customer_id'][:5]}{900 + number}", "cooperation": None}
        copy |= dict.fromkeys(("deal_count", "deal_amount", "last_deal", "email"))
        pair = (str(row["customer_id"]), str(copy["customer_id"]))
        if number < len(variants) * 2:
            kind, old, new = variants[number % len(variants)]
            copy["customer_name"] = _varied(str(row["customer_name"]), old, new)
            if kind != "same_phone":
                copy["phone"] = _other_phone(planter)
            same.append((*pair, kind))
        else:
            city = cities[number - len(variants) * 2]
            copy |= {
                "customer_name": city + str(row["customer_name"])[2:],
                "phone": _other_phone(planter),
                "region": city,
            }
            apart.append(pair)
        rows.append(copy)
    planter.tables["profiles"] = pd.concat([profiles, pd.DataFrame(rows)], ignore_index=True).astype(object)
    return same, apart


def _other_phone(planter: _Planter) -> str:
    return f"0871-6{planter.random.randint(1000000, 9999999)}"


def _varied(name: str, old: str, new: str) -> str:
    """``name`` with ``old`` as ``new``; without ``old``, all of it is put into the form ``new``."""
    return name.replace(old, new) if old else new.format(name=name)


def _amount(form: str) -> Change:
    def change(planter: _Planter, position: int, before: Any) -> tuple[str, float] | None:
        if not _is_sale(before):
            return None
        return planter.words["amount_forms"][form].format(
            w=f"{before / 10_000:g}", a=f"{before:.0f}", c=f"{before:,.0f}"
        ), before

    return change


def _unit(planter: _Planter, position: int, before: Any) -> tuple[float, float] | None:
    orders = planter.tables["orders"]
    own = orders.loc[orders["customer_id"] == orders.at[position, "customer_id"], "amount"]
    return (before / 10_000, before) if _is_sale(before) and own.map(_is_sale).sum() >= 6 else None


def _refund(planter: _Planter, position: int, before: Any) -> tuple[float, None] | None:
    orders = planter.clean_orders
    own = orders.loc[orders["customer_id"] == orders.at[position, "customer_id"], "amount"]
    most = max((amount for amount in own if _is_sale(amount)), default=0)
    return (-most * 1.5, None) if isinstance(before, (int, float)) and before < 0 else None


def _twice(planter: _Planter, position: int, before: Any) -> tuple[Any, None] | None:
    """The row above once more; said of its amount."""
    orders = planter.tables["orders"]
    if position == 0 or ("orders", position - 1) in planter.touched:
        return None
    planter.touched.add(("orders", position - 1))
    for code in orders:
        if code != "amount":
            value: Any = orders.at[position - 1, code]
            orders.at[position, code] = value
    return orders.at[position - 1, "amount"], None


def _state(state: str, *, silent: bool) -> Change:
    """合作状态 that the orders deny: silent for nine months, or an order within the last two."""

    def change(planter: _Planter, position: int, before: Any) -> tuple[str, None] | None:
        last = planter.last_order(planter.tables["profiles"].at[position, "customer_id"])
        days = (planter.as_of - last).days if last else -1
        return (planter.words[state], None) if (days > 270 if silent else 0 <= days < 60) else None

    return change


def _total(planter: _Planter, position: int, before: Any) -> tuple[float, Any] | None:
    return (before * 1.3 + 1000, None) if _is_sale(before) else None


def _behind(planter: _Planter, position: int, before: date) -> tuple[date, Any] | None:
    records, log = planter.tables["records"], planter.tables["interactions"]
    customer = records.at[position, "customer_id"]
    if (records["customer_id"] == customer).sum() != 1 or not (log["customer_id"] == customer).any():
        return None
    latest = max(log.loc[log["customer_id"] == customer, "contacted_on"])
    return (latest - timedelta(days=30), latest.isoformat())


def _given(name: str) -> Change:
    return lambda planter, position, before: (planter.random.choice(planter.words[name]), None)


_CHANGES: Mapping[str, Change] = {
    "row_twice": _twice,
    "amount_in_wan": _amount("wan"),
    "amount_in_wan_letter": _amount("wan_letter"),
    "amount_with_commas": _amount("commas"),
    "amount_with_sign": _amount("sign"),
    "amount_with_unit": _amount("unit"),
    "amount_range": _given("amount_ranges"),
    "amount_currency": _given("amount_currencies"),
    "unit_mixed_up": _unit,
    "refund_too_large": _refund,
    "order_of_nobody": lambda planter, position, before: ("C1999999", None),
    "order_in_future": lambda planter, position, before: (planter.as_of + timedelta(days=90), None),
    "error_in_amount": lambda planter, position, before: ("#N/A", None),
    "active_without_orders": _state("state_active", silent=True),
    "lost_with_orders": _state("state_lost", silent=False),
    "total_differs": _total,
    "count_differs": lambda planter, position, before: (before + 3, None) if before > 0 else None,
    "personal_email": _given("personal_mails"),
    "budget_as_date": lambda planter, position, before: (date(2026, 8, 10), None),
    "budget_reversed": lambda planter, position, before: (planter.words["reversed_budget"], None),
    "size_unreadable": lambda planter, position, before: (planter.words["size_words"][0], None),
    "id_repeated": lambda planter, position, before: (
        (planter.tables["profiles"].at[position - 1, "customer_id"], None) if position else None
    ),
    "contact_behind_log": _behind,
    "date_in_words": _given("date_in_words"),
    "id_missing": lambda planter, position, before: (None, None),
    "personal_data_in_log": _given("log_notes"),
}
