"""Section four: what to do next: product improvements, where to put people and time (R-105, R-095, R-110)."""

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
    share_of,
    short_table,
    tier_column,
)
from crmsheet.report.scope import Scope
from crmsheet.report.words import caption, sentences, words
from crmsheet.steps.columns import WAITING, optional, standing
from crmsheet.view import Chart, Series, TableBlock
from crmsheet.views.followups import followup_lines
from crmsheet.views.words import REMINDER_TONES, TIER_TONES, tier_words, toned

FIRST = 10
FIRST_NEEDS = 5
_PLANS = ("planned", "partly", "unassessed", "pool")  # the best that any row of a need allows


def actions_section(scope: Scope) -> Section:
    """Needs to build, customers to spend time on, customers to win back, calls that are due."""
    pool, tiers, risk = scope.result.need_pool, _tiers(scope), _at_risk(scope)
    facts = _facts(scope, pool, tiers, risk)
    figures = Figures(
        (
            Figure(_tiers_chart(scope, tiers), caption("actions", "tiers", facts)),
            Figure(_risk_chart(risk), caption("actions", "at_risk", facts)),
        )
    )
    parts = (
        figures,
        _product_table(scope, pool),
        _resources_table(scope, tiers),
        _win_back_table(scope, risk),
        _contacts_table(scope),
    )
    return Section("actions", str(words()["sections"]["actions"]), sentences("actions", facts), parts)


def _facts(scope: Scope, pool: pd.DataFrame, tiers: pd.DataFrame, risk: pd.DataFrame) -> dict[str, Any]:
    first = pool.head(FIRST_NEEDS)
    asked = scope.result.requirements
    waiting = (
        asked[asked["need_key"].isin(first["need_key"]) & standing(asked).isin(WAITING)]
        if len(pool)
        else asked.head(0)
    )
    high: dict[str, Any] = {str(name): value for name, value in tiers.loc["high_value"].items()}
    customers = int(tiers["customers"].sum())
    return {
        "needs": len(pool),
        "top_need": first["need"].iloc[0] if len(first) else "",
        "top_waiting": int(first["waiting_customers"].iloc[0]) if len(first) else 0,
        "first": len(first),
        "first_customers": waiting["customer"].nunique(),
        "high_value": int(high["customers"]),
        "high_value_share": share_of(float(high["customers"]), customers),
        "high_value_amount_share": float(high["amount_share"]),
        "high_value_overdue": int(high["overdue"]),
        "at_risk": len(risk),
        "money_at_risk": float(risk["money_at_risk"].sum()),
        "first_risk": float(risk["money_at_risk"].head(FIRST).sum()),
    }


def _tiers(scope: Scope) -> pd.DataFrame:
    """Per tier code: customers, money of the last twelve months, overdue contacts, pressing needs."""
    customers, rules = scope.result.customers, scope.result.rules
    rows = pd.DataFrame(
        {
            "tier": customers["tier"],
            "customers": 1,
            "amount": optional(customers, "amount_12m").astype("float64"),
            "overdue": customers["reminder"] == "overdue",
            "high_open": customers["top_priority"] == "high",
        }
    )
    sums = rows.groupby("tier").sum(min_count=1).reindex(list(rules.tiers))
    counts = ["customers", "overdue", "high_open"]
    sums[counts] = sums[counts].fillna(0).astype("int64")
    total = sums["amount"].sum(min_count=1)
    return sums.assign(amount_share=sums["amount"] / total if total else float("nan"))


def _at_risk(scope: Scope) -> pd.DataFrame:
    customers = scope.result.customers
    return customers[customers["win_back_rank"].notna()].sort_values("win_back_rank", kind="stable")


def _tiers_chart(scope: Scope, tiers: pd.DataFrame) -> Chart:
    rules = scope.result.rules
    used = tiers[tiers["customers"] > 0]
    counts = {rules.tiers[str(code)].label: float(n) for code, n in used["customers"].items()}
    tones = [TIER_TONES.get(str(code), "plain") for code in used.index]
    return count_chart("doughnut", "tiers", counts, series="customers", tones=tones)


