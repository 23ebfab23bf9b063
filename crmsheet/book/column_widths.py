"""Widths of columns: a user's stay, ours follow the design. A record of what we set tells them apart."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from lxml import etree

from crmsheet.book.ooxml import child_named, elements, integer

PREFIX = "w:"
STEPS = 5  # per character; two digits of the record then reach Excel's widest column
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
SAME = 0.4  # characters: programs round widths when they save


def widths_of(root: etree._Element) -> tuple[float, ...]:
    """Width of each column from A on that a designed sheet sets."""
    found = child_named(root, "cols")
    widths = (
        [] if found is None else [(integer(one, "min"), integer(one, "max"), one) for one in elements(found)]
    )
    return tuple(float(one.get("width", 0)) for first, last, one in widths for _ in range(first, last + 1))


def width_record(widths: Sequence[float]) -> str:
    """One word that stands for ``widths``.

    >>> width_record((12.7, 9.0)), recorded_widths("1f3a w:1s19")
    ('w:1s19', (12.8, 9.0))
    """
    steps = (min(round(width * STEPS), len(LETTERS) ** 2 - 1) for width in widths)
    return PREFIX + "".join(LETTERS[one // len(LETTERS)] + LETTERS[one % len(LETTERS)] for one in steps)


def recorded_widths(record: str) -> tuple[float, ...]:
    """The widths in a record of several words, to a fifth of a character; none where it has none."""
    word = next((one for one in record.split() if one.startswith(PREFIX)), PREFIX).removeprefix(PREFIX)
    return tuple(int(word[place : place + 2], len(LETTERS)) / STEPS for place in range(0, len(word), 2))


def written_as(root: etree._Element) -> str:
    """The record of a designed sheet's widths."""
    return width_record(widths_of(root))


def renew_widths(root: etree._Element, new: etree._Element, written: Sequence[float]) -> None:
    """Columns of ``root`` that are as wide as we ``written`` them last time become as wide as in ``new``."""
    theirs, ours = child_named(root, "cols"), child_named(new, "cols")
    if theirs is None or ours is None or not written or written_as(new) == width_record(written):
        return
    wanted = dict(enumerate(widths_of(new), start=1))
    apart = [one for found in list(elements(theirs)) for one in _apart(found, len(wanted))]
    for column in apart:
        place = integer(column, "min")
        if place in wanted and place <= len(written) and _is_as(column, written[place - 1]):
            column.set("width", f"{wanted[place]:.10g}")
    theirs[:] = apart


def _is_as(column: etree._Element, written: float) -> bool:
    return abs(float(column.get("width", 0)) - written) <= SAME


def _apart(column: etree._Element, last: int) -> list[etree._Element]:
    """A run of columns with those up to ``last`` on their own."""
    first, end = integer(column, "min"), integer(column, "max")
    pieces = [(place, place) for place in range(first, min(end, last) + 1)]
    if end > last:
        pieces.append((max(first, last + 1), end))
    return [_between(column, *piece) for piece in pieces]


def _between(column: etree._Element, first: int, last: int) -> etree._Element:
    piece = copy.deepcopy(column)
    piece.set("min", str(first))
    piece.set("max", str(last))
    return piece
