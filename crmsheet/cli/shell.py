"""What every command shares: the application, the two consoles, common options, progress."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crmsheet.data import asked, speaking
from crmsheet.labels import Labels

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
narration = Console(stderr=True, highlight=False)


class SpokenLanguage(StrEnum):
    zh = "zh"
    en = "en"


class SummaryFormat(StrEnum):
    text = "text"
    json = "json"


PathArgument = Annotated[Path, typer.Argument(help="The workbook (.xlsx, .xlsm) or a .csv file.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Day to judge from, YYYY-MM-DD; default today.")]
RulesFile = Annotated[Path | None, typer.Option("--rules", help="TOML file that overrides rules by key.")]


PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file", help="Text file with the password that opens the workbook, on its first line."
    ),
]


@app.callback()
def options(
    context: typer.Context,
    *,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more, with tracebacks.")] = False,
    lang: Annotated[
        SpokenLanguage | None,
        typer.Option("--lang", help="Language of sheets and messages; else the workbook's own."),
    ] = None,
) -> None:
    """crmsheet reads a customer-requirement workbook, checks it, scores it and writes the analysis back.

    客户需求工作簿：检查、评分、分层，算出今天该联系谁，写回同一个文件。
    """
    context.obj = {"verbose": verbose}
    if lang is not None:
        context.with_resource(speaking(lang.value))


def warn_if_open(path: Path) -> None:
    from crmsheet.book.lock_files import lock_owner  # noqa: PLC0415

    owner = lock_owner(path)
    if owner is not None:
        narration.print(
            Labels.load().phrase("file_open", path=path, owner=owner or ""), style="yellow", markup=False
        )


def password_for(paths: Path | Sequence[Path], password_file: Path | None) -> str:
    """The password in the file; without one it is asked for at a terminal, and never taken from the command line."""
    from crmsheet.book.encryption import is_encrypted_file  # noqa: PLC0415

    if password_file is not None:
        return first_line(password_file)
    locked = next(filter(is_encrypted_file, [paths] if isinstance(paths, Path) else paths), None)
    if locked is not None and sys.stdin.isatty():
        answer: str = typer.prompt(
            Labels.load().phrase("password_prompt", path=locked), hide_input=True, err=True
        )
        return answer
    return ""


def first_line(path: Path) -> str:
    """Without the blanks at its ends, which copying leaves; whatever encoding Notepad saved it in."""
    from crmsheet.book.csv_text import decode  # noqa: PLC0415
    from crmsheet.book.source import read_file  # noqa: PLC0415

    lines = decode(path, read_file(path)).splitlines()
    return lines[0].strip() if lines else ""


def speak_as(path: Path, context: typer.Context, password: str = "") -> None:
    """From here on the command speaks as the workbook does, unless ``--lang`` says otherwise."""
    from crmsheet.book.tab_names import workbook_language  # noqa: PLC0415 - commands that read no workbook need none

    if not asked():
        context.with_resource(speaking(workbook_language(path, password)))


class Stages:
    """Progress on stderr: which stage runs and for how long; silent when stderr is no terminal."""

    def __init__(self) -> None:
        self._labels = Labels.load()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(*columns, console=narration, transient=True)

    def __enter__(self) -> Stages:
        self._progress.start()
        self._task = self._progress.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def say(self, stage: str) -> None:
        self._progress.update(self._task, description=self._labels.phrase(f"stage.{stage}"))
