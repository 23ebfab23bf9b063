"""batch(): many workbooks and an order table through the rules of one workbook (DESIGN §6, Scale)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.analysis import PathText, as_day
from crmsheet.batch import publish
from crmsheet.batch.accounts import account, added_up
from crmsheet.batch.buckets import BucketTask, finish_bucket, judge_bucket, keep, rate_bucket
from crmsheet.batch.executors import Executor, Outcome
from crmsheet.batch.files import FileTask, Setup, Source, find_sources, finished, known_digests, read_file
from crmsheet.batch.options import Options, Progress, quiet
from crmsheet.batch.orders import OrderFile, find_orders
from crmsheet.batch.parts import Types, library, unify
from crmsheet.batch.population import add_up, in_order, measure_population, rank_customers, rank_losses
from crmsheet.batch.result import COUNTED, BatchResult
from crmsheet.batch.shuffle import Shuffled, deal_orders, file_table, find_conflicts, pile_up, shuffle
from crmsheet.batch.store import Store
from crmsheet.book.locks import exclusive
from crmsheet.clean.duplicates import find_duplicates
from crmsheet.errors import DiskFull, TargetExists, TargetNotWritable, UsageError, WorkersLost
from crmsheet.labels import Labels
from crmsheet.rules import Rules

WORK = ".work"
_PATIENCE_SECONDS = 1.0  # a batch takes minutes: nobody waits for another to end


def batch(  # noqa: PLR0913 - each is one option of the command line
    paths: PathText | Iterable[PathText],
    *,
    out: PathText,
    orders: PathText | None = None,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    engine: str | Executor = "local",
    scheduler: str | None = None,
    workers: int = 0,
    memory: str = "4GB",
    resume: bool = False,
    progress: Progress = quiet,
) -> BatchResult:
    """Read, clean, join and score many workbooks, with an order table in Parquet if there is one.

    ``paths``: patterns, folders or files. Everything is written below ``out``: Parquet by table, ``batch.duckdb``,
    a summary workbook. One bad file is reported and stops nothing; ``resume`` keeps what an earlier run read of files
    that have not changed. ``engine`` is local, dask, or any ``Executor``; all give the same rows. All workbooks are
    judged by the same ``rules`` and day, whatever their own settings say. Needs ``crmsheet[batch]``.
    """
    library("pyarrow"), library("duckdb")
    chosen = rules if isinstance(rules, Rules) else Rules.load(Path(rules) if rules else None)
    options = Options(engine, scheduler, workers, memory, resume, progress=progress)
    target = Path(out).resolve()
    sources, order_files = find_sources(paths, apart_from=target), find_orders(orders)
    if any(target in one.path.parents for one in order_files):
        raise UsageError(problem=Labels.load().phrase("batch_orders_inside", folder=target))
    with closing(options.executor()) as executor, exclusive(target, _PATIENCE_SECONDS):
        return Run(target, Setup(chosen, as_day(as_of)), options, executor).all(sources, order_files)


@dataclass
class Run:
    """One batch from its files to what is published; buckets nobody could finish are ``_lost``."""

    out: Path
    setup: Setup
    options: Options
    executor: Executor
    reports: dict[int, dict[str, Any]] = field(default_factory=dict)
    _lost: list[BucketTask] = field(default_factory=list)

    @property
    def work(self) -> Path:
        return self.out / WORK

    def all(self, sources: Sequence[Source], orders: Sequence[OrderFile]) -> BatchResult:
        memory = self.options.for_rows  # too little is refused before any work
        self._prepare()
        files, readable = self._read(sources)
        with Store.opened(self.work, memory, self.options.number) as store:
            shuffled, conflicts = self._shuffle(store, readable, orders)
            tasks = self._tasks(shuffled)
            written, types = self._score(tasks)
            self._conform(tasks, types)
            customers = publish.scan(self.work / "out", "customers")
            self.options.progress("duplicates", 0, 1)
            duplicates = self._duplicates(store, customers)
            self.options.progress("duplicates", 1, 1)
            unknown = publish.count_unknown_orders(store, self.work / "out")
            accounts = account(files, orders, written, self._given_up)
            result = BatchResult(
                self.out,
                self.setup.as_of,
                files,
                accounts,
                duplicates,
                conflicts,
                written,
                unknown,
                len(self._lost),
            )
            self.options.progress("publish", 0, 1)
            publish.publish(store, result, self.setup.rules, self.work)
            self.options.progress("publish", 1, 1)
        for name in ("shuffle", "passes", "spill", "setup.pkl"):
            publish.remove(self.work / name)
        return result

    def _prepare(self) -> None:
        if self.out.exists() and not self.out.is_dir():
            raise TargetNotWritable(path=self.out, reason=Labels.load().phrase("not_a_folder"))
        ours = self.work.exists() or (self.out / publish.DATABASE).exists()
        if self.out.exists() and any(self.out.iterdir()) and not ours:
            raise TargetExists(path=self.out)
        if not self.options.resume:
            publish.remove(self.work)
        for name in ("shuffle", "passes", "out"):
            publish.remove(self.work / name)
        self.setup.write(self.work / "setup.pkl")

    # Stage 1

    def _read(self, sources: Sequence[Source]) -> tuple[pd.DataFrame, list[Source]]:
        """What came of each file, and those whose rows go on."""
        known = known_digests(sources, self.setup.mark)
        first: dict[str, Source] = {}
        for source in known:
            first.setdefault(source.digest or str(source.path), source)
        chosen = list(first.values())
        parts = self.work / "parts"
        states: dict[int, str] = {}
        tasks = []
        for source in chosen:
            earlier = finished(source.part(parts)) if source.digest else None
            if earlier is None:
                tasks.append(FileTask(source, parts, self.work / "setup.pkl"))
            else:
                self.reports[source.number], states[source.number] = earlier, "kept"
        for outcome in self._watched("read", read_file, tasks):
            number = outcome.task.source.number
            report = outcome.value or {"error": self._said(outcome)}
            self.reports[number], states[number] = report, "failed" if "error" in report else "read"
        lines = [self._line(source, first[source.digest or str(source.path)], states) for source in known]
        return pd.DataFrame(lines), [one for one in chosen if states[one.number] != "failed"]

    def _line(self, source: Source, original: Source, states: dict[int, str]) -> dict[str, Any]:
        report = self.reports[original.number]
        state = states[original.number]
        message = report.get("error", "")
        if source.number != original.number:
            state = "repeated" if state != "failed" else state
            message = message or Labels.load().phrase("batch_repeated", file=original.path)
        found = report.get("severities", {})
        return {
            "file": str(source.path), "unit": source.unit, "number": source.number, "state": state,
            "rows": sum(report.get("rows", {}).values()), "own_settings": report.get("settings", 0),
            **{f"{name}s": found.get(name, 0) for name in ("error", "warning", "hint")},
            "message": message, "row_counts": report.get("rows", {}),
        }  # fmt: skip

    # Stage 2

    def _shuffle(
        self, store: Store, sources: Sequence[Source], orders: Sequence[OrderFile]
    ) -> tuple[Shuffled, pd.DataFrame]:
        parts, folder = self.work / "parts", self.work / "shuffle"
        rows = Counter({"orders": sum(one.rows for one in orders)})
        for one in sources:
            rows.update(self.reports[one.number]["rows"])
        buckets = self.options.buckets(rows)
        self.options.progress("shuffle", 0, 1)
        piles = pile_up(sources, self.reports, parts)
        types = shuffle(store, piles, file_table(sources, parts, list(piles)), folder, buckets)
        self.options.progress("shuffle", 1, 1)
        first = max((one.number for one in sources), default=0) + 1
        more = deal_orders(store, orders, first, folder, buckets)
        if more:
            types["orders"] = unify([types.get("orders", {}), more])
        return Shuffled(folder, buckets, types), find_conflicts(store, piles)

    def _tasks(self, shuffled: Shuffled) -> list[BucketTask]:
        holidays: dict[date, bool] = {}
        for _, report in sorted(self.reports.items()):
            for day, off in report.get("holidays", {}).items():
                holidays.setdefault(date.fromisoformat(day), off)
        return [BucketTask(bucket, self.work, shuffled, holidays) for bucket in range(shuffled.buckets)]

    # Stage 3

    def _score(self, tasks: Sequence[BucketTask]) -> tuple[dict[str, int], dict[str, list[Types]]]:
        """The three passes; returns the rows written and the types of each table."""
        rules, passes = self.setup.rules, self.work / "passes"
        rated = self._passed("rate", rate_bucket, tasks)
        keys = in_order([value["keys"].assign(bucket=bucket) for bucket, value in rated.items()])
        ranks = rank_customers(keys, rules)
        for task in tasks:
            if task.bucket in rated:
                keep(task.place("ranks"), ranks[(keys["bucket"] == task.bucket).to_numpy()])
        histories = [value["history"] for value in rated.values()]
        keep(passes / "population.pkl", measure_population(keys, histories, rules))
        judged = self._passed("judge", judge_bucket, [task for task in tasks if task.bucket in rated])
        counts = add_up([value["askers"] for value in judged.values()])
        losses = rank_losses(in_order([value["risk"] for value in judged.values()]))
        keep(passes / "counts.pkl", (counts, losses))
        ended = self._passed("finish", finish_bucket, [task for task in tasks if task.bucket in judged])
        self._lost = [task for task in tasks if task.bucket not in ended]
        for task in self._lost:
            for path in (self.work / "out").glob(f"*/part-{task.bucket:05d}.parquet"):
                path.unlink()
        return added_up([rated, judged, ended], ended)

    @property
    def _given_up(self) -> dict[str, int]:
        """Rows of the buckets whose process died twice, by table."""
        pq = library("pyarrow.parquet")
        return {
            code: sum(
                pq.read_metadata(path).num_rows
                for task in self._lost
                for path in task.shuffled.parts(code, task.bucket)
            )
            for code in COUNTED
        }

    def _passed(
        self, stage: str, function: Callable[[BucketTask], Any], tasks: Sequence[BucketTask]
    ) -> dict[int, Any]:
        """The values by bucket; a bucket whose process died twice is missing, and its rows are reported."""
        done = {}
        for outcome in self._watched(stage, function, tasks):
            if outcome.error is not None and not outcome.lost:
                raise outcome.error
            if not outcome.lost:
                done[outcome.task.bucket] = outcome.value
        if tasks and not done:
            raise WorkersLost(stage=Labels.load().phrase(f"stage.{stage}"))
        return dict(sorted(done.items()))

    def _conform(self, tasks: Sequence[BucketTask], types: dict[str, list[Types]]) -> None:
        """Every file of a table gets the same columns."""
        publish.conform_all(self.executor, self.work / "out", {code: unify(k) for code, k in types.items()})

    def _duplicates(self, store: Store, customers: str) -> pd.DataFrame:
        frame = store.frame(
            f"""SELECT customer, customer_id, customer_name, phone, email, province, city, source_file
                FROM {customers} ORDER BY customer"""
        ).set_index("customer")
        return find_duplicates(frame, self.setup.rules)

    def _watched(self, stage: str, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Outcome]:
        """The outcomes, each announced; a full disk ends the run."""
        self.options.progress(stage, 0, len(tasks))
        for done, outcome in enumerate(self.executor.run(function, tasks), 1):
            if isinstance(outcome.error, DiskFull):
                raise outcome.error
            self.options.progress(stage, done, len(tasks))
            yield outcome

    def _said(self, outcome: Outcome) -> str:
        if outcome.lost:
            return Labels.load().phrase("batch_lost")
        return f"{type(outcome.error).__name__}: {outcome.error}"
