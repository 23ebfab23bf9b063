"""Cell functions about customers: value tag, tier, lifetime value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmsheet import steps
from crmsheet.errors import UsageError
from crmsheet.excel.arrays import Grid, is_blank
from crmsheet.excel.texts import told, words_of
from crmsheet.excel.typed_columns import ANY_DAY, as_share, numbers, typed
from crmsheet.rules import Rules
from crmsheet.steps.clv import ClvTerms, simple_clv
from crmsheet.steps.order_facts import rfm_thresholds
from crmsheet.steps.rfm import apply_cuts, choose_cuts

RFM_COLUMNS = 3


def value_tag(rules: Rules, amount: list[Any]) -> list[Any]:
    """``tag_value`` of the amount of twelve months, or of the year where the rules count that.

    A negative amount is what refunds leave: it stays below every threshold.
    """
    yuan, problems = numbers(amount, rules)
    table = pd.DataFrame({"amount_12m": yuan, "amount_year": yuan, "order_count": np.nan})
    return told(words_of(steps.tag_value(table, rules)["value_tag"], "value_tag", rules), problems)


def rfm_tier(rules: Rules, days: list[Any], count: list[Any], amount: list[Any]) -> list[Any]:
    """``assign_tiers`` by the levels of days since the last order, orders and amount of twelve months.

    An amount may be negative, which is what refunds leave; days and orders may not.
    """
    return _tiers(rules, days, count, amount, [None] * len(days))


def tier(rules: Rules, range: Grid) -> Grid:
    """The tier of each row of a range of days, count, amount and, where there is a fourth column, manual tier."""
    if len(range[0]) not in (RFM_COLUMNS, RFM_COLUMNS + 1):
        raise UsageError(problem=rules.labels.phrase("function_tier_columns", n=len(range[0])))
    rows = [[*row, None][: RFM_COLUMNS + 1] for row in range]
    asked = [row for row in rows if not all(map(is_blank, row))]
    found = iter(_tiers(rules, *map(list, zip(*asked, strict=True))) if asked else [])
    return [["" if all(map(is_blank, row)) else next(found)] for row in rows]


def clv(
    rules: Rules,
    average_purchase: list[Any],
    purchases_per_year: list[Any],
    margin: list[Any],
    years: list[Any],
) -> list[Any]:
    """``simple_clv``: purchase × purchases a year × margin × years; margin and years default to the rules'."""
    spend, wrong_spend = numbers(average_purchase, rules)
    often, wrong_often = numbers(purchases_per_year, rules)
    share, wrong_share = numbers([as_share(cell) for cell in margin], rules)
    span, wrong_span = numbers(years, rules)
    value = simple_clv(spend, often) / ClvTerms().years
    value = value * share.fillna(rules.clv.margin) * span.fillna(rules.clv.years)
    below = [_negative(row, rules) for row in zip(spend, often, span, strict=True)]
    outside = [
        rules.labels.phrase("function_margin", value=f"{one:.15g}") if not 0 <= one <= 1 else ""
        for one in share.fillna(0.0)
    ]
    problems = zip(wrong_spend, wrong_often, wrong_share, wrong_span, below, outside, strict=True)
    return told(value, [next(filter(None, row), "") for row in problems])


def _negative(values: Sequence[float], rules: Rules) -> str:
    """What is wrong where one of the values is below zero; blank where none is."""
    found = next((value for value in values if value < 0), None)
    return "" if found is None else rules.labels.phrase("function_negative", value=f"{found:.15g}")


def _tiers(
    rules: Rules, days: list[Any], count: list[Any], amount: list[Any], manual: list[Any]
) -> list[Any]:
    recency, wrong_days = numbers(days, rules)
    frequency, wrong_count = numbers(count, rules)
    monetary, wrong_amount = numbers(amount, rules)
    decided, wrong_manual = typed({"manual_tier": manual}, rules, entity="profiles")
    facts = pd.DataFrame(
        {
            "recency_days": recency,
            "frequency": frequency,
            "monetary": monetary.fillna(0.0),
            # Whoever has a last order has bought, if not in the twelve months that are counted.
            "order_count": frequency.where(recency.isna(), frequency.clip(lower=1)),
            "manual_tier": decided["manual_tier"].reset_index(drop=True),
        }
    )
    scored = apply_cuts(facts, choose_cuts(facts, thresholds=rfm_thresholds(rules)))
    bought = recency.notna()
    scores = {str(name): scored[name].where(bought) for name in scored if str(name).endswith("_score")}
    codes = steps.assign_tiers(scored.assign(**scores), rules, ANY_DAY)["tier"]
    labels = {code: one.label for code, one in rules.tiers.items()}
    below = [_negative(row, rules) for row in zip(recency, frequency, strict=True)]
    problems = zip(wrong_days, wrong_count, wrong_amount, wrong_manual, below, strict=True)
    return told(codes.map(labels), [next(filter(None, row), "") for row in problems])
