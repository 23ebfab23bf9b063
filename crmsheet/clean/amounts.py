"""Amounts as people type them: money, headcounts and lengths of time (R-019, R-025, R-026, R-029)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from crmsheet.clean.measures import currency_code
from crmsheet.clean.numerals import plain_text, read_number
from crmsheet.clean.quantities import Quantity, find_numbers, in_days
from crmsheet.clean.quantity_bounds import bounded, merged, outside_brackets
from crmsheet.clean.quantity_patterns import PATTERNS, TABLE, readable
from crmsheet.clean.quantity_ranges import join_ranges

__all__ = ["RangeReading", "parse_duration", "parse_headcount", "parse_money"]

_CACHED_LENGTH = 200  # longer cells are read each time, so that the cache stays small
_NUMBERS = frozenset({int, float})
_UNITS: dict[str, str] = TABLE["units"]
_LIMITS: dict[str, float] = TABLE["limits"]


@dataclass(frozen=True, slots=True)
class RangeReading:
    """A quantity from ``low`` to ``high`` (None = open, equal = exact) in ``unit``.

    ``unit`` is an ISO currency code, or the words of ``amounts.toml`` for heads, days and workdays.
    ``assumed`` names what was inferred: ``unit`` (none was typed), ``reversed``, ``approximate``,
    ``month_or_duration``.
    """

    low: float | None
    high: float | None
    unit: str
    assumed: tuple[str, ...] = ()


def parse_money(text: object, *, unit_hint: str = "") -> RangeReading | None:
    """Money in yuan or in the currency that is named; ``unit_hint`` is the unit of the column (万元).

    >>> parse_money("8-10万")
    RangeReading(low=80000.0, high=100000.0, unit='CNY', assumed=())
    >>> parse_money("10以上", unit_hint="万元").low, parse_money("面议")
    (100000.0, None)
    """
    if type(text) in _NUMBERS and 0 < text < _LIMITS["largest"]:  # type: ignore[operator]
        return _typed_number(float(text), unit_hint)  # type: ignore[arg-type]
    return _read(_read_money, text, unit_hint)


def _typed_number(value: float, unit_hint: str) -> RangeReading:
    """A number cell needs no reading of digits, and most cells of an amount are numbers."""
    assumed = ("unit",) if not unit_hint and value < _LIMITS["bare_needs_unit"] else ()
    amount = value * _hint_factor(unit_hint)
    return RangeReading(amount, amount, currency_code(PATTERNS["currency_hint"].findall(unit_hint)), assumed)


def parse_headcount(text: object, *, unit_hint: str = "") -> RangeReading | None:
    """Number of people.

    >>> parse_headcount("100-500人,营收5000万-1亿")
    RangeReading(low=100.0, high=500.0, unit='人', assumed=())
    """
    return _read(_read_headcount, text, unit_hint)


def parse_duration(text: object, *, unit_hint: str = "") -> RangeReading | None:
    """Length of time in days (a month is 30), or in workdays when the cell says so.

    >>> parse_duration("2-3个月"), parse_duration("5个工作日内").unit
    (RangeReading(low=60.0, high=90.0, unit='天', assumed=()), '工作日')
    """
    return _read(_read_duration, text, unit_hint)


Reader = Callable[[str, str], RangeReading | None]


def _read(reader: Reader, value: object, unit_hint: str) -> RangeReading | None:
    text = plain_text(value)
    if len(text) > _CACHED_LENGTH:
        return reader(text, unit_hint)
    return _read_once(reader, text, unit_hint)


@lru_cache(maxsize=65536)
def _read_once(reader: Reader, text: str, unit_hint: str) -> RangeReading | None:
    return reader(text, unit_hint)


def _quantities(folded: str) -> list[Quantity]:
    joined = join_ranges(folded, find_numbers(folded))
    return [found for found in (bounded(folded, one) for one in joined) if found is not None]


def _read_money(text: str, unit_hint: str) -> RangeReading | None:
    folded = readable(text)
    found = _quantities(folded)
    marked = [one for one in found if one.measure == "money" or (not one.measure and one.multiplied)]
    one = _only(folded, marked) if marked else _bare(folded, found, "filler_money", unit_hint)
    if one is None:
        return None
    if PATTERNS["accounting"].match(folded):
        one = replace(one, low=-(one.high or 0.0), high=-(one.low or 0.0))
    return _reading(_in_yuan(one, unit_hint))


def _read_headcount(text: str, unit_hint: str) -> RangeReading | None:
    folded = readable(text)
    found = _quantities(folded)
    people = [one for one in found if one.measure == "heads"]
    if people:
        return _reading(_as_heads(_only(folded, people)))
    bare = _bare(folded, found, "filler_heads", unit_hint)
    if bare is None:
        return None
    bare = _scaled(bare, _hint_factor(unit_hint))
    most = max(bare.low or 0.0, bare.high or 0.0)
    return _reading(_as_heads(bare)) if 0 <= most <= _LIMITS["most_heads"] else None


def _read_duration(text: str, unit_hint: str) -> RangeReading | None:
    folded = readable(text)
    found = _quantities(folded)
    lengths = [one for one in found if one.measure == "time"]
    if lengths:
        return _reading(_only(folded, lengths))
    hint = PATTERNS["time_hint"].search(unit_hint)
    bare = _bare(folded, found, "filler_time", unit_hint) if hint else None
    if bare is None or hint is None:
        return None
    return _reading(in_days(replace(bare, words=hint[0])))


def _only(folded: str, found: list[Quantity]) -> Quantity | None:
    """The one quantity that a cell holds; of two it cannot be said which is meant."""
    quantities = merged(outside_brackets(folded, found))
    return quantities[0] if len(quantities) == 1 else None


def _bare(folded: str, found: list[Quantity], filler: str, unit_hint: str) -> Quantity | None:
    """The one number without a unit, when nothing stands around it that could give it another meaning."""
    one = _only(folded, found)
    if one is None or one.measure:
        return None
    # Each side by itself: brackets around the number do not hide what stands in them.
    sides = (PATTERNS["brackets"].sub("", side) for side in (folded[: one.start], folded[one.end :]))
    left = "".join(PATTERNS[filler].sub("", side) for side in sides)
    return one if not left and (unit_hint or one.in_digits) else None


def _in_yuan(one: Quantity, unit_hint: str) -> Quantity:
    if one.measure == "money":
        return one
    if unit_hint and not one.multiplied:
        one = _scaled(one, _hint_factor(unit_hint))
    elif not one.multiplied and 0 < max(one.low or 0.0, one.high or 0.0) < _LIMITS["bare_needs_unit"]:
        one = one.assuming("unit")
    names = PATTERNS["currency_hint"].findall(unit_hint)
    return replace(one, unit=currency_code(names))


def _hint_factor(unit_hint: str) -> float:
    found = PATTERNS["hint_factor"].search(unit_hint)
    return (read_number(found[0]) or 1.0) if found else 1.0


def _scaled(one: Quantity, factor: float) -> Quantity:
    low = None if one.low is None else one.low * factor
    high = None if one.high is None else one.high * factor
    return replace(one, low=low, high=high)


def _as_heads(one: Quantity | None) -> Quantity | None:
    return one and replace(one, unit=_UNITS["heads"])


def _reading(one: Quantity | None) -> RangeReading | None:
    if one is None or one.measure == "other" or (one.low is None and one.high is None):
        return None
    # Adding zero turns -0.0, which accounting brackets around 0 give, into 0.0.
    low, high = (None if bound is None else bound + 0.0 for bound in (one.low, one.high))
    return RangeReading(low, high, one.unit, one.assumed)
