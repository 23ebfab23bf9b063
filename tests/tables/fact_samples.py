"""Small fact tables that the tests of the summaries share."""

from __future__ import annotations

import pandas as pd

from crmsheet.tables.facts import Facts

EMPTY = pd.DataFrame()


def facts_of(**tables: pd.DataFrame) -> Facts:
    """Facts with the given tables, the others empty."""
    names = ("customers", "requirements", "orders", "interactions", "feedback", "contracts", "tasks")
    return Facts(**{name: tables.get(name, EMPTY) for name in names})


def purchases(**days: list[str]) -> pd.DataFrame:
    """Prepared orders of 100 yuan: per customer the days bought."""
    rows = [(who, day) for who, given in days.items() for day in given]
    table = pd.DataFrame(rows, columns=["customer", "order_date"])
    return table.assign(
        order_date=pd.to_datetime(table["order_date"]), net_amount=100.0, occasion=True, counts=True
    )


def dated(rows: list[dict[str, object]], *columns: str) -> pd.DataFrame:
    """A table whose ``columns`` are days."""
    table = pd.DataFrame(rows)
    return table.assign(**{name: pd.to_datetime(table[name]) for name in columns if name in table})
