"""What every worker process needs, loaded once by the server that forks them."""

from __future__ import annotations

import atexit
import gc
from contextlib import suppress

from crmsheet.batch import buckets, reading
from crmsheet.batch.rehearsal import rehearse

__all__ = ["buckets", "reading"]

with suppress(Exception):  # what cannot be read here is told by the task that reads it
    rehearse()
gc.collect()
gc.freeze()  # what was loaded stays in pages that all workers share


def dask_setup(_: object) -> None:
    """Called by a Dask worker that loads this module first."""
    atexit.register(
        gc.freeze
    )  # else it looks through all it ever loaded once more, for seconds, before it ends
