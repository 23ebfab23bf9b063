"""Ctrl-C: one message, nothing left running, nothing half done."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmsheet.batch import dask_cluster
from crmsheet.batch.dask_cluster import DaskCluster
from crmsheet.batch.executors import LocalPool
from crmsheet.batch.interrupts import interrupts_later
from crmsheet.batch.store import Store
from crmsheet.errors import SchedulerLost
from tests.batch.dying import deaf, slow, squared


@pytest.fixture(autouse=True)
def hears_interrupts() -> Iterator[None]:
    """Where these tests run in the background of a shell, nobody would hear Ctrl-C."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows holds no signals back")
def test_workers_and_their_server_do_not_hear_it() -> None:
    pool = LocalPool(1)
    (outcome,) = pool.run(deaf, [None])
    pool.close()
    assert outcome.value == (True, True)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])  # but we do


def test_a_batch_that_ends_early_waits_for_no_task() -> None:
    pool, began = LocalPool(2), time.monotonic()
    outcomes = pool.run(slow, [0, 600, 600])
    assert next(outcomes).value == 0
    pool.close()
    assert time.monotonic() - began < 60
    assert [outcome.value for outcome in pool.run(squared, [2])] == [4]  # it can be used again
    pool.close()


def test_it_counts_only_when_what_must_be_whole_is_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        signal.raise_signal(signal.SIGINT)
        done.append(True)
    assert done and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_ends_a_query(tmp_path: Path) -> None:
    with Store.opened(tmp_path, 100 << 20, 1) as store:
        store.function("stopped", _stopped, "VARCHAR")
        with pytest.raises(KeyboardInterrupt):  # while Python reads a cell
            store.frame("SELECT stopped('x') AS s")
        with pytest.raises(KeyboardInterrupt):
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
            store.frame("SELECT sum(random()) AS s FROM range(1000000000000)")
        assert store.frame("SELECT 1 AS one")["one"].tolist() == [1]


def _stopped(_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def scheduler() -> Any:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_without_workers_is_told(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "_LOOK_SECONDS", 0.1)
    cluster, main = DaskCluster(scheduler, without_workers=0.2), sys.modules["__main__"]
    with pytest.raises(SchedulerLost, match="工作进程"):
        list(cluster.run(squared, [1]))
    assert sys.modules["__main__"] is not main  # a worker started now runs no script again
    cluster.close()
    assert sys.modules["__main__"] is main
