"""Tier moves between two days: who rose, who fell, and whether the customer or the rules did it (R-076,
R-109, §6).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._reasons import choose, reasons_by, tier_labels
from crmsheet.steps.columns import need, optional, text
from crmsheet.steps.rfm import apply_cuts, choose_cuts
from crmsheet.steps.tiers import assign_tiers
from crmsheet.tables.cross_counts import cross_counts
from crmsheet.tables.intervals import wilson
from crmsheet.tables.snapshots import FACTS, read_days, rules_mark

NEW, GONE = "new", "gone"
_RATES = ("up", "down", "stable", "other")


def list_moves(customers: pd.DataFrame, before: pd.DataFrame | None, rules: Rules) -> pd.DataFrame:
    """One row per customer of either day, index ``customer``: ``customer_name``, ``tier_before``, ``tier_after``,
    ``direction``, ``cause`` and ``move_reason``.

    ``direction``: stable, up, down (by the order in the rules), other (to or from a tier outside that
    order), new, gone. ``cause`` of a change: manual (a person set the tier), rules (by today's rules he had
    today's tier then already), behavior. ``before`` comes from ``choose_snapshot``; None gives no rows.
    """
    need(customers, "list_moves", "tier")
    if before is None:
        return pd.DataFrame(
            columns=["customer_name", "tier_before", "tier_after", "direction", "cause", "move_reason"]
        )
    index = before.index.union(customers.index, sort=False)
    old, now = (frame.reindex(index) for frame in (before, customers))
    was, is_now = text(old["tier"]), text(now["tier"])
    direction = _direction(was, is_now, rules)
    changed = direction.isin(["up", "down", "other"])
    cause = _cause(now, before, rules).where(changed, "")
    name = text(optional(now, "customer_name", None))
    way = cause.where(changed, direction).mask(direction == "stable", "")
    return pd.DataFrame(
        {
            "customer_name": name.where(name != "", text(optional(old, "customer_name", None))),
            "tier_before": was,
            "tier_after": is_now,
            "direction": direction,
            "cause": cause,
            "move_reason": reasons_by(
                way,
                "move",
                rules,
                before=_worded(was, rules),
                after=_worded(is_now, rules),
                why=text(optional(now, "tier_reason", None)),
            ),
        },
        index=index.rename("customer"),
    )


def count_moves(moves: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The matrix: customers by tier before (rows, ``new`` last) and after (columns, ``gone`` last).

    >>> moves = pd.DataFrame({"tier_before": ["potential", ""], "tier_after": ["high_value", "potential"]})
    >>> matrix = count_moves(moves, Rules.load())
    >>> int(matrix.loc["potential", "high_value"]), int(matrix.loc["new", "potential"])
    (1, 1)
    """
    was = moves["tier_before"].where(moves["tier_before"] != "", NEW)
    is_now = moves["tier_after"].where(moves["tier_after"] != "", GONE)
    counts = cross_counts(was, is_now) if len(moves) else pd.DataFrame()
    known = list(dict.fromkeys([*rules.migration.order, *rules.tiers]))
    unknown = sorted({*counts.index, *counts.columns} - {*known, NEW, GONE})
    matrix = counts.reindex(index=[*known, *unknown, NEW], columns=[*known, *unknown, GONE], fill_value=0)
    return matrix.fillna(0).astype("int64").rename_axis(index="before", columns="after")


def share_moves(matrix: pd.DataFrame) -> pd.DataFrame:
    """The matrix as shares of each row; a row nobody started in is blank, not 0 %.

    >>> share_moves(pd.DataFrame({"a": [1, 0], "b": [3, 0]})).values.tolist()
    [[0.25, 0.75], [nan, nan]]
    """
    totals = matrix.sum(axis=1).astype("float64")
    return matrix.div(totals.where(totals > 0), axis=0)


def rate_moves(moves: pd.DataFrame) -> pd.DataFrame:
    """Share of the customers of both days that went up, down, stayed, or moved otherwise, with Wilson bounds.

    Index ``direction``; ``numerator``, ``denominator``, ``rate_value`` (NaN when there are none), ``low``,
    ``high``, and ``by_rules``: how many of them the rules moved.

    >>> moves = pd.DataFrame({"direction": ["up", "stable", "new"], "cause": ["behavior", "", ""]})
    >>> rate_moves(moves)[["numerator", "denominator", "rate_value"]].values.tolist()
    [[1.0, 2.0, 0.5], [0.0, 2.0, 0.0], [1.0, 2.0, 0.5], [0.0, 2.0, 0.0]]
    """
    both = moves[moves["direction"].isin(_RATES)]
    lines = []
    for direction in _RATES:
        rows = both[both["direction"] == direction]
        low, high = wilson(len(rows), len(both))
        value = len(rows) / len(both) if len(both) else np.nan
        lines.append((len(rows), len(both), value, low, high, int((rows["cause"] == "rules").sum())))
    columns = ["numerator", "denominator", "rate_value", "low", "high", "by_rules"]
    return pd.DataFrame(lines, index=pd.Index(_RATES, name="direction"), columns=columns)


def tiers_by_rules(before: pd.DataFrame, rules: Rules) -> pd.Series:
    """What tier these rules would have given on the day of the snapshot; blank where its facts are
    lacking.
    """
    if not set(FACTS) <= set(before) or not len(before):
        return pd.Series("", index=before.index, dtype=object)
    facts = (
        before[list(FACTS)]
        .apply(pd.to_numeric, errors="coerce")
        .assign(first_order=read_days(before["first_order"]))
    )
    told = facts[facts[["recency_days", "frequency", "monetary"]].notna().all(axis=1)]
    limits = rules.rfm
    cuts = choose_cuts(
        told,
        method=limits.method,
        thresholds={
            "recency": (limits.recency_high_days, limits.recency_medium_days),
            "frequency": (limits.frequency_medium, limits.frequency_high),
            "monetary": (limits.monetary_medium, limits.monetary_high),
        },
    )
    day: date = pd.Timestamp(before["as_of"].iloc[0]).date()
    return (
        assign_tiers(apply_cuts(told, cuts), rules, day)["tier"]
        .reindex(before.index)
        .fillna("")
        .astype(object)
    )


def _direction(was: pd.Series, is_now: pd.Series, rules: Rules) -> pd.Series:
    rank = {code: place for place, code in enumerate(rules.migration.order)}
    old, new = was.map(rank), is_now.map(rank)
    return choose(
        was.index,
        {NEW: was == "", GONE: is_now == "", "stable": was == is_now, "up": new < old, "down": new > old},
        "other",
    )


def _cause(now: pd.DataFrame, before: pd.DataFrame, rules: Rules) -> pd.Series:
    typed = text(optional(now, "manual_tier", None))
    marks = text(optional(before, "rules", None)).reindex(now.index).fillna("")
    others = (marks != "") & (marks != rules_mark(rules))
    same_then = pd.Series("", index=now.index, dtype=object)
    if others.any():
        same_then = tiers_by_rules(before, rules).reindex(now.index).fillna("")
    moved_by_rules = others & ((same_then == text(now["tier"])) | (same_then == ""))
    return choose(now.index, {"manual": typed != "", "rules": moved_by_rules}, "behavior")


def _worded(codes: pd.Series, rules: Rules) -> pd.Series:
    labels = tier_labels(codes, rules)
    return labels.where(labels != "", codes)
