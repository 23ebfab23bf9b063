"""The search for duplicates among the customers of all files: one task, which runs while buckets are judged.

Names are parsed where their buckets are rated, by all workers; what is left for the one task is to compare them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.memory import giving_back
from crmsheet.batch.parts import arrow_table, library, stow, stowed
from crmsheet.batch.setup import read_setup
from crmsheet.clean.companies import CompanyName, parse_company
from crmsheet.clean.duplicate_shelf import packed, unpacked
from crmsheet.clean.duplicates import find_duplicates
from crmsheet.collector import collector_paused

COMPARED = ("customer_id", "customer_name", "phone", "email", "province", "city")
_PARSED = "parsed_name"


@dataclass(frozen=True)
class NamesTask:
    """Where the names, places and telephones of all customers are."""

    paths: Sequence[Path]
    setup: Path


@dataclass(frozen=True)
class _ParsedNames:
    cells: Any

    def __getitem__(self, row: int) -> CompanyName:
        return unpacked(self.cells[row].as_py())


def stow_names(customers: pd.DataFrame, path: Path) -> None:
    """Write what the search compares of a bucket's customers, index customer."""
    pa = library("pyarrow")
    table, _ = arrow_table(customers[[name for name in COMPARED if name in customers]])
    names = customers["customer_name"]
    cells = pa.array([packed(parse_company(name)) for name in names], pa.binary())
    stow(table.append_column(_PARSED, cells), path)


@giving_back
@collector_paused()
def compare_names(task: NamesTask) -> pd.DataFrame:
    """Pairs of customers that are, or may be, one (``find_duplicates``)."""
    pa = library("pyarrow")
    tables = [stowed(path) for path in task.paths]
    names = pa.concat_tables(tables, promote_options="permissive").sort_by("customer")
    del tables
    # Texts stay Arrow's: as Python's they would take several times the memory.
    texts = {pa.string(): pd.ArrowDtype(pa.string())}
    frame = names.drop_columns([_PARSED]).to_pandas(types_mapper=texts.get).set_index("customer")
    parsed = _ParsedNames(names[_PARSED].combine_chunks())
    del names
    return find_duplicates(frame, read_setup(task.setup).rules, parsed=parsed)
