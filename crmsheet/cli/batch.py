"""`crmsheet batch`: thousands of workbooks and an order table of millions of rows."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from crmsheet.batch import begin_loading
from crmsheet.cli.shell import AsOf, PasswordFile, RulesFile, SummaryFormat, app, first_line, narration
from crmsheet.labels import Labels

MOST_NAMED = 20  # of the files of one outcome


class Engine(StrEnum):
    local = "local"
    dask = "dask"


class StageBars:
    """One bar per stage on stderr: how many, how fast, how long still."""

    def __init__(self) -> None:
        self._labels = Labels.load()
        self._tasks: dict[str, Any] = {}
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(), TimeRemainingColumn(), console=narration,
        )  # fmt: skip

    def __enter__(self) -> StageBars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            words = self._labels.phrase(f"stage.{stage}")
            self._tasks[stage] = self._progress.add_task(words, total=total, rate="")
        task = self._tasks[stage]
        self._progress.update(task, completed=done, total=total)
        seconds = next(one.elapsed for one in self._progress.tasks if one.id == task)
        self._progress.update(task, rate=_rate(done, seconds or 0))


def _rate(done: int, seconds: float) -> str:
    """How many in a second since the stage began; blank before there is any to tell of.

    >>> _rate(1_000_000, 8.0), _rate(3, 4.0), _rate(0, 4.0)
    ('125,000/s', '0.8/s', '')
    """
    if not done or not seconds:
        return ""
    speed = done / seconds
    return f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s"


@app.command()
def batch(  # noqa: PLR0913 - each is one option
    paths: Annotated[list[str], typer.Argument(help="Workbooks: files, folders, 'DIR/**/*.xlsx' in quotes.")],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")],
    orders: Annotated[
        Path | None, typer.Option("--orders", help="Order table: a Parquet file or a folder of them.")
    ] = None,
    engine: Annotated[Engine, typer.Option("--engine", help="Where the work runs.")] = Engine.local,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a dask scheduler, tcp://host:8786.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 is one per core.")] = 0,
    memory: Annotated[str, typer.Option("--memory", help="Most memory for all processes together.")] = "4GB",
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep what an earlier run read of unchanged files.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit code 1 for all that is pointed out of files and order rows, too."
        ),
    ] = False,
    format: Annotated[
        SummaryFormat, typer.Option("--format", help="Form of the summary.")
    ] = SummaryFormat.text,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
) -> None:
    """Analyze many workbooks together; exit code 1 when a file could not be read. 批量汇总成千上万份工作簿。"""
    try:
        if engine is Engine.local:
            begin_loading()
        from crmsheet.batch import batch as run  # noqa: PLC0415

        password = (
            first_line(password_file) if password_file else ""
        )  # nobody is asked in the middle of thousands
        with StageBars() as bars:
            result = run(
                paths, out=out, orders=orders, as_of=as_of, rules=rules, engine=engine.value, scheduler=scheduler,
                workers=workers, memory=memory, resume=resume, password=password, progress=bars.tell,
            )  # fmt: skip
    except KeyboardInterrupt:
        narration.print(
            Labels.load().phrase("batch_interrupted"), style="yellow", markup=False, soft_wrap=True
        )
        raise
    if format is SummaryFormat.json:
        print(json.dumps(result.summary(), ensure_ascii=False))
    else:
        print("\n".join(_lines(result)))
    raise typer.Exit(0 if result.complete and not (strict and _pointed_out(result)) else 1)


def _pointed_out(result: Any) -> bool:
    """Whether files were skipped, read in part or are versions of one, or order rows are left out or in doubt."""
    from crmsheet.batch.result import remarks  # noqa: PLC0415

    return bool(len(result.skipped) or result.unknown_orders or remarks(result, Labels.load()))


def _lines(result: Any) -> list[str]:
    from crmsheet.batch.result import remarks  # noqa: PLC0415

    labels = Labels.load()
    counts = result.summary()["files"]
    states = {state: counts.get(state, 0) for state in ("read", "kept", "repeated", "failed", "skipped")}
    files = sum(states[state] for state in ("read", "kept", "repeated"))
    done = {"files": files, "customers": result.rows["customers"]}
    lines = [labels.phrase("batch_done", folder=result.folder, **_grouped(done))]
    lines.append(labels.phrase("batch_files_line", **_grouped(states)))
    for line in result.accounts.to_dict("records"):
        if line["read"]:
            lines.append(
                labels.phrase("batch_account", **_grouped(line) | {"table": labels.sheet(line["table"])})
            )
    found = {"duplicates": len(result.duplicates), "conflicts": len(result.conflicts)}
    lines.append(labels.phrase("batch_found", **_grouped(found)))
    lines += remarks(result, labels)
    if result.unknown_orders:
        lines.append(labels.phrase("batch_unknown_orders", n=f"{result.unknown_orders:,}"))
    if result.lost_buckets:
        lines.append(labels.phrase("batch_lost_rows", n=f"{result.lost_buckets:,}"))
    if not result.balanced:
        lines.append(labels.phrase("batch_unbalanced"))
    return [*lines, *_reasons(result.skipped, "skipped", labels), *_reasons(result.failed, "failed", labels)]


def _grouped(counts: dict[str, Any]) -> dict[str, str]:
    return {name: f"{n:,}" for name, n in counts.items() if isinstance(n, int)}


def _reasons(files: Any, state: str, labels: Labels) -> list[str]:
    """A line for each of the first files, and one for all others: the account of the run stays on the screen."""
    from crmsheet.batch.result import short_message  # noqa: PLC0415

    few = files.head(MOST_NAMED)
    said = zip(few["file"], short_message(few), strict=True)
    lines = [message if file in message else f"{file}: {message}" for file, message in said]
    if len(files) > len(few):
        lines.append(labels.phrase(f"batch_more_{state}", n=f"{len(files) - len(few):,}"))
    return lines
