"""Which rows below a header are data: not blank ones, totals, the header once more, or signatures below."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from crmsheet.book.raw import CellValue
from crmsheet.recognize.words import begins_footer, totals_among

Row = Sequence[CellValue]

MOST_WORDS_IN_TOTAL = 3  # besides its label; a row of text is a customer, whatever it is called
MOST_CELLS_IN_FOOTER = 6


@dataclass(frozen=True, slots=True)
class DataRows:
    """Offsets from the first row below the header: of the data, and of what was left out and why."""

    data: Sequence[int]
    totals: tuple[int, ...] = ()
    footers: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()


def choose_rows(rows: Sequence[Row], headers: Row, keys: Sequence[int], ignored: Collection[int]) -> DataRows:
    """Rows of the table among ``rows``, all those below its header.

    ``keys`` are the columns that say whose row it is; ``ignored`` those that may be filled without a record,
    such as row numbers and formulas copied down ahead.
    """
    blank, totals, repeated = set(), set(), set()
    labels = _labels(rows, keys)
    odd = totals_among(labels) | {headers[key] for key in keys} | {None}
    for offset in [offset for offset, label in enumerate(labels) if label in odd]:
        row, label = rows[offset], labels[offset]
        if label is None and is_blank(row, ignored):
            blank.add(offset)
        elif _is_total(row, label):
            totals.add(offset)
        elif label is not None and _repeats(row, headers, keys):
            repeated.add(offset)
    footers = _footers(rows, blank | totals)
    out = blank | totals | repeated | footers
    data = [offset for offset in range(len(rows)) if offset not in out] if out else range(len(rows))
    return DataRows(data, tuple(sorted(totals)), tuple(sorted(footers)), tuple(sorted(repeated)))


def _labels(rows: Sequence[Row], keys: Iterable[int]) -> list[CellValue]:
    """First filled key cell of each row."""
    labels: list[CellValue] = [None] * len(rows)
    for key in keys:
        labels = [row[key] if label is None else label for label, row in zip(labels, rows, strict=True)]
    spaces = {label for label in set(labels) if isinstance(label, str) and not label.strip()}
    return [None if label in spaces else label for label in labels] if spaces else labels


def is_blank(row: Row, ignored: Collection[int] = ()) -> bool:
    """Whether no cell of ``row`` holds anything, white space and the columns ``ignored`` aside."""
    return all(
        value is None or (value.__class__ is str and not str(value).strip())
        for column, value in enumerate(row)
        if column not in ignored
    )


def _is_total(row: Row, label: CellValue) -> bool:
    """Whether ``row``, with ``label`` in its key cell, sums up others; a row of much text is a customer's."""
    texts = [value for value in row if isinstance(value, str)]
    return len(texts) <= 1 + MOST_WORDS_IN_TOTAL and bool(totals_among(texts if label is None else [label]))


def _repeats(row: Row, headers: Row, keys: Iterable[int]) -> bool:
    """Whether ``row`` is the header printed once more, as for a new page."""
    if not any(row[key] == headers[key] and row[key] for key in keys):
        return False
    filled = [(value, header) for value, header in zip(row, headers, strict=False) if value is not None]
    return 2 * sum(value == header for value, header in filled) > len(filled)


def _footers(rows: Sequence[Row], not_data: Collection[int]) -> set[int]:
    """Lines at the very end that are signed or explained rather than filled in."""
    found: set[int] = set()
    for offset in range(len(rows) - 1, -1, -1):
        cells = [value for value in rows[offset] if value is not None]
        if offset in not_data:
            continue
        if len(cells) > MOST_CELLS_IN_FOOTER or not cells or not begins_footer(cells[0]):
            break
        found.add(offset)
    return found
