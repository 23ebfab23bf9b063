"""Python's search for reference cycles, put off while tables are built."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

import pandas as pd


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Millions of values and hardly a cycle: to search them for cycles again and again takes a fifth of the time.

    Texts stay Python's meanwhile: where pyarrow is installed, pandas would copy each into a buffer of its own, and
    out of it again for every cell.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        with pd.option_context("mode.string_storage", "python"):
            yield
    finally:
        if was_on:
            gc.enable()
