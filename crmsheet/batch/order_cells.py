"""Cells of order tables as the readers of a workbook's cells take them, as functions for SQL.

Python reads only what is not plain: an id in capitals and digits, a day or amount of its own type never comes here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pandas as pd

from crmsheet.batch.parts import library
from crmsheet.batch.store import Store, quoted
from crmsheet.checks.cell import is_blank, is_placeholder, tidy
from crmsheet.checks.names import customer_id_of
from crmsheet.clean.companies import parse_company
from crmsheet.relate import NAMELESS
from crmsheet.rules import Rules
from crmsheet.steps._order_cells import read_amounts, read_times

_PLAIN_ID = quoted("[A-Z0-9-]*[0-9]")  # ids that no reader changes: Python would take ten times as long
_CACHED = 1 << 16


def add_readers(store: Store, rules: Rules) -> None:
    """SQL functions that read one cell of text: ``read_id``, ``read_day``, ``read_amount``, ``name_key``,
    ``name_brand``.
    """

    @lru_cache(_CACHED)
    def read_id(text: str) -> str | None:
        return customer_id_of(text, rules) or None

    @lru_cache(_CACHED)
    def name_of(text: str) -> tuple[str | None, str | None]:
        name = tidy(text)[0].strip()
        company = parse_company(name)
        if is_blank(name) or is_placeholder(name, rules) or company.kind == "masked":
            return None, None
        return f"{NAMELESS}{company.key}", company.brand.casefold() or None

    store.function("read_id", _each(read_id), "VARCHAR")
    store.function("name_key", _each(lambda text: name_of(text)[0]), "VARCHAR")
    store.function("name_brand", _each(lambda text: name_of(text)[1]), "VARCHAR")
    store.function("read_day", _days, "TIMESTAMP")
    store.function("read_amount", _amounts, "DOUBLE")


def plain_id(text: str) -> str:
    """The id in the text ``text`` as SQL, blank where it says none."""
    return (
        f"CASE WHEN regexp_full_match({text}, {_PLAIN_ID}) THEN {text} ELSE coalesce(read_id({text}), '') END"
    )


def _each(read: Callable[[str], str | None]) -> Callable[[Any], Any]:
    pa = library("pyarrow")
    return lambda cells: pa.array(
        [None if text is None else read(text) for text in cells.to_pylist()], pa.string()
    )


def _days(cells: Any) -> Any:
    pa = library("pyarrow")
    return pa.array(read_times(_column(cells)).astype("datetime64[us]"), pa.timestamp("us"))


def _amounts(cells: Any) -> Any:
    return library("pyarrow").array(read_amounts(_column(cells)), from_pandas=True)


def _column(cells: Any) -> pd.Series:
    return pd.Series(cells.to_pylist(), dtype=object)
