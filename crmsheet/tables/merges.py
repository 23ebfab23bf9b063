"""Merges: customers entered more than once, which one would be kept, and what it would take over (R-057)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank, is_placeholder
from crmsheet.clean.companies import parse_company
from crmsheet.clean.duplicates import find_duplicates
from crmsheet.fields import CUSTOMER_SHEETS
from crmsheet.model import Cleaned, Table
from crmsheet.rules import Rules

# Facts about the customer itself. What changes with every contact stays in its own row, as history.
FACTS = (
    "industry", "company_size", "contact", "job_title", "phone", "email", "region", "founded", "main_business",
    "source", "referrer", "core_need", "budget", "decision_cycle", "decision_factors", "cooperation", "value_level",
    "risk", "influence", "referral_willingness", "upsell_likelihood", "benchmark_value", "test_feedback", "manual_tier",
)  # fmt: skip
MERGE_COLUMNS = [
    "group", "relation", "keep", "keep_id", "keep_name", "merge", "merge_id", "merge_name", "score",
    "duplicate_reason", "takes", "conflicts",
]  # fmt: skip
_NAMED = ["left_id", "left_name", "right_id", "right_name", "left", "right", "score", "reason"]
Facts = dict[str, Any]


def propose_merges(cleaned: Cleaned, customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """One line per customer that may be another one: what a merge would keep, take over and disagree on.

    ``relation`` ``same`` can be merged; ``related`` (a branch, a namesake whose city is not known) is only
    shown. ``keep`` and ``merge`` are customer keys; ``takes`` and ``conflicts`` are worded. Of a group the
    customer is kept that has an id, its full name and most facts, of equals the first. Nothing is changed.
    """
    pairs = find_duplicates(customers, rules)
    lines = [*_same(pairs, customers, cleaned, rules), *_related(pairs)]
    return pd.DataFrame(lines, columns=MERGE_COLUMNS)


def _same(
    pairs: pd.DataFrame, customers: pd.DataFrame, cleaned: Cleaned, rules: Rules
) -> Iterator[tuple[Any, ...]]:
    joined = pairs[pairs["group"].notna() & (pairs["relation"] == "same")]
    for number, group in joined.groupby("group", sort=True):
        members = list(dict.fromkeys([*group["left"], *group["right"]]))
        keep = _kept(members, customers)
        known = customer_facts(cleaned, keep, customers, rules)
        for member in members:
            if member == keep:
                continue
            pair = _best_pair(group, keep, member)
            own = customer_facts(cleaned, member, customers, rules)
            takes = {code: value for code, value in own.items() if code not in known}
            apart = [code for code, value in own.items() if code in known and _differ(known[code], value)]
            yield (
                number, "same", keep, *_named(customers, keep), member, *_named(customers, member),
                pair["score"], pair["reason"], _taken(takes, rules), _apart(apart, known, own, rules),
            )  # fmt: skip
            known |= takes


def _related(pairs: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    related = pairs[pairs["relation"] == "related"]
    for keep_id, keep_name, merge_id, merge_name, *pair in related[_NAMED].itertuples(index=False):
        left, right, score, reason = pair
        kept, merged = (as_text(keep_id), as_text(keep_name)), (as_text(merge_id), as_text(merge_name))
        yield (None, "related", left, *kept, right, *merged, score, reason, "", "")


def _kept(members: Sequence[Any], customers: pd.DataFrame) -> Any:
    def merit(customer: Any) -> tuple[bool, bool, int]:
        row = customers.loc[customer]
        name = parse_company(as_text(row["customer_name"]))
        filled = sum(1 for code in FACTS if code in row.index and not is_blank(row[code]))
        return not is_blank(row["customer_id"]), bool(name.legal_form), filled

    return max(members, key=merit)  # of equals max takes the first


def _best_pair(group: pd.DataFrame, keep: Any, member: Any) -> pd.Series:
    direct = group[group["left"].isin([keep, member]) & group["right"].isin([keep, member])]
    own = direct if len(direct) else group[(group["left"] == member) | (group["right"] == member)]
    return own.iloc[0]


def _named(customers: pd.DataFrame, customer: Any) -> tuple[str, str]:
    return as_text(customers.at[customer, "customer_id"]), as_text(customers.at[customer, "customer_name"])


def customer_facts(cleaned: Cleaned, customer: Any, customers: pd.DataFrame, rules: Rules) -> Facts:
    """What the customer's own rows say, as typed: the profile first, then the latest record."""
    facts: Facts = {}
    for table, row in customer_rows(cleaned, customer, customers):
        for code in FACTS:
            if code in table.raw and code not in facts and _says_something(table.raw.at[row, code], rules):
                facts[code] = table.raw.at[row, code]
    return facts


def customer_rows(cleaned: Cleaned, customer: Any, customers: pd.DataFrame) -> Iterator[tuple[Table, int]]:
    """Table and row of the customer's profile and of its latest record."""
    places: Mapping[str, str] = {"profiles": "profile_row", "records": "record_row"}
    for code in reversed(CUSTOMER_SHEETS):
        row: Any = customers.at[customer, places[code]] if places[code] in customers else None
        if code in cleaned and not is_blank(row):
            yield cleaned.source.tables[code], int(row)


def _says_something(value: Any, rules: Rules) -> bool:
    return not is_blank(value) and not is_placeholder(as_text(value), rules)


def _differ(one: Any, other: Any) -> bool:
    return as_text(one).strip().casefold() != as_text(other).strip().casefold()


def _taken(takes: Facts, rules: Rules) -> str:
    labels = rules.labels
    return labels.phrase("part_separator").join(
        labels.phrase("merge_takes", field=labels.field(code), value=as_text(value))
        for code, value in takes.items()
    )


def _apart(codes: Sequence[str], known: Facts, own: Facts, rules: Rules) -> str:
    labels = rules.labels
    return labels.phrase("part_separator").join(
        labels.phrase(
            "merge_conflict", field=labels.field(code), kept=as_text(known[code]), other=as_text(own[code])
        )
        for code in codes
    )
