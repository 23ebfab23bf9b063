"""Parquet parts: tables on their way between the stages, one file each, written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.errors import DiskFull, TargetNotWritable, load_extra
from crmsheet.exchange.typed import typed

Types = Mapping[str, str]  # column → type, of those below
_NARROW_TO_WIDE = ("null", "bool", "int64", "double", "string")
_DAY = "timestamp[us]"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def library(module: str, extra: str = "batch") -> Any:
    """An optional library, or what to install to have it."""
    return load_extra(module, feature="batch", extra=extra, module=module)


def write_part(frame: pd.DataFrame, path: Path) -> Types:
    """Write ``frame`` with one type per column; returns the types. Columns without any value are left out of the
    file, so that no part says of them what another contradicts.
    """
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    flat = typed(frame.copy())  # not fragmented: steps added one column after another
    table = pa.Table.from_pandas(flat, preserve_index=False).replace_schema_metadata(None)
    types = {field.name: _type_of(field.type) for field in table.schema}
    cast = pa.schema([(name, _arrow(kind)) for name, kind in types.items()])
    known = [name for name, kind in types.items() if kind != "null"]
    save(lambda place: pq.write_table(table.cast(cast).select(known), place, compression="zstd"), path)
    return types


def save(write: Any, path: Path) -> None:
    """Write beside ``path``, then put it in place; a full disk becomes our own error."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno in FULL:
            raise DiskFull(path=path) from None
        raise TargetNotWritable(path=path, reason=error.strerror or str(error)) from error


def read_parts(paths: Iterable[Path], types: Types | None = None) -> pd.DataFrame:
    """Parts as one frame with the dtypes that ``clean`` gives: texts and truth values as objects, missing is None.

    ``types`` adds columns that no part has, and widens those of others.
    """
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    tables = [pq.read_table(path, partitioning=None) for path in sorted(paths)]
    if (
        types is not None
    ):  # before they meet: a text column and a number column have no common type of their own
        tables = [conformed(table, types) for table in tables]
    table = pa.concat_tables(tables, promote_options="permissive") if tables else pa.table({})
    return _plain(conformed(table, types) if types is not None else table)


def conformed(table: Any, types: Types) -> Any:
    """The table with exactly the columns of ``types``, in their order."""
    pa = library("pyarrow")
    columns = {
        name: table[name].cast(_arrow(kind))
        if name in table.column_names
        else pa.nulls(len(table), _arrow(kind))
        for name, kind in types.items()
    }
    return pa.table(columns)


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


def _plain(table: Any) -> pd.DataFrame:
    frame = table.to_pandas(strings_to_categorical=False)
    texts = {
        name: frame[name].astype(object).where(frame[name].notna(), None)
        for name in frame
        if not pd.api.types.is_numeric_dtype(frame[name])
        and not pd.api.types.is_datetime64_any_dtype(frame[name])
    }
    plain: pd.DataFrame = frame.assign(**texts)
    return plain
