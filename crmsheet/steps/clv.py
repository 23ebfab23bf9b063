"""Customer lifetime value: the simple product, and BG/NBD × Gamma-Gamma (R-083, R-114; extra ``clv``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmsheet.errors import MissingExtra
from crmsheet.model import Note
from crmsheet.steps._bgnbd import WEAK_PRIOR, BgNbd, LogNormalPrior, fit_bgnbd
from crmsheet.steps._gamma_gamma import GammaGamma, fit_gamma_gamma
from crmsheet.steps._likelihood import FloatArray, side_by_side
from crmsheet.steps._purchase_history import summarize_history
from crmsheet.steps.order_book import Orders, read_orders

__all__ = [
    "CLV_STATES",
    "WEAK_PRIOR",
    "BgNbd",
    "ClvModels",
    "ClvTerms",
    "GammaGamma",
    "LogNormalPrior",
    "customer_lifetime_value",
    "fit_bgnbd",
    "fit_clv",
    "fit_gamma_gamma",
    "forecast_clv",
    "score_clv",
    "simple_clv",
    "summarize_purchases",
]

CLV_STATES = ("estimated", "indicative", "insufficient", "unavailable")
WEEKS_PER_MONTH = 4.345
REGULAR_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class ClvTerms:
    """What a forecast assumes: months ahead, discount per month, gross margin, years of the simple CLV."""

    months: int = 12
    monthly_discount: float = 0.01
    margin: float = 1.0
    years: float = 3.0


@dataclass(frozen=True, slots=True)
class ClvModels:
    """The two fitted models and what the reader should know: ``clv_…`` codes, ``model`` among the facts."""

    bgnbd: BgNbd
    gamma_gamma: GammaGamma
    notes: tuple[Note, ...] = ()


def score_clv(
    orders: Orders, *, as_of: date | str, terms: ClvTerms | None = None, models: ClvModels | None = None
) -> pd.DataFrame:
    """CLV of each buying customer, sorted by id (R-083, R-114).

    ``clv_simple`` (yuan); ``probability_alive`` (0–1, NaN with one purchase: the model cannot tell),
    ``expected_purchases_12m``, ``expected_spend`` (yuan per purchase), ``clv_12m`` (yuan, discounted; the
    names carry the months of ``terms``); ``clv_state``: ``estimated``, ``indicative`` (fewer than 50
    customers), ``insufficient`` (one purchase: the forecast is that of such customers on average) or
    ``unavailable`` (no scipy: only ``clv_simple``). ``models`` is fitted from ``orders`` unless given.

    >>> rows = pd.DataFrame({"customer_id": ["A", "A", "B"], "amount": [600.0, 700.0, 800.0],
    ...     "order_date": pd.to_datetime(["2026-05-01", "2026-06-01", "2025-11-01"])})
    >>> score_clv(rows, as_of="2026-06-11")[["clv_simple", "clv_state"]]
                 clv_simple     clv_state
    customer_id
    A                3900.0    indicative
    B                2400.0  insufficient
    """
    return forecast_clv(summarize_purchases(orders, as_of=as_of), terms=terms, models=models)


def forecast_clv(
    history: pd.DataFrame, *, terms: ClvTerms | None = None, models: ClvModels | None = None
) -> pd.DataFrame:
    """The columns of ``score_clv`` for the customers of ``history`` (columns of ``summarize_purchases``)."""
    terms = terms or ClvTerms()
    try:
        models = models or fit_clv(history)
        forecast = _forecast(history, models, terms)
        state = np.where("indicative" in models.bgnbd.notes, "indicative", "estimated")
        states = np.where(history["frequency"] > 0, state, "insufficient")
    except MissingExtra:
        forecast = pd.DataFrame(np.nan, index=history.index, columns=_forecast_columns(terms))
        states = np.full(len(history), "unavailable")
    forecast.insert(0, "clv_simple", _simple(history, terms))
    return forecast.assign(clv_state=pd.Categorical(states, categories=list(CLV_STATES)))


def summarize_purchases(orders: Orders, *, as_of: date | str) -> pd.DataFrame:
    """What the models need of each buying customer, sorted by id; weeks of 7 days, yuan net of refunds.

    ``frequency``: purchase days after the first. ``recency``: first to last. ``T``: first to as_of.
    ``monetary``: mean spend of the purchase days after the first, 0 without one. Also ``average_purchase``
    (all days), ``purchases_per_year`` (in the last 12 months) and ``interval_cv`` (standard deviation ÷ mean
    of the intervals; NaN below two).

    >>> rows = pd.DataFrame({"customer_id": ["A", "A", "A"], "amount": [600.0, 700.0, -100.0],
    ...     "order_date": pd.to_datetime(["2026-05-01", "2026-05-15", "2026-05-20"])})
    >>> summarize_purchases(rows, as_of="2026-06-12")[["frequency", "recency", "T", "monetary"]]
                 frequency  recency    T  monetary
    customer_id
    A                    1      2.0  6.0     600.0
    """
    return summarize_history(read_orders(orders, as_of=as_of, step="summarize_purchases"))


def fit_clv(history: pd.DataFrame, *, prior: LogNormalPrior | None = WEAK_PRIOR) -> ClvModels:
    """Fit both models to ``history`` (columns of ``summarize_purchases``)."""
    bgnbd = fit_bgnbd(history["frequency"], history["recency"], history["T"], prior=prior)
    gamma_gamma = fit_gamma_gamma(history["frequency"], history["monetary"])
    named = (("bgnbd", bgnbd.notes), ("gamma_gamma", gamma_gamma.notes))
    notes = [Note(f"clv_{code}", {"model": model}) for model, codes in named for code in codes]
    cv = float(history["interval_cv"].median()) if history["interval_cv"].notna().any() else np.nan
    if cv < REGULAR_BELOW:  # contracts renewed on a calendar break the model's assumption of chance intervals
        notes.append(Note("clv_regular_purchases", {"cv": cv}))
    return ClvModels(bgnbd, gamma_gamma, tuple(notes))


def customer_lifetime_value(  # noqa: PLR0913, PLR0917 - callers were promised this signature
    bgnbd: BgNbd,
    gamma_gamma: GammaGamma,
    frequency: ArrayLike,
    recency: ArrayLike,
    T: ArrayLike,
    monetary: ArrayLike,
    *,
    months: int = 12,
    monthly_discount: float = 0.01,
    margin: float = 1.0,
    weeks_per_month: float = WEEKS_PER_MONTH,
) -> FloatArray:
    """Discounted margin of the next ``months``: Σ margin · spend · purchases(month i) / (1 + d)^i (R-083).

    Times are in the unit the models were fitted in: weeks, or with ``weeks_per_month=30`` days. The four go
    together by position; different lengths raise ``UsageError``.

    >>> models = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)
    >>> round(float(customer_lifetime_value(*models, 2, 30.43, 38.86, 22.35)), 1)
    36.3
    """
    x, tx, age, m = side_by_side(frequency=frequency, recency=recency, T=T, monetary=monetary)
    spend = gamma_gamma.expected_spend(x, m)
    monthly = _monthly_purchases(bgnbd, (x, tx, age), months, weeks_per_month)
    return np.asarray(margin * spend * _discounted(monthly, monthly_discount), dtype=np.float64)


def simple_clv(
    average_purchase: ArrayLike, purchases_per_year: ArrayLike, *, margin: float = 1.0, years: float = 3.0
) -> FloatArray:
    """Average purchase × purchases a year × margin × years; a negative average counts as 0 (R-083).

    >>> float(simple_clv(5_000, 4, margin=0.3))
    18000.0
    """
    average, yearly = side_by_side(average_purchase=average_purchase, purchases_per_year=purchases_per_year)
    with np.errstate(over="ignore"):  # beyond all money there is no number
        value = np.maximum(average, 0.0) * yearly * margin * years
    return np.where(np.isinf(value), np.nan, value)


def _simple(history: pd.DataFrame, terms: ClvTerms) -> FloatArray:
    return simple_clv(
        history["average_purchase"], history["purchases_per_year"], margin=terms.margin, years=terms.years
    )


def _forecast_columns(terms: ClvTerms) -> list[str]:
    ahead = f"{terms.months}m"
    return ["probability_alive", f"expected_purchases_{ahead}", "expected_spend", f"clv_{ahead}"]


def _forecast(history: pd.DataFrame, models: ClvModels, terms: ClvTerms) -> pd.DataFrame:
    past = history["frequency"], history["recency"], history["T"]
    alive = np.where(history["frequency"] > 0, models.bgnbd.probability_alive(*past), np.nan)
    monthly = _monthly_purchases(models.bgnbd, past, terms.months, WEEKS_PER_MONTH)
    spend = models.gamma_gamma.expected_spend(history["frequency"], history["monetary"])
    spend = np.where(np.isnan(spend), np.maximum(history["average_purchase"], 0.0), spend)
    value = terms.margin * spend * _discounted(monthly, terms.monthly_discount)
    columns = (alive, _added(monthly), spend, value)
    return pd.DataFrame(dict(zip(_forecast_columns(terms), columns, strict=True)), index=history.index)


def _monthly_purchases(
    bgnbd: BgNbd, past: tuple[ArrayLike, ArrayLike, ArrayLike], months: int, weeks_per_month: float
) -> FloatArray:
    """Purchases expected in each coming month, months down, customers across."""
    reached = [bgnbd.expected_purchases(weeks_per_month * month, *past) for month in range(months + 1)]
    return np.diff(np.stack(reached), axis=0)


def _discounted(monthly: FloatArray, discount: float) -> FloatArray:
    factors = (1 + discount) ** -np.arange(1.0, len(monthly) + 1)
    # Not a matrix product: its last digit would depend on who stands beside whom.
    by_month = factors.reshape(-1, *[1] * (monthly.ndim - 1))
    return _added(by_month * monthly)


def _added(monthly: FloatArray) -> FloatArray:
    """All months, one after another: numpy's sum adds those of one customer alone in another order."""
    return np.asarray(reduce(np.add, monthly, 0.0), dtype=np.float64)
