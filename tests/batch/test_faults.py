"""What goes wrong in a batch has a defined outcome: every row is written or reported, nothing is silently missing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import crmsheet as crm
from crmsheet.batch import parts
from crmsheet.batch.dask_cluster import DaskCluster
from crmsheet.batch.executors import LocalPool, Outcome, Serial
from crmsheet.batch.files import find_sources
from crmsheet.batch.options import Options
from crmsheet.batch.reading import read_group
from crmsheet.batch.result import BatchResult
from crmsheet.batch.run import Run
from crmsheet.batch.scoring import judge_or_compare
from crmsheet.batch.setup import Setup
from crmsheet.batch.store import Store
from crmsheet.book.encryption import encrypted
from crmsheet.errors import CrmsheetError, DiskFull, SchedulerLost, WorkersLost
from tests.batch.dying import killed_once, squared
from tests.batch.workbooks import AS_OF, company, record, write_book, write_group


def test_a_task_that_kills_its_process_twice_is_lost_and_all_others_end() -> None:
    pool = LocalPool(2)
    found = {outcome.task: outcome for outcome in pool.run(squared, [*range(5), -1])}
    again = [outcome.value for outcome in pool.run(squared, [9])]  # the pool recovers
    pool.close()
    assert [task for task, outcome in found.items() if outcome.lost] == [3]
    assert {task: one.value for task, one in found.items() if one.error is None} == {
        number: number * number for number in range(5) if number != 3
    }
    assert isinstance(found[-1].error, ValueError) and not found[-1].lost
    assert again == [81]


def test_a_task_killed_once_is_done_in_the_end(tmp_path: Path) -> None:
    pool = LocalPool(2)
    tasks = [(number, tmp_path / "mark") for number in range(5)]
    found = sorted(outcome.value for outcome in pool.run(killed_once, tasks))
    pool.close()
    assert found == [0, 1, 2, 3, 4]


class Losing(Serial):
    """An executor under which the processes of some tasks die."""

    def __init__(self, function: Callable[..., Any], dying: Callable[[Any], bool]) -> None:
        self.function, self.dying = function, dying

    def run(self, function: Callable[..., Any], tasks: Sequence[Any]) -> Iterator[Outcome]:
        for outcome in super().run(function, tasks):
            lost = function is self.function and self.dying(outcome.task)
            yield Outcome(outcome.task, error=RuntimeError("killed"), lost=True) if lost else outcome


def _run(folder: Path, executor: Serial, rows_per_bucket: int = 0) -> BatchResult:
    options = Options(executor, rows_per_bucket=rows_per_bucket)
    run = Run(folder / "out", Setup(crm.Rules.load(), AS_OF), options, executor)
    return run.all(find_sources(folder / "in"), [])


def test_rows_of_a_bucket_nobody_could_finish_are_reported(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 2, 20)
    result = _run(
        tmp_path, Losing(judge_or_compare, lambda task: getattr(task, "bucket", 1) == 0), rows_per_bucket=15
    )
    line = result.accounts.set_index("table").loc["records"]
    assert line["read"] == 40 and 0 < line["reported"] < 40
    assert line["read"] == line["written"] + line["reported"]
    assert result.balanced and not result.complete and result.lost_buckets == 1
    assert result.rows["customers"] == line["written"]


def test_a_run_whose_every_process_dies_says_so(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 3)
    with pytest.raises(WorkersLost):
        _run(tmp_path, Losing(judge_or_compare, lambda task: hasattr(task, "bucket")))


def test_a_file_whose_process_died_is_reported_and_read_by_resume(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 3, 2)
    result = _run(tmp_path, Losing(read_group, lambda task: 1 in [source.number for source in task.sources]))
    assert result.files["state"].tolist() == ["read", "failed", "read"]
    assert result.rows["customers"] == 4 and not result.complete


def test_a_full_disk_ends_the_run_and_resume_finishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_group(tmp_path / "in", 4, 2)
    whole, writes = parts.save, []

    def until_full(write: Any, path: Path) -> None:
        writes.append(path)
        whole(_no_space if len(writes) > 12 else write, path)

    for module in ("parts", "reading"):
        monkeypatch.setattr(f"crmsheet.batch.{module}.save", until_full)
    with pytest.raises(DiskFull, match="--resume"):
        crm.batch(tmp_path / "in", out=tmp_path / "out", as_of=AS_OF, engine=Serial())
    assert not [path for path in tmp_path.rglob("*.parquet") if path.stat().st_size == 0]
    assert not (tmp_path / "out" / "customers").exists()
    monkeypatch.undo()
    result = crm.batch(tmp_path / "in", out=tmp_path / "out", as_of=AS_OF, engine=Serial(), resume=True)
    assert set(result.files["state"]) == {"kept", "read"}
    assert result.complete and result.rows["customers"] == 8


def test_duckdb_without_room_to_spill_says_the_disk_is_full(tmp_path: Path) -> None:
    with Store.opened(tmp_path, 20 << 20, 1) as store, pytest.raises(DiskFull):
        store.run("SET max_temp_directory_size = '1MB'")
        store.run("CREATE TABLE t AS SELECT md5(range::VARCHAR) AS text FROM range(600000) ORDER BY text")


class Vanishing(Serial):
    """An executor whose scheduler is gone when customers are to be judged."""

    def run(self, function: Callable[..., Any], tasks: Sequence[Any]) -> Iterator[Outcome]:
        if function is judge_or_compare:
            raise SchedulerLost(address="tcp://10.0.0.1:8786", reason="closed")
        return super().run(function, tasks)


def test_a_run_that_lost_its_scheduler_goes_on_with_resume(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 2, 2)
    with pytest.raises(SchedulerLost, match="8786"):
        crm.batch(tmp_path / "in", out=tmp_path / "out", as_of=AS_OF, engine=Vanishing())
    assert not (tmp_path / "out" / "customers").exists()
    result = crm.batch(tmp_path / "in", out=tmp_path / "out", as_of=AS_OF, engine=Serial(), resume=True)
    assert set(result.files["state"]) == {"kept"}
    assert result.complete and result.rows["customers"] == 4


def _no_space(_: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.filterwarnings("ignore")
def test_a_lost_scheduler_is_told() -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None)
    executor = DaskCluster(cluster.scheduler_address, patience=1)
    outcomes = executor.run(squared, [1, 2])
    assert next(outcomes).value in (1, 4)
    cluster.close()
    with pytest.raises(SchedulerLost):
        list(executor.run(squared, [4]))
    executor.close()


def test_nobody_answers_at_the_address() -> None:
    with pytest.raises(CrmsheetError, match="127.0.0.1:9"):
        list(DaskCluster("tcp://127.0.0.1:9", patience=1).run(squared, [1]))


def test_an_encrypted_and_a_vanished_file_are_reported(tmp_path: Path) -> None:
    first, second = write_group(tmp_path / "in", 2, 2)
    second.write_bytes(encrypted(second.read_bytes(), "secret"))
    gone = write_book(tmp_path / "in" / "gone.xlsx", records=[record(9, company(9))])
    sources = find_sources(tmp_path / "in")
    gone.unlink()
    run = Run(tmp_path / "out", Setup(crm.Rules.load(), AS_OF), Options(Serial()), Serial())
    result = run.all(sources, [])
    states = {
        Path(file).name: state
        for file, state in zip(result.files["file"], result.files["state"], strict=True)
    }
    assert states == {first.name: "read", second.name: "failed", "gone.xlsx": "failed"}
    assert result.failed["message"].str.len().gt(5).all() and result.balanced
    assert any("--password-file" in said for said in result.failed["message"])


def test_what_a_batch_wrote_is_no_input_of_the_next(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 2, 2)
    for _ in range(2):
        result = crm.batch(
            str(tmp_path / "in" / "**" / "*.xlsx"), out=tmp_path / "in" / "out", as_of=AS_OF, engine=Serial()
        )
        assert len(result.files) == 2
