"""What was said in contacts, and which of it matches a list of words; shared by the steps that listen for
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.steps._tally import count_by
from crmsheet.steps.columns import optional, text
from crmsheet.steps.order_book import day_number

_SAID = ("contact_notes", "key_request")
_NOTED = ("contact_notes", "contact_result", "remark")
_LONGEST = 4000
_DAY_BITS = 24

Texts = NDArray[Any]  # of str


@dataclass(frozen=True, slots=True)
class ContactTexts:
    """Texts of ``size`` customers: ``customer`` (place of the customer), ``day`` (from 1970-01-01) and ``which`` of
    the ``distinct`` texts.
    """

    size: int
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    which: NDArray[np.intp]
    distinct: Texts

    def with_any(self, words: tuple[str, ...]) -> ContactTexts:
        """The texts in which one of ``words`` stands at all: most have none, and need not be read again for each of
        several lists of them.
        """
        heard = _heard(self.distinct, words, ())
        rows = np.flatnonzero(heard[self.which])
        place = np.cumsum(heard) - 1
        return replace(
            self,
            customer=self.customer[rows],
            day=self.day[rows],
            which=place[self.which[rows]],
            distinct=self.distinct[heard],
        )

    def days_said(self, words: tuple[str, ...], not_words: tuple[str, ...], since: int) -> NDArray[np.int64]:
        """On how many different days after ``since`` each customer said one of ``words``."""
        recent = np.flatnonzero(self.day > since)
        heard = np.zeros(len(self.distinct), dtype=bool)
        heard[self.which[recent]] = True
        heard[heard] = _heard(self.distinct[heard], words, not_words)
        said = recent[heard[self.which[recent]]]
        days = np.unique((self.customer[said] << _DAY_BITS) + self.day[said])
        return count_by(days >> _DAY_BITS, self.size)


def contact_texts(customers: pd.DataFrame, interactions: pd.DataFrame | None, as_of: date) -> ContactTexts:
    """What was said up to ``as_of`` by the log and the latest record; the risk a profile names holds as of
    today.
    """
    places, until = np.arange(len(customers), dtype=np.int64), day_number(pd.Timestamp(as_of))
    today = pd.Series(pd.Timestamp(as_of), index=customers.index)
    parts = [
        _rows(places, optional(customers, "last_contact", None), _joined(customers, _NOTED)),
        _rows(places, today, _joined(customers, ("risk",))),
    ]
    if interactions is not None and {"customer", "contacted_on"} <= set(interactions):
        place = customers.index.get_indexer(pd.Index(interactions["customer"])).astype(np.int64)
        parts.append(_rows(place, interactions["contacted_on"], _joined(interactions, _SAID)))
    place, day, said = (np.concatenate(cells) for cells in zip(*parts, strict=True))
    kept = (day <= until) & (place >= 0)
    which, distinct = pd.factorize(said[kept])
    return ContactTexts(len(customers), place[kept], day[kept], which, distinct)


def matches(texts: pd.Series, words: tuple[str, ...], not_words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which texts hold one of ``words`` once the ``not_words`` are taken out; each distinct text is read
    once.
    """
    which, distinct = pd.factorize(texts.to_numpy(dtype=object))
    return _heard(distinct, words, not_words)[which]


def says(said: str, words: tuple[str, ...], not_words: tuple[str, ...]) -> bool:
    """Whether ``said`` holds one of ``words`` outside of the ``not_words``.

    >>> says("no complaint at all", ("complaint",), ("no complaint",))
    False
    """
    return bool(_heard([said], words, not_words)[0])


def _heard(texts: Iterable[str], words: tuple[str, ...], not_words: tuple[str, ...]) -> NDArray[np.bool_]:
    wanted, denied = _any_of(words), _any_of(not_words)

    def says_so(said: str) -> bool:
        if wanted.search(said, 0, _LONGEST) is None:
            return False
        return not not_words or wanted.search(denied.sub(" ", said[:_LONGEST])) is not None

    return np.array(list(map(says_so, texts)), dtype=bool)


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Longest first, so that a word inside a longer one does not hide it; matches nothing when empty."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)", re.IGNORECASE)


def _rows(
    place: NDArray[np.int64], day: pd.Series, said: Texts
) -> tuple[NDArray[np.int64], NDArray[np.int64], Texts]:
    """Rows with a text and a day; unknown days are dropped, since nothing can be counted from them."""
    stamps = pd.to_datetime(day)
    known = stamps.notna().to_numpy() & (said != "")
    days = stamps.to_numpy()[known].astype("datetime64[D]").astype(np.int64)
    return place[known], days, said[known]


def _joined(table: pd.DataFrame, columns: tuple[str, ...]) -> Texts:
    """The columns as one text per row."""
    joined = np.full(len(table), "", dtype=object)
    for column in columns:
        if column in table:
            added = text(table[column]).to_numpy(dtype=object)
            both = (joined != "") & (added != "")
            below = joined[both] + "\n" + added[both]
            joined = np.where(joined != "", joined, added)
            joined[both] = below
    return joined
