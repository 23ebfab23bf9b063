"""Overview: key figures, charts, and whom to contact today."""

from __future__ import annotations

import pandas as pd

from crmsheet.labels import wan
from crmsheet.result import Result
from crmsheet.view import Block, Card, Cards, Chart, Charts, Series, TableBlock, Text, View
from crmsheet.views.followups import customer_links, followup_lines
from crmsheet.views.layout import column, printable, view
from crmsheet.views.requirements import priority_chart
from crmsheet.views.words import PRIORITY_TONES, REMINDER_TONES, TIER_TONES, tier_tones, toned

FIRST = 8


def overview_view(result: Result) -> View:
    """The sheet a manager opens first."""
    labels = result.rules.labels
    blocks: list[Block] = [
        _cards(result),
        Charts(tuple(_upper_charts(result))),
        _today(result),
        Charts(tuple(_lower_charts(result))),
    ]
    notes = tuple(labels.phrase(f"note.{note.code}", **note.facts) for note in result.notes)
    if notes:
        blocks.append(Text((labels.phrase("notes_title"), *notes), "watch"))
    return view(result, "overview", tuple(blocks), tab="accent", locked=True)


def _cards(result: Result) -> Cards:
    labels = result.rules.labels
    customers, needs = result.customers, result.requirements
    open_needs = int(customers["open_need_count"].sum())
    pressing = int((customers["top_priority"] == "high").sum())
    reminders = customers["reminder"].value_counts()
    errors = int((result.issues["severity"] == "error").sum())
    amount = customers["amount_12m"].sum(min_count=1)
    return Cards(
        (
            Card(
                labels.phrase("card.customers"),
                f"{len(customers):,}",
                labels.phrase("card.customers_note", n=int((customers["tier"] == "high_value").sum())),
                "strong",
            ),
            Card(
                labels.phrase("card.amount"),
                "–" if pd.isna(amount) else wan(amount),
                ""
                if pd.isna(amount)
                else labels.phrase("card.amount_note", n=int(customers["frequency"].sum())),
                "info",
            ),
            Card(
                labels.phrase("card.needs"),
                f"{open_needs:,}",
                labels.phrase("card.needs_note", n=len(needs)),
                "good",
            ),
            Card(
                labels.phrase("card.pressing"), f"{pressing:,}", labels.phrase("card.pressing_note"), "watch"
            ),
            Card(
                labels.phrase("card.overdue"),
                f"{int(reminders.get('overdue', 0)):,}",
                labels.phrase(
                    "card.overdue_note", n=_longest(customers), today=int(reminders.get("today", 0))
                ),
                "bad",
            ),
            Card(
                labels.phrase("card.issues"),
                f"{len(result.issues):,}",
                labels.phrase("card.issues_note", n=errors),
                "plain",
            ),
        )
    )


def _longest(customers: pd.DataFrame) -> int:
    longest = customers["overdue_days"].max()
    return 0 if pd.isna(longest) else int(longest)


def _upper_charts(result: Result) -> list[Chart]:
    rules, labels = result.rules, result.rules.labels
    counts = result.customers["tier"].value_counts()
    used = [code for code in rules.tiers if counts.get(code, 0)]
    tiers = Chart(
        "doughnut",
        labels.phrase("chart.tiers"),
        tuple(rules.tiers[code].label for code in used),
        (Series(labels.phrase("series.customers"), tuple(float(counts[code]) for code in used)),),
        tones=tuple(TIER_TONES.get(code, "plain") for code in used),
    )
    return [tiers, priority_chart(result), _months_chart(result)]


def _months_chart(result: Result) -> Chart:
    """Revenue and contacts of the last twelve months."""
    labels = result.rules.labels
    months = pd.period_range(end=pd.Period(result.as_of, "M"), periods=12, freq="M")
    revenue = _by_month(result.orders, "order_date", months, "net_amount") / 10_000
    contacts = _by_month(result.interactions, "contacted_on", months)
    return Chart(
        "combo",
        labels.phrase("chart.months"),
        tuple(str(month) for month in months),
        (
            Series(labels.phrase("series.revenue"), tuple(revenue.round(2)), "info"),
            Series(labels.phrase("series.contacts"), tuple(contacts), "watch", line=True, secondary=True),
        ),
    )


def _by_month(table: pd.DataFrame, day: str, months: pd.PeriodIndex, value: str = "") -> pd.Series:
    if day not in table or not len(table):
        return pd.Series(0.0, index=months)
    period = table[day].dt.to_period("M")
    totals = table.groupby(period)[value].sum() if value else period.value_counts()
    return totals.reindex(months, fill_value=0).astype("float64")


def _lower_charts(result: Result) -> list[Chart]:
    labels = result.rules.labels
    industries = result.customers["industry"].dropna().value_counts().head(8)
    owners = _load(result.customers)
    reminders = result.customers["reminder"].value_counts()
    shown = [code for code in REMINDER_TONES if reminders.get(code, 0)]
    return [
        Chart(
            "bar",
            labels.phrase("chart.industries"),
            tuple(map(str, industries.index)),
            (Series(labels.phrase("series.customers"), tuple(industries.astype(float)), "good"),),
        ),
        Chart(
            "column",
            labels.phrase("chart.reminders"),
            tuple(labels.choice("reminder", code) for code in shown),
            (Series(labels.phrase("series.customers"), tuple(float(reminders[code]) for code in shown)),),
            tones=tuple(REMINDER_TONES[code] for code in shown),
        ),
        Chart(
            "stacked_bar",
            labels.phrase("chart.owners"),
            tuple(map(str, owners.index)),
            (
                Series(labels.phrase("series.on_time"), tuple(owners["on_time"].astype(float)), "info"),
                Series(labels.phrase("series.overdue"), tuple(owners["overdue"].astype(float)), "bad"),
            ),
        ),
    ]


def _load(customers: pd.DataFrame) -> pd.DataFrame:
    """Customers with a due date per owner, on time and overdue, the busiest ten first."""
    due = customers[customers["due"].notna() & customers["owner"].notna()]
    overdue = due["reminder"] == "overdue"
    load = pd.DataFrame({"on_time": ~overdue, "overdue": overdue}).groupby(due["owner"]).sum()
    return load.loc[load.sum(axis=1).sort_values(ascending=False, kind="stable").index].head(10)


def _today(result: Result) -> TableBlock:
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "reminder", "choice", 8, tones=toned(labels, "reminder", REMINDER_TONES)),
        column(labels, "overdue_days", "integer", 9),
        column(labels, "due", "date", 12),
        column(labels, "customer_name", "link", 24),
        column(labels, "tier", "choice", 10, tones=tier_tones(rules)),
        column(labels, "top_priority", "choice", 8, tones=toned(labels, "level", PRIORITY_TONES)),
        column(labels, "top_need", "text", 30),
        column(labels, "next_plan", "text", 26),
        column(labels, "owner", "text", 8),
    )
    pressing = followup_lines(result)
    pressing = pressing[pressing["due"] <= pd.Timestamp(result.as_of)]
    return TableBlock(
        "today",
        printable(pressing.head(FIRST), columns, "customer_id"),
        columns,
        title=labels.phrase("today_title", shown=min(FIRST, len(pressing)), n=len(pressing)),
        links=customer_links(result, pressing),
        empty=labels.phrase("empty.today"),
        filterable=False,
        see_all=labels.sheet("followups"),
    )
