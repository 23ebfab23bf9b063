"""How a batch runs, apart from what it runs on: where, on how much, and who is told of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crmsheet.batch.engines import executor
from crmsheet.batch.executors import Executor
from crmsheet.errors import UsageError
from crmsheet.labels import Labels

Progress = Callable[[str, int, int], None]  # stage, done, of how many

_PER_PROCESS = 300 << 20  # what a process holds before its first row: Python, pandas, Arrow
_LEAST_SHARE = 64 << 20
# What one row takes while its bucket goes through the steps: measured of records, 12,500 with their requirements.
_ROW_BYTES: Mapping[str, int] = {"orders": 1_000, "interactions": 2_000}
_OTHER_ROW_BYTES = 13_000
_LEAST_ROWS = 2_000  # a smaller bucket costs more in fixed work than a second worker saves


def quiet(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


@dataclass
class Stage:
    """How far a stage is, told at once and after each step; a stage that has nothing to do is not told."""

    name: str
    total: int
    progress: Progress
    done: int = 0

    def __post_init__(self) -> None:
        self.advance(0)

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        if self.total:
            self.progress(self.name, min(self.done, self.total), self.total)


@dataclass(frozen=True)
class Options:
    """``memory`` is shared by all processes together. ``rows_per_bucket`` overrides what follows from it."""

    engine: str | Executor = "local"
    scheduler: str | None = None
    workers: int = 0
    memory: str = "4GB"
    resume: bool = False
    rows_per_bucket: int = 0
    password: str = field(default="", repr=False)
    progress: Progress = quiet

    @property
    def number(self) -> int:
        return self.workers or os.cpu_count() or 1

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise UsageError(problem=Labels.load().phrase("batch_workers", found=self.workers))

    @property
    def for_rows(self) -> int:
        """Bytes left for rows once every process stands; raises :class:`UsageError` when that is nothing."""
        standing = (self.number + 1) * _PER_PROCESS
        left = memory_bytes(self.memory) - standing
        least = standing + self.number * _LEAST_SHARE
        if left < self.number * _LEAST_SHARE:
            facts = {"found": self.memory, "workers": self.number, "least": f"{-(-least >> 20)}MB"}
            raise UsageError(problem=Labels.load().phrase("batch_memory_low", **facts))
        return left

    def executor(self) -> Executor:
        if not isinstance(self.engine, str):
            return self.engine
        if self.engine not in ("local", "dask"):
            raise UsageError(problem=Labels.load().phrase("batch_engine", found=self.engine))
        if self.scheduler and self.engine != "dask":
            raise UsageError(problem=Labels.load().phrase("batch_scheduler", found=self.scheduler))
        return executor(self.engine, scheduler=self.scheduler, workers=self.number)

    def buckets(self, rows: Mapping[str, int]) -> int:
        """How many buckets so many rows by table make: each small enough for its worker's share of the memory, and,
        where it pays, one for every worker.
        """
        total = sum(rows.values())
        if self.rows_per_bucket:
            return max(1, -(-total // self.rows_per_bucket))
        size = sum(count * _ROW_BYTES.get(code, _OTHER_ROW_BYTES) for code, count in rows.items())
        needed = -(-size * self.number // self.for_rows)
        if needed > 1:  # as many for each worker: else the last ones work while others wait
            needed = -(-needed // self.number) * self.number
        return max(1, needed, min(self.number, total // _LEAST_ROWS))


def memory_bytes(text: str) -> int:
    """Bytes meant by a text such as 4GB.

    >>> memory_bytes("4GB") == 4 << 30, memory_bytes("800 mb") == 800 << 20
    (True, True)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", text, re.IGNORECASE)
    if found is None or not float(found[1]):
        raise UsageError(problem=Labels.load().phrase("batch_memory", found=text))
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))
