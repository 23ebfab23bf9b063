"""Section three: how well customers are looked after: satisfaction, renewals, referrals, key issues (R-104, R-106)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmsheet.report.model import Figure, Figures, Section
from crmsheet.report.parts import (
    chart_title,
    column,
    count_chart,
    named,
    series_name,
    short_table,
    tier_column,
)
from crmsheet.report.rates import rate_text, rates_table
from crmsheet.report.scope import Scope
from crmsheet.report.words import caption, phrase, sentences, words
from crmsheet.steps.columns import optional
from crmsheet.tables.facts import Span, within
from crmsheet.tables.trends import monthly_sales
from crmsheet.view import Card, Cards, Chart, Series, TableBlock, Tone
from crmsheet.views.words import tier_words

FIRST = 10
LOW_SCORE = 3
_CARDS: tuple[tuple[str, Tone], ...] = (
    ("satisfaction", "accent"),
    ("renewal", "info"),
    ("referral", "good"),
    ("repurchase", "watch"),
    ("churn", "bad"),
)
_LOAD = (("later", "on_time", "info"), ("today", "today", "watch"), ("overdue", "overdue", "bad"))


def care_section(scope: Scope) -> Section:
    """Rates of the period beside those before, and what went wrong."""
    scores, load, sales = (
        _scores(scope),
        _load(scope),
        monthly_sales(scope.result.orders, scope.period.last_day),
    )
    facts = _facts(scope, scores, load)
    figures = Figures(
        (
            Figure(_scores_chart(scores), caption("care", "scores", facts)),
            Figure(_load_chart(load), caption("care", "followups", facts)),
        )
    )
    trend = Figures((Figure(_sales_chart(scope, sales), caption("care", "sales", facts)),))
    parts = (
        _cards(scope),
        figures,
        trend,
        rates_table(scope),
        _complaints_table(scope),
        _issues_table(scope),
    )
    return Section("care", str(words()["sections"]["care"]), sentences("care", facts), parts)


def _facts(scope: Scope, scores: pd.Series, load: pd.DataFrame) -> dict[str, Any]:
    customers = scope.result.customers
    renewal, referral, satisfaction = (scope.rate(code) for code in ("renewal", "referral", "satisfaction"))
    lately = Span.of_months(scope.period.last_day, 3)
    worst = load["overdue"].idxmax() if len(load) and load["overdue"].max() > 0 else ""
    return {
        "satisfaction": float(satisfaction["rate_value"]),
        "satisfaction_change": float(satisfaction["change"]),
        "satisfaction_drop": -float(satisfaction["change"]),
        "satisfaction_n": float(satisfaction["denominator"]),
        "low_scores": int((scores < LOW_SCORE).sum()),
        "renewal": float(renewal["rate_value"]),
        "renewal_n": float(renewal["denominator"]),
        "renewal_k": float(renewal["numerator"]),
        "referral": float(referral["rate_value"]),
        "referral_n": float(referral["denominator"]),
        "referral_k": float(referral["numerator"]),
        "complaints": int((customers["complaint_risk"] == "high").sum()),
        "overdue": int((customers["reminder"] == "overdue").sum()),
        "worst_owner": worst,
        "worst_overdue": int(load["overdue"].max()) if len(load) else 0,
        "lately": scope.lately,
        "amount_3m": _amount(scope, lately),
        "amount_before": _amount(scope, lately.preceding(3)),
    }


def _amount(scope: Scope, span: Span) -> float:
    return float(within(scope.result.orders, "order_date", span, "net_amount")["net_amount"].sum())


def _scores(scope: Scope) -> pd.Series:
    """Satisfaction scores of the period on a scale to five."""
    top = scope.result.rules.rates.satisfaction_top
    rows = within(scope.result.facts.feedback, "given_on", scope.period.span, "satisfaction")
    typed = rows["satisfaction"].astype("float64")
    return 1 + (typed[typed.between(1, top)] - 1) * 4 / (top - 1)


def _load(scope: Scope) -> pd.DataFrame:
    """Customers with a due date per owner: overdue, due today, later; the busiest first."""
    due = scope.result.customers[scope.result.customers["due"].notna()]
    groups = pd.DataFrame(
        {"owner": named(due["owner"]), "reminder": due["reminder"].replace("soon", "later")}
    )
    counts = pd.crosstab(groups["owner"], groups["reminder"]) if len(due) else pd.DataFrame()
    counts = counts.reindex(columns=[code for code, _, _ in _LOAD]).fillna(0).astype("int64")
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order]


def _scores_chart(scores: pd.Series) -> Chart:
    counts = scores.round().value_counts()
    return count_chart(
        "column",
        "scores",
        {str(n): float(counts.get(n, 0)) for n in range(1, 6)},
        series="answers",
    )


def _load_chart(load: pd.DataFrame) -> Chart:
    busiest = load.head(FIRST)
    series = tuple(
        Series(series_name(name), tuple(busiest[code].astype(float)), tone) for code, name, tone in _LOAD
    )
    return Chart("stacked_bar", chart_title("followups"), tuple(map(str, busiest.index)), series)


def _sales_chart(scope: Scope, sales: pd.DataFrame) -> Chart:
    """Revenue and contacts of the last twelve months."""
    months = tuple(str(month) for month in sales.index)
    year = Span.of_months(scope.period.last_day, 12)
    days = within(scope.result.interactions, "contacted_on", Span(sales.index[0].start_time, year.end))[
        "contacted_on"
    ]
    contacts = pd.to_datetime(days).dt.to_period("M").value_counts().reindex(sales.index, fill_value=0)
    return Chart(
        "combo",
        chart_title("sales"),
        months,
        (
            Series(series_name("amount"), tuple((sales["amount"] / 10_000).round(2)), "info"),
            Series(
                series_name("contacts"), tuple(contacts.astype(float)), "watch", line=True, secondary=True
            ),
        ),
    )


def _cards(scope: Scope) -> Cards:
    labels = scope.result.rules.labels
    cards = []
    for code, tone in _CARDS:
        line = scope.rate(code)
        before = rate_text(line["previous"], line["kind"])
        note = words()["cards"]["rate_note" if before else "rate_note_none"].format(previous=before)
        value = rate_text(line["rate_value"], line["kind"]) or phrase("no_value")
        cards.append(Card(labels.choice("rate", code), value, note, tone))
    return Cards(tuple(cards))


def _complaints_table(scope: Scope) -> TableBlock:
    rules, customers = scope.result.rules, scope.result.customers
    rows = (
        customers[customers["complaint_risk"] == "high"].sort_values("value_rank", kind="stable").head(FIRST)
    )
    frame = pd.DataFrame(
        {
            "customer_name": rows["customer_name"],
            "tier": tier_words(rows, rules),
            "reason": rows["complaint_reason"],
            "owner": named(optional(rows, "owner", None)),
        }
    )
    columns = (
        column("customer_name", "text", 26),
        tier_column(rules),
        column("reason", "wrap", 44),
        column("owner", "text", 8),
    )
    return short_table("complaints", frame, columns, empty="complaints")


def _issues_table(scope: Scope) -> TableBlock:
    """What customers say that asks for action, by how many say it, with what to do (R-084)."""
    rules, customers = scope.result.rules, scope.result.customers
    counts = customers["signals"].explode().value_counts()
    lines = [
        {"signal": rule.label, "customers": int(counts[code]), "improvement": rule.advice}
        for code, rule in rules.signals.items()
        if code in counts
    ]
    frame = pd.DataFrame(lines, columns=["signal", "customers", "improvement"])
    columns = (
        column("signal", "text", 16),
        column("customers", "integer", 9, bar=True),
        column("improvement", "wrap", 50),
    )
    ranked = frame.sort_values("customers", ascending=False, kind="stable")
    return short_table("issues", ranked, columns, empty="issues")
