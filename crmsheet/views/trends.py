"""Trends: where demand and money come from, month by month and segment by segment, and the rates (R-106, R-107)."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.view import Block, Chart, Charts, Series, TableBlock, Text, View
from crmsheet.views.behavior import behavior_block
from crmsheet.views.cards import window_begins
from crmsheet.views.layout import column, sums, told, view
from crmsheet.views.rates import rates_block
from crmsheet.views.segments import market_sentences, need_types_block, segments_block


def trends_view(result: Result) -> View:
    """Charts, what stands out, the rates, months, kinds of need, behaviour, and every segment as a list."""
    labels = result.rules.labels
    months = result.months
    blocks: list[Block] = [_charts(result, months)]
    if sentences := market_sentences(result):
        blocks.append(Text((labels.phrase("markets_title"), *sentences), "good"))
    blocks.append(rates_block(result))
    if (
        months.drop(columns=["open"]).fillna(0).to_numpy().any()
    ):  # without any day nothing is known of a month
        blocks.append(_months_block(result, months))
    blocks.append(need_types_block(result))
    if len(result.orders) and len((behavior := behavior_block(result)).frame):
        blocks.append(behavior)
    blocks.append(segments_block(result))
    return view(result, "trends", tuple(blocks), back=labels.sheet("overview"), tab="good")


def _charts(result: Result, months: pd.DataFrame) -> Charts:
    charts = needs_chart(result, months), months_chart(result, months)
    return Charts(charts, empty=result.rules.labels.phrase("empty.trends"))


def needs_chart(result: Result, months: pd.DataFrame, *, short: bool = False) -> Chart:
    """New against solved needs, and how many stand open."""
    labels = result.rules.labels
    tones = (("raised", "bad", False), ("solved", "good", False), ("open", "info", True))
    return Chart(
        "combo",
        labels.phrase("chart.needs"),
        month_names(months.index, result, short=short),
        tuple(
            Series(
                labels.phrase(f"series.{code}"),
                tuple(months[code].astype(float)),
                tone,
                line=line,
                secondary=line,
            )
            for code, tone, line in tones
        )
        if months[["raised", "solved"]].to_numpy().any()
        else (),
    )


def months_chart(result: Result, months: pd.DataFrame, *, short: bool = False) -> Chart:
    """Revenue in units of 10,000 yuan, and contacts on an axis of their own."""
    labels = result.rules.labels
    revenue = (months["amount"] / 10_000).round(2)
    return Chart(
        "combo",
        labels.phrase("chart.months"),
        month_names(months.index, result, short=short),
        (
            Series(labels.phrase("series.revenue"), tuple(revenue), "info"),
            Series(
                labels.phrase("series.contacts"),
                tuple(months["contacts"]),
                "watch",
                line=True,
                secondary=True,
            ),
        ),
    )


def month_names(months: pd.Index, result: Result, *, short: bool) -> tuple[str, ...]:
    """Names of months; the first of the list and of each year carries the year, unless ``short`` of room."""
    labels = result.rules.labels
    names = []
    for place, month in enumerate(months):
        begins = place == 0 or month.month == 1
        code = "month_alone" if short else "month_of_year" if begins else "month"
        names.append(labels.phrase(code, year=month.year % 100, month=month.month))
    return tuple(names)


def _months_block(result: Result, months: pd.DataFrame) -> TableBlock:
    labels = result.rules.labels
    columns = (
        column(labels, "month", "choice", 20),
        column(labels, "raised", "integer", 10),
        column(labels, "solved", "integer", 10),
        column(labels, "open", "integer", 10),
        column(labels, "contacts", "integer", 10),
        column(labels, "amount_month", "wan", 12, bar=True),
        column(labels, "occasions", "integer", 10),
        column(labels, "buyers", "integer", 10),
        column(labels, "new_buyers", "integer", 10),
        column(labels, "repurchase", "percent", 10),
    )
    frame = months.assign(month=[str(month) for month in months.index], amount_month=months["amount"])
    summed = ("raised", "solved", "contacts", "amount_month", "occasions", "new_buyers")
    frame = told(frame, (*summed, "buyers"))
    return TableBlock(
        "months",
        frame[[part.code for part in columns]],
        columns,
        title=_months_title(result, months),
        total={"month": labels.column("sum"), **sums(frame, summed)},
        filterable=False,
    )


def _months_title(result: Result, months: pd.DataFrame) -> str:
    """What the months are; where there is money, why its sum is not that of the year up to the day."""
    labels, first = result.rules.labels, months.index[0].start_time
    begins = window_begins(result)
    if begins == first or not months["amount"].any():
        return labels.phrase("months_title")
    return labels.phrase(
        "months_title_apart", first=first.date().isoformat(), begins=begins.date().isoformat()
    )
