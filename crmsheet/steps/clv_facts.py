"""CLV joined to the customers, with what the forecast rests on (R-083, R-114, ANALYTICS §8)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.errors import MissingExtra
from crmsheet.model import Note
from crmsheet.rule_sections import ClvRules
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import reasons_by
from crmsheet.steps.clv import ClvModels, ClvTerms, fit_clv, forecast_clv, summarize_purchases
from crmsheet.steps.columns import optional
from crmsheet.steps.order_book import Orders, read_customer_orders

_FORECAST = ("expected_purchases", "expected_spend", "clv")
_COLUMNS = ("clv_simple", "probability_alive", *_FORECAST)
_SILENT = ("risk", "lost")


@step
def add_clv(
    customers: pd.DataFrame,
    orders: Orders | None,
    rules: Rules,
    as_of: date,
    models: ClvModels | None = None,
) -> pd.DataFrame:
    """Add ``clv_simple``, ``probability_alive``, ``expected_purchases``, ``expected_spend``, ``clv``,
    ``clv_state`` and ``clv_reason``.

    ``clv`` (yuan) and ``expected_purchases`` look as many months ahead as the rules say. ``clv_state``:
    estimated, indicative (few customers), insufficient (one order: no P(alive); the forecast is that of such
    customers on average, and none once ``churn_stage`` calls the customer risk or lost, since the model
    cannot tell that he left), unavailable (scipy is missing), none (never bought), blank without orders.
    ``orders`` (or their ``OrderBook``) needs ``customer``, ``order_date``, ``amount``; ``models`` is fitted from
    them unless given.

    >>> orders = pd.DataFrame({"customer": ["A", "A", "B"], "amount": [600.0, 700.0, 800.0],
    ...     "order_date": pd.to_datetime(["2026-05-01", "2026-06-01", "2025-11-01"])})
    >>> t = add_clv(pd.DataFrame(index=["A", "B", "C"]), orders, Rules.load(), date(2026, 6, 11))
    >>> t[["clv_simple", "clv_state"]].values.tolist()
    [[3900.0, 'indicative'], [2400.0, 'insufficient'], [nan, 'none']]
    """
    return forecast_customers(customers, purchase_history(orders, as_of), rules, models)


def forecast_customers(
    customers: pd.DataFrame, history: pd.DataFrame | None, rules: Rules, models: ClvModels | None
) -> pd.DataFrame:
    """The columns of ``add_clv`` from what ``purchase_history`` made of the orders."""
    terms = clv_terms(rules.clv)
    if history is None:
        scored = pd.DataFrame(np.nan, index=customers.index, columns=list(_COLUMNS))
        state = pd.Series("", index=customers.index, dtype=object)
    else:
        found = forecast_clv(history, terms=terms, models=models)
        ahead = {f"{name}_{terms.months}m": name for name in ("expected_purchases", "clv")}
        scored = found.rename(columns=ahead).reindex(customers.index)
        state = scored["clv_state"].astype(object).where(scored["clv_state"].notna(), "none")
    lapsed = (state == "insufficient") & optional(customers, "churn_stage", "").isin(_SILENT)
    scored = scored.assign(**{name: scored[name].mask(lapsed) for name in _FORECAST})
    way = state.mask(state == "", "no_facts").mask(lapsed, "lapsed").mask(_hardly_any(scored), "gone")
    return customers.assign(
        **{name: scored[name] for name in _COLUMNS},
        clv_state=state,
        clv_reason=_reasons(scored, way, customers, rules),
    )


def purchase_history(orders: Orders | None, as_of: date) -> pd.DataFrame | None:
    """What the models need of each buying customer (``summarize_purchases``); None without orders."""
    if orders is None:
        return None
    return summarize_purchases(read_customer_orders(orders, as_of, "add_clv"), as_of=as_of)


def fit_customer_models(orders: Orders | None, as_of: date) -> tuple[ClvModels | None, tuple[Note, ...]]:
    """Both models fitted to the orders, and what the reader should know; no models without orders or
    scipy.
    """
    return fit_models(purchase_history(orders, as_of))


def fit_models(history: pd.DataFrame | None) -> tuple[ClvModels | None, tuple[Note, ...]]:
    """Both models fitted to what ``purchase_history`` made of the orders, and what the reader should know."""
    if history is None:
        return None, ()
    if not len(history):
        return None, (Note("clv_no_customers", {"model": "bgnbd"}),)
    try:
        models = fit_clv(history)
    except MissingExtra:
        return None, (Note("clv_needs_scipy"),)
    return models, tuple({note.code: note for note in models.notes}.values())  # both models say some of them


def clv_terms(settings: ClvRules) -> ClvTerms:
    """What a forecast assumes; the discount per month that a year of compounding makes the annual one.

    >>> round(clv_terms(Rules.load().clv).monthly_discount, 6)
    0.007974
    """
    return ClvTerms(
        months=settings.months,
        monthly_discount=(1 + settings.annual_discount) ** (1 / 12) - 1,
        margin=settings.margin,
        years=settings.years,
    )


def _hardly_any(scored: pd.DataFrame) -> pd.Series:
    """Where a forecast of purchases would print as 0.0."""
    return scored["probability_alive"].notna() & (scored["expected_purchases"] < 0.05)


def _reasons(scored: pd.DataFrame, way: pd.Series, customers: pd.DataFrame, rules: Rules) -> pd.Series:
    return reasons_by(
        way,
        "clv",
        rules,
        simple=scored["clv_simple"],
        years=rules.clv.years,
        alive=scored["probability_alive"],
        purchases=scored["expected_purchases"],
        spend=scored["expected_spend"],
        months=rules.clv.months,
        clv=scored["clv"],
        days=optional(customers, "recency_days"),
    )
