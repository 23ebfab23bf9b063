"""How one value is spelled in a cell: text that cannot become a formula, dates as serial numbers, blanks.

Excel counts text in UTF-16 units, and escapes characters XML forbids as ``_xHHHH_``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from crmsheet.book.design import Formula

__all__ = ["CellWriter", "Formula", "cut", "escape", "serial", "text_element", "utf16_length"]

LONGEST_TEXT = 32_767
MOST_EXACT_INTEGER = 10**15  # Excel keeps 15 digits; longer numbers are identifiers and stay text
EPOCH_1900 = dt.datetime(1899, 12, 30)
DAYS_TO_1904 = 1462
FALSE_LEAP_DAY = 60  # Excel believes in 1900-02-29: serials before it are one less

_NEEDS_CARE = re.compile(r"[&<>\x00-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def escape(text: str) -> str:
    """``text`` as it stands between XML tags.

    >>> escape("a<b & _x0041_\\x07")
    'a&lt;b &amp; _x005F_x0041__x0007_'
    """
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _FORBIDDEN.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str) -> str:
    """``text`` within Excel's limit of 32,767 UTF-16 units."""
    if len(text) * 2 <= LONGEST_TEXT or utf16_length(text) <= LONGEST_TEXT:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST_TEXT]
    return units.decode("utf-16-le", "ignore")


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_element(text: str) -> str:
    """The ``<t>`` element that holds ``text``."""
    if len(text) <= LONGEST_TEXT // 2 and not _NEEDS_CARE.search(text):
        return f"<t>{text}</t>"
    text = cut(text)
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<t{keep}>{escape(text)}</t>"


def serial(moment: dt.date | dt.time | dt.timedelta, *, date1904: bool = False) -> float:
    """Excel's number for a date, time or duration.

    Raises ``ValueError`` before the calendar's first day.

    >>> serial(dt.date(2024, 1, 1)), serial(dt.date(1900, 2, 28)), serial(dt.date(2024, 1, 1), date1904=True)
    (45292, 59, 43830)
    """
    if isinstance(moment, dt.timedelta):
        return _compact(moment / dt.timedelta(days=1))
    if isinstance(moment, dt.time):
        moment = dt.datetime.combine(EPOCH_1900.date(), moment)
        return _compact((moment.replace(tzinfo=None) - EPOCH_1900) / dt.timedelta(days=1))
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    days = (moment.replace(tzinfo=None) - EPOCH_1900) / dt.timedelta(days=1)
    if date1904:
        days -= DAYS_TO_1904
    elif days <= FALSE_LEAP_DAY:
        days -= 1
    if days < 0 or (days < 1 and not date1904):
        raise ValueError("before the first day of Excel's calendar")
    return _compact(days)


def _compact(number: float) -> float:
    return int(number) if number == int(number) else number


class CellWriter:
    """Spells values for one workbook, whose calendar it knows.

    ``tail(value)`` is what follows ``<c r=".." s=".."``; it is empty for a blank.
    """

    def __init__(self, *, date1904: bool = False) -> None:
        self._date1904 = date1904
        self.shortened = 0
        self._by_type: dict[type, Callable[[Any], str]] = {
            str: self._text,
            int: self._integer,
            float: self._number,
            bool: self._boolean,
            type(None): lambda _: "",
            dt.date: self._moment,
            dt.datetime: self._moment,
            dt.time: self._moment,
            dt.timedelta: self._moment,
            Decimal: lambda value: self._number(float(value)),
            Formula: self._formula,
        }

    def tail(self, value: object) -> str:
        spell = self._by_type.get(type(value))
        return spell(value) if spell else self._foreign(value)

    def _text(self, value: str) -> str:
        if not value:
            return ""
        if len(value) * 2 > LONGEST_TEXT and utf16_length(value) > LONGEST_TEXT:
            self.shortened += 1
        return f' t="inlineStr"><is>{text_element(value)}</is></c>'

    def _integer(self, value: int) -> str:
        return f"><v>{value}</v></c>" if abs(value) < MOST_EXACT_INTEGER else self._text(str(value))

    def _number(self, value: float) -> str:
        return f"><v>{value!r}</v></c>" if math.isfinite(value) else ""

    def _boolean(self, value: bool) -> str:  # noqa: FBT001
        return f' t="b"><v>{value:d}</v></c>'

    def _moment(self, value: dt.date | dt.time | dt.timedelta) -> str:
        if type(value).__name__ == "NaTType":
            return ""
        try:
            return f"><v>{serial(value, date1904=self._date1904)!r}</v></c>"
        except ValueError:
            return self._text(str(value))

    def _formula(self, value: Formula) -> str:
        formula = f"<f>{escape(value.text.removeprefix('='))}</f>"
        cached = value.value
        if isinstance(cached, str):
            return f' t="str">{formula}<v>{escape(cut(cached))}</v></c>'
        return self.tail(cached).replace("><v>", f">{formula}<v>", 1) or f">{formula}</c>"

    def _foreign(self, value: object) -> str:
        """numpy scalars, pandas values and subclasses."""
        if type(value).__name__ in ("NAType", "NaTType"):
            return ""
        plain = value.item() if hasattr(value, "item") else value
        known = (self._by_type[kind] for kind in type(plain).__mro__ if kind in self._by_type)
        spell = next(known, None)
        return spell(plain) if spell else self._text(str(plain))
