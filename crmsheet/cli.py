"""The command line: stdout is data, stderr is narration.

Exit codes: 0 fine, 1 problems found in the data (check), 2 wrong usage, 3 file cannot be read, 4 file cannot
be written.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from crmsheet.errors import CrmsheetError
from crmsheet.labels import Labels
from crmsheet.model import ISSUE_COLUMNS

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
narration = Console(stderr=True, highlight=False)


class TableFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


class SummaryFormat(StrEnum):
    text = "text"
    json = "json"


class AcceptKind(StrEnum):
    safe = "safe"
    all = "all"


PathArgument = Annotated[Path, typer.Argument(help="The workbook (.xlsx, .xlsm) or a .csv file.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Day to judge from, YYYY-MM-DD; default today.")]
RulesFile = Annotated[Path | None, typer.Option("--rules", help="TOML file that overrides rules by key.")]


@app.callback()
def options(
    context: typer.Context,
    *,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more, with tracebacks.")] = False,
) -> None:
    """crmsheet reads a customer-requirement workbook, checks it, scores it and writes the analysis back.

    客户需求工作簿：检查、评分、分层，算出今天该联系谁，写回同一个文件。
    """
    context.obj = {"verbose": verbose}


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="Name of the workbook to create.")],
    *,
    example: Annotated[bool, typer.Option("--example", help="Fill it with an invented team.")] = False,
    as_of: AsOf = None,
) -> None:
    """Create the template workbook. 新建客户管理模板。"""
    from crmsheet.templates import new_workbook  # noqa: PLC0415 - each command loads only what it needs

    new_workbook(path, example=example, as_of=as_of)
    print(path)


@app.command()
def check(
    path: PathArgument,
    *,
    format: Annotated[TableFormat, typer.Option("--format", help="Form of the list.")] = TableFormat.table,
    as_of: AsOf = None,
    rules: RulesFile = None,
) -> None:
    """List every problem with its cell; exit code 1 when there are any. 检查数据，逐格列出问题。"""
    from crmsheet import app as program  # noqa: PLC0415

    _warn_if_open(path)
    issues = program.check(path, as_of=as_of, rules=rules)[ISSUE_COLUMNS]
    if format is TableFormat.json:
        print(json.dumps(issues.to_dict("records"), ensure_ascii=False, indent=1))
    elif format is TableFormat.csv:
        print(issues.to_csv(index=False), end="")
    else:
        _print_issues(issues.to_dict("records"))
    raise typer.Exit(1 if len(issues) else 0)


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
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Keep no copy of the old file.")] = False,
) -> None:
    """Analyze the workbook and write the analysis sheets back into it. 刷新：分析并写回工作簿。"""
    from crmsheet import app as program  # noqa: PLC0415

    _warn_if_open(path)
    with _Stages() as stages:
        result = program.refresh(
            path, out=out, as_of=as_of, rules=rules, backup=not no_backup, narrate=stages.say
        )
    _print_summary(result.summary(), format)


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
    _print_summary({**result.summary(), "repairs": len(result.repairs)}, format)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder for the example.")] = Path("demo"),
) -> None:
    """Write an example workbook of 200 customers and refresh it. 生成示例并刷新。"""
    from crmsheet.templates import write_demo  # noqa: PLC0415

    with _Stages() as stages:
        result = write_demo(folder, narrate=stages.say)
    _print_summary(result.summary(), SummaryFormat.text)


def _print_summary(summary: dict[str, Any], form: SummaryFormat) -> None:
    if form is SummaryFormat.json:
        print(json.dumps(summary, ensure_ascii=False, indent=1))
        return
    labels = Labels.load()
    tiers = labels.join(f"{name} {n}" for name, n in summary["tier_labels"].items())
    issues = labels.join(f"{labels.choice('severity', code)} {n}" for code, n in summary["issues"].items())
    facts = {**summary, "tiers": tiers, "issues": issues, "sheets": labels.join(summary["sheets"])}
    print(labels.phrase("summary", **facts))
    if "repairs" in summary:
        print(labels.phrase("summary_repairs", **facts))
    for note in summary["notes"]:
        print(labels.phrase("summary_note", note=note))


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


def _warn_if_open(path: Path) -> None:
    from crmsheet.book.lock_files import lock_owner  # noqa: PLC0415

    owner = lock_owner(path)
    if owner is not None:
        narration.print(
            Labels.load().phrase("file_open", path=path, owner=owner or ""), style="yellow", markup=False
        )


class _Stages:
    """Progress on stderr: which stage runs and for how long; silent when stderr is no terminal."""

    def __init__(self) -> None:
        self._labels = Labels.load()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=narration, transient=True)

    def __enter__(self) -> _Stages:
        self._progress.start()
        self._task = self._progress.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def say(self, stage: str) -> None:
        self._progress.update(self._task, description=self._labels.phrase(f"stage.{stage}"))


def main() -> None:
    """Run the command line; our own errors become one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except CrmsheetError as error:
        narration.print(str(error), style="red", markup=False, soft_wrap=True)
        if "-v" in sys.argv or "--verbose" in sys.argv:
            narration.print(traceback.format_exc(), markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
