"""Parquet parts: tables on their way between the stages, one file each, written whole or not at all."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.batch.saving import save
from crmsheet.errors import load_extra
from crmsheet.exchange.typed import columns_of, typed_column

Types = Mapping[str, str]  # column → type, of those below
_NARROW_TO_WIDE = ("null", "bool", "int64", "double", "string")
_DAY = "timestamp[us]"
# Ids, names and notes soon have more distinct texts than that; they are quicker and smaller written as they are.
_DICTIONARY_BYTES = 1 << 16


def library(module: str, extra: str = "batch") -> Any:
    """An optional library, or what to install to have it."""
    return load_extra(module, feature="batch", extra=extra, module=module)


def write_part(frame: pd.DataFrame, path: Path) -> Types:
    """Write ``frame`` with one type per column; returns the types. Columns without any value are left out of the
    file, so that no part says of them what another contradicts.
    """
    table, types = arrow_table(frame)
    written = table.select([name for name, kind in types.items() if kind != "null"])
    write_table(written, path)
    return types


def arrow_table(frame: pd.DataFrame, *, coded: bool = False, known: Any = None) -> tuple[Any, Types]:
    """``frame`` as an Arrow table with one type per column, and the types. ``coded``: texts stand in
    dictionaries, which are quicker to write and to publish, as most are those of many rows. ``known`` is a table of
    columns that need not be made anew.
    """
    pa = library("pyarrow")
    made = () if known is None else known.column_names
    cells = {
        name: _filled(known[name]) if name in made else _array(column, coded=coded)
        for name, column in columns_of(frame)
    }
    types = {name: _type_of(column.type) for name, column in cells.items()}
    return pa.table({name: _cast(column, _arrow(types[name])) for name, column in cells.items()}), types


def _cast(column: Any, kind: Any) -> Any:
    """The column of this type; texts may stand in a dictionary."""
    if library("pyarrow").types.is_dictionary(column.type) and column.type.value_type == kind:
        return column
    return column if column.type == kind else column.cast(kind)


def _array(column: pd.Series, *, coded: bool) -> Any:
    """The cells of one type; columns of texts, of yes and no, or of nothing, which most are, need no look at each
    cell before.
    """
    pa = library("pyarrow")
    texts = pa.dictionary(pa.int32(), pa.string()) if coded else pa.string()
    for kind in (texts, pa.bool_()) if column.dtype.name in ("object", "str") else ():
        with suppress(pa.ArrowInvalid, pa.ArrowTypeError):  # cells of another kind
            return _filled(pa.array(column.to_numpy(dtype=object), kind, from_pandas=True))
    typed = typed_column(column)
    return pa.array(typed, texts if typed.dtype == object else None, from_pandas=True)


def _filled(cells: Any) -> Any:
    """A column without any value is of no type."""
    return library("pyarrow").nulls(len(cells)) if cells.null_count == len(cells) else cells


def types_of(schema: Any) -> dict[str, str]:
    """The types of an Arrow schema's columns."""
    return {field.name: _type_of(field.type) for field in schema}


def write_table(table: Any, path: Path) -> None:
    """Write an Arrow table as it is published and kept."""
    pq = library("pyarrow.parquet")
    names, columns = table.column_names, map(_written, table.columns)
    options = {
        "compression": "zstd",
        # Rows were dealt by hash: the least and the greatest of a part are nearly those of all, and let nobody skip it.
        "write_statistics": False,
        "dictionary_pagesize_limit": _DICTIONARY_BYTES,
        # A text is a text to whoever reads the file, also where it stood in a dictionary here.
        "store_schema": False,
    }
    written = library("pyarrow").table(dict(zip(names, columns, strict=True)))
    save(lambda place: pq.write_table(written, place, **options), path)


def _written(column: Any) -> Any:
    """A dictionary that has outgrown those of Parquet would be written whole."""
    if not library("pyarrow").types.is_dictionary(column.type):
        return column
    outgrown = any(chunk.dictionary.nbytes > _DICTIONARY_BYTES for chunk in column.chunks)
    return column.cast(column.type.value_type) if outgrown else column


def stow(table: Any, path: Path) -> None:
    """Write an Arrow table as the next pass reads it, which is at once and only once."""
    feather = library("pyarrow.feather")
    save(lambda place: feather.write_feather(table, str(place), compression="uncompressed"), path)


def stowed(path: Path) -> Any:
    """A table that was stowed; its pages are read as they are needed."""
    return library("pyarrow.feather").read_table(str(path), memory_map=True)


