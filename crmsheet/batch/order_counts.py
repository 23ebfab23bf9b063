"""What order rows count for, by file: those that nobody reads cell by cell must not be left out without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from pathlib import Path

import pandas as pd

from crmsheet.batch.orders import OrderFile
from crmsheet.batch.store import Store, named, paths_list, quoted
from crmsheet.labels import Labels

_STATES = ("no_date", "future", "too_early", "no_amount")
TOLD = (*_STATES, "unmatched_refund", "repeated", "in_workbooks", "unclear_id")
COUNTS = ("no_customer", "unknown_customer", *TOLD)
_SAME = ("customer", "order_id", "amount")


def no_orders() -> pd.DataFrame:
    """The counts of a batch without orders."""
    return pd.DataFrame(columns=["file", "rows", *COUNTS]).astype(dict.fromkeys(("rows", *COUNTS), "int64"))


def count_orders(
    store: Store, folder: Path, orders: Sequence[OrderFile], unclear: Mapping[str, int]
) -> pd.DataFrame:
    """One row per file with orders, workbook or Parquet: ``file``, ``rows``, and of them those of ``COUNTS``.

    ``unknown_customer``: in no workbook. ``unmatched_refund``: marked as a refund, of a positive amount, with nothing
    to pay back: it is the order itself and counts 0. ``repeated``: as ``duplicate_of_row`` says. ``in_workbooks``: a
    row of an order file whose number, customer, day and amount a workbook has too. ``unclear_id``: the id is that of
    several companies, and no name tells which. Rows of the last three count.
    """
    places = sorted((folder / "orders").glob("*.parquet"))
    if not places:
        return no_orders()
    rows = f"read_parquet({paths_list(places)}, union_by_name=true)"
    columns = set(store.frame(f"DESCRIBE SELECT * FROM {rows}")["column_name"])
    customers = f"read_parquet({paths_list(sorted((folder / 'customers').glob('*.parquet')))})"
    asked = _doubts(columns, customers)
    counted = ", ".join(f"count(*) FILTER ({test}) AS {code}" for code, test in asked.items())
    found = store.frame(
        f"SELECT source_file AS file, count(*) AS rows, {counted} FROM {rows} GROUP BY ALL ORDER BY min(source_number)"
    )
    again = _in_workbooks(store, rows, orders) if {*_SAME, "order_date", "counts"} <= columns else {}
    extra = {"in_workbooks": again, "unclear_id": unclear}
    found = found.assign(**{code: found["file"].map(counts) for code, counts in extra.items()})
    found = found.reindex(columns=["file", "rows", *COUNTS])
    return found.fillna(dict.fromkeys(COUNTS, 0)).astype(dict.fromkeys(("rows", *COUNTS), "int64"))


def doubtful_rows(columns: Set[str]) -> str:
    """The rows of the table ``orders``, which has ``columns``, that are left out or in doubt, as SQL: each once for
    every ``reason``.
    """
    found = [
        f"SELECT {quoted(code)} AS reason, * FROM orders WHERE {test}"
        for code, test in _doubts(columns, "customers").items()
    ]
    return " UNION ALL ".join(found)


def _doubts(columns: Set[str], customers: str) -> dict[str, str]:
    """What is asked of one row of ``orders``, as SQL by reason."""
    unknown = f"customer <> '' AND customer NOT IN (SELECT customer FROM {customers})"
    asked = {"no_customer": "customer = ''", "unknown_customer": unknown}
    if "order_state" in columns:
        asked |= {code: f"order_state = {quoted(code)}" for code in _STATES}
        asked["unmatched_refund"] = "order_state = 'refund' AND net_amount = 0 AND amount > 0"
        asked["repeated"] = "duplicate_of_row"
    return asked


def _in_workbooks(store: Store, rows: str, orders: Sequence[OrderFile]) -> dict[str, int]:
    files = ", ".join(quoted(one.path) for one in orders)
    if not files:
        return {}
    same = " AND ".join(f"o.{named(name)} = w.{named(name)}" for name in _SAME)
    found = store.frame(
        f"""SELECT o.source_file AS file, count(*) AS n FROM {rows} o
            SEMI JOIN (SELECT * FROM {rows} WHERE source_file NOT IN ({files}) AND order_id <> '') w
            ON {same} AND CAST(o.order_date AS DATE) = CAST(w.order_date AS DATE)
            WHERE o.source_file IN ({files}) AND (o.counts OR o.net_amount <> 0) GROUP BY ALL"""
    )
    return dict(zip(found["file"], found["n"], strict=True))


def order_remarks(counts: pd.DataFrame, labels: Labels) -> list[str]:
    """What somebody must be told of order rows that are left out or in doubt: a sentence for each reason."""
    totals = counts[list(TOLD)].sum()
    return [labels.phrase(f"batch_order.{code}", n=f"{totals[code]:,}") for code in TOLD if totals[code]]
