"""Which executor an engine's name means."""

from __future__ import annotations

from crmsheet.batch.dask_cluster import DaskCluster
from crmsheet.batch.executors import Executor, LocalPool


def executor(engine: str, *, scheduler: str | None, workers: int) -> Executor:
    """The executor called ``engine``."""
    return DaskCluster(scheduler, workers) if engine == "dask" else LocalPool(workers)
