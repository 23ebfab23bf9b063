"""`crmsheet refresh`: analysis sheets into the same workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import (
    AsOf,
    PasswordFile,
    PathArgument,
    RulesFile,
    Stages,
    SummaryFormat,
    app,
    password_for,
    warn_if_open,
)
from crmsheet.cli.summary import print_summary


@app.command()
def refresh(  # noqa: PLR0913 - each is one option
    path: PathArgument,
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write here; leave the input alone.")
    ] = None,
    as_of: AsOf = None,
    rules: RulesFile = None,
    format: Annotated[
        SummaryFormat, typer.Option("--format", help="Form of the summary.")
    ] = SummaryFormat.text,
    password_file: PasswordFile = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Keep no copy of the old file.")] = False,
) -> None:
    """Analyze the workbook and write the analysis sheets back into it. 刷新：分析并写回工作簿。"""
    from crmsheet import app as program  # noqa: PLC0415

    warn_if_open(path)
    password = password_for(path, password_file)
    with Stages() as stages:
        result = program.refresh(
            path,
            out=out,
            as_of=as_of,
            rules=rules,
            backup=not no_backup,
            password=password,
            narrate=stages.say,
        )
    print_summary(result, format)
