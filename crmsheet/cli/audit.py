"""`crmsheet audit`: customers drawn at random, whose entries somebody verifies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsheet.cli.shell import (
    AsOf,
    PasswordFile,
    PathArgument,
    RulesFile,
    Stages,
    app,
    password_for,
    warn_if_open,
)

if TYPE_CHECKING:
    from crmsheet.result import Result


@app.command()
def audit(  # noqa: PLR0913 - each is one option
    path: PathArgument,
    *,
    month: Annotated[
        str | None, typer.Option("--month", help="Month to draw for, YYYY-MM; default that of the day.")
    ] = None,
    share: Annotated[
        str | None, typer.Option("--share", help="Share of each person's customers, such as 5%.")
    ] = None,
    seed: Annotated[str, typer.Option("--seed", help="Any word; another one draws other customers.")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write here; leave the input alone.")
    ] = None,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Keep no copy of the old file.")] = False,
) -> None:
    """Draw customers to verify, and list them in the workbook. 抽查：每人随机抽几家核实，防止造假。"""
    from crmsheet import auditing  # noqa: PLC0415

    warn_if_open(path)
    password = password_for(path, password_file)
    with Stages() as stages:
        result = auditing.audit(
            path,
            month=month,
            share=share,
            seed=seed,
            out=out,
            as_of=as_of,
            rules=rules,
            backup=not no_backup,
            password=password,
            narrate=stages.say,
        )
    _print(result, auditing.as_month(month, result.as_of))


def _print(result: Result, month: str) -> None:
    """How many were drawn, and how each person's customers fared so far."""
    from crmsheet.result import worded  # noqa: PLC0415
    from crmsheet.views.audit import owner_counts  # noqa: PLC0415

    labels, drawn = result.rules.labels, result.audit
    facts = {"n": len(drawn), "flagged": int(drawn["needs_evidence"].sum()), "file": result.path}
    print(labels.phrase("audit_summary", month=month, sheet=labels.join(result.sheets), **facts))
    for line in owner_counts(result).to_dict("records"):
        counts = {"drawn": line["month_drawn"], "waiting": line["month_waiting"], "audited": line["audited"]}
        owner = line["owner"] or labels.phrase("no_owner")
        print(labels.phrase("audit_line", owner=owner, untrue=line["untrue"], **counts))
    for note in worded(result.notes, labels):
        print(labels.phrase("summary_note", note=note))
