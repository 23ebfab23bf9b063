"""`crmsheet clean`: accepted repairs applied, or taken back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import (
    AsOf,
    PasswordFile,
    PathArgument,
    RulesFile,
    SummaryFormat,
    app,
    password_for,
    warn_if_open,
)
from crmsheet.cli.summary import print_summary


class AcceptKind(StrEnum):
    marked = "marked"
    safe = "safe"
    all = "all"


@app.command()
def clean(  # noqa: PLR0913 - each is one option
    path: PathArgument,
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write here; leave the input alone.")
    ] = None,
    accept: Annotated[
        AcceptKind,
        typer.Option("--accept", help="What to apply besides what is marked: nothing, safe kinds, all."),
    ] = AcceptKind.safe,
    undo: Annotated[bool, typer.Option("--undo", help="Take the latest run's changes back instead.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="With --undo: of every run.")] = False,
    as_of: AsOf = None,
    rules: RulesFile = None,
    format: Annotated[
        SummaryFormat, typer.Option("--format", help="Form of the summary.")
    ] = SummaryFormat.text,
    password_file: PasswordFile = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Keep no copy of the old file.")] = False,
) -> None:
    """Apply accepted repairs, list each on the repair log, refresh. 采纳修改；--undo 撤销上一次的修改。"""
    from crmsheet import app as program  # noqa: PLC0415

    warn_if_open(path)
    if everything and not undo:
        raise typer.BadParameter("--all goes with --undo")
    password = password_for(path, password_file)
    common = {"as_of": as_of, "rules": rules, "backup": not no_backup, "password": password}
    if undo:
        result = program.undo_repairs(path, out, everything=everything, **common)  # type: ignore[arg-type]
    else:
        result = program.clean_workbook(path, out, accept=accept.value, **common)  # type: ignore[arg-type]
    print_summary(result, format)
