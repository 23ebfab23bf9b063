"""How many customers wait for the same need, weighted by their tier (R-081, R-113, ANALYTICS §4)."""

from __future__ import annotations

import re
from functools import lru_cache

import pandas as pd

from crmsheet.clean.text import match_key
from crmsheet.rule_sections import DemandRules
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import WAITING, looked_up, need, standing

_SHORTEST = 2


@step
def score_demand(
    requirements: pd.DataFrame, rules: Rules, *, askers: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Add ``need_key``, ``demand``, ``waiting_customers``, ``waiting_high_value`` and ``demand_reason``.

    ``demand`` is Σ tier weight over the distinct customers who still wait for the same need (neither solved
    nor paused), so a customer who asks twice counts once, with his best tier. Reads ``customer``,
    ``requirement``, ``tier``, ``status``. Two texts are the same need when their keys are equal, see
    ``need_key``. ``askers`` (``count_askers``) are those of all requirements where these are only some.

    >>> t = pd.DataFrame({"customer": ["A", "A", "B"], "tier": ["high_value", "high_value", "low_value"],
    ...     "requirement": ["希望支持Excel导出", "excel 导出功能", "需要 Excel导出"]})
    >>> score_demand(t, Rules.load())[["need_key", "demand", "waiting_customers"]].values.tolist()
    [['excel导出', 4.0, 2], ['excel导出', 4.0, 2], ['excel导出', 4.0, 2]]
    """
    need(requirements, "score_demand", "customer", "requirement", "tier")
    keys = _need_keys(requirements, rules)
    counted = count_askers(requirements, rules) if askers is None else askers
    found = _totals(counted).reindex(keys).fillna(0).set_axis(requirements.index)
    way = choose(keys.index, {"none": found["customers"] <= 0, "only": found["high"] <= 0}, "waiting")
    return requirements.assign(
        need_key=keys,
        demand=found["demand"].astype("float64"),
        waiting_customers=found["customers"].astype("int64"),
        waiting_high_value=found["high"].astype("int64"),
        demand_reason=reasons_by(
            way, "demand", rules, n=found["customers"], high=found["high"], demand=found["demand"]
        ),
    )


def count_askers(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """How many customers wait for each need, by the weight and urgency of their tier: ``need``, ``weight``, ``high``
    and ``customers``. Counts of parts that share no customer add up.
    """
    keys = _need_keys(requirements, rules)
    weights = looked_up(requirements["tier"], {code: tier.weight for code, tier in rules.tiers.items()}, 1.0)
    asked = pd.DataFrame(
        {
            "need": keys,
            "customer": requirements["customer"],
            "weight": weights.astype("float64"),
            "high": requirements["tier"].isin(rules.priority.urgent_tiers),
        }
    )
    open_now = standing(requirements).isin(WAITING) & (keys != "") & (requirements["customer"] != "")
    askers = asked[open_now].groupby(["need", "customer"], sort=False)[["weight", "high"]].max().reset_index()
    return askers.groupby(["need", "weight", "high"]).size().rename("customers").reset_index()


def _need_keys(requirements: pd.DataFrame, rules: Rules) -> pd.Series:
    texts = requirements["requirement"]
    known = {one: need_key(one, rules.demand) for one in texts.dropna().unique()}
    return looked_up(texts, known, "")


def _totals(askers: pd.DataFrame) -> pd.DataFrame:
    """Per need: weights of those who wait, how many, and how many of an urgent tier."""
    counted = pd.DataFrame(
        {
            "need": askers["need"],
            "demand": askers["weight"] * askers["customers"],
            "customers": askers["customers"],
            "high": askers["customers"].where(askers["high"].astype(bool), 0),
        }
    )
    return counted.groupby("need", sort=False).sum()


@lru_cache(maxsize=65536)
def need_key(text: str, rules: DemandRules) -> str:
    """What a need asks for, without case, width, marks and the words around the matter itself.

    >>> need_key("希望能提供技术培训服务。", Rules.load().demand)
    '技术培训'
    """
    leads, tails = _edges(rules)
    key, previous = text, None
    while (
        key != previous
    ):  # what stood apart can read otherwise once joined, so the joined text is read again
        previous = key
        key = "".join(re.findall(r"\w+", match_key(key)))
        for pattern in (leads, tails):
            shorter = pattern.sub("", key, count=1)
            key = shorter if len(shorter) >= _SHORTEST else key
    return key


@lru_cache(maxsize=8)
def _edges(rules: DemandRules) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return _one_of(rules.lead_words, r"\A(?:{})"), _one_of(rules.tail_words, r"(?:{})\Z")


def _one_of(words: tuple[str, ...], frame: str) -> re.Pattern[str]:
    """Longest first; matches nothing when there are no words."""
    ordered = sorted({match_key(word) for word in words if word}, key=lambda word: (-len(word), word))
    return re.compile(frame.format("|".join(map(re.escape, ordered)) or r"(?!)"))
