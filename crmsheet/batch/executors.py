"""Where tasks run: one after the other, or in a pool of processes. The tasks are the same pure functions everywhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, Protocol

from crmsheet.batch.interrupts import ignore_interrupts
from crmsheet.batch.server import process_context, starting

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
    _at_work: bool = field(default=False, repr=False)

    def run(self, function: Function, tasks: Sequence[Any]) -> Iterator[Outcome]:
        waiting, self._at_work = deque(tasks), True
        while waiting:
            fallen: list[Any] = []
            yield from self._until_one_dies(function, waiting, fallen)
            for task in fallen:
                yield self._alone(function, task)
        self._at_work = False

    def close(self) -> None:
        """A batch that ends early does not wait for what is in work."""
        if self._living is not None:
            for process in list(self._living._processes.values()) if self._at_work else ():
                process.terminate()
            self._living.shutdown(cancel_futures=True)
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

    def _alone(self, function: Function, task: Any) -> Outcome:
        self._living = _processes(1)
        future = _submitted(self._living, function, task)
        wait([future])
        self.close()
        return _outcome(task, future)


def _submitted(pool: ProcessPoolExecutor, function: Function, task: Any) -> Future[Any]:
    with starting():  # submitting starts processes as they are needed
        return pool.submit(function, task)


def _processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=process_context(), initializer=ignore_interrupts)


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
