"""Customers about to be lost or lost, by the money at risk, with what to do (R-068, R-095, R-111)."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.steps.win_back import NEVER_SURE
from crmsheet.view import Block, Card, Cards, Chart, Charts, Series, TableBlock, View
from crmsheet.views.followups import customer_links
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
from crmsheet.views.words import CHURN_TONES, tier_tones, tier_words, toned, worded

_BARS = 8


def win_back_view(result: Result) -> View:
    """One line per customer without an order for longer than the rules allow, most money first."""
    if not result.customers["recency_days"].notna().any():
        return lacking(result, "win_back", "orders_for_win_back", tab="bad")
    labels = result.rules.labels
    lines = win_back_lines(result)
    blocks: tuple[Block, ...] = (_cards(result, lines), *_charts(result, lines), _list(result, lines))
    return view(result, "win_back", blocks, back=labels.sheet("overview"), tab="bad")


def win_back_lines(result: Result) -> pd.DataFrame:
    """Every customer on the churn ladder, in order of rank, those without an amount last."""
    customers = result.customers
    listed = customers[customers["churn_stage"].isin(list(CHURN_TONES))]
    return listed.sort_values(["win_back_rank", "recency_days"], kind="stable", na_position="last")


def _cards(result: Result, lines: pd.DataFrame) -> Cards:
    labels, limits = result.rules.labels, result.rules.churn
    days = {
        "warning": limits.warning_after_days,
        "risk": limits.risk_after_days,
        "lost": limits.lost_after_days,
    }
    cards = [
        _stage_card(result, lines[lines["churn_stage"] == code], code, after) for code, after in days.items()
    ]
    whole = float(lines["money_at_risk"].sum())
    return Cards((*cards, card(labels, "at_risk", key_amount(whole), "strong", n=len(lines))))


def _stage_card(result: Result, lines: pd.DataFrame, stage: str, days: int) -> Card:
    money = key_amount(float(lines["money_at_risk"].sum()))
    tone = CHURN_TONES[stage]
    return card(result.rules.labels, f"churn_{stage}", f"{len(lines):,}", tone, days=days, amount=money)


def _charts(result: Result, lines: pd.DataFrame) -> tuple[Charts, ...]:
    labels = result.rules.labels
    charts = tuple(
        Chart(
            "bar",
            chart_title(labels, f"at_risk_{by}", _BARS, len(money)),
            tuple(map(str, money.index[:_BARS])),
            (Series(labels.phrase("series.at_risk"), tuple(money.round(1)[:_BARS]), tone),),
            number_format="#,##0.0",
        )
        for by, tone in (("owner", "bad"), ("industry", "watch"))
        if len(money := _money_by(lines, by))
    )
    return (Charts(charts),) if charts else ()


def _money_by(lines: pd.DataFrame, by: str) -> pd.Series:
    """Money at risk in units of 10,000 yuan, the largest first."""
    known = lines[lines[by].notna() & (lines[by] != "")]
    money = known.groupby(by)["money_at_risk"].sum() / 10_000
    largest: pd.Series = money[money > 0].sort_values(ascending=False, kind="stable")
    return largest


def _list(result: Result, lines: pd.DataFrame) -> TableBlock:
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "win_back_rank", "integer", 6, header=labels.column("value_rank")),
        column(labels, "status_tag", "choice", 9, tones=toned(labels, "status_tag", CHURN_TONES)),
        column(labels, "customer_name", "link", 22),
        column(labels, "tier", "choice", 9, tones=tier_tones(rules)),
        column(labels, "recency_days", "integer", 9, bar=True, bar_tone="watch"),
        column(labels, "amount_12m", "wan", 9),
        column(labels, "loss_probability", "percent", 8),
        column(labels, "money_at_risk", "wan", 10, bar=True, bar_tone="bad"),
        column(labels, "recent_signals", "wrap", 16),
        column(labels, "win_back_action", "wrap", 38),
        column(labels, "owner", "text", 7),
        column(labels, "last_contact", "date", 11),
        column(labels, "due", "date", 11),
        column(labels, "win_back_reason", "wrap", 32),
    )
    shown = lines.head(MOST_LISTED)
    frame = shown.assign(
        status_tag=worded(shown, "churn_stage", labels, "status_tag"),
        tier=tier_words(shown, rules),
        loss_probability=shown["loss_probability"].clip(upper=NEVER_SURE),
        recent_signals=_warnings(shown, result),
        win_back_action=shown["signal_advice"].where(shown["signal_advice"] != "", shown["actions"]),
    )
    return TableBlock(
        "win_back",
        printable(frame, columns, "customer_id"),
        columns,
        key=("customer_name",),
        links=customer_links(result, frame),
        total={
            "customer_name": counted(labels, "customers", len(lines)),
            "amount_12m": float(lines["amount_12m"].sum()),
            "money_at_risk": float(lines["money_at_risk"].sum()),
        },
        empty=labels.phrase("empty.win_back", days=rules.churn.warning_after_days),
        frozen=3,
    )


def _warnings(lines: pd.DataFrame, result: Result) -> pd.Series:
    """What was heard of late: behaviour signals, and complaints where there are some."""
    separator = result.rules.labels.phrase("clause_separator")
    complaints = lines["complaint_reason"].where(lines["complaint_risk"].isin(["high", "medium"]), "")
    texts = zip(lines["signal_reason"], complaints, strict=True)
    return pd.Series([separator.join(filter(None, pair)) for pair in texts], index=lines.index, dtype=object)
