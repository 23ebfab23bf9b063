"""Overview: key figures, charts, and whom to contact today."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.tables.cross_counts import cross_counts
from crmsheet.tables.figures import last_figures
from crmsheet.view import Block, Chart, Charts, Column, Links, Series, TableBlock, Text, View
from crmsheet.views.cards import overview_cards, window_begins
from crmsheet.views.followups import customer_links, followup_lines
from crmsheet.views.headlines import (
    head_industries,
    head_load,
    head_months,
    head_needs,
    head_priorities,
    head_tiers,
)
from crmsheet.views.layout import chart_title, column, printable, view
from crmsheet.views.requirements import priority_chart
from crmsheet.views.tiers import tiers_chart
from crmsheet.views.trends import months_chart, needs_chart
from crmsheet.views.words import AGEING_TONES, PRIORITY_TONES, REMINDER_TONES, tier_tones, toned

FIRST = 8
# The sheets a reader goes to from here, in the order of the workbook.
_LINKED = (
    "followups", "tiers", "requirements", "trends", "win_back", "core", "moves", "solutions", "quality",
)  # fmt: skip


def overview_view(result: Result) -> View:
    """The sheet a manager opens first."""
    labels = result.rules.labels
    blocks: list[Block] = [
        Links(tuple(map(labels.sheet, _LINKED))),
        overview_cards(result),
        _standing(result),
        _today(result),
        Charts((_industries(result), _needs(result), _load_chart(result))),
        owners_block(result),
    ]
    notes = tuple(labels.phrase(f"note.{note.code}", **note.facts) for note in result.notes)
    if notes:
        blocks.append(Text((labels.phrase("notes_title"), *notes), "watch"))
    return view(result, "overview", tuple(blocks), tab="accent", locked=True, subtitle=_subtitle(result))


def _standing(result: Result) -> Charts:
    """Who the customers are, what waits for them, and what they brought."""
    return Charts(
        (
            head_tiers(result, tiers_chart(result)),
            head_priorities(result, priority_chart(result)),
            head_months(result, months_chart(result, result.months, short=True)),
        )
    )


def _needs(result: Result) -> Chart:
    return head_needs(result, needs_chart(result, result.months, short=True))


def _subtitle(result: Result) -> str:
    """The day, that from which the year is counted, and that from which changes are, where there is one."""
    labels = result.rules.labels
    days = {"as_of": result.as_of.isoformat(), "begins": window_begins(result).date().isoformat()}
    before = last_figures(result.source.source.earlier("figures"), result.as_of)
    if before is None:
        return labels.phrase("view.overview", **days)
    since = pd.Timestamp(str(before["as_of"])).date().isoformat()
    return labels.phrase("view.overview_since", **days, since=since)


def _industries(result: Result) -> Chart:
    labels = result.rules.labels
    counts = result.customers["industry"].replace("", None).dropna().value_counts()
    industries = counts.head(FIRST)
    chart = Chart(
        "bar",
        chart_title(labels, "industries", len(industries), len(counts)),
        tuple(map(str, industries.index)),
        (Series(labels.phrase("series.customers"), tuple(industries.astype(float)), "accent"),),
    )
    return head_industries(result, chart, len(result.customers), len(counts))


def _load_chart(result: Result) -> Chart:
    """Customers with a follow-up by owner: how many are overdue."""
    labels, every = result.rules.labels, owners_load(result)
    load = every.head(FIRST)
    chart = Chart(
        "stacked_bar",
        chart_title(labels, "owners", len(load), len(every)),
        tuple(map(str, load.index)),
        (
            Series(
                labels.phrase("series.on_time"), tuple((load["sum"] - load["late"]).astype(float)), "info"
            ),
            Series(labels.phrase("series.overdue"), tuple(load["late"].astype(float)), "bad"),
        ),
    )
    return head_load(result, chart, float(every["late"].sum()), len(every))


def owners_load(result: Result) -> pd.DataFrame:
    """Follow-ups by owner and ageing, most overdue first: one column per ageing, ``late``, ``sum``.

    Customers without an owner are counted under the words for that; the rows add up to the follow-up list.
    """
    due = result.due_lines(result.customers[["owner", "ageing"]])
    owner = due["owner"].astype(object)
    owner = owner.where(owner.notna() & (owner != ""), result.rules.labels.phrase("no_owner"))
    counts = cross_counts(owner, due["ageing"]).reindex(columns=list(AGEING_TONES), fill_value=0)
    late = counts.drop(columns=["not_due", "today"]).sum(axis=1)
    load = counts.assign(late=late, sum=counts.sum(axis=1))
    return load.sort_values(["late", "sum"], ascending=False, kind="stable")


def owners_block(result: Result) -> TableBlock:
    """Every owner's follow-ups by how long they are overdue; of many owners the first, the rest as one line."""
    labels, load = result.rules.labels, owners_load(result)
    columns = (
        column(labels, "owner", "text", 12),
        *(
            Column(code, labels.choice("ageing", code), "integer", 12, heat=code not in ("not_due", "today"))
            for code in AGEING_TONES
        ),
        column(labels, "sum", "integer", 10),
    )
    shown = load if len(load) <= FIRST + 1 else load.head(FIRST)
    if len(shown) < len(load):
        rest = load.iloc[FIRST:].sum().rename(labels.phrase("other_owners", n=len(load) - FIRST))
        shown = pd.concat([shown, rest.to_frame().T])
    whole = {code: float(load[code].sum()) for code in (*AGEING_TONES, "sum")}
    return TableBlock(
        "owners",
        shown.mask(shown.eq(0)).assign(owner=shown.index.astype(str)),
        columns,
        title=labels.phrase("owners_title"),
        total={"owner": labels.column("sum"), **whole},
        empty=labels.phrase("empty.followups"),
        filterable=False,
        see_all=labels.sheet("followups"),
    )


def _today(result: Result) -> TableBlock:
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "reminder", "choice", 8, tones=toned(labels, "reminder", REMINDER_TONES)),
        column(labels, "overdue_days", "nonzero", 8),
        column(labels, "due", "date", 12),
        column(labels, "customer_name", "link", 30),
        column(labels, "tier", "choice", 10, tones=tier_tones(rules)),
        column(labels, "top_priority", "choice", 8, tones=toned(labels, "level", PRIORITY_TONES)),
        column(labels, "top_need", "text", 28),
        column(labels, "next_plan", "text", 24),
        column(labels, "owner", "text", 8),
    )
    pressing = followup_lines(result, columns)
    pressing = pressing[pressing["due"] <= pd.Timestamp(result.as_of)]
    return TableBlock(
        "today",
        printable(pressing.head(FIRST), columns, "customer_id"),
        columns,
        title=labels.phrase(
            "today_title" if len(pressing) > FIRST else "today_title_all", shown=FIRST, n=len(pressing)
        ),
        links=customer_links(result, pressing),
        empty=labels.phrase("empty.today"),
        filterable=False,
        see_all=labels.sheet("followups"),
    )
