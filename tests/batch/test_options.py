"""How many buckets follow from the memory and the workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmsheet.batch.options import Options, memory_bytes
from crmsheet.batch.store import Store


@pytest.mark.parametrize(("workers", "records"), [(2, 50_000), (2, 500_000), (3, 100_000), (8, 5_000_000)])
def test_every_worker_gets_as_many_buckets_and_each_fits_its_share(workers: int, records: int) -> None:
    options = Options(workers=workers, memory="4GB")
    buckets = options.buckets({"records": records})
    assert buckets % workers == 0
    assert records / buckets * 12_500 <= options.for_rows / workers  # what a record was measured to take


def test_few_rows_are_not_split() -> None:
    assert Options(workers=2).buckets({"records": 1_500}) == 1


def test_the_memory_of_a_cluster_is_not_taken_from_one_machine(tmp_path: Path) -> None:
    limits = []
    for memory in (1 << 50, 200 << 20):
        with Store.opened(tmp_path, memory, 1) as store:
            found = store.frame("SELECT current_setting('memory_limit') AS most")["most"].iloc[0]
            limits.append(memory_bytes(found))
    assert 200 << 20 < limits[0] < 1 << 46 and limits[1] <= 200 << 20
