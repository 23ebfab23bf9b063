"""Tasks on a Dask cluster (extra ``crmsheet[cluster]``)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from crmsheet.batch.executors import Function, Outcome
from crmsheet.batch.parts import library
from crmsheet.batch.server import LOADED, starting, without_main
from crmsheet.errors import SchedulerLost
from crmsheet.labels import Labels

_LOOK_SECONDS = 10.0  # how often somebody looks whether there are workers


@dataclass
class DaskCluster:
    """A dask.distributed scheduler, or a local cluster when no address is given.

    ``patience``: seconds until nobody answers at the address. ``without_workers``: seconds that a scheduler may have
    no worker at all; those of a queue or a cloud take minutes to come.
    """

    address: str | None = None
    workers: int = 2
    patience: float = 20.0
    without_workers: float = 300.0
    _client: Any = field(default=None, repr=False)
    _opened: ExitStack = field(default_factory=ExitStack, repr=False)

    def run(self, function: Function, tasks: Sequence[Any]) -> Iterator[Outcome]:
        distributed = library("distributed", "cluster")
        try:
            client = self._connected(distributed)
            futures = dict(zip(client.map(function, tasks, pure=False), tasks, strict=True))
            for future in self._done(distributed, futures):
                yield self._outcome(distributed, future, futures[future])
                future.release()
        except (OSError, TimeoutError, CancelledError) as error:
            raise self._lost(str(error)) from error

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._opened.close()

    def _connected(self, distributed: Any) -> Any:
        if self._client is None:
            # What is lost is told by us; the pages of warnings of those who lost it would hide that.
            self._opened.enter_context(distributed.utils.silence_logging_cmgr(logging.CRITICAL + 1))
            self._opened.enter_context(without_main())  # workers that died are started again at any time
            with starting(), library("dask", "cluster").config.set(_QUIET_WORKERS):
                self._client = self._client_of(distributed)
        return self._client

    def _client_of(self, distributed: Any) -> Any:
        local = {} if self.address else self._local()
        try:
            return distributed.Client(self.address, timeout=self.patience, **local)
        except RuntimeError as error:  # a local worker died before it stood
            raise self._lost(str(error)) from error

    def _local(self) -> dict[str, Any]:
        return {
            "n_workers": self.workers,
            "threads_per_worker": 1,
            "dashboard_address": None,
            "preload": [LOADED],
            "silence_logs": logging.CRITICAL + 1,
        }

    def _done(self, distributed: Any, futures: Iterable[Any]) -> Iterator[Any]:
        """The futures as they end; a cluster without workers never ends them."""
        waiting, seen = dict.fromkeys(futures), time.monotonic()
        while waiting:
            try:
                for future in distributed.as_completed(list(waiting), timeout=_LOOK_SECONDS):
                    del waiting[future]
                    yield future
            except TimeoutError:
                if self._client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > self.without_workers:
                    minutes = round(self.without_workers / 60)
                    raise self._lost(Labels.load().phrase("cluster_idle", minutes=minutes)) from None

    def _outcome(self, distributed: Any, future: Any, task: Any) -> Outcome:
        if future.status in {"cancelled", "lost"}:
            raise self._lost(Labels.load().phrase("cluster_gone"))
        error = future.exception()
        lost = isinstance(error, distributed.scheduler.KilledWorker)
        return Outcome(task, None if error else future.result(), error, lost)

    def _lost(self, reason: str) -> SchedulerLost:
        return SchedulerLost(address=self.address or "local", reason=reason)


# Workers that a local cluster starts read it when they load.
_QUIET_WORKERS = {"distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "critical"}
