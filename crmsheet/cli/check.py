"""`crmsheet check`: every problem with its cell."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from crmsheet.cli.shell import AsOf, PasswordFile, PathArgument, RulesFile, app, password_for, warn_if_open
from crmsheet.data import asked, speaking
from crmsheet.labels import Labels
from crmsheet.model import ISSUE_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

TONES = {"error": "red", "warning": "yellow", "hint": "blue"}
WIDE_ENOUGH = 110  # columns of a terminal from which a table of five columns is easier to read than lines


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

    warn_if_open(path)
    password = password_for(path, password_file)
    found = program.check(path, as_of=as_of, rules=rules, password=password)
    issues, notes = found[ISSUE_COLUMNS], found.attrs["notes"]
    with speaking(None if asked() else workbook_language(path, password)):
        _print(issues, notes, format)
    raise typer.Exit(1 if len(issues) else 0)


def _print(issues: pd.DataFrame, notes: Sequence[str], format: TableFormat) -> None:
    """The list, and what was noted about the reading: beside a list for programs, not in it."""
    from crmsheet.delimited import guarded_texts  # noqa: PLC0415

    if format is TableFormat.json:
        print(json.dumps(issues.to_dict("records"), ensure_ascii=False, indent=1))
    elif format is TableFormat.csv:
        print(guarded_texts(issues).to_csv(index=False), end="")
    else:
        _print_issues(issues.to_dict("records"))
    for note in notes:
        line = Labels.load().phrase("summary_note", note=note)
        print(line, file=sys.stdout if format is TableFormat.table else sys.stderr)


def _print_issues(issues: Sequence[Mapping[Hashable, Any]]) -> None:
    console = Console()
    if console.width < WIDE_ENOUGH:
        _print_lines(console, issues)
    else:
        _print_table(console, issues)
    print(Labels.load().phrase("check_total", n=len(issues)))


def _print_table(console: Console, issues: Sequence[Mapping[Hashable, Any]]) -> None:
    labels = Labels.load()
    shown = ("severity", "sheet", "cell", "message", "suggestion")
    table = Table(header_style="bold")
    for code in shown:
        table.add_column(labels.column(code), overflow="fold", no_wrap=code in ("severity", "cell"))
    for issue in issues:
        table.add_row(_severity(issue, labels), *(_plain(issue[code]) for code in shown[1:]))
    console.print(table)


def _print_lines(console: Console, issues: Sequence[Mapping[Hashable, Any]]) -> None:
    """Two lines a finding, whole whatever the width: terminals wrap them, and programs read them line by line."""
    labels = Labels.load()
    for issue in issues:
        place = _plain(f"{issue['sheet']}!{issue['cell']}")
        console.print(
            f"{_severity(issue, labels)} {place}  {_plain(issue['message'])}", soft_wrap=True, highlight=False
        )
        if issue["suggestion"]:
            proposal = f"    {labels.column('suggestion')} {_plain(issue['suggestion'])}"
            console.print(proposal, soft_wrap=True, highlight=False)


def _severity(issue: Mapping[Hashable, Any], labels: Labels) -> str:
    code = issue["severity"]
    return f"[{TONES[code]}]{labels.choice('severity', code)}[/]"


def _plain(text: str) -> str:
    """Text that Rich must not read as markup."""
    return text.replace("[", "\\[")
