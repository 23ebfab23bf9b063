"""Requirements: the pieces of the explicit and implicit cells, one row each (R-010, R-011, C-13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.data import read_toml
from crmsheet.requirement_ids import number_requirements
from crmsheet.stacked import apart, places_of

_CELLS = (
    ("records", "explicit_needs", "explicit"),
    ("records", "implicit_needs", "implicit"),
    ("profiles", "core_need", "explicit"),
)
_CARRIED = (
    "customer", "requirement_id", "priority", "manual_priority", "status", "owner", "impact", "confidence",
    "ease", "urgency", "affects_renewal", "technical_difficulty", "resources", "compliance", "feasibility",
    "raised_on", "promised_on", "solved_on", "requirement_class", "requirement_type", "last_contact",
    "impact_spread", "confidence_spread", "ease_spread", "parent_requirement",
)  # fmt: skip
COLUMNS = ("requirement_id", "customer", "sheet", "row", "orientation", "requirement")


@cache
def _grammar() -> tuple[re.Pattern[str], re.Pattern[str], str]:
    words = read_toml("requirements.toml")
    return re.compile(words["piece"]), re.compile(words["bullet"], re.MULTILINE), words["edges"]


@lru_cache(maxsize=65536)
def split_requirements(cell: str) -> tuple[str, ...]:
    """The single requirements of one cell; nothing is split inside quotes or brackets.

    >>> split_requirements("支持实时数据监控、API接口开放")
    ('支持实时数据监控', 'API接口开放')
    >>> split_requirements("1. 导出“A、B”两种格式 2. 单点登录")
    ('导出“A、B”两种格式', '单点登录')
    """
    piece, bullet, edges = _grammar()
    pieces = (part.strip().strip(edges).strip() for part in piece.findall(bullet.sub("\n", cell)))
    return tuple(dict.fromkeys(part for part in pieces if part))


def explode_requirements(
    tables: Mapping[str, pd.DataFrame], earlier: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per requirement, with what its record says of it.

    ``requirement_id`` is the one typed in the record (with ``-2``, ``-3`` when its cells hold several), else
    the one ``earlier`` runs gave it (``requirement_ids``), else ``C2024001-01``, the customer's next. ``row``
    is the Excel row, ``orientation`` explicit or implicit. Profiles add their core need for customers whose
    records name none.
    """
    parts = [
        _exploded(tables[sheet], sheet, column, orientation)
        for sheet, column, orientation in _CELLS
        if sheet in tables and column in tables[sheet]
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS})
    together = pd.concat(parts, ignore_index=True)
    named = together[is_asked(together)] if "profiles" in tables else together
    order = _as_they_stand(named)
    together = named.drop(columns="part").take(order).reset_index(drop=True)
    return together.assign(
        requirement_id=number_requirements(together, earlier if earlier is not None else pd.DataFrame())
    )


def is_asked(together: pd.DataFrame) -> pd.Series:
    """Which of these pieces are requirements: all but what profiles say of customers whose records name something."""
    recorded = together["sheet"] == "records"
    if recorded.all():
        return recorded
    customers = apart(together["customer"], together["row"])
    return recorded | ~customers.isin(set(customers[recorded]))


def _as_they_stand(together: pd.DataFrame) -> NDArray[np.intp]:
    """The order of a workbook: records before profiles, by row, explicit before implicit."""
    sheet = (together["sheet"] != "records").to_numpy()
    orientation = (together["orientation"] != "explicit").to_numpy()
    row = together["row"]
    return np.lexsort((together["part"], orientation, row, sheet, places_of(row)))


def _exploded(frame: pd.DataFrame, sheet: str, column: str, orientation: str) -> pd.DataFrame:
    cells, somebody = frame[column].tolist(), (frame["customer"] != "").tolist()
    pieces = [
        split_requirements(cell) if isinstance(cell, str) and whose else ()
        for cell, whose in zip(cells, somebody, strict=True)
    ]
    counts = np.fromiter(map(len, pieces), dtype=np.intp, count=len(pieces))
    firsts = np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.repeat(np.arange(len(frame)), counts)
    carried = frame[[name for name in _CARRIED if name in frame]].take(rows)
    return carried.assign(
        requirement=list(chain.from_iterable(pieces)),
        row=carried.index,
        sheet=sheet,
        orientation=orientation,
        part=np.arange(len(firsts)) - firsts,
    )
