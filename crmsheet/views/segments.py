"""Segments: customers, money, promise and demand by industry, province, size and owner (R-107)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.result import Result
from crmsheet.tables.segments import Group, need_status, segment_markets, segment_needs
from crmsheet.view import TableBlock
from crmsheet.views.layout import column, counted, told
from crmsheet.views.words import interval, percent, worded

DIMENSIONS: tuple[Group, ...] = ("industry", "province", "size_band", "owner")
_TAGS = ("price", "function", "service")
_NEEDS = ("total", "done")
_SENTENCES = 3


def segments_block(result: Result) -> TableBlock:
    """Every segment of every dimension; of each dimension the customers add up to all customers."""
    labels = result.rules.labels
    columns = (
        column(labels, "dimension", "choice", 9),
        column(labels, "segment", "text", 24),
        column(labels, "customers", "integer", 8, bar=True),
        column(labels, "customer_share", "percent", 8),
        column(labels, "amount_12m", "wan", 11),
        column(labels, "amount_share", "percent", 8),
        column(labels, "potential", "integer", 9),
        column(labels, "potential_share", "percent", 9),
        column(labels, "bounds", "choice", 12),
        column(labels, "is_market", "choice", 9, tones={labels.choice("yes_no", "yes"): "good"}),
        column(labels, "total", "integer", 8),
        column(labels, "done", "integer", 8),
        column(labels, "solved_share", "percent", 9),
        *(column(labels, f"asking_{tag}", "percent", 8, heat=True) for tag in _TAGS),
    )
    frame = told(segment_lines(result), ("amount_12m",))
    return TableBlock(
        "trends",
        frame[[part.code for part in columns]],
        columns,
        title=labels.phrase("segments_title"),
        total={"segment": counted(labels, "each_dimension", len(result.customers))} if len(frame) else {},
        empty=labels.phrase("empty.customers"),
        frozen=2,
    )


def segment_lines(result: Result) -> pd.DataFrame:
    """The segments in words. Customers without a value of a dimension make a segment of their own."""
    labels = result.rules.labels
    customers = result.customers.assign(
        size_band=worded(result.customers, "size_band", labels, "size_band"),
    )
    unknown = labels.phrase("segment_unknown")
    customers = customers.assign(**{by: _known(customers, by, unknown) for by in DIMENSIONS})
    lines = pd.concat([_lines(customers, result, by) for by in DIMENSIONS], ignore_index=True)
    flagged = lines["is_market"].astype(bool) & (lines["segment"] != unknown)
    return lines.assign(is_market=flagged.map({True: labels.choice("yes_no", "yes"), False: ""}))


def _known(customers: pd.DataFrame, by: str, unknown: str) -> pd.Series:
    values = customers[by].astype(object)
    return values.where(values.notna() & (values != ""), unknown)


def _lines(customers: pd.DataFrame, result: Result, by: Group) -> pd.DataFrame:
    # A need belongs to its customer's segment, also where its own row names another owner.
    needs = result.requirements.drop(columns=[by], errors="ignore")
    markets = segment_markets(customers, result.rules, by)
    status = need_status(customers, needs, by)
    asking = segment_needs(customers, needs, by)
    shares = dict(zip(zip(asking["segment"], asking["tag"], strict=True), asking["share"], strict=True))
    needs_of = status.iloc[:, 1:].set_axis(status["segment"]).reindex(markets["segment"])
    return markets.assign(
        dimension=result.rules.labels.column(by),
        customer_share=markets["customers"] / max(len(customers), 1),
        potential_share=markets["share"],
        bounds=interval(markets["low"], markets["high"]),
        solved_share=needs_of["share"].to_numpy(),
        **{name: needs_of[name].fillna(0).to_numpy() for name in _NEEDS},
        **{
            f"asking_{tag}": [shares.get((segment, tag), np.nan) for segment in markets["segment"]]
            for tag in _TAGS
        },
    )


def market_sentences(result: Result) -> tuple[str, ...]:
    """What stands out, in sentences: promising industries and provinces, and what industries ask for."""
    labels = result.rules.labels
    sentences = []
    for by in DIMENSIONS[:2]:
        markets = segment_markets(result.customers, result.rules, by)
        for _, line in markets[markets["is_market"]].head(_SENTENCES).iterrows():
            sentences.append(labels.phrase("market_sentence", **_facts(line)))
    asking = segment_needs(result.customers, result.requirements, "industry")
    big = asking[asking["customers"] >= result.rules.trends.few_customers]
    first = big.sort_values(["customers", "asking"], ascending=False, kind="stable")
    for _, line in first.drop_duplicates("segment").head(_SENTENCES).iterrows():
        tag = labels.choice("requirement_tag", line["tag"])
        sentences.append(labels.phrase("asking_sentence", tag=tag, **_facts(line)))
    return tuple(sentences)


def _facts(line: pd.Series) -> dict[str, str]:
    shares = {name: percent(float(line[name])) for name in ("share", "low", "high")}
    return {"segment": str(line["segment"]), "n": f"{line['customers']:,}", **shares}


def need_types_block(result: Result) -> TableBlock:
    """Needs by type and status. A need of two types counts in both; the total counts each need once."""
    labels = result.rules.labels
    columns = (
        column(labels, "requirement_type", "text", 26),
        column(labels, "total", "integer", 10, bar=True),
        column(labels, "share", "percent", 10),
        *(
            column(labels, code, "integer", 10, header=labels.choice("status", code))
            for code in ("todo", "doing", "done", "paused")
        ),
        column(labels, "solved_share", "percent", 10),
        column(labels, "bounds", "choice", 14),
    )
    needs = result.requirements
    frame = need_type_lines(result)
    return TableBlock(
        "need_types",
        frame[[part.code for part in columns]],
        columns,
        title=labels.phrase("need_types_title"),
        total={"requirement_type": labels.phrase("need_types_total"), "total": float(len(needs))},
        empty=labels.phrase("empty.requirements"),
        filterable=False,
    )


def need_type_lines(result: Result) -> pd.DataFrame:
    """One row per requirement type in words."""
    labels, needs = result.rules.labels, result.requirements
    needed = needs[
        [name for name in ("customer", "status", "solved_on", "requirement_types") if name in needs]
    ]
    exploded = needed.explode("requirement_types") if len(needs) else needed.assign(requirement_types=None)
    unknown = labels.phrase("type_unknown")
    codes = exploded["requirement_types"]
    words = worded(exploded, "requirement_types", labels, "requirement_type")
    typed = exploded.assign(requirement_type=words.where(codes.notna() & (words != ""), unknown))
    lines = need_status(result.customers, typed, "requirement_type")
    return lines.assign(
        requirement_type=lines["segment"],
        solved_share=lines["share"],
        bounds=interval(lines["low"], lines["high"]),
        share=lines["total"] / max(len(needs), 1),
    )
