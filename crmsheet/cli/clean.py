"""`crmsheet clean`: accepted repairs into a copy."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import AsOf, PathArgument, RulesFile, SummaryFormat, app
from crmsheet.cli.summary import print_summary


class AcceptKind(StrEnum):
    safe = "safe"
    all = "all"


@app.command()
def clean(  # noqa: PLR0913 - each is one option
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="The cleaned workbook.")],
    accept: Annotated[AcceptKind, typer.Option("--accept", help="Which repairs to apply.")] = AcceptKind.safe,
    as_of: AsOf = None,
    rules: RulesFile = None,
    format: Annotated[
        SummaryFormat, typer.Option("--format", help="Form of the summary.")
    ] = SummaryFormat.text,
) -> None:
    """Apply repairs to a copy and list each on the repair log. 采纳修改，另存一份。"""
    from crmsheet import app as program  # noqa: PLC0415

    result = program.clean_workbook(path, out, accept=accept.value, as_of=as_of, rules=rules)
    print_summary({**result.summary(), "repairs": len(result.repairs)}, format)
