"""Tier moves since an earlier snapshot: the matrix, the rates, and every customer that moved (R-076, R-109)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from crmsheet.result import Result
from crmsheet.tables.cross_counts import cross_counts
from crmsheet.tables.migration import GONE, NEW, count_moves, rate_moves
from crmsheet.tables.snapshots import choose_snapshot, tier_codes
from crmsheet.view import Block, Card, Cards, Chart, Charts, Column, Series, TableBlock, Text, Tone, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import MOST_LISTED, column, counted, printable, sums, view
from crmsheet.views.tiers import amounts_chart, tier_lines, tiers_chart
from crmsheet.views.words import (
    CAUSE_TONES,
    DIRECTION_TONES,
    TIER_TONES,
    percent,
    tier_tones,
    tier_words,
    toned,
    worded,
)

_MOST_DAYS = 8
_RATE_TONES: Mapping[str, Tone] = {"up": "good", "down": "bad", "stable": "info", "other": "watch"}
_CHANGES = ("up", "down", "other", "new", "gone")


def moves_view(result: Result) -> View:
    """Who moved since the snapshot that the rules compare with, falls first."""
    rules, labels = result.rules, result.rules.labels
    earlier = result.source.source.earlier("snapshots")
    before = choose_snapshot(earlier, rules, result.as_of)
    if before is None or not len(result.moves):
        return view(result, "moves", _first(result), back=labels.sheet("overview"), tab="info")
    day = pd.Timestamp(before["as_of"].iloc[0]).date().isoformat()
    blocks = (
        Text((labels.phrase("moves_since", day=day, **_arrivals(result)),)),
        _cards(result),
        matrix_block(result),
        Charts((_causes(result), _history(result, earlier))),
        _list(result),
    )
    return view(result, "moves", blocks, back=labels.sheet("overview"), tab="info")


def _first(result: Result) -> tuple[Block, ...]:
    """Before there is anything to compare with: what will stand here and when, and where everybody is now."""
    labels, lines = result.rules.labels, tier_lines(result)
    text = Text((labels.phrase("lacking.snapshots", day=result.as_of.isoformat()),), "watch")
    if not len(lines):
        return (text,)
    columns = (
        column(labels, "tier", "choice", 12, tones=tier_tones(result.rules)),
        column(labels, "customers", "integer", 10),
        column(labels, "customer_share", "percent", 10),
        column(labels, "amount_12m", "wan", 12),
        column(labels, "cadence", "choice", 12),
        column(labels, "strategy", "wrap", 40),
    )
    table = TableBlock(
        "now",
        printable(lines, columns),
        columns,
        title=labels.phrase("moves_now_title"),
        total={
            "tier": labels.column("sum"),
            **sums(lines, ("customers", "amount_12m")),
        },
        filterable=False,
        see_all=labels.sheet("tiers"),
    )
    return text, table, Charts((tiers_chart(result), amounts_chart(result)))


def _cards(result: Result) -> Cards:
    rates = rate_moves(result.moves)
    cards = (_rate_card(result, code, rates.loc[code].astype("float64").to_dict()) for code in _RATE_TONES)
    return Cards(tuple(cards))


def _arrivals(result: Result) -> dict[str, int]:
    """How many customers are new since then, and how many are gone."""
    counts = result.moves["direction"].value_counts()
    return {code: int(counts.get(code, 0)) for code in (NEW, GONE)}


def _rate_card(result: Result, direction: str, line: dict[Hashable, float]) -> Card:
    """How many moved this way, the share with its interval, and how many of them the rules moved."""
    labels, by_rules = result.rules.labels, int(line["by_rules"])
    shares = {"share": line["rate_value"], "low": line["low"], "high": line["high"]}
    note = labels.phrase(
        "card.moves_by_rules" if by_rules else "card.moves_bounds",
        n=by_rules,
        **{name: percent(share) for name, share in shares.items()},
    )
    label = labels.choice("direction", direction)
    return Card(label, f"{int(line['numerator']):,}", note, _RATE_TONES[direction])


def matrix_block(result: Result) -> TableBlock:
    """Customers by tier before (rows) and after (columns), with sums; rows and columns nobody is in are left out."""
    rules, labels = result.rules, result.rules.labels
    matrix = count_moves(result.moves, rules)
    used = [code for code in rules.tiers if code in matrix and (matrix[code].any() or matrix.loc[code].any())]
    after = [*used, *([GONE] if matrix[GONE].any() else [])]
    rows = [*used, *([NEW] if matrix.loc[NEW].any() else [])]
    counts = matrix.loc[rows, after]
    words = {code: tier.label for code, tier in rules.tiers.items()}
    words |= {code: labels.choice("direction", code) for code in (NEW, GONE)}
    columns = (
        Column("before", labels.phrase("matrix_corner"), "choice", 14, tones=tier_tones(rules)),
        *(Column(code, words[code], "integer", 8, heat=True) for code in after),
        column(labels, "sum", "integer", 8),
    )
    frame = counts.assign(sum=counts.sum(axis=1), before=[words[code] for code in rows])
    shown = frame.mask(frame.eq(0)).assign(before=frame["before"])
    total: dict[str, float | str] = {"before": labels.column("sum")}
    return TableBlock(
        "matrix",
        shown,
        columns,
        title=labels.phrase("matrix_title"),
        total=total | {code: float(frame[code].sum()) for code in (*after, "sum")},
        filterable=False,
    )


def _causes(result: Result) -> Chart:
    """How many moved each way, and whether the customer, the rules or a person did it."""
    labels, moves = result.rules.labels, result.moves
    cause = moves["cause"].where(moves["cause"] != "", "behavior")
    counts = cross_counts(moves["direction"], cause)
    counts = counts.reindex(index=list(_CHANGES), columns=list(CAUSE_TONES), fill_value=0)
    counts = counts.loc[counts.any(axis=1)]
    return Chart(
        "stacked_column",
        labels.phrase("chart.moves"),
        tuple(labels.choice("direction", str(code)) for code in counts.index),
        tuple(
            Series(labels.choice("cause", code), tuple(counts[code].astype(float)), tone)
            for code, tone in CAUSE_TONES.items()
        ),
    )


def _history(result: Result, earlier: pd.DataFrame) -> Chart:
    """Customers by tier on the last days of refresh, today included."""
    rules, labels = result.rules, result.rules.labels
    days = pd.to_datetime(earlier["as_of"], errors="coerce", format="mixed")
    past = days < pd.Timestamp(result.as_of)
    counts = cross_counts(days[past], tier_codes(earlier["tier"], rules)[past]).tail(_MOST_DAYS - 1)
    today = result.customers["tier"].value_counts().rename(pd.Timestamp(result.as_of)).to_frame().T
    table = pd.concat([counts, today]).fillna(0.0)
    used = [code for code in rules.tiers if code in table and table[code].any()]
    return Chart(
        "stacked_column",
        labels.phrase("chart.tier_history"),
        tuple(day.date().isoformat() for day in table.index),
        tuple(
            Series(rules.tiers[code].label, tuple(table[code].astype(float)), TIER_TONES.get(code, "plain"))
            for code in used
        ),
    )


def _list(result: Result) -> TableBlock:
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "direction", "choice", 9, tones=toned(labels, "direction", DIRECTION_TONES)),
        column(labels, "customer_name", "link", 28),
        column(labels, "tier_before", "choice", 12, tones=tier_tones(rules)),
        column(labels, "tier_after", "choice", 12, tones=tier_tones(rules)),
        column(labels, "cause", "choice", 12, tones=toned(labels, "cause", CAUSE_TONES)),
        column(labels, "owner", "text", 9),
        column(labels, "amount_12m", "wan", 11),
        column(labels, "move_reason", "wrap", 62),
    )
    moved = moved_lines(result)
    shown = moved.head(MOST_LISTED)
    frame = shown.assign(
        direction=worded(shown, "direction", labels, "direction"),
        cause=worded(shown, "cause", labels, "cause"),
        tier_before=tier_words(shown, rules, "tier_before"),
        tier_after=tier_words(shown, rules, "tier_after"),
    )
    return TableBlock(
        "moves",
        printable(frame, columns, "customer_id"),
        columns,
        title=labels.phrase("moves_title"),
        key=("customer_name",),
        links=customer_links(result, frame),
        total={"customer_name": counted(labels, "moves", len(moved))} if len(moved) else {},
        empty=labels.phrase("empty.moves"),
        frozen=2,
    )


def moved_lines(result: Result) -> pd.DataFrame:
    """Every customer whose tier is not what it was: falls first, then by what they bring."""
    moves = result.moves[result.moves["direction"] != "stable"]
    known = result.customers[["customer_id", "amount_12m", "owner"]].reindex(moves.index)
    rank = moves["direction"].map({"down": 0, "up": 1, "other": 2, "new": 3, "gone": 4})
    order = pd.DataFrame({"rank": rank, "amount": -known["amount_12m"].fillna(0.0)})
    return moves.join(known).loc[order.sort_values(["rank", "amount"], kind="stable").index]
