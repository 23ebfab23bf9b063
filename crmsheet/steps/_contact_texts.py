"""What was said in contacts, and which of it matches a list of words; shared by the steps that listen for
words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

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


@dataclass(frozen=True, slots=True)
class ContactTexts:
    """Texts of ``size`` customers: ``customer`` (place of the customer), ``day`` (from 1970-01-01),
    ``text``.
    """

    size: int
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    text: pd.Series

    def days_said(self, words: tuple[str, ...], not_words: tuple[str, ...], since: int) -> NDArray[np.int64]:
        """On how many different days after ``since`` each customer said one of ``words``."""
        recent = np.flatnonzero(self.day > since)
        said = recent[matches(self.text.iloc[recent], words, not_words)]
        days = np.unique((self.customer[said] << _DAY_BITS) + self.day[said])
        return count_by(days >> _DAY_BITS, self.size)


def contact_texts(customers: pd.DataFrame, interactions: pd.DataFrame | None, as_of: date) -> ContactTexts:
    """What was said up to ``as_of`` by the log and the latest record; the risk a profile names holds as of
    today.
    """
    places = pd.Series(range(len(customers)), index=customers.index, dtype="int64")
    today = pd.Series(pd.Timestamp(as_of), index=customers.index)
    parts = [
        _rows(places, optional(customers, "last_contact", None), _joined(customers, _NOTED)),
        _rows(places, today, _joined(customers, ("risk",))),
    ]
    if interactions is not None and {"customer", "contacted_on"} <= set(interactions):
        place = pd.Series(
            customers.index.get_indexer(pd.Index(interactions["customer"])), index=interactions.index
        )
        parts.append(_rows(place, interactions["contacted_on"], _joined(interactions, _SAID)))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[
        (rows["text"] != "") & (rows["day"] <= day_number(pd.Timestamp(as_of))) & (rows["place"] >= 0)
    ]
    return ContactTexts(len(customers), rows["place"].to_numpy(), rows["day"].to_numpy(), rows["text"])


def matches(texts: pd.Series, words: tuple[str, ...], not_words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which texts hold one of ``words`` once the ``not_words`` are taken out; each distinct text is read
    once.
    """
    codes, distinct = pd.factorize(texts)
    found = [says(str(one), words, not_words) for one in distinct]
    return np.array(found, dtype=bool)[codes] if len(codes) else np.zeros(0, dtype=bool)


def says(said: str, words: tuple[str, ...], not_words: tuple[str, ...]) -> bool:
    """Whether ``said`` holds one of ``words`` outside of the ``not_words``.

    >>> says("no complaint at all", ("complaint",), ("no complaint",))
    False
    """
    if not _any_of(words).search(said, 0, _LONGEST):
        return False
    kept = _any_of(not_words).sub(" ", said[:_LONGEST])
    return _any_of(words).search(kept) is not None


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Longest first, so that a word inside a longer one does not hide it; matches nothing when empty."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)", re.IGNORECASE)


def _rows(place: pd.Series, day: pd.Series, said: pd.Series) -> pd.DataFrame:
    """Rows with a text and a day; unknown days are dropped, since nothing can be counted from them."""
    stamps = pd.to_datetime(day)
    known = (stamps.notna() & (said != "")).to_numpy()
    days = stamps[known].to_numpy().astype("datetime64[D]").astype(np.int64)
    return pd.DataFrame({"place": place.to_numpy()[known], "day": days, "text": said.to_numpy()[known]})


def _joined(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """The columns as one text per row."""
    joined = [""] * len(table)
    for column in columns:
        if column in table:
            pairs = zip(joined, text(table[column]).tolist(), strict=True)
            joined = [
                f"{before}\n{added}" if before and added else before or added for before, added in pairs
            ]
    return pd.Series(joined, index=table.index, dtype=object)
