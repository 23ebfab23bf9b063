"""`crmsheet new`: the template workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import AsOf, app


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="Name of the workbook to create.")],
    *,
    example: Annotated[bool, typer.Option("--example", help="Fill it with an invented team.")] = False,
    as_of: AsOf = None,
) -> None:
    """Create the template workbook; .xlsm has buttons and cell functions. 新建客户管理模板，.xlsm 带按钮和函数。"""
    if path.suffix.lower() == ".xlsm":
        from crmsheet.excel.workbook import new_macro_workbook as new_workbook  # noqa: PLC0415
    else:
        from crmsheet.templates import new_workbook  # noqa: PLC0415 - each command loads only what it needs

    new_workbook(path, example=example, as_of=as_of)
    print(path)
