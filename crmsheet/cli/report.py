"""`crmsheet report`: the customer-requirement report as a web page, Word or PDF."""

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
    app,
    password_for,
    speak_as,
    warn_if_open,
)


@app.command()
def report(  # noqa: PLR0913 - each is one option
    context: typer.Context,
    path: PathArgument,
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The report: .html, .docx or .pdf; default beside the file."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", help="2026Q3, 2026-10, 2026H1 or 2026; default all needs on record."),
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Your own Word template (.docx), for .docx and .pdf.")
    ] = None,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
) -> None:
    """Write the report for the manager: HTML, Word or PDF. 客户需求分析报告：网页、Word、PDF。"""
    from crmsheet import analysis as program  # noqa: PLC0415 - each command loads only what it needs
    from crmsheet.report.write import report_name, require_kinds, write_report  # noqa: PLC0415

    warn_if_open(path)
    password = password_for(path, password_file)
    speak_as(path, context, password)
    target = out or report_name(path)
    require_kinds(target, template)
    with Stages() as stages:
        result = program.analyze_workbook(
            path, as_of=as_of, rules=rules, password=password, narrate=stages.say
        )
        stages.say("write")
        write_report(result, target, period=period, template=template)
    print(target)
