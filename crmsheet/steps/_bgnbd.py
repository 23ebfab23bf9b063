"""BG/NBD: how often a customer will buy again, and whether he still is one (Fader, Hardie and Lee 2005)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import ArrayLike

from crmsheet.errors import UsageError
from crmsheet.steps._likelihood import (
    BoolArray,
    FloatArray,
    maximise,
    require_positive,
    scipy_module,
    side_by_side,
)

SMALL_SAMPLE = 50
_HOLE = 3e-5
_STEPS_ASIDE = (1.0e-4, 1.7e-4, 2.4e-4)  # at least one of them leads to no other hole


@dataclass(frozen=True, slots=True)
class LogNormalPrior:
    """Log-normal priors, each as (median, sigma of the log); ``alpha`` in units of the median age T.

    The defaults are weak: with 2,357 customers they move no parameter by more than 3 %, and they keep twenty
    customers from being fitted with infinite parameters, which plain maximum likelihood does to most samples.
    """

    r: tuple[float, float] = (0.5, 1.0)
    alpha: tuple[float, float] = (0.2, 1.5)
    a: tuple[float, float] = (1.0, 1.0)
    b: tuple[float, float] = (3.0, 1.0)

    @property
    def medians(self) -> tuple[float, float, float, float]:
        return self.r[0], self.alpha[0], self.a[0], self.b[0]

    def penalty(self, logs: FloatArray) -> tuple[float, FloatArray]:
        """Minus the log density at log parameters (up to a constant), and its slope."""
        centre = np.log(self.medians)
        variance = np.square([self.r[1], self.alpha[1], self.a[1], self.b[1]])
        away = logs - centre
        return float((away**2 / (2 * variance)).sum()), np.asarray(away / variance, dtype=np.float64)


WEAK_PRIOR = LogNormalPrior()


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Fitted or given parameters; times are in the unit of the data they came from (weeks).

    ``frequency`` is the number of repeat purchase occasions, ``recency`` the time from the first purchase to
    the last, ``T`` from the first to now. Values that cannot be (negative, infinite, recency above T) give NaN;
    parameters that cannot be raise ``UsageError``.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_positive(r=self.r, alpha=self.alpha, a=self.a, b=self.b)

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> FloatArray:
        """Chance that the customer still buys, 0–1. Without a repeat purchase it is 1 by construction.

        >>> round(float(BgNbd(0.243, 4.414, 0.793, 2.426).probability_alive(2, 30.43, 38.86)), 3)
        0.727
        """
        x, tx, age = _history(frequency, recency, T)
        odds_gone = _log_odds_gone(self, np.maximum(x, 1.0), tx, age)
        alive: FloatArray = np.where(x > 0, scipy_module("special").expit(-odds_gone), 1.0)
        return np.where(np.isnan(x), np.nan, alive)

    def expected_purchases(
        self, t: ArrayLike, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
    ) -> FloatArray:
        """Purchase occasions expected in the next ``t``; frequency, recency and T 0 is a new customer.

        >>> round(float(BgNbd(0.243, 4.414, 0.793, 2.426).expected_purchases(39, 2, 30.43, 38.86)), 3)
        1.226
        """
        ahead, x, tx, age = side_by_side(t=t, frequency=frequency, recency=recency, T=T)
        alive = self.probability_alive(x, tx, age)
        x, _, age = _history(x, tx, age)
        possible = np.isfinite(ahead) & (ahead >= 0)
        if_alive = _purchases_if_alive(self, np.where(possible, ahead, np.nan), x, age)
        return np.asarray(if_alive * alive, dtype=np.float64)


def fit_bgnbd(
    frequency: ArrayLike, recency: ArrayLike, T: ArrayLike, *, prior: LogNormalPrior | None = WEAK_PRIOR
) -> BgNbd:
    """Fit BG/NBD by maximum a posteriori, or by plain maximum likelihood with ``prior=None`` (R-083).

    The three go together by position, whatever their indexes; different lengths raise ``UsageError``.
    Notes: ``indicative`` (fewer than 50 customers), ``invalid_rows`` (left out), ``no_customers`` (the
    medians of the prior are returned), ``no_repeat_purchases``, ``degenerate``, ``not_converged``.

    >>> few = fit_bgnbd([2, 0, 5], [30.4, 0, 20.0], [38.9, 10.0, 38.9])
    >>> few.notes
    ('indicative',)
    """
    if not isinstance(prior, LogNormalPrior | None):
        raise UsageError(problem=f"fit_bgnbd: prior is a LogNormalPrior or None, not {prior!r}")
    x, tx, age = _history(frequency, recency, T)
    usable = ~np.isnan(np.atleast_1d(x))
    x, tx, age = (np.atleast_1d(values)[usable] for values in (x, tx, age))
    notes = _sample_notes(usable, x)
    medians = (prior or WEAK_PRIOR).medians
    if not len(x):
        return BgNbd(*medians, log_likelihood=0.0, notes=notes)
    unit = float(np.median(age[age > 0])) if (age > 0).any() else 1.0
    sample = _Sample.of(x, tx / unit, age / unit)
    (r, alpha, a, b), how = maximise(lambda logs: _objective(logs, sample, prior), medians)
    value, _ = _log_likelihood(np.array([r, alpha, a, b]), sample)
    return BgNbd(r, alpha * unit, a, b, value - float(x.sum()) * log(unit), notes + how)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Histories, and how many customers share each number of repeats: gamma functions are costly."""

    x: FloatArray
    tx: FloatArray
    age: FloatArray
    repeats: FloatArray
    customers: FloatArray

    @classmethod
    def of(cls, x: FloatArray, tx: FloatArray, age: FloatArray) -> _Sample:
        repeats, customers = np.unique(x, return_counts=True)
        return cls(x, tx, age, repeats, customers.astype(np.float64))


