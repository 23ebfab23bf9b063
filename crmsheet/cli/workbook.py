"""`crmsheet workbook upgrade`: macros of a workbook renewed for this version and this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import PasswordFile, app, password_for, speak_as, warn_if_open
from crmsheet.labels import Labels

workbook = typer.Typer(no_args_is_help=True)
app.add_typer(workbook, name="workbook")


@workbook.callback()
def group() -> None:
    """Workbooks with buttons. 带按钮的工作簿。"""


@workbook.command()
def upgrade(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The .xlsm workbook.")],
    *,
    password_file: PasswordFile = None,
) -> None:
    """Renew macros and cell functions, and point them to this Python. 更新按钮和函数，指向本机的 Python。"""
    from crmsheet.excel.upgrade import upgrade as renew  # noqa: PLC0415

    warn_if_open(path)
    password = password_for(path, password_file)
    speak_as(path, context, password)
    labels = Labels.load()
    renewed = renew(path, password)
    print(labels.phrase("upgraded", path=path, modules=labels.join(renewed)))
