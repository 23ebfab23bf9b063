"""A small worksheet with each of its cells once: what calamine has to read of it, and how its rows come of that.

calamine takes most of the time of reading a small workbook. Where texts stand in the cells themselves, as systems write
them, most need no reader, and a date or a number says what another one said. The tags of a part are looked at all
together; a sheet with any other tags than those of ordinary rows and cells is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmsheet.book.ooxml import TRANSITIONAL
from crmsheet.book.raw import CellValue

Signs = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.unsignedinteger]

_SHEET_DATA = re.compile(rb"<sheetData\b[^>/]*>")
_FIRST_TEXT = re.compile(rb' t="(s|inlineStr)"')
_BEGINNING = 1 << 12  # bytes that hold a header, which tells where texts stand
_ROW, _FORMULA = (b"ro", b"/r"), (b"f>", b"f ", b"/f")  # tags go by their first two signs
_IS = (b"is", b"t>", b"/t", b"/i", b"/c")
_SHAPES = ((b"v>", b"/v", b"/c"), _IS, (b"is", b"t ", *_IS[2:]), (b"/c",))  # behind the first tag of a cell
_NAME = b' r="'  # behind the c of every cell in plain form
_LETTERS, _DIGITS = (
    (3, 26, ord("A"), 1),
    (7, 10, ord("0"), 0),
)  # of a name: at most, how many, the first, its value
_COLUMNS = 26**4  # more than three letters can name
_TEXT, _RESULT = (
    b'lineStr"',
    b' t="str"',
)  # how tags of cells end: of a text that stands there, of a formula's
_SAYS_ELSE = ("&", "_x", "\r")  # in a text that is not what is written


@dataclass(frozen=True, slots=True)
class Condensed:
    """``xml`` is a worksheet that holds in column A each distinct cell of another, but for the plain texts.

    ``rows`` and ``columns`` are the places of all cells, from 0; ``plain`` marks the plain texts, which are ``texts``;
    each of the others is the row of ``xml`` that ``copies`` says.
    """

    xml: bytes
    rows: Places
    columns: Places
    plain: Marks
    texts: Sequence[str]
    copies: Sequence[int]

    @property
    def extent(self) -> tuple[int, int, int]:
        """Number of cells, last row and last column, from 1."""
        return len(self.rows), int(self.rows.max(initial=-1)) + 1, int(self.columns.max(initial=-1)) + 1

    def expanded(self, read: Sequence[Sequence[CellValue]]) -> list[list[CellValue]]:
        """The rows of the other sheet from A1 on, ``read`` being those of ``xml``. Equal texts are one object."""
        _, last_row, last_column = self.extent
        known: dict[str, str | None] = {"": None}
        values = np.empty(len(self.rows), dtype=object)
        values[self.plain] = list(map(known.setdefault, self.texts, self.texts))
        values[~self.plain] = [read[copy][0] for copy in self.copies]
        cells = np.full((last_row, last_column), None, dtype=object)
        cells[self.rows, self.columns] = values
        rows: list[list[CellValue]] = cells.tolist()
        return rows


def condensed(xml: bytes) -> Condensed | None:
    """The worksheet part ``xml``, which is in plain form; None where its texts stand elsewhere, or where it has other
    tags than those of plain cells.

    >>> row = b'<row r="1"><c r="B1" t="inlineStr"><is><t>a</t></is></c><c r="C1"><v>5</v></c></row>'
    >>> sheet = condensed(b"<sheetData>" + row + b"</sheetData>")
    >>> sheet.copies, sheet.expanded([[5]])
    ([0], [[None, 'a', 5]])
    """
    begin, end = _SHEET_DATA.search(xml), xml.rfind(b"</sheetData>")
    if not begin or not _has_own_texts(xml, begin.end()):
        return None
    tags = _tags(xml[begin.end() : end])
    cells = _cells(tags) if tags else None
    places = _places(tags, cells.tags) if tags and cells else None
    if not tags or not cells or not places:
        return None
    rows, columns, behind = places
    try:
        plain, texts = _plain_texts(tags, cells)
    except UnicodeDecodeError:  # calamine will say what is wrong
        return None
    distinct: dict[bytes, int] = {}
    copies = [distinct.setdefault(cell, len(distinct)) for cell in _written(tags, cells, behind, ~plain)]
    return Condensed(_worksheet(distinct), rows - 1, columns - 1, plain, texts, copies)


def _has_own_texts(xml: bytes, start: int) -> bool:
    first = _FIRST_TEXT.search(xml, start, start + _BEGINNING)
    return first is not None and first[1] != b"s"


@dataclass(frozen=True, slots=True)
class _Tags:
    """Tags of a part: where each opens and closes, and its kind, which is its first two signs as a number."""

    xml: bytes
    signs: Signs
    opens: Places
    closes: Places
    kinds: Numbers

    def behind(self, tags: Places, count: int) -> list[Numbers]:
        """Kinds of the ``count`` tags behind each of ``tags``."""
        padded = np.append(self.kinds, np.zeros(count, self.kinds.dtype))
        return [padded[step:][tags] for step in range(1, count + 1)]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells that hold something: first and last tag, bounds of the value, and which are texts of the usual form."""

    tags: Places
    lasts: Places
    starts: Places
    ends: Places
    texts: Marks


def _number(signs: bytes) -> int:
    return int.from_bytes(signs, "little")


