"""Requirements by priority and ICE, with reasons (R-079 … R-082, R-113)."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.view import Chart, Charts, Series, TableBlock, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import (
    PRIORITY_TONES,
    STATUS_TONES,
    tag_words,
    tier_tones,
    tier_words,
    toned,
    worded,
)

_RANK = {"high": 0, "medium": 1, "low": 2}


def requirements_view(result: Result) -> View:
    """One line per requirement: open before solved, then final priority, then ICE."""
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "rank", "integer", 6),
        column(labels, "requirement_id", "text", 15),
        column(labels, "customer_name", "link", 24),
        column(labels, "tier", "choice", 10, tones=tier_tones(rules)),
        column(labels, "requirement", "wrap", 34),
        column(labels, "orientation", "choice", 8),
        column(labels, "requirement_tags", "wrap", 12),
        column(labels, "impact", "score", 6, heat=True),
        column(labels, "confidence", "score", 6, heat=True),
        column(labels, "ease", "score", 6, heat=True),
        column(labels, "ice", "score", 9, bar=True),
        column(labels, "suggested_priority", "choice", 10, tones=toned(labels, "level", PRIORITY_TONES)),
        column(labels, "final_priority", "choice", 10, tones=toned(labels, "level", PRIORITY_TONES)),
        column(labels, "priority_reason", "wrap", 30),
        column(labels, "status", "choice", 9, tones=toned(labels, "status", STATUS_TONES)),
        column(labels, "owner", "text", 8),
        column(labels, "strategy", "wrap", 28),
    )
    frame = requirement_lines(result)
    block = TableBlock(
        "requirements",
        printable(frame, columns, "customer_id"),
        columns,
        links=customer_links(result, frame),
        empty=labels.phrase("empty.requirements"),
        frozen=3,
    )
    charts = (Charts((priority_chart(result), orientation_chart(result))),) if len(frame) else ()
    return view(result, "requirements", (*charts, block), back=labels.sheet("overview"), tab="watch")


def requirement_lines(result: Result) -> pd.DataFrame:
    """The requirements in words, ranked."""
    rules, labels = result.rules, result.rules.labels
    order = pd.DataFrame(
        {
            "finished": result.requirements["status"].isin(["done"])
            if "status" in result.requirements
            else False,
            "rank": result.requirements["final_priority"].map(_RANK),
            "ice": -result.requirements["ice"].fillna(0.0),
        },
        index=result.requirements.index,
    )
    needs = result.requirements.loc[order.sort_values(["finished", "rank", "ice"], kind="stable").index]
    who = result.customers[["customer_name", "customer_id"]].reindex(needs["customer"])
    return needs.assign(
        rank=range(1, len(needs) + 1),
        customer_name=who["customer_name"].to_numpy(),
        customer_id=who["customer_id"].to_numpy(),
        strategy=needs["final_priority"].map(rules.strategies.model_dump()),
        tier=tier_words(needs, rules),
        orientation=worded(needs, "orientation", labels, "orientation"),
        requirement_tags=tag_words(needs, labels),
        suggested_priority=worded(needs, "suggested_priority", labels, "level"),
        final_priority=worded(needs, "final_priority", labels, "level"),
        status=worded(needs, "status", labels, "status"),
        **{name: needs.get(name, pd.Series(index=needs.index, dtype="float64")) for name in _NUMBERS},
        owner=needs.get("owner", pd.Series("", index=needs.index, dtype=object)),
    )


_NUMBERS = ("impact", "confidence", "ease")


def priority_chart(result: Result) -> Chart:
    """Final priority by status."""
    labels = result.rules.labels
    needs = result.requirements
    status = needs["status"] if "status" in needs else pd.Series(None, index=needs.index, dtype=object)
    counts = pd.crosstab(needs["final_priority"], status.fillna("todo"))
    counts = counts.reindex(index=list(PRIORITY_TONES), columns=list(STATUS_TONES), fill_value=0)
    return Chart(
        "stacked_column",
        labels.phrase("chart.priority_status"),
        labels.choices("level"),
        tuple(
            Series(
                labels.choice("status", code),
                tuple(counts[code].astype(float).tolist()),
                STATUS_TONES[code],
            )
            for code in STATUS_TONES
        ),
    )


def orientation_chart(result: Result) -> Chart:
    """What the requirements are about, by requirement tag."""
    labels = result.rules.labels
    counts = result.requirements["requirement_tags"].explode().value_counts()
    codes = ("price", "function", "service")
    return Chart(
        "bar",
        labels.phrase("chart.requirement_tags"),
        tuple(labels.choice("requirement_tag", code) for code in codes),
        (Series(labels.phrase("series.requirements"), tuple(float(counts.get(code, 0)) for code in codes)),),
    )
