"""What a chart says, as its title: a reader should not have to add up bars."""

from __future__ import annotations

from dataclasses import replace

from crmsheet.result import Result
from crmsheet.view import Chart
from crmsheet.views.layout import key_amount, of_largest
from crmsheet.views.words import percent


def headed(result: Result, chart: Chart, code: str, **facts: object) -> Chart:
    """The chart under the sentence ``code``, filled with ``facts``; its plain title stays its description."""
    return replace(chart, headline=result.rules.labels.phrase(f"headline.{code}", **facts))


def head_tiers(result: Result, chart: Chart) -> Chart:
    """How many customers are about to leave; where none are, the tier with most."""
    counts = dict(zip(chart.categories, (value or 0 for value in chart.series[0].values), strict=True))
    if not counts:
        return chart
    risk = result.rules.tiers["churn_risk"].label
    tier = risk if counts.get(risk) else max(counts, key=lambda name: counts[name])
    share = percent(counts[tier] / max(sum(counts.values()), 1))
    return headed(result, chart, "tiers", tier=tier, n=f"{counts[tier]:,.0f}", share=share)


def head_priorities(result: Result, chart: Chart) -> Chart:
    """How many needs of high priority wait."""
    labels = result.rules.labels
    high = chart.categories.index(labels.choice("level", "high"))
    waiting = {labels.choice("status", code) for code in ("todo", "doing")}
    count = sum(series.values[high] or 0 for series in chart.series if series.name in waiting)
    return headed(result, chart, "priority_status" if count else "priority_status_none", n=f"{count:,.0f}")


def head_months(result: Result, chart: Chart) -> Chart:
    """What the calendar months brought together."""
    amount = float(result.months["amount"].sum())
    return headed(result, chart, "months", amount=key_amount(amount)) if amount else chart


def head_needs(result: Result, chart: Chart) -> Chart:
    """How many needs came, and how many stand open."""
    months = result.months
    if not chart.series:
        return chart
    raised, standing = months["raised"].sum(), months["open"].iloc[-1]
    return headed(result, chart, "needs", raised=f"{raised:,.0f}", open=f"{standing:,.0f}")


def head_industries(result: Result, chart: Chart, customers: int, industries: int) -> Chart:
    """The industry with most customers, unless several have as many."""
    values = [value or 0 for value in chart.series[0].values]
    if not values or values[1:2] == values[:1]:
        return chart
    share = percent(values[0] / customers)
    told = headed(result, chart, "industries", industry=chart.categories[0], share=share)
    shown = len(values)
    return replace(told, headline=of_largest(result.rules.labels, told.headline, shown, industries))


def head_load(result: Result, chart: Chart, late: float, owners: int) -> Chart:
    """How many customers should have been contacted."""
    told = headed(result, chart, "owners", n=f"{late:,.0f}")
    return replace(
        told, headline=of_largest(result.rules.labels, told.headline, len(chart.categories), owners)
    )


def head_concentration(result: Result, chart: Chart, place: int) -> Chart:
    """How much of the revenue the largest fifth brings, which stands at ``place``."""
    share = chart.series[0].values[place]
    return chart if share is None else headed(result, chart, "concentration", share=percent(share / 100))
