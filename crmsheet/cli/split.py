"""`crmsheet split`: a team's workbook into one copy per person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import PasswordFile, PathArgument, Stages, app, password_for
from crmsheet.labels import Labels


@app.command()
def split(
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the copies.")],
    by: Annotated[str, typer.Option("--by", help="Column that says whose a customer is.")] = "owner",
    mask: Annotated[
        bool, typer.Option("--mask", help="Hide names, numbers and addresses of contacts.")
    ] = False,
    password_file: PasswordFile = None,
) -> None:
    """Split a workbook into one copy per person, which merge brings together again. 按负责人拆分。"""
    from crmsheet import teams  # noqa: PLC0415

    password = password_for(path, password_file)
    with Stages() as stages:
        stages.say("split")
        result = teams.split(path, out, by=by, mask=mask, password=password)
    labels = Labels.load()
    print(labels.phrase("split_summary", column=result.column, n=len(result.copies), folder=out))
    for copy in result.copies:
        facts = {"file": copy.path.name, "customers": copy.customers, "rows": copy.rows}
        print(labels.phrase("split_line", **facts))
    for note in result.notes:
        print(labels.phrase("summary_note", note=labels.phrase(f"note.{note.code}", **note.facts)))
