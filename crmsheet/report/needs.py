"""Section one: what customers need, spoken and unspoken, by priority (R-102)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmsheet.report.model import Figure, Figures, Section
from crmsheet.report.parts import (
    LEVELS,
    chart_title,
    column,
    count_chart,
    cross,
    level_column,
    named,
    row_list,
    share_of,
    short_table,
    status_column,
    status_word,
    tier_column,
)
from crmsheet.report.scope import Scope
from crmsheet.report.words import caption, sentences, words
from crmsheet.steps.columns import optional
from crmsheet.tables.need_pool import rank_needs
from crmsheet.tables.segments import segment_needs
from crmsheet.view import Chart, Series, TableBlock
from crmsheet.views.words import tier_words, worded

_ORIENTATIONS = ("explicit", "implicit")
_TOPICS = ("function", "service", "price")
FIRST = 10


def needs_section(scope: Scope) -> Section:
    """Needs on record by orientation and priority, and those asked for most."""
    counts = cross(scope.needs, "final_priority", "orientation", LEVELS, _ORIENTATIONS)
    pool = rank_needs(scope.needs)
    facts = _facts(scope, counts, pool)
    figures = Figures(
        (
            Figure(_kinds_chart(scope, counts), caption("needs", "kinds", facts)),
            Figure(_topics_chart(scope), caption("needs", "topics", facts)),
        )
    )
    parts = (figures, _kinds_table(scope, counts), _asked_table(pool), _rows(scope))
    return Section("needs", str(words()["sections"]["needs"]), sentences("needs", facts), parts)


def _facts(scope: Scope, counts: pd.DataFrame, pool: pd.DataFrame) -> dict[str, Any]:
    needs, total = scope.needs, len(scope.needs)
    implicit = int(counts["implicit"].sum())
    by_level = counts.sum(axis=1)
    high = int(by_level["high"])
    asked = pool.sort_values("waiting_customers", ascending=False, kind="stable")  # ties stay by demand
    top: dict[Any, Any] = next(iter(asked.head(1).to_dict("records")), {})
    return {
        "scope": words()["scope"]["chosen" if scope.period.chosen else "all"],
        "chosen": int(scope.period.chosen),
        "total": total,
        "customers": needs["customer"].nunique(),
        "explicit": int(counts["explicit"].sum()),
        "implicit": implicit,
        "implicit_share": share_of(implicit, total),
        "implicit_high": int(counts["implicit"]["high"]),
        "high": high,
        "high_share": share_of(high, total),
        "medium": int(by_level["medium"]),
        "high_open": int((scope.open_needs["final_priority"] == "high").sum()),
        "open": len(scope.open_needs),
        "top_need": top.get("need", ""),
        "top_waiting": int(top.get("waiting_customers", 0)),
        "top_high_value": int(top.get("waiting_high_value", 0)),
        **_market(scope),
    }


def _market(scope: Scope) -> dict[str, Any]:
    """The industry with most customers, and what most of them ask for (R-107)."""
    lines = segment_needs(scope.result.customers, scope.needs, "industry")
    if not len(lines):
        return {"market": "", "market_customers": 0, "market_share": float("nan"), "market_topic": ""}
    first = lines.iloc[0]
    return {
        "market": first["segment"],
        "market_customers": int(first["customers"]),
        "market_share": float(first["share"]),
        "market_topic": words()["topics"].get(first["tag"], first["tag"]),
    }


def _kinds_chart(scope: Scope, counts: pd.DataFrame) -> Chart:
    labels = scope.result.rules.labels
    series = tuple(
        Series(labels.choice("orientation", code), tuple(counts[code].astype(float)), tone)
        for code, tone in zip(_ORIENTATIONS, ("info", "watch"), strict=True)
    )
    return Chart("stacked_column", chart_title("kinds"), labels.choices("level"), series)


def _topics_chart(scope: Scope) -> Chart:
    counts = scope.needs["requirement_tags"].explode().value_counts()
    named = {str(words()["topics"][code]): float(counts.get(code, 0)) for code in _TOPICS}
    return count_chart("bar", "topics", named, series="needs")


def _kinds_table(scope: Scope, counts: pd.DataFrame) -> TableBlock:
    labels = scope.result.rules.labels
    total = counts.sum(axis=1)
    frame = pd.DataFrame(
        {
            "level": labels.choices("level"),
            "explicit": counts["explicit"].to_numpy(),
            "implicit": counts["implicit"].to_numpy(),
            "total": total.to_numpy(),
            "share": [share_of(n, len(scope.needs)) for n in total],
        }
    )
    numbers = tuple(column(code, "integer", 10) for code in ("explicit", "implicit", "total"))
    sums = {code: float(frame[code].sum()) for code in ("explicit", "implicit", "total")}
    columns = (level_column(scope.result.rules), *numbers, column("share", "percent", 10))
    return short_table("kinds", frame, columns, total={"level": words()["phrases"]["total"], **sums})


def _asked_table(pool: pd.DataFrame) -> TableBlock:
    columns = (
        column("need", "wrap", 40),
        column("waiting_customers", "integer", 10),
        column("waiting_high_value", "integer", 10),
        column("demand", "score", 10, bar=True),
        column("ice", "score", 10),
    )
    return short_table("asked", pool.head(FIRST), columns, empty="needs")


def _rows(scope: Scope) -> TableBlock:
    """Every need that was counted, so that anyone can count again."""
    rules, needs = scope.result.rules, scope.needs
    labels = rules.labels
    frame = pd.DataFrame(
        {
            "requirement_id": needs["requirement_id"],
            "customer_name": needs["customer"].map(scope.result.customers["customer_name"]),
            "tier": tier_words(needs, rules),
            "need": needs["requirement"],
            "orientation": worded(needs, "orientation", labels, "orientation"),
            "level": worded(needs, "final_priority", labels, "level"),
            "status": needs["status"].map(status_word),
            "owner": named(optional(needs, "owner", None)),
        }
    )
    columns = (
        column("requirement_id", "text", 14),
        column("customer_name", "text", 24),
        tier_column(rules),
        column("need", "wrap", 34),
        column("orientation", "choice", 8),
        level_column(rules),
        status_column(),
        column("owner", "text", 8),
    )
    return row_list("need_rows", frame, columns, sheet=labels.sheet("requirements"))
