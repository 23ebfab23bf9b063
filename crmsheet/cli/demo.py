"""`crmsheet demo`: the example team, refreshed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import Stages, SummaryFormat, app
from crmsheet.cli.summary import print_summary


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder for the example.")] = Path("demo"),
) -> None:
    """Write an example workbook of 200 customers and refresh it. 生成示例并刷新。"""
    from crmsheet.templates import write_demo  # noqa: PLC0415

    with Stages() as stages:
        result = write_demo(folder, narrate=stages.say)
    print_summary(result, SummaryFormat.text)
