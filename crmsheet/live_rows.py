"""What the live columns of the record sheet show: the rules of one row, computed from its cells as a formula sees them.

A formula understands a cell only in its standard form: a number, a date, the written label. What else people type
is read by the checks and counts on the analysis sheets; here it shows as missing until it is tidied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.day_numbers import EPOCH, Values
from crmsheet.expressions import BLANK, Call, Expression, Rows, Spelling, when
from crmsheet.labels import Labels
from crmsheet.row_cells import HIGHEST, LOWEST, Empty
from crmsheet.row_days import TIER_RANGES, LatestContact, PlannedDay
from crmsheet.row_rules import DIMENSIONS, DUE, ICE, NOMINAL_DUE, OVERDUE, PRIORITY
from crmsheet.rules import Rules

SHEET = "records"
# Written by a refresh, since they need other sheets: the customer's tier, and, on the customer's latest record
# only, the day of the last contact on file ("none" when there was none).
ON_FILE = ("tier", "known_contact")

_NO_NEEDS = Call("AND", (Empty("explicit_needs"), Empty("implicit_needs")))
_OLDER_RECORD = Call("AND", (Call("NOT", (Empty("tier"),)), Empty("known_contact")))
# In the order of computation: a later one may read an earlier one.
LIVE: Mapping[str, Expression] = {
    "ice": ICE,
    "suggested_priority": when(_NO_NEEDS, BLANK, PRIORITY),
    "latest_contact": LatestContact(),
    "planned_day": PlannedDay(),
    "nominal_due": when(_OLDER_RECORD, BLANK, NOMINAL_DUE),
    "due": when(_OLDER_RECORD, BLANK, DUE),
    "overdue_days": OVERDUE,
}
COLUMNS = (*ON_FILE, *LIVE)
_DAYS = ("latest_contact", "planned_day", "nominal_due", "due")
MOST_FORMULAS = 10_000  # rows; a longer sheet gets values, since Excel would recalculate for seconds

_ISO_START = re.compile(r"\d{4}-\d\d-\d\d")


def named_settings() -> dict[str, str]:
    """Settings that the formulas read from the settings sheet, and the name of each one's cell or list."""
    keys = [f"ice.{code}_weight" for code in DIMENSIONS]
    keys += [f"ice.{level}_word" for level in ("high", "medium", "low")]
    keys += ["priority.ice_high_at_least", "priority.ice_low_below"]
    keys += list(TIER_RANGES.values())
    return {key: f"crm_{key.replace('.*', '').replace('.', '_')}" for key in keys}


def live_values(rows: Rows) -> dict[str, list[object]]:
    """Values of the live columns for typed ``rows``, as a workbook stores them; nothing is an empty text."""
    for code, expression in LIVE.items():
        computed = expression.values(rows)
        rows = replace(rows, columns={**rows.columns, code: _full(computed, rows)})
    return {code: [_cell(code, value, rows.rules.labels) for value in rows.column(code)] for code in LIVE}


def _full(computed: Values, rows: Rows) -> Values:
    return np.array(np.broadcast_to(computed, rows.column("tier").shape))


def _cell(code: str, value: Any, labels: Labels) -> object:
    if isinstance(value, str):
        return labels.choice("level", value)
    if value is None or np.isnan(value) or (code in _DAYS and value == 0):
        return ""
    if code in _DAYS:
        return day_of(value)
    return int(value) if float(value).is_integer() else float(value)


def day_of(number: float) -> date:
    """The day of one of Excel's day numbers.

    >>> day_of(45292)
    datetime.date(2024, 1, 1)
    """
    day: date = (EPOCH + int(number)).astype(object)
    return day


def as_seen(raw: pd.DataFrame, rules: Rules, on_file: pd.DataFrame | None = None) -> dict[str, Values]:
    """Typed columns of a record sheet as its formulas see them; ``on_file`` holds ``tier`` and ``known_contact``."""
    count = len(raw)
    columns = {
        code: _column(raw, code, lambda value: _points(value, rules), float("nan")) for code in DIMENSIONS
    }
    columns |= {
        "urgency": _column(raw, "urgency", lambda value: _choice(value, "level", rules.labels), None),
        "affects_renewal": _column(
            raw, "affects_renewal", lambda value: _yes(value, rules.labels), blank=False
        ),
        "last_contact": _column(raw, "last_contact", _day, 0.0),
        "next_date": _column(raw, "next_plan", _planned, 0.0),
        "explicit_needs": _objects(raw, "explicit_needs"),
        "implicit_needs": _objects(raw, "implicit_needs"),
        "tier": np.full(count, None, dtype=object),
        "known_contact": np.full(count, np.nan),
    }
    if on_file is not None:
        columns |= {code: on_file[code].to_numpy() for code in ON_FILE}
    return columns


def _objects(raw: pd.DataFrame, code: str) -> Values:
    if code not in raw:
        return np.full(len(raw), None, dtype=object)
    return raw[code].astype(object).where(raw[code].notna(), None).to_numpy(dtype=object)


def _column(raw: pd.DataFrame, code: str, read: Callable[[Any], Any], blank: Any) -> Values:
    kind = object if blank is None else type(blank)
    return np.array([blank if value is None else read(value) for value in _objects(raw, code)], dtype=kind)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _points(value: Any, rules: Rules) -> float:
    if _is_number(value):
        return float(value) if LOWEST <= value <= HIGHEST else float("nan")
    level = _choice(value, "level", rules.labels)
    return float(getattr(rules.ice, f"{level}_word")) if level else float("nan")


def _choice(value: Any, vocabulary: str, labels: Labels) -> str | None:
    """Code of a written label; Excel compares without case."""
    if not isinstance(value, str):
        return None
    codes = labels.words["choices"][vocabulary]
    return next((code for code, words in codes.items() if words[0].casefold() == value.casefold()), None)


def _yes(value: Any, labels: Labels) -> bool:
    return value if isinstance(value, bool) else _choice(value, "yes_no", labels) == "yes"


def _day(value: Any) -> float:
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return float((np.datetime64(day) - EPOCH).astype(int))
    return float(np.floor(value)) if _is_number(value) and value > 0 else 0.0


def _planned(value: Any) -> float:
    if not isinstance(value, str):
        return _day(value)
    if not _ISO_START.match(value):
        return 0.0
    try:
        return _day(date.fromisoformat(value[:10]))
    except ValueError:
        return 0.0


def formulas(spelling: Spelling) -> dict[str, str]:
    """Formula of each live column, without the leading ``=``; none where the sheet lacks a column it reads."""
    have = set(spelling.headers)
    return {code: rule.formula(spelling) for code, rule in LIVE.items() if have >= {code, *_READS[code]}}


_READS: Mapping[str, Sequence[str]] = {
    "ice": DIMENSIONS,
    "suggested_priority": (
        "ice", "tier", "urgency", "affects_renewal", "explicit_needs", "implicit_needs",
    ),
    "latest_contact": ("last_contact", "known_contact"),
    "planned_day": ("next_plan",),
    "nominal_due": ("tier", "known_contact", "latest_contact"),
    "due": ("tier", "known_contact", "latest_contact", "planned_day", "nominal_due"),
    "overdue_days": ("due",),
}  # fmt: skip
