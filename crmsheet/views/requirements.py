"""Requirements by priority and ICE, with reasons (R-079 … R-082, R-113)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.result import Result
from crmsheet.steps.columns import optional, standing
from crmsheet.tables.cross_counts import cross_counts
from crmsheet.view import Block, Chart, Charts, Column, Series, TableBlock, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import column, printable, relevant, view
from crmsheet.views.words import (
    FEASIBILITY_TONES,
    PLAN_TONES,
    PRIORITY_TONES,
    PROMISE_TONES,
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
    priorities = toned(labels, "level", PRIORITY_TONES)
    full = None if rules.ice.method == "product" else 10
    columns = (
        column(labels, "rank", "integer", 6),
        column(labels, "requirement_id", "text", 14),
        column(labels, "customer_name", "link", 22),
        column(labels, "tier", "choice", 8, tones=tier_tones(rules)),
        column(labels, "requirement", "wrap", 26),
        column(labels, "orientation", "choice", 7),
        column(labels, "requirement_tags", "wrap", 12),
        column(labels, "impact", "plain_score", 6, heat=True),
        column(labels, "confidence", "plain_score", 6, heat=True),
        column(labels, "ease", "plain_score", 6, heat=True),
        column(labels, "ice", "score", 8, bar=True, bar_tone="accent", highest=full),
        column(labels, "suggested_priority", "choice", 7, tones=priorities),
        column(labels, "manual_priority", "choice", 7, tones=priorities),
        column(labels, "final_priority", "choice", 7, tones=priorities),
        column(labels, "priority_reason", "wrap", 40),
        column(labels, "status", "choice", 8, tones=toned(labels, "status", STATUS_TONES)),
        column(labels, "feasibility", "choice", 10, tones=toned(labels, "feasibility", FEASIBILITY_TONES)),
        column(labels, "demand", "plain_score", 7, bar=True),
        column(labels, "age_days", "integer", 7),
        column(labels, "promise", "choice", 9, tones=toned(labels, "promise", PROMISE_TONES)),
        column(labels, "owner", "text", 7),
    )
    frame = requirement_lines(result, columns)
    block = TableBlock(
        "requirements",
        printable(frame, columns, "customer_id"),
        columns,
        key=("requirement_id",),
        links=customer_links(result, frame),
        total={"requirement": labels.phrase("total_needs", n=len(frame))} if len(frame) else {},
        empty=labels.phrase("empty.requirements"),
        frozen=3,
    )
    blocks: tuple[Block, ...] = (block,)
    if len(frame):
        charts = Charts((priority_chart(result), orientation_chart(result), plan_chart(result)))
        blocks = (matrix_block(result), charts, block)
    return view(result, "requirements", blocks, back=labels.sheet("overview"), tab="watch")


def requirement_lines(result: Result, columns: tuple[Column, ...]) -> pd.DataFrame:
    """The requirements in words, ranked."""
    rules, labels = result.rules, result.rules.labels
    needs = relevant(result.requirements, columns)
    needs = needs.assign(status=standing(result.requirements)).iloc[_ranking(result)]
    who = result.customers[["customer_name", "customer_id"]].reindex(needs["customer"])
    return needs.assign(
        rank=range(1, len(needs) + 1),
        customer_name=who["customer_name"].to_numpy(),
        customer_id=who["customer_id"].to_numpy(),
        tier=tier_words(needs, rules),
        orientation=worded(needs, "orientation", labels, "orientation"),
        requirement_tags=tag_words(needs, labels),
        suggested_priority=worded(needs, "suggested_priority", labels, "level"),
        manual_priority=worded(needs, "manual_priority", labels, "level"),
        final_priority=worded(needs, "final_priority", labels, "level"),
        feasibility=worded(needs, "final_feasibility", labels, "feasibility"),
        promise=worded(needs, "promise", labels, "promise"),
        status=worded(needs, "status", labels, "status"),
        **{name: needs.get(name, pd.Series(index=needs.index, dtype="float64")) for name in _NUMBERS},
        owner=needs.get("owner", pd.Series("", index=needs.index, dtype=object)),
    )


_LAST = {"paused": 1, "done": 2}  # nobody waits for these today


def _ranking(result: Result) -> npt.NDArray[np.intp]:
    """Places of the requirements, those to see to first in front; paused and solved ones come last."""
    needs = result.requirements
    codes, distinct = pd.factorize(needs["final_priority"])
    rank = np.array([*(_RANK.get(code, np.nan) for code in distinct), np.nan])[codes]
    worth = result.customers["value_rank"].to_numpy(dtype="float64")
    who = result.customers.index.get_indexer(pd.Index(needs["customer"]))
    # Equal scores, of which a mean has few: the surer first, then the better customer, then the older need.
    keys = (
        standing(needs).map(_LAST).fillna(0).to_numpy(dtype="int64"),
        rank,
        -needs["ice"].fillna(0.0).to_numpy(dtype="float64"),
        -optional(needs, "confidence").fillna(0.0).to_numpy(dtype="float64"),
        np.append(worth, np.nan)[who],
        -optional(needs, "age_days").fillna(0.0).to_numpy(dtype="float64"),
    )
    order: npt.NDArray[np.intp] = np.lexsort(keys[::-1])
    return order


_NUMBERS = ("impact", "confidence", "ease", "demand", "age_days")


def count_priorities(result: Result) -> pd.DataFrame:
    """Requirements by final priority (rows) and status (columns), as the list has them."""
    needs = result.requirements
    counts = cross_counts(needs["final_priority"], standing(needs))
    return counts.reindex(index=list(PRIORITY_TONES), columns=list(STATUS_TONES), fill_value=0)


def matrix_block(result: Result) -> TableBlock:
    """Priority by status with sums, and how each priority is dealt with (R-089, R-090)."""
    rules, labels, counts = result.rules, result.rules.labels, count_priorities(result)
    columns = (
        column(labels, "final_priority", "choice", 12, tones=toned(labels, "level", PRIORITY_TONES)),
        *(Column(code, labels.choice("status", code), "integer", 11) for code in STATUS_TONES),
        column(labels, "sum", "integer", 11),
        column(labels, "strategy", "wrap", 64),
    )
    frame = counts.assign(
        sum=counts.sum(axis=1),
        final_priority=[labels.choice("level", code) for code in counts.index],
        strategy=[rules.strategies.model_dump()[code] for code in counts.index],
    )
    whole = {code: float(frame[code].sum()) for code in (*STATUS_TONES, "sum")}
    return TableBlock(
        "priorities",
        frame,
        columns,
        title=labels.phrase("chart.priority_status"),
        total={"final_priority": labels.column("sum"), **whole},
        filterable=False,
    )


def plan_chart(result: Result) -> Chart:
    """How far the open requirements can be planned (R-082)."""
    labels, needs = result.rules.labels, result.requirements
    counts = needs["plan_state"].value_counts() if "plan_state" in needs else pd.Series(dtype="int64")
    return Chart(
        "column",
        labels.phrase("chart.plan"),
        tuple(labels.choice("plan_state", code) for code in PLAN_TONES),
        (
            Series(
                labels.phrase("series.requirements"), tuple(float(counts.get(code, 0)) for code in PLAN_TONES)
            ),
        ),
        tones=tuple(PLAN_TONES.values()),
    )


def priority_chart(result: Result) -> Chart:
    """Final priority by status."""
    labels, counts = result.rules.labels, count_priorities(result)
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
