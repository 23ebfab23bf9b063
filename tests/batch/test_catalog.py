"""Every column of the DuckDB file says what it is, in both languages."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.batch.catalog import column_note
from crmsheet.batch.executors import Serial
from crmsheet.batch.order_counts import COUNTS
from crmsheet.batch.result import COUNTED, TABLES
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.checks.columns import KINDS
from crmsheet.data import LANGUAGES, Language
from crmsheet.fields import readable_fields
from crmsheet.labels import Labels
from crmsheet.sample import sample_team
from tests.batch.workbooks import AS_OF, order_rows


def test_no_table_view_or_column_is_without_comment(tmp_path: Path) -> None:
    team = sample_team(customers=12)
    write_new(tmp_path / "team.xlsx", template(labels=Labels.load(), rules_rows=[], tables=team.tables))
    orders = order_rows(5, 20)
    orders.assign(order_date=orders["order_date"].astype(str), profit="12 元", is_refund=False).to_parquet(
        tmp_path / "orders.parquet"
    )
    crm.batch(
        tmp_path / "team.xlsx", out=tmp_path / "out", as_of=AS_OF, engine=Serial(),
        orders=tmp_path / "orders.parquet",
    )  # fmt: skip
    with duckdb.connect(str(tmp_path / "out" / "batch.duckdb"), read_only=True) as database:
        columns = database.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        shown = database.execute(
            """SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal UNION ALL
               SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"""
        ).fetchall()
    assert {name for name, _ in shown} >= {*TABLES} - {"contracts"}
    assert [name for name, said in shown if not said] == []
    assert [(table, name) for table, name, said in columns if not said] == []
    english = Labels.load("en")
    assert [(table, name) for table, name, _ in columns if not column_note(table, name, english)] == []
    said = pd.DataFrame(columns, columns=["table", "column", "said"]).set_index(["table", "column"])["said"]
    assert said["customers"].to_dict() == said["followups"].to_dict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_that_reading_can_give_has_a_note(language: Language) -> None:
    labels = Labels.load(language)
    columns = [
        (table, name)
        for table in COUNTED
        for field in readable_fields(table).values()
        for name in KINDS[field.kind].columns(field.code)
    ]
    columns += [("order_files", code) for code in COUNTS]
    assert len(columns) > 150
    assert [place for place in columns if not column_note(*place, labels)] == []
