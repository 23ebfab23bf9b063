"""A record of what we wrote into a list, so that the next refresh can tell what somebody typed over it.

The record is text in hidden rows below the list, where every program keeps it: a mark of the key of each row, and
one of each cell. Sorting and filtering do not disturb it. Two texts of one mark are told apart 4,095 times in 4,096.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from crmsheet.book.cell_values import serial
from crmsheet.book.column_cells import plain_values
from crmsheet.book.design import Coded, Formula
from crmsheet.book.tables import header_mark

OPENS = "crmsheet:1:"
MOST_ROWS = 5_000  # of a longer list nothing is recorded: it would cost more than writing it
LONGEST_PIECE = 30_000
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
KEY_DIGITS, CELL_DIGITS = 5, 2


@dataclass(frozen=True)
class CellRecord:
    """What was written: ``keys`` are marks of the headers that name a row, ``columns`` those of all headers;
    ``rows`` are the marks of each row's cells by the mark of its key.
    """

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Mapping[str, str]

    def named(self, headers: Sequence[str], row: Sequence[str]) -> str:
        """What names ``row``: its first column that does."""
        texts = (text for header, text in zip(headers, row, strict=True) if header_mark(header) in self.keys)
        return next(texts, "")

    def typed_over(self, headers: Sequence[str], row: Sequence[str]) -> Iterator[int]:
        """Places of the cells in ``row`` that hold another text than we wrote; none for a row that is not ours."""
        places = {header_mark(header): place for place, header in enumerate(headers)}
        if not set(self.keys) <= set(places):
            return
        marks = self.rows.get(_key(row[places[key]] for key in self.keys), "")
        for number, written in enumerate(_pairs(marks)):
            place = places.get(self.columns[number])
            if place is not None and row[place] and _mark(row[place], CELL_DIGITS) != written:
                yield place


def record_pieces(keys: Sequence[str], columns: Mapping[str, Sequence[object]]) -> list[str]:
    """The record of a list's cells by header, as texts that fit into cells; rows of one key are left out.

    >>> record = read_record(record_pieces(["id"], {"id": ["A", "B"], "tier": ["high", "low"]}))
    >>> list(record.typed_over(["tier", "id"], ["mine", "A"])), list(record.typed_over(["id", "tier"], ["B", "low"]))
    ([0], [])
    """
    cells = zip(*(_each(columns[key], spelled_cell) for key in keys), strict=True)
    marks = zip(*(_each(column, _cell_mark) for column in columns.values()), strict=True)
    lines: dict[str, str] = {}
    for key, row in zip(map(_key, cells), marks, strict=True):
        lines[key] = "" if key in lines else "".join(row)
    head = f"{OPENS}{' '.join(map(header_mark, keys))}:{' '.join(map(header_mark, columns))}:"
    whole = head + "".join(key + row for key, row in lines.items() if row)
    return [whole[start : start + LONGEST_PIECE] for start in range(0, len(whole), LONGEST_PIECE)]


def read_record(pieces: Iterable[str]) -> CellRecord:
    """The record in texts that :func:`record_pieces` made; an empty one where there is none."""
    keys, columns, rows = ("".join(pieces).removeprefix(OPENS).split(":", 2) + ["", "", ""])[:3]
    length = KEY_DIGITS + CELL_DIGITS * len(columns.split())
    lines = (rows[start : start + length] for start in range(0, len(rows), length))
    marks = {line[:KEY_DIGITS]: line[KEY_DIGITS:] for line in lines if len(line) == length}
    return CellRecord(tuple(keys.split()), tuple(columns.split()), marks)


def spelled_cell(value: object) -> str:
    """One spelling of a cell's value, whichever program saved it: dates are numbers, numbers have ten digits.

    >>> spelled_cell(0.1 + 0.2), spelled_cell(date(2024, 1, 1)), spelled_cell(" a\\r\\n"), spelled_cell(None)
    ('0.3', '45292', 'a', '')
    """
    if isinstance(value, Formula):
        value = value.value
    if isinstance(value, date | time | timedelta):
        value = serial(value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return "" if value is None else str(value).replace("\r", "").strip()


def _each(column: Sequence[object], spell: Callable[[object], str]) -> list[str]:
    """``spell`` of every value, once for each distinct one where the column knows them."""
    if not isinstance(column, Coded):
        return [spell(value) for value in plain_values(column)]
    spelled = [spell(value) for value in column.values]
    return [spelled[code] for code in column.codes.tolist()]


def _cell_mark(value: object) -> str:
    return _mark(spelled_cell(value), CELL_DIGITS)


def _key(texts: Iterable[str]) -> str:
    return _mark("\x1f".join(texts), KEY_DIGITS)


def _mark(text: str, digits: int) -> str:
    number = zlib.crc32(text.encode("utf-8", "replace"))
    return "".join(DIGITS[number >> 6 * place & 63] for place in range(digits))


def _pairs(text: str) -> Iterator[str]:
    return (text[place : place + CELL_DIGITS] for place in range(0, len(text), CELL_DIGITS))
