"""`crmsheet watch`: refresh workbooks when they are saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from crmsheet.cli.shell import AsOf, PasswordFile, RulesFile, app, first_line, narration
from crmsheet.labels import Labels


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="Folder of the workbooks, with all folders in it.")],
    *,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
) -> None:
    """Refresh every workbook of a folder when it is saved; Ctrl+C ends it. 保存后自动刷新。"""
    from crmsheet import watch as watching  # noqa: PLC0415

    labels = Labels.load()
    password = first_line(password_file) if password_file else ""

    def tell(what: str, path: Path, fact: Any) -> None:
        text = labels.phrase(f"watch.{what}", path=path, fact="" if what == "refreshed" else fact)
        narration.print(text, style={"failed": "red", "open": "yellow"}.get(what), markup=False)

    narration.print(labels.phrase("watch.started", path=folder), markup=False)
    watching.watch(folder, tell=tell, as_of=as_of, rules=rules, password=password)
