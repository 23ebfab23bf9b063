"""batch(): many workbooks and an order table through the rules of one workbook (DESIGN §6, Scale)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crmsheet.analysis import PathText, as_day
from crmsheet.batch import publish
from crmsheet.batch.accounts import account
from crmsheet.batch.bucket_rows import BucketTask
from crmsheet.batch.conflicts import Disputes, find_disputes
from crmsheet.batch.executors import Executor, Outcome
from crmsheet.batch.files import Source, find_sources
from crmsheet.batch.intake import Intake
from crmsheet.batch.judged import ISSUES
from crmsheet.batch.memory import give_back
from crmsheet.batch.options import Options, Progress, Stage, quiet
from crmsheet.batch.order_cells import add_readers
from crmsheet.batch.order_counts import count_orders
from crmsheet.batch.orders import OrderFile, find_orders
from crmsheet.batch.parts import keep, library, unify
from crmsheet.batch.piles import Pile, file_table, pile_up
from crmsheet.batch.result import BatchResult
from crmsheet.batch.scoring import Scoring
from crmsheet.batch.setup import Setup
from crmsheet.batch.shuffle import Dealer, Shuffled, deal_orders, publish_issues, shuffle
from crmsheet.batch.store import Store
from crmsheet.batch.versions import Versions, find_versions, told
from crmsheet.book.locks import exclusive
from crmsheet.book.save import remove
from crmsheet.errors import (
    BatchDiskFull,
    BatchInUse,
    DiskFull,
    TargetExists,
    TargetInUse,
    TargetNotWritable,
    UsageError,
)
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.steps.value_score import COMPARING

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
    password: str = "",
    progress: Progress = quiet,
) -> BatchResult:
    """Read, clean, join and score many workbooks, with an order table in Parquet if there is one.

    ``paths``: patterns, folders or files. Everything is written below ``out``: Parquet by table, ``batch.duckdb``,
    a summary workbook. One bad file is reported and stops nothing; ``resume`` keeps what an earlier run read of files
    that have not changed. ``engine`` is local, dask, or any ``Executor``; all give the same rows. All workbooks are
    judged by the same ``rules`` and day, whatever their own settings say. ``password`` opens those that are encrypted;
    what is written is not. Needs ``crmsheet[batch]``.
    """
    library("pyarrow"), library("duckdb")
    chosen = rules if isinstance(rules, Rules) else Rules.load(Path(rules) if rules else None)
    options = Options(engine, scheduler, workers, memory, resume, password=password, progress=progress)
    target = Path(out).resolve()
    sources, order_files = find_sources(paths, apart_from=target), find_orders(orders)
    if any(target in one.path.parents for one in order_files):
        raise UsageError(problem=Labels.load().phrase("batch_orders_inside", folder=target))
    with _alone(target):
        run = Run(target, Setup(chosen, as_day(as_of)), options, options.executor())
        try:
            return run.all(sources, order_files)
        except DiskFull as error:
            raise BatchDiskFull(path=error.path) from None


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(target, _PATIENCE_SECONDS))
        except TargetInUse:
            raise BatchInUse(path=target) from None
        yield


@dataclass
class Run:
    """One batch from its files to what is published."""

    out: Path
    setup: Setup
    options: Options
    executor: Executor

    @property
    def work(self) -> Path:
        return self.out / WORK

    def all(self, sources: Sequence[Source], orders: Sequence[OrderFile]) -> BatchResult:
        """Read, deal, score, publish."""
        memory = self.options.for_rows  # too little is refused before any work
        self._prepare()
        intake = Intake(self.work, self.setup, self.options.password)
        scoring = Scoring(self.work, self.setup, self._watched, self.options.progress)
        # Never two that hold much at a time: DuckDB, the processes that score, DuckDB again.
        with closing(self.executor):
            files = intake.read(sources, self.options.number, self._watched)
            with Store.opened(self.work, memory, self.options.number) as store:
                piles = pile_up({group.folder: group for group in intake.groups.values()}.values())
                shuffled, disputes, versions, unclear = self._shuffle(store, piles, intake, orders)
                issues = publish_issues(
                    store, piles.get(ISSUES), self.work / "out" / ISSUES / "part-all.parquet"
                )
            files = told(files, versions)
            give_back()
            keep(self.work / "passes" / "units", {str(one.path): one.unit for one in intake.sources})
            holidays = intake.holidays()
            scoring.score([BucketTask(n, self.work, shuffled, holidays) for n in range(shuffled.buckets)])
        stage = Stage("publish", publish.steps(self.work), self.options.progress)
        with Store.opened(self.work, memory, self.options.number) as store:
            result = BatchResult(
                self.out,
                self.setup.as_of,
                files,
                account(files, orders, scoring.rows, scoring.given_up),
                scoring.duplicates,
                disputes.settled(store, publish.scan(self.work / "out", "customers")),
                {**scoring.rows, **issues},
                count_orders(store, self.work / "out", orders, unclear),
                len(scoring.lost),
            )
            publish.publish(store, result, self.setup.rules, self.work, stage)
        for name in ("shuffle", "passes", "spill", "setup.pkl"):
            remove(self.work / name)
        return result

    def _prepare(self) -> None:
        if self.out.exists() and not self.out.is_dir():
            raise TargetNotWritable(path=self.out, reason=Labels.load().phrase("not_a_folder"))
        ours = self.work.exists() or (self.out / publish.DATABASE).exists()
        if self.out.exists() and any(self.out.iterdir()) and not ours:
            raise TargetExists(path=self.out)
        if not self.options.resume:
            remove(self.work)
        for name in ("shuffle", "passes", "out"):
            remove(self.work / name)
        self.setup.write(self.work / "setup.pkl")

    def _shuffle(
        self, store: Store, piles: dict[str, Pile], intake: Intake, orders: Sequence[OrderFile]
    ) -> tuple[Shuffled, Disputes, Versions, Mapping[str, int]]:
        folder = self.work / "shuffle"
        order_rows = sum(one.rows for one in orders)
        stage = Stage("shuffle", intake.rows().total() + order_rows, self.options.progress)
        files = file_table(intake.sources, intake.groups, intake.reports)
        store.run("CREATE TABLE files AS SELECT * FROM files_given", files_given=files)
        versions = find_versions(store, piles)
        intake.drop(versions.same)
        stage.total = intake.rows().total() + order_rows
        buckets = self.options.buckets(intake.rows() + Counter(orders=order_rows))
        if self.setup.rules.value_score.money in COMPARING:
            buckets = 1  # a score that depends on all other customers needs them side by side
        dealer = Dealer(store, folder, buckets, stage)
        types = shuffle(dealer, piles, intake.rows())
        first = max((one.number for one in intake.sources), default=0) + 1
        add_readers(store, self.setup.rules)
        dealt = deal_orders(dealer, orders, first)
        if orders:
            types["orders"] = unify([types.get("orders", {}), dealt.types])
        disputes = find_disputes(store, piles, self.setup.as_of)
        return Shuffled(folder, buckets, types), disputes, versions, dealt.unclear

    def _watched(self, name: str, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Outcome]:
        """The outcomes, each announced; a full disk ends the run."""
        stage = Stage(name, sum(getattr(task, "size", 1) for task in tasks), self.options.progress)
        for outcome in self.executor.run(function, tasks):
            if isinstance(outcome.error, DiskFull):
                raise outcome.error
            stage.advance(getattr(outcome.task, "size", 1))
            yield outcome