def keep(path: Path, value: Any) -> None:
    """Keep a value for a later pass."""
    save(lambda place: place.write_bytes(pickle.dumps(value, protocol=5)), path)


def kept(path: Path) -> Any:
    """A value that was kept."""
    return pickle.loads(path.read_bytes())


def read_table(paths: Iterable[Path], types: Types) -> Any:
    """Parts as one Arrow table of the columns in ``types``: those that no part has are added, others widened. Texts
    stand in dictionaries, as in the files: what many rows say is held, moved and written once.
    """
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    texts = [name for name, kind in types.items() if kind == "string"]
    # Each before they meet: a text column and a number column have no common type of their own.
    tables = [
        _coded(conformed(pq.read_table(path, partitioning=None, read_dictionary=texts), types))
        for path in sorted(paths)
    ]
    # Their dictionaries become one: rows are sorted next.
    return pa.concat_tables(tables).unify_dictionaries() if tables else conformed(pa.table({}), types)


def _coded(table: Any) -> Any:
    types = library("pyarrow").types
    return library("pyarrow").table(
        {
            name: column.dictionary_encode() if types.is_string(column.type) else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )


def conformed(table: Any, types: Types) -> Any:
    """The table with exactly the columns of ``types``, in their order."""
    pa = library("pyarrow")
    columns = {
        name: _cast(table[name], _arrow(kind))
        if name in table.column_names
        else pa.nulls(len(table), _arrow(kind))
        for name, kind in types.items()
    }
    return pa.table(columns)


def conform(path: Path, types: Types) -> None:
    """Give a published file the columns of its table."""
    pq = library("pyarrow.parquet")
    if types_of(pq.read_schema(path)) != dict(types):
        write_table(conformed(pq.read_table(path, partitioning=None), types), path)


def with_columns(table: Any, columns: pd.DataFrame) -> Any:
    """The table with these columns, each in the place of one of its name or at the end."""
    added, _ = arrow_table(columns)
    for name in added.column_names:
        at = table.schema.get_field_index(name)
        table = table.append_column(name, added[name]) if at < 0 else table.set_column(at, name, added[name])
    return table


def unify(parts: Iterable[Types]) -> dict[str, str]:
    """The types that hold every part; a column that is empty everywhere is text.

    >>> unify([{"a": "null", "b": "int64"}, {"a": "null", "b": "double", "c": "bool"}])
    {'a': 'string', 'b': 'double', 'c': 'bool'}
    """
    together: dict[str, str] = {}
    for types in parts:
        for name, kind in types.items():
            together[name] = reduce(_wider, (together[name], kind)) if name in together else kind
    return {name: "string" if kind == "null" else kind for name, kind in together.items()}


def _wider(one: str, other: str) -> str:
    if one == other or "null" in (one, other):
        return one if other == "null" else other
    if _DAY in (one, other):
        return "string"
    return max(one, other, key=_NARROW_TO_WIDE.index)


def _type_of(kind: Any) -> str:
    types = library("pyarrow").types
    if types.is_timestamp(kind) or types.is_date(kind):
        return _DAY
    if types.is_integer(kind):
        return "int64"
    if types.is_floating(kind) or types.is_decimal(kind):
        return "double"
    return "bool" if types.is_boolean(kind) else "null" if types.is_null(kind) else "string"


def _arrow(kind: str) -> Any:
    pa = library("pyarrow")
    known = {"bool": pa.bool_(), "int64": pa.int64(), "double": pa.float64(), "null": pa.null()}
    return known.get(kind, pa.timestamp("us") if kind == _DAY else pa.string())


def plain(table: Any) -> pd.DataFrame:
    """The table with the dtypes that ``clean`` gives: texts and truth values as objects, missing is None. Equal texts
    of a column are one object, which is quicker to make, compare and keep than one for every cell.
    """
    return pd.DataFrame({name: plain_column(table[name]) for name in table.column_names}, copy=False)


def plain_column(cells: Any) -> pd.Series:
    """One column of ``plain``."""
    types = library("pyarrow").types
    if types.is_string(cells.type):
        cells = cells.dictionary_encode()
    if types.is_dictionary(cells.type):
        return _texts(cells.unify_dictionaries().combine_chunks())
    if types.is_boolean(cells.type):
        return pd.Series(cells.to_numpy(zero_copy_only=False).astype(object), dtype=object)
    numbers: pd.Series = cells.to_pandas()
    return numbers


def _texts(cells: Any) -> pd.Series:
    known = np.array([*cells.dictionary.to_numpy(zero_copy_only=False), None], dtype=object)
    return pd.Series(known[cells.indices.fill_null(len(known) - 1).to_numpy()], dtype=object)
