"""Composite value score 40/40/20 and the core list (R-077, R-078, ANALYTICS §3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from crmsheet.rule_core import ValueScoreRules
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import add_reasons, choose, reasons_by, whole_numbers
from crmsheet.steps.columns import need, optional, ranked, text

# Dimension → indicator (name of its weight) → column it is read from.
DIMENSIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "historical": {"amount": "amount_total", "profit": "profit_total"},
    "potential": {
        "influence": "influence",
        "referral": "referral_willingness",
        "upsell": "upsell_likelihood",
    },
    "strategic": {"benchmark": "benchmark_value", "test_feedback": "test_feedback"},
}
_MONEY = ("amount", "profit")
COMPARING: Final = ("minmax", "percentile")  # ways to score money that look at all customers


@step
def score_value(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``historical_score``, ``potential_score``, ``strategic_score``, ``value_score`` (0–100), ``completeness``
    (0–1: share of the weight that is present), ``value_rank``, ``is_core`` and ``value_reason``.

    Missing indicators drop out and the weights of the others grow accordingly; all missing gives NaN (or count
    as 0, by the rules). Rank:
    score, then lifetime amount, then customer id; incomplete scores rank behind complete ones of the same score.

    >>> t = pd.DataFrame({"customer_id": ["C1"], "amount_total": [1e6], "profit_total": [1e6]})
    >>> score_value(t, Rules.load())[["value_score", "completeness"]].values.tolist()
    [[100.0, 0.4]]
    """
    need(customers, "score_value", "amount_total")
    settings = rules.value_score
    points = {
        dimension: pd.DataFrame(
            {name: _points(optional(customers, column), name, settings) for name, column in parts.items()}
        )
        for dimension, parts in DIMENSIONS.items()
    }
    scores = pd.DataFrame({dimension: _weighted(part, settings)[0] for dimension, part in points.items()})
    total, _ = _weighted(scores, settings)
    present = {
        dimension: _weighted(pd.DataFrame({n: optional(customers, c) for n, c in parts.items()}), settings)[1]
        for dimension, parts in DIMENSIONS.items()
    }
    completeness = _completeness(present, settings)
    scored = customers.assign(
        **{f"{dimension}_score": scores[dimension] for dimension in scores},
        value_score=total,
        completeness=completeness,
    )
    return rank_value(scored, rules).assign(value_reason=_reasons(scored, rules))


def rank_value(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``value_rank`` and ``is_core`` among these customers, from ``value_score`` and ``completeness``."""
    rank = _rank(customers, rules.value_score)
    cut = math.ceil(
        round(rules.value_score.core_share * int(rank.notna().sum()), 9)
    )  # 0.07 × 100 is 7, not 8
    return customers.assign(value_rank=rank, is_core=(rank <= cut) & (customers["value_score"] > 0))


def _points(values: pd.Series, name: str, settings: ValueScoreRules) -> pd.Series:
    """One indicator on 0–100; money as the rules say, judgements linearly on their scale."""
    values = values.astype("float64")
    if name in _MONEY:
        points = _MONEY_POINTS[settings.money](values.clip(lower=0), settings).clip(0, 100)
    else:
        span = settings.rating_high - settings.rating_low
        points = (100 * (values - settings.rating_low) / span).clip(0, 100)
    return points.fillna(0.0) if settings.missing == "zero" else points


def _target(money: pd.Series, settings: ValueScoreRules) -> pd.Series:
    """On a log scale against a target: one whale moves nobody else."""
    logarithm: pd.Series = np.log1p(money / settings.money_target)
    return 100 * logarithm / math.log1p(settings.money_cap)


def _linear(money: pd.Series, settings: ValueScoreRules) -> pd.Series:
    """In proportion, up to the cap."""
    return 100 * (money / (settings.money_target * settings.money_cap))


def _minmax(money: pd.Series, settings: ValueScoreRules) -> pd.Series:
    """Between the least and the most of all customers; 0 where all have the same."""
    del settings
    low, high = money.min(), money.max()
    return 100 * ((money - low) / (high - low)) if high > low else money * 0.0


def _percentile(money: pd.Series, settings: ValueScoreRules) -> pd.Series:
    """Mid-rank among those that have an amount: 100 · (rank − ½) ÷ N."""
    del settings
    return 100 * (money.rank(method="average") - 0.5) / max(int(money.notna().sum()), 1)


_MONEY_POINTS: Final[Mapping[str, Callable[[pd.Series, ValueScoreRules], pd.Series]]] = {
    "target": _target,
    "linear": _linear,
    "minmax": _minmax,
    "percentile": _percentile,
}


def _weighted(points: pd.DataFrame, settings: ValueScoreRules) -> tuple[pd.Series, pd.Series]:
    """Weighted mean over what is present, and the share of the weight that is present."""
    weights = np.array([getattr(settings, str(name)) for name in points])
    values = points.to_numpy(dtype="float64")
    held = np.where(np.isnan(values), 0, weights)
    total = held.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(total > 0, (np.nan_to_num(values) * held).sum(axis=1) / total, np.nan)
    share = total / weights.sum() if weights.sum() else total
    return pd.Series(mean, index=points.index), pd.Series(share, index=points.index)


def _completeness(present: Mapping[str, pd.Series], settings: ValueScoreRules) -> pd.Series:
    shares = pd.DataFrame(dict(present))
    weights = np.array([getattr(settings, dimension) for dimension in present])
    # Not a matrix product: its last digit would depend on who stands beside whom.
    return pd.Series((shares.to_numpy() * weights).sum(axis=1) / 100, index=shares.index)


def _rank(customers: pd.DataFrame, settings: ValueScoreRules) -> pd.Series:
    keys = pd.DataFrame(
        {
            "score": -customers["value_score"],
            "incomplete": customers["completeness"] < settings.complete_at_least,
            "amount": -optional(customers, "amount_total").fillna(0),
            "id": text(optional(customers, "customer_id", "")),
        },
        index=customers.index,
    )
    return ranked(keys, keys["score"].notna())


def _reasons(customers: pd.DataFrame, rules: Rules) -> pd.Series:
    way = choose(customers.index, {"unscored": customers["value_score"].isna()}, "scored")
    missing = rules.labels.phrase("missing")
    told = reasons_by(
        way,
        "value_score",
        rules,
        **{name: whole_numbers(customers[f"{name}_score"], missing) for name in DIMENSIONS},
        score=customers["value_score"],
        completeness=customers["completeness"],
    )
    negative = {
        "refunded": optional(customers, "amount_total") < 0,
        "loss": optional(customers, "profit_total") < 0,
    }
    return add_reasons(told, negative, "value_score", rules)