def _objective(logs: FloatArray, sample: _Sample, prior: LogNormalPrior | None) -> tuple[float, FloatArray]:
    parameters = np.exp(logs)
    value, slope = _log_likelihood(parameters, sample)
    loss, rise = -value, -slope * parameters
    if prior is not None:
        penalty, pull = prior.penalty(logs)
        loss, rise = loss + penalty, rise + pull
    return loss / len(sample.x), rise / len(sample.x)


def _log_likelihood(parameters: FloatArray, sample: _Sample) -> tuple[float, FloatArray]:
    """Log-likelihood of the sample and its slope in r, alpha, a, b (Fader, Hardie and Lee 2005, eq. 6)."""
    special = scipy_module("special")
    (r, alpha, a, b), n = parameters, len(sample.x)
    shared, slope = _shared_terms(parameters, sample)
    alive = -(r + sample.x) * np.log(alpha + sample.age)
    last = np.maximum(sample.x, 1.0)
    gone = np.where(
        sample.x > 0, log(a) - np.log(b + last - 1) - (r + sample.x) * np.log(alpha + sample.tx), -np.inf
    )
    value = float(shared + n * r * log(alpha) + np.logaddexp(alive, gone).sum())
    share_gone = special.expit(gone - alive)
    logs = np.log(alpha + sample.age) * (1 - share_gone) + np.log(alpha + sample.tx) * share_gone
    rates = (1 - share_gone) / (alpha + sample.age) + share_gone / (alpha + sample.tx)
    slope[0] += n * log(alpha) - logs.sum()
    slope[1] += n * r / alpha - ((r + sample.x) * rates).sum()
    slope[2] += share_gone.sum() / a
    slope[3] -= (share_gone / (b + last - 1)).sum()
    return value, slope


def _shared_terms(parameters: FloatArray, sample: _Sample) -> tuple[float, FloatArray]:
    """The terms of the log-likelihood that depend on a customer only through his number of repeats."""
    special = scipy_module("special")
    (r, _, a, b), x, count, n = parameters, sample.repeats, sample.customers, len(sample.x)
    log_gamma, psi = special.gammaln, special.digamma
    value = count @ (log_gamma(r + x) + log_gamma(b + x) - log_gamma(a + b + x))
    value += n * (log_gamma(a + b) - log_gamma(b) - log_gamma(r))
    both = n * psi(a + b) - count @ psi(a + b + x)
    slope = np.array([count @ psi(r + x) - n * psi(r), 0.0, both, both + count @ psi(b + x) - n * psi(b)])
    return float(value), slope


