"""The driver's part of stage 3: three passes over all buckets, and what buckets learn of each other between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.bucket_rows import BucketTask
from crmsheet.batch.buckets import finish_bucket, judge_bucket, rate_bucket
from crmsheet.batch.executors import Outcome, Watched
from crmsheet.batch.memory import give_back
from crmsheet.batch.names import NamesTask, compare_names
from crmsheet.batch.options import Progress, Stage
from crmsheet.batch.parts import Types, keep, library, unify
from crmsheet.batch.population import (
    add_up,
    by_part,
    in_order,
    measure_population,
    rank_customers,
    rank_losses,
)
from crmsheet.batch.result import COUNTED
from crmsheet.batch.setup import Setup
from crmsheet.errors import WorkersLost
from crmsheet.labels import Labels


def judge_or_compare(task: BucketTask | NamesTask) -> Any:
    """What runs in the second pass: the names of all customers are compared while their buckets are judged."""
    return compare_names(task) if isinstance(task, NamesTask) else judge_bucket(task)


@dataclass
class Scoring:
    """The passes of a run. ``rows`` are what was written, by table; ``lost`` the buckets nobody could finish."""

    work: Path
    setup: Setup
    watched: Watched
    progress: Progress
    rows: dict[str, int] = field(default_factory=dict)
    lost: list[BucketTask] = field(default_factory=list)
    duplicates: pd.DataFrame = field(default_factory=pd.DataFrame)

    def score(self, tasks: Sequence[BucketTask]) -> None:
        """Every bucket through the three passes."""
        rated = self._passed("rate", rate_bucket, tasks)
        self._tell_ranks(rated, tasks)
        for value in rated.values():  # millions of customers: what is told is not kept
            value["customers"] = value.pop("keys")["customer"]
        give_back()
        customers = sum(len(value["customers"]) for value in rated.values())
        judged = self._judge([task for task in tasks if task.bucket in rated], customers)
        self._tell_counts(judged, tasks)
        types = _unified([*rated.values(), *judged.values()])
        give_back()
        last = [replace(task, types=types) for task in tasks if task.bucket in judged]
        ended = self._passed("finish", finish_bucket, last)
        self.lost = [task for task in tasks if task.bucket not in ended]
        for task in self.lost:
            for path in (self.work / "out").glob(f"*/part-{task.bucket:05d}[.-]*"):
                path.unlink()
        for values in (rated, judged, ended):
            for bucket in ended:
                for code, count in values[bucket]["rows"].items():
                    self.rows[code] = self.rows.get(code, 0) + count
        if self.lost:
            self._without_lost(rated, ended)

    @property
    def given_up(self) -> dict[str, int]:
        """Rows of the buckets whose process died twice, by table."""
        pq = library("pyarrow.parquet")
        return {
            code: sum(
                pq.read_metadata(path).num_rows
                for task in self.lost
                for path in task.shuffled.parts(code, task.bucket)
            )
            for code in COUNTED
        }

    def _tell_ranks(self, rated: Mapping[int, Any], tasks: Sequence[BucketTask]) -> None:
        parts = {bucket: value["keys"] for bucket, value in rated.items()}
        keys = in_order(parts.values())
        _tell("ranks", by_part(rank_customers(keys, self.setup.rules), parts), tasks)
        histories, buyers = ([value.pop(name) for value in rated.values()] for name in ("history", "buyers"))
        population = measure_population(keys, histories, buyers, self.setup.rules)
        keep(self.work / "passes" / "population", population)

    def _tell_counts(self, judged: Mapping[int, Any], tasks: Sequence[BucketTask]) -> None:
        keep(self.work / "passes" / "askers", add_up([value["askers"] for value in judged.values()]))
        parts = {bucket: value["risk"] for bucket, value in judged.items()}
        _tell("losses", by_part(rank_losses(in_order(parts.values())), parts), tasks)

    def _judge(self, tasks: Sequence[BucketTask], customers: int) -> dict[int, Any]:
        """The second pass; the names of all customers come first, because they take longest."""
        names = NamesTask([task.place("names") for task in tasks], self.work / "setup.pkl")
        stage = Stage("duplicates", customers, self.progress)

        def others(outcome: Outcome) -> bool:
            if not isinstance(outcome.task, NamesTask):
                return True
            if outcome.error is not None:
                raise _lost("duplicates") if outcome.lost else outcome.error
            self.duplicates = outcome.value
            stage.advance(customers)
            return False

        return self._passed("judge", judge_or_compare, [names, *tasks], others)

    def _passed(
        self,
        stage: str,
        function: Callable[[Any], Any],
        tasks: Sequence[Any],
        counts: Callable[[Outcome], bool] = lambda _: True,
    ) -> dict[int, Any]:
        """The values by bucket; a bucket whose process died twice is missing, and its rows are reported."""
        done = {}
        for outcome in self.watched(stage, function, tasks):
            if not counts(outcome):
                continue
            if outcome.error is not None and not outcome.lost:
                raise outcome.error
            if not outcome.lost:
                done[outcome.task.bucket] = outcome.value
        if tasks and not done:
            raise _lost(stage)
        return dict(sorted(done.items()))

    def _without_lost(self, rated: Mapping[int, Any], ended: Mapping[int, Any]) -> None:
        """Pairs of customers both of whom are published."""
        known = pd.concat([rated[bucket]["customers"] for bucket in ended])
        both = self.duplicates["left"].isin(known) & self.duplicates["right"].isin(known)
        self.duplicates = self.duplicates[both].reset_index(drop=True)


def _tell(name: str, told: Mapping[int, pd.DataFrame], tasks: Sequence[BucketTask]) -> None:
    for task in tasks:
        if task.bucket in told:
            keep(task.place(name), told[task.bucket])


def _lost(stage: str) -> WorkersLost:
    return WorkersLost(stage=Labels.load().phrase(f"stage.{stage}"))


def _unified(values: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The columns of each table over all buckets."""
    types: dict[str, list[Types]] = {}
    for value in values:
        for code, kinds in value["types"].items():
            types.setdefault(code, []).append(kinds)
    return {code: unify(kinds) for code, kinds in types.items()}
