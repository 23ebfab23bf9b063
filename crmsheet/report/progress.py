"""Section two: how far needs are met: solved, in hand, waiting, by owner and tier, and for how long (R-103)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmsheet.report.model import Figure, Figures, Section
from crmsheet.report.parts import (
    LEVELS,
    STATUSES,
    chart_title,
    column,
    count_chart,
    cross,
    level_column,
    named,
    series_name,
    share_of,
    short_table,
    status_column,
    status_word,
    tier_column,
)
from crmsheet.report.scope import Scope
from crmsheet.report.words import caption, phrase, sentences, words
from crmsheet.steps.columns import optional
from crmsheet.tables.facts import Span, within
from crmsheet.tables.segments import Group, need_status
from crmsheet.tables.trends import monthly_needs
from crmsheet.view import Card, Cards, Chart, Column, Series, TableBlock
from crmsheet.views.words import STATUS_TONES, tier_words, worded

OLD_AFTER_DAYS = 90
FEWEST_NEEDS = 5  # an owner with fewer needs says little about how owners differ
FIRST = 10
_BUCKETS = ("0-7", "8-30", "31-90", "91-180", ">180")
_BUCKET_TONES = ("good", "info", "watch", "bad", "bad")


def progress_section(scope: Scope) -> Section:
    """Counts and shares by status, owner and tier, and the needs that wait longest."""
    owners, tiers = _by(scope, "owner"), _by(scope, "tier")
    months = monthly_needs(scope.result.requirements, scope.period.last_day)
    facts = _facts(scope, owners)
    upper = Figures(
        (
            Figure(_status_chart(scope), caption("progress", "status", facts)),
            Figure(_ageing_chart(scope), caption("progress", "ageing", facts)),
        )
    )
    lower = Figures(
        (
            Figure(_months_chart(months), caption("progress", "months", facts)),
            Figure(_owners_chart(owners), caption("progress", "owners", facts)),
        )
    )
    parts = (
        _cards(scope),
        upper,
        lower,
        _by_table("by_owner", owners, column("owner", "text", 12), empty="owners"),
        _by_table("by_tier", tiers, tier_column(scope.result.rules), empty="needs"),
        _oldest_table(scope),
    )
    return Section("progress", str(words()["sections"]["progress"]), sentences("progress", facts), parts)


def _facts(scope: Scope, owners: pd.DataFrame) -> dict[str, Any]:
    counts, waiting = scope.needs["status"].value_counts(), scope.open_needs
    age = optional(waiting, "age_days").astype("float64")
    total, paused = len(scope.needs), int(counts.get("paused", 0))
    done = int(counts.get("done", 0))
    lately = Span.of_months(scope.period.last_day, 3)
    raised, solved = (
        len(within(scope.result.requirements, day, lately)) for day in ("raised_on", "solved_on")
    )
    return {
        "total": total,
        **{code: int(counts.get(code, 0)) for code in STATUSES},
        "share": share_of(done, total - paused),
        "open": len(waiting),
        "high_open": int((waiting["final_priority"] == "high").sum()),
        "aged_days": OLD_AFTER_DAYS,
        "aged": int((age > OLD_AFTER_DAYS).sum()),
        "oldest": float(age.max()) if age.notna().any() else float("nan"),
        "dated": int(age.notna().sum()),
        "undated": int(age.isna().sum()),
        "late_promises": int((optional(waiting, "promise", "") == "overdue").sum()),
        "lately": scope.lately,
        "raised_3m": raised,
        "solved_3m": solved,
        "without_owner": total - int(owners["total"].sum()),
        **_extremes(owners),
    }


def _extremes(owners: pd.DataFrame) -> dict[str, Any]:
    """The owners whose needs are met best and worst, of those with enough to compare."""
    compared = owners[owners["counted"] >= FEWEST_NEEDS].sort_values(["share", "total"], kind="stable")
    if len(compared) < 2:
        return {"owners": len(compared), "best_share": float("nan"), "worst_share": float("nan")}
    worst, best = compared.iloc[0], compared.iloc[-1]
    return {
        "owners": len(compared),
        "best": best["segment"],
        "best_share": float(best["share"]),
        "worst": worst["segment"],
        "worst_share": float(worst["share"]),
        "worst_open": int(worst["todo"] + worst["doing"]),
    }


def _by(scope: Scope, group: Group) -> pd.DataFrame:
    lines = need_status(scope.result.customers, scope.needs, group)
    if group == "tier":
        labels = {code: tier.label for code, tier in scope.result.rules.tiers.items()}
        lines = lines.set_index("segment").reindex([code for code in labels if code in set(lines["segment"])])
        return lines.reset_index().assign(segment=lambda rows: rows["segment"].map(labels))
    return lines


def _cards(scope: Scope) -> Cards:
    counts, total = scope.needs["status"].value_counts(), len(scope.needs)
    shares = {code: share_of(int(counts.get(code, 0)), total) for code in STATUSES}
    return Cards(
        tuple(
            Card(
                status_word(code),
                f"{int(counts.get(code, 0)):,}",
                phrase("of_total", share=shares[code]) if total else "",
                STATUS_TONES[code],
            )
            for code in STATUSES
        )
    )


def _status_chart(scope: Scope) -> Chart:
    counts = cross(scope.needs, "final_priority", "status", LEVELS, STATUSES)
    series = tuple(
        Series(status_word(code), tuple(counts[code].astype(float)), STATUS_TONES[code]) for code in STATUSES
    )
    return Chart("stacked_column", chart_title("status"), scope.result.rules.labels.choices("level"), series)


def _ageing_chart(scope: Scope) -> Chart:
    counts = optional(scope.open_needs, "age_bucket", "").value_counts()
    labels = scope.result.rules.labels
    waited = {labels.choice("age_bucket", code): float(counts.get(code, 0)) for code in _BUCKETS}
    return count_chart("column", "ageing", waited, series="needs", tones=_BUCKET_TONES)


def _months_chart(months: pd.DataFrame) -> Chart:
    names = tuple(str(month) for month in months.index)
    series = tuple(
        Series(series_name(code), tuple(months[column_code].astype(float)), tone)
        for code, column_code, tone in (("raised", "raised", "bad"), ("solved", "solved", "accent"))
    )
    return Chart("line", chart_title("months"), names, series)


def _owners_chart(owners: pd.DataFrame) -> Chart:
    busiest = owners.head(FIRST)
    series = tuple(
        Series(status_word(code), tuple(busiest[code].astype(float)), STATUS_TONES[code]) for code in STATUSES
    )
    return Chart("stacked_bar", chart_title("owners"), tuple(map(str, busiest["segment"])), series)


def _by_table(name: str, lines: pd.DataFrame, first: Column, *, empty: str) -> TableBlock:
    frame = lines.rename(columns={"segment": first.code, "share": "satisfied"})
    counts = tuple(column(code, "integer", 9) for code in ("total", *STATUSES))
    columns = (first, *counts, column("satisfied", "percent", 9))
    sums = {code: float(frame[code].sum()) for code in ("total", *STATUSES)}
    return short_table(
        name, frame, columns, empty=empty, total={first.code: words()["phrases"]["total"], **sums}
    )


def _oldest_table(scope: Scope) -> TableBlock:
    rules, waiting = scope.result.rules, scope.open_needs
    rows = waiting.assign(age_days=optional(waiting, "age_days").astype("float64"))
    rows = rows[rows["age_days"].notna()].sort_values("age_days", ascending=False, kind="stable").head(FIRST)
    frame = pd.DataFrame(
        {
            "customer_name": rows["customer"].map(scope.result.customers["customer_name"]),
            "tier": tier_words(rows, rules),
            "need": rows["requirement"],
            "level": worded(rows, "final_priority", rules.labels, "level"),
            "status": rows["status"].map(status_word),
            "age_days": rows["age_days"],
            "owner": named(optional(rows, "owner", None)),
        }
    )
    columns = (
        column("customer_name", "text", 24),
        tier_column(rules),
        column("need", "wrap", 30),
        level_column(rules),
        status_column(),
        column("age_days", "integer", 9, bar=True),
        column("owner", "text", 8),
    )
    return short_table("oldest", frame, columns, empty="oldest")
