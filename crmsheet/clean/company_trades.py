"""Lines of business compared: the same, shortened, taken for one another, or different (R-057)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from typing import Literal

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_words import WORDS, canonical_trade, institutions, word_set

TradeDifference = Literal[
    "equal", "trade_shortened", "trade_missing", "trade_missing_in_full", "trade_similar", "different"
]


@cache
def _soft() -> tuple[str, ...]:
    return tuple(sorted(WORDS["trades"]["soft"].split(), key=lambda word: -len(word)))


@cache
def _similar_groups() -> dict[str, set[int]]:
    """Line of business → the groups of lines that people mix up with it."""
    groups: dict[str, set[int]] = defaultdict(set)
    for number, group in enumerate(WORDS["similar_trades"]["groups"]):
        for trade in group.split():
            groups[canonical_trade((trade,))].add(number)
    return groups


def compare_trades(a: CompanyName, b: CompanyName) -> TradeDifference:
    """How the lines of business of two names of one brand differ."""
    if a.trade == b.trade:
        return "equal"
    if a.trade and b.trade:
        return _compare(a.trade, b.trade, is_short(a), is_short(b))
    shorter = b if a.trade else a
    return "trade_missing" if is_short(shorter) else "trade_missing_in_full"


def is_short(name: CompanyName) -> bool:
    """Whether the name is not the registered one, so that parts may have been left out."""
    return not name.legal_form or name.legal_form in word_set("short_forms")


@lru_cache(maxsize=65536)
def _compare(one: str, other: str, one_is_short: bool, other_is_short: bool) -> TradeDifference:  # noqa: FBT001
    longer, shorter, is_short = (
        (one, other, other_is_short) if len(one) >= len(other) else (other, one, one_is_short)
    )
    if is_short and longer.startswith(shorter) and without_soft(longer) in {shorter, without_soft(shorter)}:
        return "trade_shortened"
    if is_short and longer.startswith(shorter) and not longer.endswith(tuple(institutions())):
        return "trade_similar"
    cores = {without_soft(one), without_soft(other)}
    if len(cores) == 1 or _without_weak(one) == _without_weak(other):
        return "trade_similar"
    groups = _similar_groups()
    pairs = ((one, other), (without_soft(one), without_soft(other)))
    return (
        "trade_similar" if any(groups.get(a, set()) & groups.get(b, set()) for a, b in pairs) else "different"
    )


def may_match(one: str, other: str) -> bool:
    """Whether two lines of business leave names of one brand any chance to be related.

    >>> may_match("贸易", "商贸"), may_match("科技", "贸易")
    (True, False)
    """
    return not one or not other or one == other or _compare(one, other, True, True) != "different"  # noqa: FBT003


@lru_cache(maxsize=65536)
def without_soft(trade: str) -> str:
    """``trade`` without the words that are often left out at its end.

    >>> without_soft("制冷设备"), without_soft("科技")
    ('制冷', '科技')
    """
    while word := next((word for word in _soft() if trade.endswith(word) and trade != word), ""):
        trade = trade.removesuffix(word)
    return trade


def _without_weak(trade: str) -> str:
    for word in WORDS["trades"]["weak"].split():
        if trade.startswith(word) and trade != word:
            return trade.removeprefix(word)
    return trade
