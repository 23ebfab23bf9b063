"""Finds a table's rows again after it was rewritten, so that a remark beside a customer stays beside that
customer.

A row is known by the first column that tells all new rows apart, or else by all columns together. Columns
of text are asked before columns of numbers, and columns that merely count 1, 2, 3 … say nothing about a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lxml import etree

from crmsheet.book.cell_values import CellWriter
from crmsheet.book.cells import plain_values
from crmsheet.book.design import Formula
from crmsheet.book.ooxml import child_named, elements, parse

Key = tuple[str, ...]
ReadCell = Callable[[int, str], str]  # row and column name → text of that cell in the old table


def new_rows(
    wanted: Iterable[int],
    read: ReadCell,
    columns: Mapping[str, Sequence[object]],
    first_row: int,
    writer: CellWriter,
) -> dict[int, int | None]:
    """For each ``wanted`` old row the new row that continues it, None when it is gone.

    ``columns`` are those of the new table that the old one has too, by name, the likeliest to name a row
    first; ``first_row`` is the new table's first. Empty when nothing tells the new rows apart.
    """
    rows = list(wanted)
    keys = _telling_apart(columns, writer) if rows else None
    if keys is None:
        return {}
    names, spelled = keys
    places = {key: first_row + place for place, key in enumerate(spelled)}
    return {row: places.get(tuple(read(row, name) for name in names)) for row in rows}


def _telling_apart(
    columns: Mapping[str, Sequence[object]], writer: CellWriter
) -> tuple[tuple[str, ...], list[Key]] | None:
    """The names of the columns that make up a row's key, and the key of each row."""
    spelled: dict[str, list[str]] = {}
    for name in sorted(columns, key=lambda name: not _holds_text(columns[name])):
        texts = spelled[name] = [spelling(value, writer) for value in plain_values(columns[name])]
        if len(set(texts)) == len(texts) and "" not in texts and not _merely_counts(texts):
            return (name,), [(text,) for text in texts]
    together = list(zip(*spelled.values(), strict=True))
    return (tuple(spelled), together) if len(set(together)) == len(together) else None


def _holds_text(column: Sequence[object]) -> bool:
    return any(isinstance(value.value if isinstance(value, Formula) else value, str) for value in column)


def _merely_counts(texts: list[str]) -> bool:
    return texts == [str(float(number)) for number in range(1, len(texts) + 1)]


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
    return str(float(text)) if kind == "n" and text else text


def _content(cell: etree._Element | None) -> Iterator[str]:
    inline, value = child_named(cell, "is"), child_named(cell, "v")
    if inline is not None:
        yield from (str(text) for text in inline.itertext())
    elif value is not None:
        yield value.text or ""
