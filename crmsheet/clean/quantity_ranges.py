"""Ranges of two numbers, which share what only one of them says: the 万 of 8-10万, but not of 8000-1万."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crmsheet.clean.measures import days_of
from crmsheet.clean.numerals import read_number
from crmsheet.clean.quantities import Quantity, in_days
from crmsheet.clean.quantity_patterns import PATTERNS

_REVERSED_COST = 20.0  # a range that falls is believed only when it is this much tighter than one that rises
_LEAST_SHARED = 100  # the ten of "fifty" is not shared: one to fifty begins at one
_TEN_THOUSAND, _HUNDRED_MILLION = 1e4, 1e8


@dataclass(frozen=True, slots=True)
class Scale:
    """What to multiply the two numbers of a range by, and whether that was a guess."""

    low: float = 1.0
    high: float = 1.0
    assumed: tuple[str, ...] = ()


def join_ranges(text: str, tokens: list[Quantity]) -> list[Quantity]:
    """Numbers of one range made one quantity; three in a row are none."""
    found: list[Quantity] = []
    for token in tokens:
        pair = _pair(text, found[-1], token) if found else None
        if pair is None:
            found.append(token)
        else:
            found[-1] = pair
    return found


def _pair(text: str, first: Quantity, second: Quantity) -> Quantity | None:
    gap = text[first.end : second.start]
    if first.measure == second.measure == "time" and PATTERNS["plus_also"].match(gap):
        return _sum(first, second)
    several = PATTERNS["several"].match(gap) and (first.measure in {"", second.measure} or first.is_range)
    alike = first.measure in {"", second.measure} or not second.measure
    if not several and not (alike and _connects(text, first, second, gap)):
        return None
    if several or first.is_range:
        return replace(first, end=second.end, measure="other", is_range=True)
    return _range(first, second)


def _connects(text: str, first: Quantity, second: Quantity, gap: str) -> bool:
    if PATTERNS["to"].match(gap):
        return True
    if PATTERNS["or"].match(gap) and not first.measure and not first.multiplied:
        return bool(second.measure or second.multiplied)
    if PATTERNS["either"].match(gap):
        return True
    return bool(PATTERNS["and"].match(gap) and PATTERNS["between"].match(text, second.end))


def _sum(first: Quantity, second: Quantity) -> Quantity:
    """A year and three months; ten days "half a month" are a range instead."""
    if days_of(first.words).factor <= days_of(second.words).factor:
        return _range(first, second)
    low = None if first.low is None or second.low is None else first.low + second.low
    high = None if first.high is None or second.high is None else first.high + second.high
    return replace(first, low=low, high=high, end=second.end).assuming(*second.assumed)


def _range(first: Quantity, second: Quantity) -> Quantity:
    first, second = _alike(first, second)
    low, high = first.low, second.high if second.high is not None else second.low
    if low is None or high is None:
        return replace(second, start=first.start, low=low, high=high, is_range=True)
    scale = joint_scale((low, first.run), (high, second.run))
    # A number with its own unit needs nothing from the other one: 8000元-1万.
    low, high = low * (1.0 if first.words else scale.low), high * (1.0 if second.words else scale.high)
    codes = (*first.assumed, *second.assumed, *scale.assumed, *(("reversed",) if low > high else ()))
    kept = replace(second, start=first.start, low=min(low, high), high=max(low, high), is_range=True)
    unit = second.unit or first.unit if second.measure else first.unit
    return replace(kept, unit=unit, measure=second.measure or first.measure, assumed=()).assuming(*codes)


def _alike(first: Quantity, second: Quantity) -> tuple[Quantity, Quantity]:
    """Both ends with the measure of time that only one of them has."""
    if second.measure == "time" and not first.measure:
        return in_days(replace(first, words=second.words)), second
    if first.measure == "time" and not second.measure:
        return first, in_days(replace(second, words=first.words))
    if second.unit == "CNY" and first.unit not in {"", "CNY"}:
        return first, replace(second, unit=first.unit)
    return first, second


def joint_scale(first: tuple[float, str], second: tuple[float, str]) -> Scale:
    """Scale that makes the range tightest, given each number's value and how it is written.

    >>> joint_scale((8.0, "8"), (1e5, "10万")), joint_scale((8000.0, "8000"), (1e4, "1万"))
    (Scale(low=10000.0, high=1.0, assumed=()), Scale(low=1.0, high=1.0, assumed=()))
    >>> joint_scale((5000.0, "5000"), (1e8, "1亿"))
    Scale(low=10000.0, high=1.0, assumed=('unit',))
    """
    (low, low_run), (high, high_run) = first, second
    if PATTERNS["big"].search(high_run) and not PATTERNS["big"].search(low_run):
        shared = _shared(high_run)
        factor = _tightest(low, high, shared, rising=True)
        return Scale(factor, 1.0, () if factor in shared else ("unit",))
    if PATTERNS["big"].search(low_run) and not PATTERNS["multiplied"].search(high_run):
        return Scale(1.0, _tightest(high, low, _shared(low_run), rising=False))
    if PATTERNS["multiplied"].search(high_run) and not PATTERNS["multiplied"].search(low_run):
        return Scale(_tightest(low, high, _shared(high_run), rising=True))
    return Scale()


def _shared(run: str) -> list[float]:
    """Values of the multipliers at the end of a number, largest first: 5千万 shares 千万, 万 and one."""
    text = run.replace(" ", "")
    tail = len(text)
    while tail and PATTERNS["multiplier"].match(text[tail - 1]):
        tail -= 1
    values = {read_number(text[at:]) or 1.0 for at in range(tail, len(text))}
    return [*sorted((value for value in values if value >= _LEAST_SHARED), reverse=True), 1.0]


def _tightest(bare: float, full: float, shared: list[float], *, rising: bool) -> float:
    options = shared
    if rising and shared[0] >= _HUNDRED_MILLION:
        options = sorted({*shared, _TEN_THOUSAND}, reverse=True)
    return min(options, key=lambda factor: _cost(bare * factor, full, rising=rising)) if bare else shared[0]


def _cost(bare: float, full: float, *, rising: bool) -> float:
    low, high = (bare, full) if rising else (full, bare)
    if low <= 0 or high <= 0:
        return 0.0
    return high / low if low <= high else low / high * _REVERSED_COST
