"""`crmsheet import`: an export of another system becomes a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import PasswordFile, app, password_for
from crmsheet.labels import Labels


@app.command("import")
def import_command(
    path: Annotated[Path, typer.Argument(help="The export (.csv, .xlsx).")],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="The workbook to create.")],
    table: Annotated[
        str | None,
        typer.Option(
            "--as", help="What the rows are, when headers do not say: a sheet's name, or orders, records …"
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="TOML file that remembers which header is which field.")
    ] = None,
    password_file: PasswordFile = None,
) -> None:
    """Turn an export of a CRM or form into a workbook. 导入其他系统导出的表。"""
    from crmsheet import exchange  # noqa: PLC0415

    password = password_for(path, password_file)
    result = exchange.import_export(path, out, table=table, mapping=mapping, password=password)
    labels = Labels.load()
    rows = labels.join(
        labels.phrase("merge_rows", sheet=labels.sheet(code), n=n) for code, n in result.rows.items()
    )
    print(labels.phrase("import_summary", source=result.source, rows=rows, file=result.path))
    if result.own:
        print(labels.phrase("import_own", headers=labels.join(result.own)))
    if result.mapping:
        print(labels.phrase("import_mapping", path=result.mapping))