def _risk_chart(risk: pd.DataFrame) -> Chart:
    worst = risk[risk["money_at_risk"] > 0].head(FIRST)
    money = tuple((worst["money_at_risk"] / 10_000).round(2))
    return Chart(
        "bar",
        chart_title("at_risk"),
        tuple(map(str, worst["customer_name"])),
        (Series(series_name("money"), money, "bad"),),
        number_format="0.0",
    )


def _product_table(scope: Scope, pool: pd.DataFrame) -> TableBlock:
    rows = pool.head(FIRST)
    frame = rows.assign(advice=[_advice(scope, need) for _, need in rows.iterrows()])
    columns = (
        column("need", "wrap", 30),
        column("waiting_customers", "integer", 9),
        column("waiting_high_value", "integer", 9),
        column("demand", "score", 8, bar=True),
        column("ice", "score", 8),
        column("advice", "wrap", 34),
    )
    return short_table("product", frame, columns, empty="product")


def _advice(scope: Scope, need: pd.Series) -> str:
    """What the product team should do with a need of the pool: a missed promise first, else what is feasible."""
    said = words()["actions"]["advice"]
    rows = scope.result.requirements
    rows = rows[rows["need_key"] == need["need_key"]]
    if need["broken"]:
        late = rows[standing(rows).isin(WAITING) & rows["promise"].isin(["broken", "overdue"])]
        longest = late.sort_values("late_days", ascending=False, kind="stable").iloc[0]
        oldest = {"oldest": longest["requirement_id"], "days": int(longest["late_days"])}
        return str(said["broken"]).format(broken=int(need["broken"]), **oldest)
    states = set(optional(rows, "plan_state", ""))
    code = next((code for code in _PLANS if code in states), "unassessed")
    return str(said[code]).format(waiting=int(need["waiting_customers"]))


def _resources_table(scope: Scope, tiers: pd.DataFrame) -> TableBlock:
    rules = scope.result.rules
    used = tiers[tiers["customers"] > 0]
    frame = used.assign(
        tier=[rules.tiers[str(code)].label for code in used.index],
        focus=[rules.tiers[str(code)].strategy for code in used.index],
        channel=[rules.tiers[str(code)].channel for code in used.index],
    )
    columns = (
        tier_column(rules),
        column("customers", "integer", 8),
        column("amount", "wan", 11),
        column("amount_share", "percent", 9),
        column("overdue", "integer", 9),
        column("high_open", "integer", 10),
        column("focus", "wrap", 26),
        column("channel", "wrap", 14),
    )
    return short_table("resources", frame, columns)


def _win_back_table(scope: Scope, risk: pd.DataFrame) -> TableBlock:
    rules, rows = scope.result.rules, risk.head(FIRST)
    frame = pd.DataFrame(
        {
            "customer_name": rows["customer_name"],
            "tier": tier_words(rows, rules),
            "money_at_risk": rows["money_at_risk"],
            "reason": rows["win_back_reason"],
            "owner": named(optional(rows, "owner", None)),
        }
    )
    columns = (
        column("customer_name", "text", 26),
        tier_column(rules),
        column("money_at_risk", "wan", 11),
        column("reason", "wrap", 46),
        column("owner", "text", 8),
    )
    return short_table("win_back", frame, columns, empty="win_back")


def _contacts_table(scope: Scope) -> TableBlock:
    """The most overdue customers; the whole list is the follow-up sheet's."""
    rules, labels = scope.result.rules, scope.result.rules.labels
    lines = followup_lines(scope.result)
    rows = lines[lines["due"] <= pd.Timestamp(scope.result.as_of)].head(FIRST)
    frame = rows.assign(owner=named(optional(rows, "owner", None)))
    columns = (
        column("reminder", "choice", 8, tones=toned(labels, "reminder", REMINDER_TONES)),
        column("overdue_days", "integer", 8),
        column("customer_name", "text", 26),
        tier_column(rules),
        column("top_need", "wrap", 28),
        column("next_plan", "wrap", 24),
        column("owner", "text", 8),
    )
    return short_table("contacts", frame, columns, empty="contacts", see_all=labels.sheet("followups"))
