"""What workers are forked from: it has loaded what they need, no more, and has started no thread."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NOT_NEEDED = (
    "crmsheet.app",
    "crmsheet.batch.run",
    "crmsheet.exchange.imports",
    "duckdb",
    "xlsxwriter",
    "typer",
)
LOOK = f"""
import os, sys
import crmsheet.batch.buckets, crmsheet.batch.reading  # numpy has a thread of its own from the start
before = len(os.listdir("/proc/self/task"))
import crmsheet.batch.worker
from crmsheet.clean import date_patterns
assert date_patterns._either.cache_info().currsize, "nothing was rehearsed"
crmsheet.batch.rehearsal.rehearse()  # whose errors the server keeps to itself
assert len(os.listdir("/proc/self/task")) == before
print([name for name in {NOT_NEEDED!r} if name in sys.modules])
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted as Linux tells them")
def test_the_server_of_the_workers_holds_what_they_need_and_starts_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
