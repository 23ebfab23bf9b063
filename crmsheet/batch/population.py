"""What the buckets learn of each other: ranks, fitted models, quantiles, who waits for which need."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from crmsheet.pipeline import Population
from crmsheet.rules import Rules
from crmsheet.steps.clv_facts import fit_models
from crmsheet.steps.order_facts import rfm_cuts
from crmsheet.steps.value_score import rank_value
from crmsheet.steps.win_back import rank_risk

# Customers the models are fitted to, picked by a hash of their ids, so that memory stays bounded.
MOST_FITTED = 1_000_000


def in_order(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The customers of all buckets in the order in which the files name them; the index is where each stood."""
    together = pd.concat(parts, ignore_index=True)
    seen = together["first_seen"].to_numpy()
    order = np.argsort(seen, kind="stable")
    tied = pd.Series(seen[order]).duplicated(keep=False).to_numpy()
    if tied.any():  # those whom order files alone know: no sheet has a row of theirs
        order[tied] = together.iloc[order[tied]].sort_values(["first_seen", "customer"], kind="stable").index
    return together.iloc[order]


def by_part(told: pd.DataFrame, parts: Mapping[int, pd.DataFrame]) -> dict[int, pd.DataFrame]:
    """What was found out of all customers ``in_order``, of those of each bucket as they stand there."""
    back = told.sort_index()
    ends = np.cumsum([len(part) for part in parts.values()])
    return {
        bucket: back.iloc[end - len(parts[bucket]) : end] for bucket, end in zip(parts, ends, strict=True)
    }


def measure_population(
    keys: pd.DataFrame,
    histories: Iterable[pd.DataFrame | None],
    buyers: Iterable[pd.DataFrame | None],
    rules: Rules,
) -> Population:
    """Models, revenue per buyer and quantiles of all customers; ``buyers`` are those of each bucket
    (``cut_buyers``).
    """
    history = _together(histories)
    models, _ = fit_models(None if history is None else sampled(history))
    return Population(models, _per_buyer(keys), rfm_cuts(_together(buyers), rules))


def _together(parts: Iterable[pd.DataFrame | None]) -> pd.DataFrame | None:
    known = [part for part in parts if part is not None]
    return pd.concat(known) if known else None


def sampled(history: pd.DataFrame) -> pd.DataFrame:
    """The customers to fit, by id; of many those that a hash of the id picks, so that every run picks the same."""
    if len(history) > MOST_FITTED:
        hashes = np.array([zlib.crc32(str(name).encode()) for name in history.index], dtype=np.int64)
        history = history.iloc[np.argsort(hashes, kind="stable")[:MOST_FITTED]]
    return history.sort_index(kind="stable")


def rank_customers(keys: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """``value_rank`` and ``is_core`` among all customers."""
    ranked: pd.DataFrame = rank_value(keys, rules)[["value_rank", "is_core"]]
    return ranked


def rank_losses(risk: pd.DataFrame) -> pd.DataFrame:
    """``win_back_rank`` among all customers."""
    return rank_risk(risk["money_at_risk"], risk["recency_days"]).to_frame("win_back_rank")


def add_up(askers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Who waits for which need over all buckets, in one order whatever the buckets were."""
    together = pd.concat(askers, ignore_index=True)
    counted = together.groupby(["need", "weight", "high"])["customers"].sum()
    return counted.reset_index()


def _per_buyer(keys: pd.DataFrame) -> float:
    """Net yuan per buyer, added up in whole fen: the sum does not depend on the order."""
    buyers = int((keys["frequency"] > 0).sum())
    fen = math.fsum(np.rint(keys["amount_12m"].fillna(0).to_numpy(dtype="float64") * 100))
    return fen / 100 / buyers if buyers else np.nan
