"""Every engine gives the same rows: of 200 workbooks, joined with 1,000,000 orders."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

import crmsheet as crm
from benchmarks.engine_tables import make_orders, sorted_hash
from crmsheet.batch.publish import LISTS
from crmsheet.batch.result import TABLES, BatchResult
from tests.batch.workbooks import AS_OF, order_rows, write_group

FILES, RECORDS, ORDERS, ODD_ORDERS = 200, 20, 1_000_000, 8_000


@pytest.mark.slow
def test_every_engine_gives_the_same_rows_of_200_files_and_a_million_orders(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    customers = FILES * RECORDS
    write_group(tmp_path / "in", FILES, RECORDS)
    make_orders(tmp_path / "orders", ORDERS, [f"C2026{number:05d}" for number in range(customers)], AS_OF)
    order_rows(customers, ODD_ORDERS).to_parquet(
        tmp_path / "orders" / "odd.parquet"
    )  # refunds, and of nobody
    local, dask = (
        crm.batch(
            tmp_path / "in", out=tmp_path / engine, as_of=AS_OF, engine=engine, workers=2, orders=tmp_path / "orders"
        )
        for engine in ("local", "dask")
    )  # fmt: skip
    tables = {path.name for path in local.folder.iterdir() if path.is_dir() and path.name != ".work"}
    assert tables == {path.name for path in dask.folder.iterdir() if path.is_dir() and path.name != ".work"}
    assert {"customers", "requirements", "orders", "issues", "followups"} <= tables <= {*TABLES, *LISTS}
    assert [name for name in sorted(tables) if _hash(local, name) != _hash(dask, name)] == []
    assert local.balanced and local.rows == dask.rows and local.rows["orders"] == ORDERS + ODD_ORDERS
    _assert_joined(local, customers)
    assert "still alive" not in capfd.readouterr().err  # dask's workers end when they are told to


def _hash(result: BatchResult, table: str) -> str:
    return sorted_hash(result.folder / table)


def _assert_joined(result: BatchResult, customers: int) -> None:
    """Every customer stands with the money and the days of its own rows."""
    with duckdb.connect(str(result.folder / "batch.duckdb"), read_only=True) as database:
        bought, apart = database.execute(
            """SELECT count(*), count(*) FILTER (round(c.amount_total * 100) <> o.fen OR c.order_count <> o.days)
               FROM customers c JOIN (
                   SELECT customer, sum(CAST(round(net_amount * 100) AS BIGINT)) AS fen,
                          count(DISTINCT CAST(order_date AS DATE)) FILTER (counts) AS days
                   FROM orders GROUP BY ALL) o USING (customer)"""
        ).fetchall()[0]
    assert bought > 0.99 * customers and apart == 0


def test_rows_that_differ_in_one_digit_have_another_hash_and_in_another_order_the_same(
    tmp_path: Path,
) -> None:
    rows = pd.DataFrame({"customer": ["C1", "C2"], "net_amount": [0.1 + 0.2, None]})
    tables = {
        "one": [rows],
        "parted": [rows[1:], rows[:1][["net_amount", "customer"]]],
        "digit": [rows.assign(net_amount=[0.3, None])],
        "twice": [rows, rows[1:]],
    }
    for name, parts in tables.items():
        (tmp_path / name).mkdir()
        for number, part in enumerate(parts):
            part.to_parquet(tmp_path / name / f"part-{number}.parquet", index=False)
    one, parted, digit, twice = (sorted_hash(tmp_path / name) for name in tables)
    assert one == parted and len({one, digit, twice}) == 3
