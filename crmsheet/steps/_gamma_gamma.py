"""Gamma-Gamma: what a customer will spend per purchase (Fader and Hardie 2013, note 025)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from crmsheet.steps._bgnbd import SMALL_SAMPLE
from crmsheet.steps._likelihood import FloatArray, maximise, require_positive, scipy_module, side_by_side

DEPENDENT = 0.3
_TOO_FAR = 5.0


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Fitted or given parameters; ``v`` (called gamma in the paper) is in the unit of money of the data.

    ``population_mean`` is the mean spend of the fitted purchases, used when the model has no finite mean.
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")
    notes: tuple[str, ...] = ()
    population_mean: float = float("nan")

    def __post_init__(self) -> None:
        require_positive(p=self.p, q=self.q, v=self.v)

    def expected_spend(self, frequency: ArrayLike, monetary: ArrayLike) -> FloatArray:
        """Mean spend per future purchase, from ``frequency`` repeat purchases that averaged ``monetary``.

        With ``q`` ≤ 1 the model's mean is infinite, and just above 1 it is far from any purchase seen: the
        customer's mean is then shrunk towards that of all fitted purchases, as if it were one purchase more.
        A negative mean (more returned than bought) counts as 0; NaN where nothing is known.

        >>> round(float(GammaGamma(6.25, 3.74, 15.44).expected_spend(2, 22.35)), 2)
        24.66
        """
        x, m = side_by_side(frequency=frequency, monetary=monetary)
        m = np.where(x > 0, np.maximum(m, 0.0), 0.0)
        possible = np.isfinite(m) & (x >= 0)
        x, m = np.where(possible, x, np.nan), np.where(possible, m, np.nan)
        spend = self._posterior_mean(x, m) if self.has_mean else self._shrunk(x, m)
        return np.asarray(spend, dtype=np.float64)

    @property
    def has_mean(self) -> bool:
        """Whether the mean spend of a new customer is finite, and within five times what was seen."""
        if not self.q > 1:
            return False
        mean = self.p * self.v / (self.q - 1)
        return bool(np.isnan(self.population_mean) or mean <= _TOO_FAR * self.population_mean)

    def _posterior_mean(self, x: FloatArray, m: FloatArray) -> FloatArray:
        mean: FloatArray = self.p * (self.v + x * m) / (self.p * x + self.q - 1)
        return mean

    def _shrunk(self, x: FloatArray, m: FloatArray) -> FloatArray:
        # The model's mode is finite whatever q is.
        centre = self.p * self.v / (self.q + 1) if np.isnan(self.population_mean) else self.population_mean
        shrunk: FloatArray = (x * m + centre) / (x + 1)
        return shrunk


def fit_gamma_gamma(frequency: ArrayLike, monetary: ArrayLike) -> GammaGamma:
    """Fit Gamma-Gamma by maximum likelihood to customers with repeat purchases and positive spend (R-083).

    Notes: ``spend_excluded`` (repeat customers with no positive mean spend), ``no_spend`` (nobody left, the
    parameters are NaN), ``indicative`` (fewer than 50), ``spend_follows_frequency`` or
    ``spend_falls_with_frequency`` (correlation above 0.3 or below -0.3, against the model's
    assumption), ``infinite_mean``, ``degenerate``, ``not_converged``.

    >>> fit_gamma_gamma([1, 0], [80.0, 0.0]).notes
    ('indicative', 'degenerate')
    """
    x, m = map(np.atleast_1d, side_by_side(frequency=frequency, monetary=monetary))
    used = (x > 0) & (m > 0) & np.isfinite(x) & np.isfinite(m)
    excluded = bool(((x > 0) & ~used).any())
    x, m = x[used], m[used]
    notes = _sample_notes(x, m, excluded=excluded)
    if not len(x):
        return GammaGamma(np.nan, np.nan, np.nan, 0.0, notes)
    unit = float(np.median(m))
    scaled = np.clip(m / unit, 1e-12, 1e12)
    (p, q, v), how = maximise(lambda logs: _objective(logs, x, scaled), (2.0, 2.0, 1.0))
    value, _ = _log_likelihood(np.array([p, q, v]), x, scaled)
    value -= len(x) * float(np.log(unit))
    model = GammaGamma(p, q, v * unit, value, notes + how, float(x @ m / x.sum()))
    return model if model.has_mean else replace(model, notes=(*model.notes, "infinite_mean"))


def _objective(logs: FloatArray, x: FloatArray, m: FloatArray) -> tuple[float, FloatArray]:
    parameters = np.exp(logs)
    value, slope = _log_likelihood(parameters, x, m)
    return -value / len(x), -slope * parameters / len(x)


def _log_likelihood(parameters: FloatArray, x: FloatArray, m: FloatArray) -> tuple[float, FloatArray]:
    """Log-likelihood of mean spends ``m`` over ``x`` purchases, and its slope in p, q, v (note 025)."""
    special = scipy_module("special")
    log_gamma, psi = special.gammaln, special.digamma
    p, q, v = parameters
    px, spent, log_v, n = p * x, x * m, np.log(v), len(x)
    log_all = np.log(spent + v)
    value = (log_gamma(px + q) - log_gamma(px) - np.log(m) + px * np.log(spent) - (px + q) * log_all).sum()
    value += n * (q * log_v - log_gamma(q))
    slope = [
        (x * (psi(px + q) - psi(px) + np.log(spent) - log_all)).sum(),
        (psi(px + q) - log_all).sum() + n * (log_v - psi(q)),
        n * q / v - ((px + q) / (spent + v)).sum(),
    ]
    return float(value), np.array(slope)


def _sample_notes(x: FloatArray, m: FloatArray, *, excluded: bool) -> tuple[str, ...]:
    follows = _correlation(x, m)
    checks = {
        "spend_excluded": excluded,
        "no_spend": not len(x),
        "indicative": len(x) < SMALL_SAMPLE,
        "spend_follows_frequency": follows > DEPENDENT,
        "spend_falls_with_frequency": follows < -DEPENDENT,
    }
    return tuple(code for code, holds in checks.items() if holds)


def _correlation(x: FloatArray, m: FloatArray) -> float:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(m) < 1e-9 * m.max():
        return 0.0
    return float(np.corrcoef(x, m / m.max())[0, 1])
