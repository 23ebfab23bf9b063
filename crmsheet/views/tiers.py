"""Customer tiers: what each tier brings and needs, every customer's facts, levels, tier and reason (R-066 … R-078)."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.tables.cross_counts import cross_counts
from crmsheet.view import Block, Chart, Charts, Column, Series, TableBlock, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import column, printable, relevant, sums, view
from crmsheet.views.words import (
    LEVEL_TONES,
    TIER_TONES,
    tag_words,
    tier_tones,
    tier_words,
    toned,
    worded,
)

_LEVELS = ("recency_level", "frequency_level", "monetary_level")


def tiers_view(result: Result) -> View:
    """One line per customer, best value score first, below a summary of the tiers."""
    labels = result.rules.labels
    blocks: tuple[Block, ...] = (summary_block(result), *_charts(result), _list(result))
    return view(result, "tiers", blocks, back=labels.sheet("overview"), tab="accent")


def tier_lines(result: Result) -> pd.DataFrame:
    """One row per tier in use: customers, share, amount of twelve months, average, cadence, strategy."""
    rules, labels = result.rules, result.rules.labels
    customers = result.customers
    counts = customers["tier"].value_counts()
    used = [code for code in rules.tiers if counts.get(code, 0)]
    money = customers.groupby("tier")["amount_12m"].sum(min_count=1).reindex(used)
    count = counts.reindex(used).astype("int64")
    tiers = [rules.tiers[code] for code in used]
    return pd.DataFrame(
        {
            "tier": [tier.label for tier in tiers],
            "customers": count,
            "customer_share": count / max(len(customers), 1),
            "amount_12m": money,
            "average_amount": money / count,
            "cadence": [labels.how_often(tier.cadence_months, tier.cadence_days) for tier in tiers],
            "strategy": [tier.strategy for tier in tiers],
            "actions": [tier.actions for tier in tiers],
            "channel": [tier.channel for tier in tiers],
            "code": used,
        },
        index=pd.Index(used, dtype=object),
    ).assign(executive=[labels.how_often(tier.executive_visit_months) for tier in tiers])


def summary_block(result: Result) -> TableBlock:
    """The tiers with their cadence and play-book; the sums are those of the list below."""
    labels, lines = result.rules.labels, tier_lines(result)
    columns = (
        column(labels, "tier", "choice", 10, tones=tier_tones(result.rules)),
        column(labels, "customers", "integer", 8),
        column(labels, "customer_share", "percent", 9),
        column(labels, "amount_12m", "wan", 12),
        column(labels, "average_amount", "wan", 11),
        column(labels, "cadence", "choice", 10),
        column(labels, "executive", "choice", 10),
        column(labels, "channel", "text", 18),
        column(labels, "strategy", "wrap", 26),
        column(labels, "actions", "wrap", 50),
    )
    return TableBlock(
        "tier_summary",
        lines[[part.code for part in columns]],
        columns,
        title=labels.phrase("tier_summary_title"),
        total={
            "tier": labels.column("sum"),
            **sums(lines, ("customers", "amount_12m")),
        },
        empty=labels.phrase("empty.customers"),
        filterable=False,
    )


def tiers_chart(result: Result) -> Chart:
    """Customers by tier."""
    labels, lines = result.rules.labels, tier_lines(result)
    return Chart(
        "doughnut",
        labels.phrase("chart.tiers"),
        tuple(lines["tier"]),
        (Series(labels.phrase("series.customers"), tuple(lines["customers"].astype(float))),),
        tones=tuple(TIER_TONES.get(str(code), "plain") for code in lines["code"]),
    )


def amounts_chart(result: Result) -> Chart:
    """Revenue of twelve months by tier, in units of 10,000 yuan."""
    labels, lines = result.rules.labels, tier_lines(result)
    tones = tuple(TIER_TONES.get(str(code), "plain") for code in lines["code"])
    return Chart(
        "bar",
        labels.phrase("chart.tier_amounts"),
        tuple(lines["tier"]),
        (Series(labels.phrase("series.revenue"), tuple((lines["amount_12m"].fillna(0) / 10_000).round(1))),),
        tones=tones,
        number_format="#,##0.0",
    )


def _charts(result: Result) -> tuple[Charts, ...]:
    if not len(result.customers):
        return ()
    return (Charts((tiers_chart(result), amounts_chart(result), _value_tags(result))),)


def _value_tags(result: Result) -> Chart:
    """Customers by value tag and churn state: whose money is where (C-04)."""
    labels, customers = result.rules.labels, result.customers
    tags = ("high", "medium", "low", "none")
    states = {
        "customer": "good",
        "warning": "watch",
        "risk": "bad",
        "lost": "plain",
        "intent": "info",
        "prospect": "strong",
    }
    counts = cross_counts(customers["value_tag"], customers["status_tag"]).reindex(
        index=list(tags), columns=list(states), fill_value=0
    )
    return Chart(
        "stacked_column",
        labels.phrase("chart.value_status"),
        tuple(labels.choice("value_tag", code) for code in tags),
        tuple(
            Series(labels.choice("status_tag", code), tuple(counts[code].astype(float)), tone)
            for code, tone in states.items()
            if counts[code].any()
        ),
    )


def _columns(result: Result) -> tuple[Column, ...]:
    rules, labels = result.rules, result.rules.labels
    levels = toned(labels, "level", LEVEL_TONES)
    return (
        column(labels, "value_rank", "integer", 6),
        column(labels, "customer_id", "text", 12),
        column(labels, "customer_name", "link", 22),
        column(labels, "tier", "choice", 8, tones=tier_tones(rules)),
        column(labels, "computed_tier", "choice", 8, tones=tier_tones(rules)),
        column(labels, "manual_tier", "choice", 8, tones=tier_tones(rules)),
        column(labels, "recency_days", "integer", 7),
        column(labels, "recency_level", "choice", 6, tones=levels),
        column(labels, "frequency", "integer", 7),
        column(labels, "frequency_level", "choice", 6, tones=levels),
        column(labels, "amount_12m", "wan", 9),
        column(labels, "monetary_level", "choice", 6, tones=levels),
        column(labels, "tier_reason", "wrap", 32),
        column(labels, "value_tag", "choice", 8),
        column(labels, "status_tag", "choice", 9),
        column(labels, "requirement_tags", "wrap", 12),
        column(labels, "amount_total", "wan", 9),
        column(labels, "value_score", "score", 8, bar=True, bar_tone="accent", highest=100),
        column(labels, "is_core", "choice", 7),
        column(labels, "value_reason", "wrap", 28),
        column(labels, "owner", "text", 7),
    )


def _list(result: Result) -> TableBlock:
    rules, labels = result.rules, result.rules.labels
    columns = _columns(result)
    customers = relevant(result.customers, columns)
    customers = customers.sort_values("value_rank", kind="stable", na_position="last")
    frame = customers.assign(
        tier=tier_words(customers, rules),
        computed_tier=tier_words(customers, rules, "computed_tier"),
        manual_tier=tier_words(customers, rules, "manual_tier"),
        **{name: worded(customers, name, labels, "level") for name in _LEVELS},
        value_tag=worded(customers, "value_tag", labels, "value_tag"),
        status_tag=customers["status_label"],
        requirement_tags=tag_words(customers, labels),
        is_core=customers["is_core"].map({True: labels.choice("yes_no", "yes"), False: ""}),
    )
    return TableBlock(
        "tiers",
        printable(frame, columns),
        columns,
        key=("customer_id",),
        links=customer_links(result, frame),
        total={
            "customer_name": labels.phrase("total_customers", n=len(frame)),
            **sums(frame, ("amount_12m", "amount_total")),
        },
        empty=labels.phrase("empty.customers"),
        frozen=3,
    )