def _numbers(xml: bytes, places: Places, count: int, behind: int = 0) -> Numbers:
    """The ``count`` signs from so many ``behind`` each place on as a number."""
    size = max(len(xml) - count - behind + 1, 0)
    every: Numbers = np.ndarray((size,), f"<u{count}", xml, behind, strides=(1,))
    return every[places]


def _among(kinds: Numbers, asked: Iterable[bytes]) -> Marks:
    marks = np.zeros(len(kinds), dtype=bool)
    for kind in asked:
        marks |= kinds == _number(kind)
    return marks


def _tags(xml: bytes) -> _Tags | None:
    """The tags of rows ``xml`` but those of formulas; None where a text holds a sign of tags."""
    signs = np.frombuffer(xml, np.uint8)
    both = np.flatnonzero((signs == ord("<")) | (signs == ord(">")))
    opens, closes = both[::2], both[1::2]
    if len(both) % 2 or not (signs[opens] == ord("<")).all() or not (signs[closes] == ord(">")).all():
        return None
    kinds = _numbers(xml, opens, 2, behind=1)
    kept = ~_among(kinds, _FORMULA)
    if not kept.all():
        opens, closes, kinds = opens[kept], closes[kept], kinds[kept]
    return _Tags(xml, signs, opens, closes, kinds)


def _cells(tags: _Tags) -> _Cells | None:
    """The cells; None where there are tags of anything else but rows, or a value that may be none."""
    cells = np.flatnonzero(tags.kinds == _number(b"c "))
    closed = tags.signs[tags.closes[cells] - 1] == ord("/")
    behind = tags.behind(cells, 5)
    value, text, spaced, blank = (
        ~closed
        & np.logical_and.reduce([are == _number(one) for are, one in zip(behind, shape, strict=False)])
        for shape in _SHAPES
    )
    sizes = closed + 2 * blank + 4 * value + 6 * (text | spaced)
    if not sizes.all() or sizes.sum() + _among(tags.kinds, _ROW).sum() != len(tags.kinds):
        return None
    full = value | text | spaced
    cells, value, text = cells[full], value[full], text[full]
    before = cells + np.where(value, 1, 2)
    starts, ends = tags.closes[before] + 1, tags.opens[before + 1]
    types = _numbers(tags.xml, tags.closes[cells] - len(_TEXT), len(_TEXT))
    own = types == _number(_TEXT)
    doubtful = value & (own | ((starts == ends) & (types != _number(_RESULT))))
    return None if doubtful.any() else _Cells(cells, cells + np.where(value, 3, 5), starts, ends, text & own)


def _places(tags: _Tags, cells: Places) -> tuple[Places, Places, Places] | None:
    """Row and column of each cell, and where the name ends; None where they do not stand in order."""
    at = tags.opens[cells]
    named = _numbers(tags.xml, at, len(_NAME), behind=2) == _number(_NAME)
    columns, at = _figures(tags.signs, at + 2 + len(_NAME), _LETTERS)
    rows, at = _figures(tags.signs, at, _DIGITS)
    whole = named & (tags.signs[at] == ord('"')) & (rows > 0) & (columns > 0)
    order = rows * _COLUMNS + columns
    return (rows, columns, at + 1) if whole.all() and (np.diff(order) > 0).all() else None


def _figures(signs: Signs, at: Places, figures: tuple[int, int, int, int]) -> tuple[Places, Places]:
    """The numbers that start at these places, and where they end. ``figures``: at most how many, of how many, the
    first of them, and what that counts.
    """
    most, base, first, one = figures
    numbers = np.zeros_like(at)
    for _ in range(most):
        figure = signs[at] - np.uint8(first)  # smaller signs turn into large numbers
        found = figure < base
        if not found.any():
            break
        numbers = np.where(found, numbers * base + figure + one, numbers)
        at = at + found
    return numbers, at


def _plain_texts(tags: _Tags, cells: _Cells) -> tuple[Marks, list[str]]:
    """Which cells are texts that say what is written, and these."""
    signs = tags.signs
    plain = cells.texts & (signs[cells.starts] > ord(" ")) & (signs[cells.ends - 1] > ord(" "))
    starts, sizes = cells.starts[plain], (cells.ends - cells.starts)[plain] + 1  # with the < behind it
    ends = np.cumsum(sizes, dtype=np.int32)
    places = np.repeat(starts.astype(np.int32) - ends + sizes.astype(np.int32), sizes)
    places += np.arange(len(places), dtype=np.int32)
    joined = signs[places].tobytes().decode()
    texts = joined.split("<")[:-1]
    escapes = [sign for sign in _SAYS_ELSE if sign in joined]
    if not escapes:
        return plain, texts
    same = [not any(sign in text for sign in escapes) for text in texts]
    plain[plain] = same
    return plain, [text for text, kept in zip(texts, same, strict=True) if kept]


def _written(tags: _Tags, cells: _Cells, behind: Places, which: Marks) -> Iterator[bytes]:
    """How cells are written from behind their names on, without formulas."""
    first, last = cells.tags[which], cells.lasts[which]
    bounds = (behind[which], tags.closes[first] + 1, tags.opens[first + 1], tags.closes[last] + 1)
    for start, stop, value, end in zip(*(places.tolist() for places in bounds), strict=True):
        yield tags.xml[start:stop] + tags.xml[value:end]


def _worksheet(cells: Iterable[bytes]) -> bytes:
    """A worksheet of ``cells`` in column A."""
    rows = (b'<row r="%d"><c r="A%d"%s</row>' % (row, row, cell) for row, cell in enumerate(cells, start=1))
    return b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (
        TRANSITIONAL.main.encode(),
        b"".join(rows),
    )
