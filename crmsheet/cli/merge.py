"""`crmsheet merge`: several people's workbooks into one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import PasswordFile, Stages, SummaryFormat, app, password_for
from crmsheet.labels import Labels


@app.command()
def merge(
    paths: Annotated[list[Path], typer.Argument(help="The workbooks to merge, the leading one first.")],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="The merged workbook.")],
    base: Annotated[
        Path | None, typer.Option("--base", help="The workbook they all started from: only changes count.")
    ] = None,
    format: Annotated[
        SummaryFormat, typer.Option("--format", help="Form of the summary.")
    ] = SummaryFormat.text,
    password_file: PasswordFile = None,
) -> None:
    """Merge workbooks; exit code 1 while conflicts are open. 合并多份工作簿，逐格列出冲突。"""
    from crmsheet import teams  # noqa: PLC0415

    password = password_for((*paths, *([base] if base else [])), password_file)
    with Stages() as stages:
        stages.say("merge")
        result = teams.merge(paths, out, base=base, password=password)
    labels = Labels.load()
    if format is SummaryFormat.json:
        facts = {"file": result.path, "rows": result.rows, "added": result.added, "changed": result.changed}
        print(
            json.dumps({**facts, "conflicts": len(result.conflicts), "open": result.open}, ensure_ascii=False)
        )
    else:
        rows = (labels.phrase("merge_rows", sheet=labels.sheet(code), n=n) for code, n in result.rows.items())
        where = labels.phrase("merge_where") if len(result.conflicts) else ""
        counts = {"n": len(result.conflicts), "open": result.open, "where": where}
        changes = {
            "files": len(paths),
            "rows": labels.join(rows),
            "added": result.added,
            "changed": result.changed,
        }
        print(labels.phrase("merge_summary", file=result.path, **changes, **counts))
        for note in result.notes:
            print(labels.phrase("summary_note", note=labels.phrase(f"note.{note.code}", **note.facts)))
    raise typer.Exit(1 if result.open else 0)
