"""The search for duplicates among the customers of all files: one task, which runs while buckets are judged.

Names are parsed where their buckets are rated, by all workers, and what the search reads of them is stowed as columns
of numbers; what is left for the one task is to bring these together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.batch.memory import giving_back
from crmsheet.batch.parts import arrow_table, library, stow, stowed
from crmsheet.batch.setup import read_setup
from crmsheet.clean.companies import CompanyName, parse_companies
from crmsheet.clean.duplicate_evidence import KINDS, NONE, Evidence
from crmsheet.clean.duplicate_keys import NameKeys
from crmsheet.clean.duplicate_names import NameTable
from crmsheet.clean.duplicate_rows import NumberedRows, RowFacts, number_names, read_rows
from crmsheet.clean.duplicate_shelf import packed, unpacked
from crmsheet.clean.duplicate_traits import NameFacts, Spelling, Spelt, read_traits
from crmsheet.clean.duplicates import compared_columns, pair_rows, pairs_frame
from crmsheet.clean.text_hashes import TEXTS_AT_ONCE
from crmsheet.collector import collector_paused

_TOLD: Final = ("customer_id", "customer_name")  # what is told of the customers of a pair
_PLACED: Final = ("own_province", "own_city")
_LETTERS: Final = ("codes", "initials")


@dataclass(frozen=True)
class NamesTask:
    """Where the names, places and telephones of all customers are."""

    paths: Sequence[Path]
    setup: Path


def stow_names(customers: pd.DataFrame, path: Path) -> None:
    """Write what the search compares of a bucket's customers, index customer."""
    pa = library("pyarrow")
    told, _ = arrow_table(customers[[name for name in _TOLD if name in customers]])
    names = customers["customer_name"].tolist()
    parts = range(0, len(names), TEXTS_AT_ONCE)
    parsed = pa.concat_tables(
        [_names_table(names[:0]), *(_names_table(names[at : at + TEXTS_AT_ONCE]) for at in parts)]
    )
    for name, column in {**_rows_columns(read_rows(compared_columns(customers))), **_columns(parsed)}.items():
        told = told.append_column(name, column)
    stow(told, path)


def _rows_columns(rows: RowFacts) -> dict[str, Any]:
    """Names and places; of telephones and the like only those that somebody has."""
    found = {kind: codes for kind, codes in rows.evidence.codes.items() if (codes != NONE).any()}
    columns = {"name": rows.name, **dict(zip(_PLACED, (rows.province, rows.city), strict=True)), **found}
    return {name: [column] for name, column in columns.items()}


def _columns(table: Any) -> dict[str, Any]:
    return {name: table[name] for name in table.column_names}


def _names_table(names: Sequence[object]) -> Any:
    """The parsed names and their traits."""
    pa = library("pyarrow")
    parsed = parse_companies(names)
    facts, spelling = read_traits(parsed)
    sizes = {name: getattr(spelling, name).astype(np.int16) for name in ("region", "brand", "trade")}
    letters = (_lists(spelling.codes, spelling.sizes), _lists(spelling.initials, spelling.initial_count))
    return pa.table(
        {
            **{f"fact_{name}": column for name, column in facts._asdict().items()},
            **{f"size_{name}": column for name, column in sizes.items()},
            **dict(zip(_LETTERS, letters, strict=True)),
            "parsed": pa.array([packed(name) for name in parsed], pa.binary()),
        }
    )


def _lists(values: npt.NDArray[np.uint32], sizes: npt.NDArray[np.int64]) -> Any:
    pa = library("pyarrow")
    return pa.ListArray.from_arrays(pa.array(np.r_[0, np.cumsum(sizes)], pa.int32()), pa.array(values))


class _Stowed:
    """What was stowed of all customers, in the order of their keys."""

    def __init__(self, paths: Sequence[Path]) -> None:
        pa = library("pyarrow")
        self._table = pa.concat_tables([stowed(path) for path in paths], promote_options="permissive")
        keys = self._table["customer"].combine_chunks()
        self._order = pa.compute.sort_indices(keys).to_numpy()

    def rows(self) -> RowFacts:
        codes = {kind: self._numbers(kind) for kind in KINDS if kind in self._table.column_names}
        nothing = np.full(len(self._order), NONE, dtype=np.int64)
        evidence = Evidence({kind: codes.get(kind, nothing) for kind in KINDS})
        province, city = map(self._numbers, _PLACED)
        return RowFacts(self._numbers("name"), province, city, evidence)

    def table(self, rows: RowFacts, numbered: NumberedRows) -> NameTable:
        """The distinct names."""
        first = numbered.first
        facts = NameFacts(*(self._numbers(f"fact_{name}")[first] for name in NameFacts._fields))
        names = _ParsedNames(self._table["parsed"], self._order[first])
        numbers = np.full(len(self._order), -1, dtype=np.int64)
        numbers[self._order[first]] = np.arange(len(first))
        keys = NameKeys(facts, _Spellings(self._table, numbers))
        return NameTable(names, keys, (rows.province[first], rows.city[first]))

    def _numbers(self, name: str) -> npt.NDArray[Any]:
        column = self._table[name]
        codes: npt.NDArray[Any] = (column.fill_null(NONE) if column.null_count else column).to_numpy()
        ordered: npt.NDArray[Any] = codes[self._order]
        return ordered

    def frame(self, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
        """What is told of some customers."""
        pa = library("pyarrow")
        told = self._table.select([name for name in ("customer", *_TOLD) if name in self._table.column_names])
        texts = {pa.string(): pd.ArrowDtype(pa.string())}
        frame: pd.DataFrame = told.take(self._order[rows]).to_pandas(types_mapper=texts.get)
        return frame.set_index("customer")


@dataclass(frozen=True)
class _Spellings:
    """The characters of the names, read anew from the disk's pages whenever they are gone through."""

    table: Any
    numbers: npt.NDArray[np.int64]

    def __iter__(self) -> Iterator[Spelt]:
        for start in range(0, len(self.numbers), TEXTS_AT_ONCE):
            part = self.table.slice(start, TEXTS_AT_ONCE)
            yield Spelt(self.numbers[start : start + TEXTS_AT_ONCE], _spelling(part))


def _spelling(part: Any) -> Spelling:
    region, brand, trade = (
        part[f"size_{name}"].to_numpy().astype(np.int64) for name in ("region", "brand", "trade")
    )
    pa = library("pyarrow")
    codes, initials = (pa.compute.list_flatten(part[name]).to_numpy() for name in _LETTERS)
    counts = pa.compute.list_value_length(part["initials"]).to_numpy().astype(np.int64)
    return Spelling(codes, region, brand, trade, initials, counts)


@dataclass(frozen=True)
class _ParsedNames:
    """Parsed names by number."""

    cells: Any
    rows: npt.NDArray[np.int64]

    def __getitem__(self, number: int) -> CompanyName:
        return unpacked(self.cells[int(self.rows[number])].as_py())


@giving_back
@collector_paused()
def compare_names(task: NamesTask) -> pd.DataFrame:
    """Pairs of customers that are, or may be, one (``find_duplicates``)."""
    everything = _Stowed(task.paths)
    rows = everything.rows()
    numbered = number_names(rows)
    pairs = pair_rows(
        everything.table(rows, numbered), rows, numbered, read_setup(task.setup).rules.duplicates
    )
    paired = np.unique(pairs.scored.pairs)
    among = pairs.scored._replace(pairs=np.searchsorted(paired, pairs.scored.pairs))
    return pairs_frame(everything.frame(paired), pairs._replace(scored=among))
