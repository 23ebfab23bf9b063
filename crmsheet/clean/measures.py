"""Measures of quantities: currencies, pennies, lengths of time in days (a month is 30, a year 365)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crmsheet.clean.numerals import read_number
from crmsheet.clean.quantity_patterns import TABLE

_CURRENCIES = {word.upper(): code for word, code in TABLE["currencies"].items()}
_TIME = TABLE["time_words"]
_UNITS: dict[str, str] = TABLE["units"]


@dataclass(frozen=True, slots=True)
class Lengths:
    """A measure of time: days in one of it, days its "and a half" adds, its unit, and how sure it is."""

    factor: float
    extra: float = 0.0
    unit: str = ""
    is_year: bool = False
    open_above: bool = False
    approximate: bool = False
    names_a_month_too: bool = False

    def days(self, count: float | None) -> float | None:
        """Days of ``count`` of it; half a year is six months."""
        if count is None:
            return None
        if self.is_year and count == 0.5:
            return float(_TIME["half_year"])
        return round(count * self.factor + self.extra, 6)


@lru_cache(maxsize=256)
def days_of(words: str) -> Lengths:
    """The measure that ``words`` name: 个月, 年半, 个多月, 工作日."""
    text = words.lower()
    piece, half = _TIME["piece"], _TIME["half"]
    name = text.strip(piece + half + _TIME["over"] + _TIME["around"])
    factor = float(TABLE["days"].get(name, 0.0))
    is_year = name in _TIME["year"]
    half_of_it = (_TIME["half_year"] if is_year else factor / 2) if half in text else 0.0
    return Lengths(
        factor=factor,
        extra=half_of_it,
        unit=_UNITS["workday"] if name in _TIME["workdays"] else _UNITS["day"],
        is_year=is_year,
        open_above=any(char in text for char in _TIME["over"]),
        approximate=any(char in text for char in _TIME["over"] + _TIME["around"]),
        names_a_month_too=text in _TIME["ambiguous"],
    )


def currency_code(names: Iterable[str | None]) -> str:
    """ISO code of the currency that is named; a foreign one wins over a plain 元."""
    codes: list[str] = [_CURRENCIES[name.upper()] for name in names if name]
    foreign = [code for code in codes if code != "CNY"]
    return (foreign or codes or ["CNY"])[0]


def pennies(tenths: str | None, hundredths: str | None) -> float:
    """Yuan of 角 and 分 as typed: five and two are 0.52."""
    return (read_number(tenths or "") or 0.0) / 10 + (read_number(hundredths or "") or 0.0) / 100
