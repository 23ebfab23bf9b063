"""Where a sheet's header stands: one or two lines within the first twenty rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crmsheet.book.raw import CellValue, RawSheet
from crmsheet.clean.header_text import LONGEST_TYPED
from crmsheet.clean.headers import field_of, is_standard
from crmsheet.fields import CUSTOMER_SHEETS
from crmsheet.recognize.kinds import Fit, best_fits
from crmsheet.recognize.words import standard_sheet

ROWS_LOOKED_AT = 20
COLUMNS_LOOKED_AT = 300  # enough to know a header by; all of its columns are read afterwards
ENOUGH_FIELDS, ENOUGH_SHARE = 4, 0.6  # of the filled cells of a line that is surely the header
KNOWN_SHARE = 0.5  # of the filled cells of a second header line


@dataclass(frozen=True, slots=True)
class Header:
    """A header: ``texts`` from column A on, ``last_row`` its lowest Excel row, ``fits`` what it suits."""

    texts: tuple[str, ...]
    last_row: int
    fits: tuple[Fit, ...] = ()
    lines: int = 1

    @property
    def rank(self) -> tuple[float, int]:
        return self.fits[0].score if self.fits else 0.0, -self.lines

    @property
    def is_complete(self) -> bool:
        """Whether every column is called as the standard workbook prints it: no other line can name more."""
        code = self.fits[0].code if self.fits else ""
        return (
            bool(code)
            and self.fits[0].fields == len(self.texts)
            and all(is_standard(text, field_of(text, sheet=code), sheet=code) for text in self.texts)
        )

    @property
    def is_certain(self) -> bool:
        """Whether nothing further below can be a better header, a second line of this one aside."""
        filled = sum(map(bool, self.texts))
        return bool(self.fits) and self.fits[0].fields >= max(ENOUGH_FIELDS, ENOUGH_SHARE * filled)


def find_header(sheet: RawSheet) -> Header | None:
    """The line or pair of lines that names the most fields; the first such, and one line rather than two."""
    lines = [_texts(row) for row in sheet.rows[: ROWS_LOOKED_AT + 1]]
    best = Header((), 0)
    for row in range(1, min(ROWS_LOOKED_AT, len(lines)) + 1):
        settled = best.is_certain and _needs_no_other(best.fits[0].code, sheet)
        for header in _candidates(sheet, lines, row):
            best = max(best, header, key=lambda header: header.rank)  # keeps the first of equals
            if best.is_complete:
                return _with_translation(best, lines)
        if settled:
            break
    return _with_translation(best, lines) if best.fits else None


def _needs_no_other(code: str, sheet: RawSheet) -> bool:
    """Whether a certain header is the one to read: below orders that no name calls so, customers may follow."""
    return code in CUSTOMER_SHEETS or standard_sheet(sheet.name) == code


def _candidates(sheet: RawSheet, lines: list[tuple[str, ...]], row: int) -> Iterator[Header]:
    """The header that row may be, alone and together with the row below it."""
    upper, lower = lines[row - 1], lines[row] if row < len(lines) else ()
    yield _header(sheet, upper, row)
    if any(upper) and lower and _names_fields(upper, lower):
        spread = _spread(upper, row, sheet)
        texts = tuple(_joined(over, under) for over, under in zip(spread, lower, strict=True))
        yield replace(_header(sheet, texts, row + 1), lines=2)


def _header(sheet: RawSheet, texts: tuple[str, ...], row: int) -> Header:
    return Header(texts, row, best_fits(texts[:COLUMNS_LOOKED_AT], sheet.name))


def _texts(row: Sequence[CellValue]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in row)


def _names_fields(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether ``lower`` reads like a second header line and not like data."""
    filled = [(over, under) for over, under in zip(upper, lower, strict=True) if under][:COLUMNS_LOOKED_AT]
    known = [under for over, under in filled if _known(under) or _known(over + under)]
    return len(known) >= max(2, KNOWN_SHARE * len(filled))


@lru_cache(maxsize=65536)
def _known(text: str) -> bool:
    return bool(field_of(text))


def _spread(upper: tuple[str, ...], row: int, sheet: RawSheet) -> tuple[str, ...]:
    """``upper`` with the text of each merged cell over all of its columns."""
    texts = list(upper)
    for area in sheet.merged:
        if area.top <= row <= area.bottom and area.left <= len(texts):
            last = min(area.right, len(texts))
            value = sheet.rows[area.top - 1][area.left - 1]
            texts[area.left - 1 : last] = ["" if value is None else str(value)] * (last - area.left + 1)
    return tuple(texts)


def _joined(upper: str, lower: str) -> str:
    """One header out of two lines: 客户 over 编号 is 客户编号; 联系信息 over 职位 is 职位."""
    if not lower or upper == lower or len(upper) + len(lower) > LONGEST_TYPED:
        return lower or upper
    return upper + lower if _known(upper + lower) and not _known(lower) else lower


def _with_translation(header: Header, lines: list[tuple[str, ...]]) -> Header:
    """``header`` with the same header in another language below it, which else would be taken for data."""
    below = lines[header.last_row] if header.last_row < len(lines) else ()
    pairs = [pair for pair in zip(header.texts, below, strict=False) if pair[1]]
    needed = max(3, KNOWN_SHARE * len(pairs))
    for looked_at, (over, under) in enumerate(pairs):
        if needed > len(pairs) - looked_at:  # too few are left
            return header
        name = field_of(over)
        needed -= bool(name) and name == field_of(under)
    return replace(header, last_row=header.last_row + 1) if needed <= 0 else header
