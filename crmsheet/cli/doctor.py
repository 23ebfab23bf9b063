"""`crmsheet doctor`: what this machine and a workbook need for buttons and cell functions."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import PasswordFile, app, password_for, speak_as
from crmsheet.errors import CrmsheetError
from crmsheet.labels import Labels


class ReportFormat(StrEnum):
    text = "text"
    json = "json"


@app.command()
def doctor(
    context: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="A workbook to look at too.")] = None,
    *,
    format: Annotated[ReportFormat, typer.Option("--format", help="Form of the report.")] = ReportFormat.text,
    password_file: PasswordFile = None,
) -> None:
    """Say what Excel's buttons and cell functions need here; exit code 1 when something is wrong. 检查运行环境。"""
    from importlib.metadata import version  # noqa: PLC0415 - each command loads only what it needs

    from crmsheet.excel.diagnosis import diagnose  # noqa: PLC0415
    from crmsheet.excel.machine import look  # noqa: PLC0415
    from crmsheet.excel.workbook_facts import look_at_workbook  # noqa: PLC0415

    facts, refusal = None, None
    try:
        if path:
            password = password_for(path, password_file)
            speak_as(path, context, password)
            facts = look_at_workbook(path, password)
    except CrmsheetError as error:  # told after what is known of the machine
        refusal = error
    labels = Labels.load()
    found = diagnose(look(), version("crmsheet"), facts)
    told = [
        {
            "code": one.code,
            "verdict": one.verdict,
            "message": labels.phrase(f"doctor.{one.code}", **one.facts),
        }
        for one in found
    ]
    if format is ReportFormat.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in told:
            print(labels.phrase(f"doctor_line.{line['verdict']}", message=line["message"]))
    if refusal is not None:
        raise refusal
    raise typer.Exit(1 if any(one.verdict == "bad" for one in found) else 0)
