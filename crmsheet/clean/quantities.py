"""Numbers in a text, each with its measure and unit: 12万5千, 100名员工, 一个半月 (R-019, R-025, R-026)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from crmsheet.clean.measures import Lengths, currency_code, days_of, pennies
from crmsheet.clean.numerals import read_number, read_spread
from crmsheet.clean.quantity_patterns import PATTERNS, TABLE

Measure = Literal["money", "heads", "time", "other", ""]

_WORDS = TABLE["number_words"]
_HALF: str = _WORDS["half"]
_OVER: str = _WORDS["over"]
_AROUND: str = _WORDS["around"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or range as typed: ``low`` to ``high`` (None = open), measure, place, what was inferred."""

    low: float | None
    high: float | None
    start: int
    end: int
    measure: Measure = ""
    unit: str = ""
    run: str = ""  # the number as typed, without its measure
    words: str = ""  # the measure as typed
    assumed: tuple[str, ...] = ()
    is_range: bool = False

    def assuming(self, *codes: str) -> Quantity:
        """The same quantity with ``codes`` added to what was inferred."""
        return replace(self, assumed=(*self.assumed, *(code for code in codes if code not in self.assumed)))

    @property
    def multiplied(self) -> bool:
        """Whether the number itself carries a multiplier (万, 千, w), so that it is no bare number."""
        return bool(PATTERNS["multiplied"].search(self.run))

    @property
    def in_digits(self) -> bool:
        """Whether the number can stand alone; a single Chinese digit is mostly part of a word."""
        return not PATTERNS["chinese"].match(self.run)


def find_numbers(text: str) -> list[Quantity]:
    """Numbers of a readable text in order, each with the measure right after it."""
    return [found for found in map(_number_in, PATTERNS["amount"].finditer(text)) if found is not None]


def _number_in(match: re.Match[str]) -> Quantity | None:
    values = _values(match["run"])
    before = match.string[max(0, match.start() - 2) : match.start()]
    if values is None or PATTERNS["recurring"].search(before):
        return None
    low, high, codes = values
    words = (match["money"] or match["heads"] or match["time"] or "") + (match["half"] or "")
    found = Quantity(low, high, match.start(), match.end(), run=match["run"], words=words, assumed=codes)
    found = replace(found, measure=_measure_of(match))
    if found.measure == "money":
        found = _in_currency(found, match)
    if found.measure == "time":
        found = in_days(found)
    if match["sign"]:
        found = replace(found, low=_negative(found.high), high=_negative(found.low))
    return _with_inner_bound(found, match["plus"], match["class"])


def _with_inner_bound(found: Quantity, mark: str | None, magnitude: str | None) -> Quantity:
    """``found`` with the bound that stands between number and measure: 500+人, 500左右人, 百万级."""
    if mark and PATTERNS["about_after"].match(mark):
        return found.assuming("approximate")
    return replace(found, high=None) if mark or magnitude else found


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _measure_of(match: re.Match[str]) -> Measure:
    if match["time"]:
        rate = PATTERNS["times_after"].match(match.string[match.end() : match.end() + 5])
        return "other" if rate or PATTERNS["ordinal"].match(match["run"] + match["time"]) else "time"
    if match["heads"]:
        return "heads"
    if match["other"]:
        return "other"
    if not match["money"] and PATTERNS["heads_before"].search(match.string, 0, match.start()):
        return "heads"
    return "money" if match["money"] or match["before"] or match["inner"] else ""


def _in_currency(found: Quantity, match: re.Match[str]) -> Quantity:
    unit = currency_code((match["before"], match["inner"], match["after"], match["post"]))
    more = pennies(match["jiao"] or match["mao"], match["fen"] or match["cents"])
    return replace(found, unit=unit, low=_plus(found.low, more), high=_plus(found.high, more))


def _plus(value: float | None, more: float) -> float | None:
    return None if value is None else round(value + more, 6)


def in_days(found: Quantity) -> Quantity:
    """A number whose ``words`` name a length of time, in days; workdays keep their own unit."""
    length: Lengths = days_of(found.words)
    low, high = length.days(found.low), length.days(found.high)
    if length.open_above:
        high = None
    codes = ("approximate",) if length.approximate else ()
    if length.names_a_month_too and found.low == found.high:
        codes = (*codes, "month_or_duration")
    if length.is_year and (found.low or 0) >= TABLE["limits"]["year_number"]:
        return replace(found, measure="other")
    return replace(found, low=low, high=high, measure="time", unit=length.unit).assuming(*codes)


def _values(run: str) -> tuple[float | None, float | None, tuple[str, ...]] | None:
    """Least and most of a number as typed, and what was inferred; None when it is no number."""
    text = run.replace(" ", "").replace(",", "").replace(_WORDS["stop"], ".").replace(_WORDS["piece"], "")
    if text[:1] == "0" and text[1:2].isdigit():
        return None
    over = any(char in _OVER for char in text)
    around = any(char in _AROUND for char in text)
    text = "".join(char for char in text if char not in _OVER + _AROUND)
    spread = read_spread(text)
    if spread:
        return (*spread, ("approximate",))
    value = _number(text)
    if value is None:
        return None
    return value, None if over else value, ("approximate",) if over or around else ()


def _number(text: str) -> float | None:
    if text.startswith(_HALF):
        return 0.5 * (_number(text[1:]) or 0.0) if text[1:] else 0.5
    if PATTERNS["scientific"].fullmatch(text):
        return float(text) if float(text) < TABLE["limits"]["largest"] else None
    return read_number(text)
