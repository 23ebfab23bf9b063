"""`crmsheet export`: tables for BI tools and scripts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import AsOf, PasswordFile, PathArgument, RulesFile, app, password_for
from crmsheet.labels import Labels


class ExportKind(StrEnum):
    csv = "csv"
    parquet = "parquet"
    sqlite = "sqlite"
    duckdb = "duckdb"


class HeaderKind(StrEnum):
    code = "code"
    label = "label"


@app.command()
def export(  # noqa: PLR0913 - each is one option
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder (csv, parquet) or file (sqlite, duckdb).")],
    to: Annotated[ExportKind, typer.Option("--to", help="Format.")] = ExportKind.csv,
    headers: Annotated[HeaderKind, typer.Option("--headers", help="Column names.")] = HeaderKind.code,
    replace: Annotated[bool, typer.Option("--replace", help="Replace an earlier export.")] = False,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
) -> None:
    """Write customers, needs, orders and scores as typed tables. 导出给 BI 工具。"""
    from crmsheet import exchange  # noqa: PLC0415

    password = password_for(path, password_file)
    rows = exchange.export_workbook(
        path,
        out,
        to=to.value,
        as_of=as_of,
        rules=rules,
        headers=headers.value,
        replace=replace,
        password=password,
    )
    labels = Labels.load()
    for name, count in rows.items():
        print(labels.phrase("export_line", name=name, n=count))
    print(out)
