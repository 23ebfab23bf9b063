"""Finds a table's rows again after it was rewritten, so that a remark beside a customer stays beside that
customer.

A row is known by the column that names it; namesakes are told apart by what else stands in their rows.
Columns of text are asked before columns of numbers, and columns that merely count 1, 2, 3 … say nothing
about a row.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from crmsheet.book.cell_values import CellWriter
from crmsheet.book.column_cells import plain_values
from crmsheet.book.design import Formula
from crmsheet.book.ooxml import child_named, elements, parse

# Programs that do not calculate save formulas without values; a link still says what it shows.
_SHOWN_BY_LINK = re.compile(r'HYPERLINK\(.*"((?:[^"]|"")*)"\)+$', re.S)

ReadCell = Callable[[int, str], str]  # row and column name → text of that cell in the old table
Key = tuple[str, ...]
Names = tuple[str, ...]
MOST_NAMESAKES = 50
TELLS_APART = 0.9  # share of rows that a naming column knows on its own; the others are namesakes
TELLS_MOST = 0.5  # where no column does: better some namesakes than rows known by cells that change every day


@dataclass(frozen=True)
class OldRows:
    """The rows of the old table, and how to read one cell of them."""

    rows: Sequence[int]
    read: ReadCell


@dataclass(frozen=True)
class NewRows:
    """The new table: its columns that the old one has too, by name, the likeliest to name a row first."""

    first_row: int
    columns: Mapping[str, Sequence[object]]
    writer: CellWriter

    @cached_property
    def values(self) -> dict[str, list[object]]:
        return {name: plain_values(column) for name, column in self.columns.items()}

    def text(self, row: int, name: str) -> str:
        return spelling(self.values[name][row - self.first_row], self.writer)

    def keys(self, names: Names) -> list[Key]:
        """What stands in the columns ``names``, row by row."""
        spelled = ([spelling(value, self.writer) for value in self.values[name]] for name in names)
        return list(zip(*spelled, strict=True))


def new_rows(wanted: Iterable[int], old: OldRows, new: NewRows) -> dict[int, int | None]:
    """For each ``wanted`` old row the new row that continues it, None when it is gone or cannot be told.

    Empty when nothing names the rows.
    """
    rows = list(wanted)
    names = _naming_columns(new) if rows else ()
    if not names:
        return {}
    after, before = defaultdict(list), defaultdict(list)
    for row, key in enumerate(new.keys(names), start=new.first_row):
        after[key].append(row)
    for row in old.rows:
        before[_key(old, row, names)].append(row)
    groups = {row: _key(old, row, names) for row in rows}
    return {row: _partner(row, before[key], after[key], (old, new)) for row, key in groups.items()}


def _key(old: OldRows, row: int, names: Names) -> Key:
    return tuple(old.read(row, name) for name in names)


def _naming_columns(new: NewRows) -> Names:
    """The first column that nearly tells all rows apart, else the first text that tells most, else all columns."""
    single = sorted(new.columns, key=lambda name: not _holds_text(new.values[name]))
    found = next((name for name in single if _tells(new.keys((name,)), TELLS_APART)), None)
    texts = (name for name in single if _holds_text(new.values[name]))
    found = found or next((name for name in texts if _tells(new.keys((name,)), TELLS_MOST)), None)
    if found:
        return (found,)
    every = tuple(new.columns)
    return every if _tells(new.keys(every), TELLS_APART) else ()


def _tells(keys: list[Key], share: float) -> bool:
    counts = Counter(keys)
    alone = sum(1 for key in keys if any(key) and counts[key] == 1)
    return bool(keys) and alone >= share * len(keys) and not _merely_counts(keys)


def _partner(row: int, before: list[int], after: list[int], tables: tuple[OldRows, NewRows]) -> int | None:
    """The row of ``after`` that continues ``row``, which shares its name with the rows ``before``.

    Among namesakes those belong together that agree in most other cells, if that is beyond doubt.
    """
    if len(before) == len(after) == 1:
        return after[0]
    if max(len(before), len(after)) > MOST_NAMESAKES:
        return None
    best = _most_alike(after, lambda other: _agreement(row, other, tables))
    if best is None or _most_alike(before, lambda other: _agreement(other, best, tables)) != row:
        return None
    return best


def _most_alike(rows: list[int], agreement: Callable[[int], int]) -> int | None:
    ranked = sorted(((agreement(row), row) for row in rows), reverse=True)
    doubtful = len(ranked) > 1 and ranked[0][0] == ranked[1][0]
    return None if not ranked or doubtful else ranked[0][1]


def _agreement(old_row: int, new_row: int, tables: tuple[OldRows, NewRows]) -> int:
    old, new = tables
    return sum(old.read(old_row, name) == new.text(new_row, name) for name in new.columns)


def _holds_text(column: Sequence[object]) -> bool:
    return any(isinstance(value.value if isinstance(value, Formula) else value, str) for value in column)


def _merely_counts(keys: list[Key]) -> bool:
    return keys == [(str(float(number)),) for number in range(1, len(keys) + 1)]


def spelling(value: object, writer: CellWriter) -> str:
    """One text for one value, whichever way it is stored.

    >>> spelling(3, CellWriter()), spelling("3", CellWriter()), spelling(None, CellWriter())
    ('3.0', '3', '')
    """
    if isinstance(value, str):
        return value
    tail = writer.tail(value.value if isinstance(value, Formula) else value)
    return cell_text(f"<c{tail}".encode("utf-8", "surrogatepass"), ()) if tail else ""


def cell_text(cell: bytes, strings: Sequence[str]) -> str:
    """Text of a cell given as XML, as :func:`spelling` spells it."""
    root = parse(b'<r xmlns:x14ac="urn:x">' + cell + b"</r>")
    found = next(elements(root), None)
    kind = "n" if found is None else found.get("t", "n")
    text = "".join(_content(found))
    if kind == "s":
        return strings[int(text)] if text.isdigit() and int(text) < len(strings) else ""
    return str(float(text)) if kind == "n" and _is_number(text) else text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _content(cell: etree._Element | None) -> Iterator[str]:
    inline, value, formula = (child_named(cell, name) for name in ("is", "v", "f"))
    if inline is not None:
        yield from (str(text) for text in inline.itertext())
    elif value is not None and value.text:
        yield value.text
    elif formula is not None:
        shown = _SHOWN_BY_LINK.search(formula.text or "")
        yield shown[1].replace('""', '"') if shown else ""
