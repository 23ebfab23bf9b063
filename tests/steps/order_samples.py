"""Orders and reference tables that several tests of the order scores use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

REFERENCE = Path(__file__).parents[1] / "reference"
AS_OF = "2026-11-20"


def orders_of(**days_and_amounts: list[tuple[object, float | None]]) -> pd.DataFrame:
    """An order table: per customer the days and amounts of his orders."""
    rows = [(name, day, amount) for name, orders in days_and_amounts.items() for day, amount in orders]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    return frame.assign(order_date=pd.to_datetime(frame["order_date"]))


def order_table(*rows: tuple[object, ...], names: str = "customer_id order_date amount") -> pd.DataFrame:
    """An order table with the columns ``names``, row by row."""
    frame = pd.DataFrame(list(rows), columns=names.split())
    return frame.assign(order_date=pd.to_datetime(frame["order_date"], format="mixed"))


@cache
def cdnow_orders() -> pd.DataFrame:
    path = REFERENCE / "cdnow/cdnow_master_transactions.csv.gz"
    names = {"user_id": "customer_id", "order_dt": "order_date", "order_amount": "amount"}
    return pd.read_csv(path, parse_dates=["order_dt"]).rename(columns=names)


@cache
def cdnow_sample() -> pd.DataFrame:
    """Histories of the 2,357 customers of the papers, with what lifetimes computes of them."""
    return pd.read_csv(REFERENCE / "cdnow/lifetimes_expected.csv.gz")


@cache
def cdnow_parameters() -> pd.Series:
    """Parameters lifetimes fitted to the sample, by name."""
    return pd.read_csv(REFERENCE / "cdnow/lifetimes_params.csv").set_index("param")["value"]


@cache
def published() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "published_constants.csv")


def published_parameters(model: str) -> list[tuple[str, float]]:
    """What papers and package tests print for ``model``: parameter names (LL among them) and values."""
    rows = published()[(published()["model"] == model) & published()["quantity"].str.fullmatch(r"\w+")]
    return list(zip(rows["quantity"], rows["value"], strict=True))
