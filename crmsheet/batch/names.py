"""The search for duplicates among the customers of all files: one task, which runs while buckets are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crmsheet.batch.parts import library, stowed
from crmsheet.batch.setup import read_setup
from crmsheet.clean.duplicates import find_duplicates


@dataclass(frozen=True)
class NamesTask:
    """Where the names, places and telephones of all customers are."""

    paths: Sequence[Path]
    setup: Path


def compare_names(task: NamesTask) -> pd.DataFrame:
    """Pairs of customers that are, or may be, one (``find_duplicates``)."""
    pa = library("pyarrow")
    tables = [stowed(path) for path in task.paths]
    names = pa.concat_tables(tables, promote_options="permissive").sort_by("customer")
    # Texts stay Arrow's: as Python's they would take several times the memory.
    frame = names.to_pandas(types_mapper={pa.string(): pd.ArrowDtype(pa.string())}.get).set_index("customer")
    return find_duplicates(frame, read_setup(task.setup).rules)
