"""Simulated customers of the BG/NBD and Gamma-Gamma models, fitted and forecast by lifetimes 0.11.3.

    python -m venv other && other/bin/pip install lifetimes==0.11.3 && other/bin/python make.py

Makes ``histories.csv.gz`` and ``parameters.csv``. lifetimes is archived and is no dependency: run it apart.
"""

from __future__ import annotations

import contextlib
import sys
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
# name: (r, alpha, a, b), (p, q, v), unit of time, shortest and longest T, customers
SETS: dict[str, tuple[tuple[float, ...], tuple[float, ...], str, tuple[float, float], int]] = {
    "weeks": ((0.3, 5.0, 0.8, 2.5), (6.0, 4.0, 15.0), "W", (20, 80), 500),
    "days": ((0.9, 60.0, 0.5, 4.0), (3.0, 3.5, 4000.0), "D", (200, 1500), 400),
    "quick_dropout": ((1.5, 2.0, 2.0, 1.5), (2.0, 5.0, 800.0), "W", (20, 80), 500),
    "loyal": ((2.5, 20.0, 0.4, 6.0), (10.0, 8.0, 300.0), "W", (20, 80), 400),
    "sparse": ((0.12, 8.0, 1.2, 3.0), (5.0, 2.5, 60.0), "W", (20, 80), 900),
    "few": ((0.8, 6.0, 0.6, 2.0), (4.0, 3.0, 1000.0), "W", (20, 80), 150),
    "months": ((0.6, 10.0, 1.0, 2.0), (6.0, 4.0, 20.0), "M", (3, 60), 600),
}
HORIZON = {"W": 26.0, "D": 180.0, "M": 6.0}
SHOWN = 50  # customers per set with forecasts


def simulate(name: str, random: np.random.Generator) -> pd.DataFrame:
    (r, alpha, a, b), (p, q, v), _, span, customers = SETS[name]
    rows = []
    for age in random.uniform(*span, customers).round(2):
        rate, dropout, x, last, now = random.gamma(r, 1 / alpha), random.beta(a, b), 0, 0.0, 0.0
        while (now := now + random.exponential(1 / max(rate, 1e-12))) <= age:
            x, last = x + 1, now
            if random.random() < dropout:
                break
        spend = random.gamma(p * x, 1 / (x * random.gamma(q, 1 / v))) if x else 0.0
        rows.append((x, round(last, 4), age, round(spend, 2)))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "monetary"])


def fitted(model: Any, *columns: pd.Series) -> Any:
    """The closest fit lifetimes reports; it gives up when asked for more digits than the data allow."""
    for tolerance in (1e-9, 1e-8, 1e-7, 1e-6, 1e-5):
        with contextlib.suppress(Exception):
            return model.fit(*columns, tol=tolerance)
    sys.exit("no fit")


def main() -> None:
    from lifetimes import BetaGeoFitter, GammaGammaFitter  # noqa: PLC0415

    parts, lines = [], []
    for seed, name in enumerate(SETS):
        data = simulate(name, np.random.default_rng(100 + seed))
        past, unit = (data["frequency"], data["recency"], data["T"]), SETS[name][2]
        again = data["frequency"] > 0
        bgnbd = fitted(BetaGeoFitter(), *past)
        gamma = fitted(GammaGammaFitter(), data["frequency"][again], data["monetary"][again])
        # lifetimes states the mean, with time scaled so that the longest T is 1.
        likelihood = -bgnbd._negative_log_likelihood_ * len(data)
        likelihood -= data["frequency"].sum() * log(data["T"].max())
        spend_likelihood = -gamma._negative_log_likelihood_ * again.sum()
        lines.append((name, unit, *bgnbd.params_, likelihood, *gamma.params_, spend_likelihood))
        ahead = bgnbd.conditional_expected_number_of_purchases_up_to_time(HORIZON[unit], *past)
        terms = {"time": 12, "discount_rate": 0.01, "freq": unit}
        forecast = pd.DataFrame(
            {
                "alive": bgnbd.conditional_probability_alive(*past),
                "purchases": np.asarray(ahead),
                "spend": np.asarray(
                    gamma.conditional_expected_average_profit(data["frequency"], data["monetary"])
                ),
                "clv": np.asarray(gamma.customer_lifetime_value(bgnbd, *past, data["monetary"], **terms)),
            }
        )
        parts.append(pd.concat([pd.Series(name, data.index, name="set"), data, forecast[:SHOWN]], axis=1))
    names = ["set", "unit", "r", "alpha", "a", "b", "log_likelihood", "p", "q", "v", "spend_log_likelihood"]
    pd.DataFrame(lines, columns=names).to_csv(HERE / "parameters.csv", index=False, float_format="%.12g")
    stable = {"method": "gzip", "mtime": 1}
    pd.concat(parts).to_csv(HERE / "histories.csv.gz", index=False, float_format="%.12g", compression=stable)


if __name__ == "__main__":
    main()
