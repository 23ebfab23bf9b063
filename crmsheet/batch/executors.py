"""Where tasks run: a pool of processes here, or a Dask cluster. The tasks are the same pure functions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, Protocol

from crmsheet.batch.parts import library
from crmsheet.batch.server import LOADED, process_context, without_main
from crmsheet.errors import SchedulerLost

Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Outcome:
    """What became of one task: its value, or the error; ``lost``: the process died under it, twice."""

    task: Any
    value: Any = None
    error: Exception | None = None
    lost: bool = False


Watched = Callable[
    [str, Function, Sequence[Any]], Iterator[Outcome]
]  # runs the tasks of a stage, and tells of each


class Executor(Protocol):
    """Runs ``function`` on every task, in any order; closed at the end of a batch."""

    def run(self, function: Function, tasks: Sequence[Any]) -> Iterator[Outcome]: ...

    def close(self) -> None: ...


class Serial:
    """One after the other in this process: for debugging and tests."""

    def run(self, function: Function, tasks: Sequence[Any]) -> Iterator[Outcome]:
        return (_attempt(function, task) for task in tasks)

    def close(self) -> None:
        """Nothing was opened."""


@dataclass
class LocalPool:
    """Processes on this machine. A task whose process died is tried once more, alone in a fresh process."""

    workers: int = 2
    _living: ProcessPoolExecutor | None = field(default=None, repr=False)

    def run(self, function: Function, tasks: Sequence[Any]) -> Iterator[Outcome]:
        waiting = deque(tasks)
        while waiting:
            fallen: list[Any] = []
            yield from self._until_one_dies(function, waiting, fallen)
            for task in fallen:
                yield from _alone(function, task)

    def close(self) -> None:
        if self._living is not None:
            self._living.shutdown()
            self._living = None

    def _until_one_dies(
        self, function: Function, waiting: deque[Any], fallen: list[Any]
    ) -> Iterator[Outcome]:
        """Few tasks are in flight at a time: when a process dies, only those are suspected."""
        if self._living is None:
            self._living = _processes(self.workers)
        flying: dict[Future[Any], Any] = {}
        while flying or (waiting and not fallen):
            try:
                while waiting and not fallen and len(flying) < 2 * self.workers:
                    flying[_submitted(self._living, function, waiting[0])] = waiting[0]
                    waiting.popleft()
            except BrokenProcessPool:
                fallen.append(waiting.popleft())
            for future in wait(flying, return_when=FIRST_COMPLETED).done if flying else ():
                task = flying.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    fallen.append(task)
                else:
                    yield _outcome(task, future)
        if fallen:
            self.close()


def _alone(function: Function, task: Any) -> Iterator[Outcome]:
    with _processes(1) as pool:
        future = _submitted(pool, function, task)
        wait([future])
        yield _outcome(task, future)


def _submitted(pool: ProcessPoolExecutor, function: Function, task: Any) -> Future[Any]:
    with without_main():  # submitting starts processes as they are needed
        return pool.submit(function, task)


def _processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=process_context())


@dataclass
class DaskCluster:
    """A dask.distributed scheduler, or a local cluster when no address is given (extra ``crmsheet[cluster]``)."""

    address: str | None = None
    workers: int = 2
    patience: float = 20.0  # seconds until nobody answers at the address
    _client: Any = field(default=None, repr=False)

    def run(self, function: Function, tasks: Sequence[Any]) -> Iterator[Outcome]:
        distributed = library("distributed", "cluster")
        try:
            client = self._connected(distributed)
            futures = dict(zip(client.map(function, tasks, pure=False), tasks, strict=True))
            yield from self._gather(distributed, futures)
        except (OSError, TimeoutError, CancelledError) as error:
            raise SchedulerLost(address=self.address or "local", reason=str(error)) from error

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self, distributed: Any) -> Any:
        if self._client is None:
            local = {
                "n_workers": self.workers,
                "threads_per_worker": 1,
                "dashboard_address": None,
                "preload": [LOADED],
            }
            with without_main():
                self._client = distributed.Client(
                    self.address, timeout=self.patience, **({} if self.address else local)
                )
        return self._client

    def _gather(self, distributed: Any, futures: dict[Any, Any]) -> Iterator[Outcome]:
        for future in distributed.as_completed(futures):
            if future.status in {"cancelled", "lost"}:
                raise SchedulerLost(address=self.address or "local", reason=future.status)
            error = future.exception()
            lost = isinstance(error, distributed.scheduler.KilledWorker)
            yield Outcome(futures[future], None if error else future.result(), error, lost)
            future.release()


def executor(engine: str, *, scheduler: str | None, workers: int) -> Executor:
    """The executor called ``engine``."""
    return DaskCluster(scheduler, workers) if engine == "dask" else LocalPool(workers)


def values(outcomes: Iterable[Outcome]) -> Iterator[Any]:
    """The values of tasks none of which may fail."""
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
        yield outcome.value


def _attempt(function: Function, task: Any) -> Outcome:
    try:
        return Outcome(task, function(task))
    except Exception as error:  # whatever it is, it belongs to this task
        return Outcome(task, error=error)


def _outcome(task: Any, future: Future[Any]) -> Outcome:
    error = future.exception()
    if error is None:
        return Outcome(task, future.result())
    if not isinstance(error, Exception):
        raise error
    return Outcome(task, error=error, lost=isinstance(error, BrokenProcessPool))
