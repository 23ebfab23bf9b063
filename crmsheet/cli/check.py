"""`crmsheet check`: every problem with its cell."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from crmsheet.cli.shell import AsOf, PasswordFile, PathArgument, RulesFile, app, password_for, warn_if_open
from crmsheet.data import asked, speaking
from crmsheet.labels import Labels
from crmsheet.model import ISSUE_COLUMNS


class TableFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


@app.command()
def check(
    path: PathArgument,
    *,
    format: Annotated[TableFormat, typer.Option("--format", help="Form of the list.")] = TableFormat.table,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
) -> None:
    """List every problem with its cell; exit code 1 when there are any. 检查数据，逐格列出问题。"""
    from crmsheet import app as program  # noqa: PLC0415
    from crmsheet.book.tab_names import workbook_language  # noqa: PLC0415
    from crmsheet.delimited import guarded_texts  # noqa: PLC0415

    warn_if_open(path)
    password = password_for(path, password_file)
    issues = program.check(path, as_of=as_of, rules=rules, password=password)[ISSUE_COLUMNS]
    if format is TableFormat.json:
        print(json.dumps(issues.to_dict("records"), ensure_ascii=False, indent=1))
    elif format is TableFormat.csv:
        print(guarded_texts(issues).to_csv(index=False), end="")
    else:
        with speaking(None if asked() else workbook_language(path, password)):
            _print_issues(issues.to_dict("records"))
    raise typer.Exit(1 if len(issues) else 0)


def _print_issues(issues: Sequence[Mapping[Hashable, Any]]) -> None:
    labels = Labels.load()
    tones = {"error": "red", "warning": "yellow", "hint": "blue"}
    shown = ("severity", "sheet", "cell", "message", "suggestion")
    table = Table(*(labels.column(code) for code in shown), header_style="bold")
    for issue in issues:
        tone = tones[issue["severity"]]
        word = labels.choice("severity", issue["severity"])
        table.add_row(f"[{tone}]{word}[/]", *(_plain(issue[code]) for code in shown[1:]))
    Console().print(table)
    print(labels.phrase("check_total", n=len(issues)))


def _plain(text: str) -> str:
    """Text that Rich must not read as markup."""
    return text.replace("[", "\\[")
