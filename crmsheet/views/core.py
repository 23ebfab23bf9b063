"""Core customers: the best by value score, what they bring, and the care they are due (R-077, R-085, R-108)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.result import Result
from crmsheet.view import Cards, Chart, Charts, Series, TableBlock, View
from crmsheet.views.followups import customer_links
from crmsheet.views.headlines import head_concentration
from crmsheet.views.layout import (
    MOST_LISTED,
    card,
    chart_title,
    column,
    counted,
    key_amount,
    lacking,
    printable,
    view,
)
from crmsheet.views.words import (
    QUADRANT_TONES,
    REMINDER_TONES,
    percent,
    tier_tones,
    tier_words,
    toned,
    worded,
)

_BARS = 8
_TENTHS = tuple(range(10, 101, 10))


def core_view(result: Result) -> View:
    """One line per core customer, best first."""
    core = core_lines(result)
    if not len(core):
        return lacking(result, "core", "scores", tab="accent")
    labels = result.rules.labels
    charts = Charts((_concentration(result), _quadrants(result), _industries(result, core)))
    blocks = (_cards(result, core), charts, _list(result, core))
    return view(result, "core", blocks, back=labels.sheet("overview"), tab="accent")


def core_lines(result: Result) -> pd.DataFrame:
    """The core customers by rank."""
    customers = result.customers
    return customers[customers["is_core"].isin([True])].sort_values("value_rank", kind="stable")


def _cards(result: Result, core: pd.DataFrame) -> Cards:
    labels, customers = result.rules.labels, result.customers
    amount, whole = float(core["amount_12m"].sum()), float(customers["amount_12m"].sum())
    due = core["visit_reminder"].isin(["overdue", "today", "soon"])
    interviews = int(core["interview_due"].sum())
    differ = int(core["judgements_differ"].sum())
    silent = int(core["churn_stage"].isin(["warning", "risk", "lost"]).sum())
    return Cards(
        (
            card(labels, "core", f"{len(core):,}", "accent", share=percent(len(core) / len(customers))),
            card(
                labels,
                "core_amount",
                key_amount(amount),
                "info",
                share=percent(amount / whole if whole > 0 else np.nan) or "–",
            ),
            card(
                labels,
                "visits_due",
                f"{int(due.sum()):,}",
                "watch",
                n=int((core["visit_reminder"] == "overdue").sum()),
            ),
            card(
                labels,
                "interviews_due",
                f"{interviews:,}",
                "good",
                months=result.rules.interviews.every_months,
            ),
            card(labels, "core_silent", f"{silent:,}", "bad"),
            card(labels, "differ", f"{differ:,}"),
        )
    )


def _concentration(result: Result) -> Chart:
    """How much of the revenue the best tenth, fifth … of the buyers bring."""
    labels = result.rules.labels
    amounts = result.customers["amount_12m"]
    ranked = np.sort(amounts[amounts > 0].to_numpy(dtype="float64"))[::-1]
    shares = np.cumsum(ranked) / ranked.sum() * 100 if len(ranked) else np.array([])
    counts = [max(1, -(-len(ranked) * tenth // 100)) for tenth in _TENTHS]
    chart = Chart(
        "line",
        labels.phrase("chart.concentration"),
        tuple(labels.phrase("first_share", n=tenth) for tenth in _TENTHS),
        (
            Series(
                labels.phrase("series.amount_share"),
                tuple(round(float(shares[n - 1]), 1) for n in counts) if len(shares) else (None,) * 10,
                "accent",
            ),
        ),
        highest=100,
    )
    return head_concentration(result, chart, _TENTHS.index(20)) if len(ranked) >= len(_TENTHS) else chart


def _quadrants(result: Result) -> Chart:
    labels = result.rules.labels
    counts = result.customers["quadrant"].value_counts()
    used = [code for code in QUADRANT_TONES if counts.get(code, 0)]
    return Chart(
        "doughnut",
        labels.phrase("chart.quadrants"),
        tuple(labels.choice("quadrant", code) for code in used),
        (Series(labels.phrase("series.customers"), tuple(float(counts[code]) for code in used)),),
        tones=tuple(QUADRANT_TONES[code] for code in used),
    )


def _industries(result: Result, core: pd.DataFrame) -> Chart:
    labels = result.rules.labels
    every = core["industry"].replace("", None).dropna().value_counts()
    counts = every.head(_BARS)
    return Chart(
        "bar",
        chart_title(labels, "core_industries", len(counts), len(every)),
        tuple(map(str, counts.index)),
        (Series(labels.phrase("series.customers"), tuple(counts.astype(float)), "good"),),
    )


def _list(result: Result, core: pd.DataFrame) -> TableBlock:
    rules, labels = result.rules, result.rules.labels
    reminders = toned(labels, "reminder", REMINDER_TONES)
    columns = (
        column(labels, "value_rank", "integer", 6),
        column(labels, "customer_name", "link", 24),
        column(labels, "tier", "choice", 9, tones=tier_tones(rules)),
        column(labels, "value_score", "score", 9, bar=True, bar_tone="accent", highest=100),
        column(labels, "historical_score", "integer", 6, heat=True),
        column(labels, "potential_score", "integer", 6, heat=True),
        column(labels, "strategic_score", "integer", 6, heat=True),
        column(labels, "amount_12m", "wan", 10),
        column(labels, "cumulative_share", "percent", 9),
        column(labels, "amount_total", "wan", 10),
        column(labels, "clv", "wan", 10),
        column(labels, "quadrant", "choice", 8, tones=toned(labels, "quadrant", QUADRANT_TONES)),
        column(labels, "visit_due", "date", 11),
        column(labels, "visit_reminder", "choice", 8, tones=reminders),
        column(labels, "interview_due", "choice", 8),
        column(labels, "owner", "text", 7),
        column(labels, "value_reason", "wrap", 32),
    )
    yes = labels.choice("yes_no", "yes")
    whole = float(result.customers["amount_12m"].sum())
    shown = core.head(MOST_LISTED)
    frame = shown.assign(
        tier=tier_words(shown, rules),
        quadrant=worded(shown, "quadrant", labels, "quadrant"),
        visit_reminder=worded(shown, "visit_reminder", labels, "reminder"),
        interview_due=shown["interview_due"].map({True: yes, False: ""}),
        cumulative_share=shown["amount_12m"].cumsum() / whole if whole > 0 else np.nan,
    )
    return TableBlock(
        "core",
        printable(frame, columns, "customer_id"),
        columns,
        key=("customer_name",),
        links=customer_links(result, frame),
        total={
            "customer_name": counted(labels, "customers", len(core)),
            "amount_12m": float(core["amount_12m"].sum()),
            "amount_total": float(core["amount_total"].sum()),
            "clv": float(core["clv"].sum()),
        },
        frozen=2,
    )
