"""A raw column becomes typed columns: each distinct value is read once, then mapped to its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types as lib

from crmsheet.checks import contacts, dates, names, quantities
from crmsheet.checks.cell import (
    Cell,
    Context,
    Fault,
    Kind,
    is_blank,
    is_placeholder,
    may_be_placeholders,
    tidy,
)
from crmsheet.checks.issues import Findings
from crmsheet.checks.screening import untidy
from crmsheet.clean.headers import header_unit
from crmsheet.data import read_toml
from crmsheet.fields import Field
from crmsheet.labels import field_headers, labels_of_headers
from crmsheet.model import CellError
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar

ANY_DAY = date(2000, 1, 1)
KINDS: Mapping[str, Kind] = {**names.KINDS, **contacts.KINDS, **dates.KINDS, **quantities.KINDS}

# Kinds of cells in which people may write that something is not known yet; ids, days and amounts stay blank.
MAY_WAIT = frozenset(
    {"text", "choice", "person", "owner", "phone", "email", "industry", "region", "money", "size"}
)


def read_column(
    findings: Findings,
    field: Field,
    how: tuple[Rules, Calendar],
    bases: pd.Series | date,
    today: date = ANY_DAY,
) -> dict[str, pd.Series]:
    """Typed columns of one field; its faults go to ``findings``.

    ``how`` are the rules and the calendar to read by. ``bases`` is the date an incomplete date is counted from:
    one for all rows, or one per row. Only cells that depend on it are read again for each of their dates. A row
    whose base is missing is read as seen on ``today``.
    """
    raw = findings.table.raw[field.code]
    kind = KINDS[field.kind]
    unit = header_unit(findings.table.headers.get(field.code, ""))
    codes, values = _distinct(raw)
    rules, calendar = how
    day = bases if isinstance(bases, date) else today
    written = labels_of_headers(findings.table.headers)
    context = Context(field, rules, day, calendar, written, unit, base_is_own=False)
    read = _Read(codes, values, _read_all(values, kind, context))
    if isinstance(bases, pd.Series):
        read = _read_again(raw, read, bases, (kind, context))
    _report(findings, raw, read)
    return _columns(kind.columns(field.code), kind.dtypes, read, raw.index)


Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Read:
    """A column that was read: the code of each row's value, the distinct values, and the cell that each makes.

    None is the cell of a text that is taken as it stands.
    """

    codes: Codes
    values: list[Any]
    cells: list[Cell | None]

    @property
    def repeats_nothing(self) -> bool:
        """Whether the values are the rows, in their order."""
        return len(self.cells) == len(self.codes) and bool((np.diff(self.codes) == 1).all())

    def rows(self, marked: Iterable[int]) -> Codes:
        """Positions of the rows whose value has one of the codes ``marked``."""
        marks = np.zeros(len(self.cells), dtype=bool)
        marks[list(marked)] = True
        return np.flatnonzero(marks[self.codes]) if marks.any() else np.array([], dtype=np.intp)


def _distinct(raw: pd.Series) -> tuple[Codes, list[Any]]:
    """Code of each row's value, and the values; 1, 1.0 and TRUE stay three values."""
    values = raw.to_numpy(dtype=object)
    if len(values) > SAMPLE and len(set(values[:: len(values) // SAMPLE][:SAMPLE].tolist())) == SAMPLE:
        return np.arange(len(values)), values.tolist()  # ids, names, notes: to tell them apart saves nothing
    if lib.infer_dtype(values, skipna=True) in _UNMIXED:
        codes, distinct = pd.factorize(values)
        missing = codes < 0
        codes[missing] = len(distinct)
        return codes, [*distinct, *values[missing][:1]]
    seen: dict[tuple[type, Any], int] = {}
    found = [seen.setdefault((type(value), value), len(seen)) for value in values]
    return np.asarray(found, dtype=np.intp), [value for _, value in seen]


SAMPLE = 1_024  # cells, spread over a column, that show whether its values repeat
_UNMIXED = frozenset({"string", "empty", "integer", "floating", "datetime", "date", "boolean"})


def _read_again(raw: pd.Series, read: _Read, bases: pd.Series, how: tuple[Kind, Context]) -> _Read:
    """Read relative cells once per day they are counted from."""
    rows = read.rows(code for code, cell in enumerate(read.cells) if cell is not None and cell.relative)
    if not len(rows):
        return read
    kind, context = how
    codes, cells = read.codes.copy(), list(read.cells)
    known: dict[tuple[int, date], int] = {}
    values, days = raw.to_numpy(dtype=object), bases.to_numpy(dtype=object)
    for row in rows[~pd.isna(days[rows])]:  # the others were read as seen today
        key = (int(codes[row]), days[row])
        if key not in known:
            known[key] = len(cells)
            cells.append(_read(values[row], kind, replace(context, base=days[row], base_is_own=True)))
        codes[row] = known[key]
    return _Read(codes, read.values + [None] * (len(cells) - len(read.cells)), cells)


def _report(findings: Findings, raw: pd.Series, read: _Read) -> None:
    faults = {code: cell.faults for code, cell in enumerate(read.cells) if cell is not None and cell.faults}
    positions = read.rows(faults)
    labels = raw.index.to_numpy()[positions].tolist()
    values = raw.to_numpy(dtype=object)[positions].tolist()
    for code, row, value in zip(read.codes[positions].tolist(), labels, values, strict=True):
        for fault in faults[code]:
            findings.add_cell(row, str(raw.name), value, fault)


def _read_all(values: list[Any], kind: Kind, context: Context) -> list[Cell | None]:
    """The cells of distinct ``values``. Long texts that need no tidying are known in one go; most have no faults."""
    if len(values) < FEW or not kind.tidy:
        return [_read(value, kind, context) for value in values]
    texts = [value if type(value) is str else "" for value in values]
    whole = ~untidy(texts) & ~may_be_placeholders(texts)
    if context.rules.mapping.values or _LOST_TEXT.search("\n".join(texts)):
        whole[:] = False
    settled = whole & ~kind.telling(texts, context) if kind.telling else np.zeros_like(whole)
    return [
        None if done else kind.read(value, context) if tidy else _read(value, kind, context)
        for value, done, tidy in zip(values, settled.tolist(), whole.tolist(), strict=True)
    ]


FEW = 200  # distinct values that are read one by one before tables of characters pay


def _read(value: Any, kind: Kind, context: Context) -> Cell:
    if isinstance(value, CellError):
        return Cell(kind.blanks, (Fault("error_cell"),))
    if is_blank(value):
        return Cell(kind.blanks, _missing(context))
    return _read_text(value, kind, context) if isinstance(value, str) else kind.read(value, context)


def _read_text(value: str, kind: Kind, context: Context) -> Cell:
    if lost := _lost(value):
        return Cell(kind.blanks, (Fault(lost),))
    text, faults = tidy(value) if kind.tidy else (value, ())
    if target := _mapped(text, context):
        return kind.read(target, context)._replace(faults=(Fault("mapped", target),))
    if is_placeholder(text, context.rules):
        return _placeholder(text, kind, context)
    cell = kind.read(text, context)
    return cell._replace(faults=_merged(faults, cell.faults)) if faults else cell


def _lost(text: str) -> str:
    """Fault of a cell whose content is gone: an Excel error typed as text, or text lost in a wrong encoding."""
    if text.startswith("#") and text.strip() in _ERROR_TEXTS:
        return "error_cell"
    return "garbled_lost" if _LOST_TEXT.search(text) else ""


_ERROR_TEXTS = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_LOST_TEXT = re.compile(read_toml("checks.toml")["lost_text"])


def _mapped(text: str, context: Context) -> str:
    """What the team's own mapping makes of a cell; blank where it says nothing or the same."""
    pairs = context.rules.mapping.values
    if not pairs:
        return ""
    word = text.strip()
    found = (pairs.get(f"{header}:{word}") for header in field_headers(context.field.code))
    target = next(filter(None, found), "")
    return "" if target == text else target


def _missing(context: Context) -> tuple[Fault, ...]:
    """A blank cell of a required field; where people may wait for the answer, they say so (R-054)."""
    if not context.field.required:
        return ()
    unknown = context.written.phrase("unknown_yet") if context.field.kind in MAY_WAIT else ""
    return (Fault("missing_required", unknown),)


def _placeholder(text: str, kind: Kind, context: Context) -> Cell:
    """A word instead of a value is missing (C-06); 无 is an answer where the form asks for it (R-030)."""
    if context.field.kind in {"date_or_none", "count", "amount"} and not context.field.required:
        return Cell(kind.blanks)
    unified = (
        context.written.phrase("nothing_there") if context.field.kind == "text" and not text.isalpha() else ""
    )
    if context.field.required:
        settles = context.field.kind in MAY_WAIT | {"company"}  # the row counts by its id
        return Cell(kind.blanks, (Fault("placeholder_required" if settles else "placeholder_needed"),))
    return Cell(kind.blanks, (Fault("placeholder", "" if unified == text else unified),))


def _merged(tidied: tuple[Fault, ...], found: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """One repair per cell: what the reader proposes already contains the tidying."""
    return found if any(fault.suggestion for fault in found) else tidied + found


def _columns(
    filled: Sequence[str], dtypes: Sequence[str], read: _Read, index: pd.Index
) -> dict[str, pd.Series]:
    columns = {}
    dtypes = dtypes if len(dtypes) == len(filled) else ("object",) * len(filled)
    for place, (name, dtype) in enumerate(zip(filled, dtypes, strict=True)):
        values = [
            value if cell is None else cell.values[place]
            for value, cell in zip(read.values, read.cells, strict=True)
        ]
        distinct = pd.Series(values, dtype=dtype).to_numpy()
        cells = distinct if read.repeats_nothing else distinct[read.codes]
        columns[name] = pd.Series(cells, index=index, dtype=dtype)
    return columns


def as_days(dates: pd.Series) -> pd.Series:
    """The dates as Python days, NaT where there is none."""
    return pd.Series(dates.dt.date.to_numpy(dtype=object), index=dates.index, dtype=object)
