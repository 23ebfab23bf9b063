"""What it changes that a batch fits the CLV models to a sample of its customers instead of to all.

    python benchmarks/clv_sample.py [--customers 2000000] [--write docs/scale.md]

The customers are drawn from the models themselves (BG/NBD and Gamma-Gamma, with parameters as retail data gives them),
so that the fit is one as it happens; every customer's forecast by one fit is compared with that by the other.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from pages import write_section

from crmsheet.batch.population import MOST_FITTED, sampled
from crmsheet.steps.clv import ClvModels, fit_clv, forecast_clv

R, ALPHA, A, B = 0.6, 8.0, 0.8, 2.4  # weeks
SPEND = (6.0, 4.0, 3_000.0)
WEEKS = 156


def make_history(customers: int) -> pd.DataFrame:
    """Histories of ``customers`` customers over three years, as ``summarize_purchases`` tells them."""
    random = np.random.default_rng(7)
    rate = random.gamma(R, 1 / ALPHA, customers)
    leaves = random.beta(A, B, customers)
    age = random.uniform(1, WEEKS, customers)
    frequency, last = np.zeros(customers), np.zeros(customers)
    clock, going = np.zeros(customers), np.ones(customers, dtype=bool)
    while going.any():
        clock = clock + random.exponential(1 / rate)
        going &= clock <= age
        frequency, last = frequency + going, np.where(going, clock, last)
        going &= random.random(customers) >= leaves
    p, q, gamma = SPEND
    scale = random.gamma(q, 1 / gamma, customers)
    mean = random.gamma(p * np.maximum(frequency, 1)) / (scale * np.maximum(frequency, 1))
    columns = {
        "frequency": frequency.astype(np.int64),
        "recency": last,
        "T": age,
        "monetary": np.where(frequency > 0, mean, 0.0),
        "average_purchase": mean,
        "purchases_per_year": (frequency + 1) / np.maximum(age / 52, 1),
        "interval_cv": np.nan,
    }
    names = pd.Index([f"C{number:08d}" for number in range(customers)], name="customer_id")
    return pd.DataFrame(columns, index=names)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=2 * MOST_FITTED)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = "\n".join(report(make_history(asked.customers)))
    print(text)
    if asked.write:
        write_section(asked.write, "sample", text)


def report(history: pd.DataFrame) -> list[str]:
    """How far the two fits are apart."""
    whole, whole_seconds = _fitted(history)
    part, part_seconds = _fitted(sampled(history))
    one, other = (forecast_clv(history, models=models)["clv_12m"] for models in (whole, part))
    bought = one > 1
    apart = (other / one - 1)[bought].abs()
    return [
        f"{len(history):,} customers, models fitted to all and to {MOST_FITTED:,} of them picked by hash:",
        "",
        "| parameter | all | sample |",
        "| --- | ---: | ---: |",
        *(
            f"| {name} | {getattr(whole.bgnbd, name):.4f} | {getattr(part.bgnbd, name):.4f} |"
            for name in ("r", "alpha", "a", "b")
        ),
        "",
        f"CLV of a customer by the sample is {apart.median():.2%} (median) and {apart.quantile(0.99):.2%} (99 of 100) "
        f"away from that by all, their sum {abs(other.sum() / one.sum() - 1):.2%}. Fitting took {part_seconds:.1f} s "
        f"of processor instead of {whole_seconds:.1f} s.",
    ]


def _fitted(history: pd.DataFrame) -> tuple[ClvModels, float]:
    began = time.process_time()
    return fit_clv(history), time.process_time() - began


if __name__ == "__main__":
    main()
