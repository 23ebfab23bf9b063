"""Rows as they are compared: what a person would call the same cell is the same cell."""

from __future__ import annotations

import math
import zlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from crmsheet.clean.text import as_text, match_key
from crmsheet.data import read_toml
from crmsheet.model import Table


def comparable(value: Any) -> Hashable:
    """A cell's value as it is compared: None for a blank, one form for a day and for a number.

    >>> from datetime import datetime
    >>> comparable(5) == comparable(5.0), comparable(datetime(2026, 1, 2)), comparable("  "), comparable(True)
    (True, datetime.date(2026, 1, 2), None, ('bool', True))
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        return str(value) if value.strip() else None
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, int | float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, datetime):
        return value.date() if value.time() == value.min.time() else value
    return value if isinstance(value, Hashable) else str(value)


@dataclass(frozen=True, eq=False)
class Row:
    """One row of a table: its place in its file, and its cells as typed, blanks left out.

    ``origin`` is what a split copy says of the row it was: see :func:`mark_of`.
    """

    number: int
    cells: Mapping[str, Any]
    origin: str = ""

    @cached_property
    def content(self) -> Mapping[str, Hashable]:
        """The cells as they are compared."""
        return {column: comparable(value) for column, value in self.cells.items()}

    @cached_property
    def identity(self) -> frozenset[tuple[str, Hashable]]:
        """Equal for rows whose cells are all the same."""
        return frozenset(self.content.items())


def rows_of(table: Table, origin: str = "") -> list[Row]:
    """The rows of a table that hold anything, in their order; ``origin`` heads the column with marks."""
    columns = [str(name) for name in table.raw.columns]
    cells = zip(*(table.raw.iloc[:, place].tolist() for place in range(len(columns))), strict=True)
    found = (
        _row(int(n), columns, row, origin) for n, row in zip(table.raw.index.tolist(), cells, strict=True)
    )
    return [row for row in found if row.cells]


def _row(number: int, columns: Sequence[str], cells: Sequence[Any], origin: str) -> Row:
    filled = {c: v for c, v in zip(columns, cells, strict=True) if comparable(v) is not None}
    return Row(number, filled, str(filled.pop(origin, "")))


@dataclass(frozen=True, slots=True)
class Key:
    """What a row is known by. ``is_id``: an identifier, which alone decides. ``text`` is the key as people read it."""

    parts: tuple[Hashable, ...]
    is_id: bool
    text: str = field(default="", compare=False)


def key_of(entity: str, row: Row) -> Key:
    """The first key of ``teams.toml`` whose fields are all filled; without any, the row's whole content."""
    for key in read_toml("teams.toml")["keys"][entity]:
        fields = key["fields"]
        if all(row.content.get(name) is not None for name in fields):
            parts = (tuple(fields), *(_part(row.content[name]) for name in fields))
            text = " / ".join(as_text(row.cells[name]) for name in fields)
            return Key(parts, bool(key.get("id")), text)
    return Key((row.identity,), is_id=False)


def mark_of(entity: str, row: Row) -> str:
    """Place and key of a row, written beside it in a copy: so it is known again after the copy was sorted or the key
    corrected. Made of nothing that a masked copy hides.
    """
    return f"{row.number}-{zlib.crc32(key_of(entity, row).text.encode()):08x}"


def _part(value: Hashable) -> Hashable:
    return match_key(value) if isinstance(value, str) else value


def likeness(one: Row, other: Row) -> float:
    """Share of equal cells among those that both rows have filled, 0–1.

    >>> likeness(Row(1, {"a": 1, "b": "x"}), Row(2, {"a": 1.0, "b": "y", "c": 3}))
    0.5
    """
    shared = one.content.keys() & other.content.keys()
    return sum(one.content[c] == other.content[c] for c in shared) / len(shared) if shared else 0.0