def _history(
    frequency: ArrayLike, recency: ArrayLike, T: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three as arrays of one shape, all NaN where a history cannot be."""
    x, tx, age = side_by_side(frequency=frequency, recency=recency, T=T)
    tx = np.where(x == 0, 0.0, tx)
    possible = (x >= 0) & (tx >= 0) & (tx <= age * (1 + 1e-9)) & np.isfinite(x) & np.isfinite(age)
    return np.where(possible, x, np.nan), np.where(possible, tx, np.nan), np.where(possible, age, np.nan)


def _log_odds_gone(model: BgNbd, x: FloatArray, tx: FloatArray, age: FloatArray) -> FloatArray:
    waited = np.log(model.alpha + age) - np.log(model.alpha + tx)
    odds: FloatArray = log(model.a) - np.log(model.b + x - 1) + (model.r + x) * waited
    return odds


def _purchases_if_alive(model: BgNbd, t: FloatArray, x: FloatArray, age: FloatArray) -> FloatArray:
    """Purchases expected in ``t`` of a customer who is active now (Fader, Hardie and Lee 2005, eq. 10)."""
    if not _on_a_hole(model):
        return _closed_form(model, t, x, age)
    steps = (step for step in _STEPS_ASIDE if step < model.a)
    pairs = ((replace(model, a=model.a - step), replace(model, a=model.a + step)) for step in steps)
    clear = (pair for pair in pairs if not any(map(_on_a_hole, pair)))
    below, above = next(clear, (model, model))
    return (_closed_form(below, t, x, age) + _closed_form(above, t, x, age)) / 2


def _on_a_hole(model: BgNbd) -> bool:
    """a = 1 makes the closed form 0/0; a whole-number r − a costs scipy's 2F1 half its digits near z = 1."""
    apart = model.r - model.a
    return min(abs(model.a - 1), abs(apart - round(apart))) < _HOLE


def _closed_form(model: BgNbd, t: FloatArray, x: FloatArray, age: FloatArray) -> FloatArray:
    a, b = model.a, model.b
    third = a + b + x - 1
    third = np.where(np.abs(third) < 1e-9, 1e-9, third)  # a pole of 2F1, cancelled by the factor before it
    z = t / (model.alpha + age + t)
    # Euler's transformation of the published 2F1(r+x, b+x; a+b+x−1; z): same value, no overflow at large x.
    series = scipy_module("special").hyp2f1(a + b - 1 - model.r, a - 1, third, z)
    with np.errstate(over="ignore", invalid="ignore"):
        purchases = np.asarray(third / (a - 1) * (1 - (1 - z) ** (a - 1) * series))
    lost = ~np.isfinite(purchases) & np.isfinite(x)
    if lost.any():
        purchases = purchases.copy()
        purchases[lost] = _purchases_by_quadrature(model, t[lost], x[lost], age[lost])
    return np.asarray(np.maximum(purchases, 0.0), dtype=np.float64)


def _purchases_by_quadrature(model: BgNbd, t: FloatArray, x: FloatArray, age: FloatArray) -> FloatArray:
    """The same for a or b in the hundreds, where the series is lost in overflow.

    It is the mean of (1 − (1 + p·t/(alpha + T))^−(r+x)) / p over the dropout chance p ~ Beta(a, b + x).
    """
    nodes, weights = np.polynomial.legendre.leggauss(128)
    p = scipy_module("special").betaincinv(model.a, (model.b + x)[:, None], (nodes + 1) / 2)
    p = np.maximum(p, 1e-300)
    stayed = (model.r + x)[:, None] * np.log1p(p * (t / (model.alpha + age))[:, None])
    # Not a matrix product: its last digit would depend on who stands beside whom.
    return np.asarray((-np.expm1(-stayed) / p * (weights / 2)).sum(axis=1), dtype=np.float64)


def _sample_notes(usable: BoolArray, x: FloatArray) -> tuple[str, ...]:
    checks = {
        "invalid_rows": not usable.all(),
        "no_customers": not len(x),
        "no_repeat_purchases": len(x) > 0 and not x.any(),
        "indicative": len(x) < SMALL_SAMPLE,
    }
    return tuple(code for code, holds in checks.items() if holds)
