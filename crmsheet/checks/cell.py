"""What reading one cell gives: values for the typed columns, and faults."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.clean.text import match_key, normalize_text
from crmsheet.fields import Field
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar


class Fault(NamedTuple):
    """One thing wrong with a cell: an issue code, the proposed value, and a word the message may need."""

    code: str
    suggestion: str = ""
    detail: str = ""


class Cell(NamedTuple):  # made hundred thousands of times: a tuple takes half as long as a dataclass
    """Values for the kind's columns, in their order, and the faults found on the way.

    ``relative`` says that the reading depends on the day it is counted from.
    """

    values: tuple[Any, ...]
    faults: tuple[Fault, ...] = ()
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader may know besides the cell: its field, the rules, the record's own date, the header's unit.

    ``calendar`` says which days are worked, for plans such as "within 3 workdays". ``base_is_own`` is false where
    the record has no date and ``base`` is merely the day it is read on. ``written`` are the words of the language
    that the sheet itself is in, which its dropdowns offer: proposals are words of these.
    """

    field: Field
    rules: Rules
    base: date
    calendar: Calendar
    written: Labels
    unit: str = ""
    base_is_own: bool = True


Reader = Callable[[Any, Context], Cell]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of cell: its reader, suffixes of the columns it fills ("" = the field itself), their blanks.

    ``telling`` marks texts among many that the reader may find fault with; the others it takes as they stand.
    """

    read: Reader
    suffixes: tuple[str, ...] = ("",)
    blanks: tuple[Any, ...] = (None,)
    dtypes: tuple[str, ...] = ("object",)
    tidy: bool = True
    names: tuple[str, ...] = field(default=())
    telling: Callable[[Sequence[str], Context], npt.NDArray[np.bool_]] | None = None

    def columns(self, code: str) -> tuple[str, ...]:
        """Names of the columns filled for the field ``code``."""
        return self.names or tuple(f"{code}{suffix}" for suffix in self.suffixes)


MIDNIGHT = time()  # how a day looks that carries no time
_BLANKS = "\u3000 \t\r\n\xa0\u200b\ufeff"


def is_blank(value: Any) -> bool:
    """No value at all: None, NaN, NaT or only spaces.

    >>> is_blank(" "), is_blank(float("nan")), is_blank(pd.NaT), is_blank(0)
    (True, True, True, False)
    """
    if type(value) is str:
        return not value or (value[0] in _BLANKS and not value.strip(_BLANKS))
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and not value.strip(_BLANKS)


@lru_cache(maxsize=8)
def _placeholder_keys(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset({match_key(word) for word in words} | {word.strip().casefold() for word in words})


_LONGEST_PLACEHOLDER = 12


def may_be_placeholder(text: str) -> bool:
    """Whether a look into the words can pay."""
    return len(text) <= _LONGEST_PLACEHOLDER and not text[-1:].isdigit()


def may_be_placeholders(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """The same of many texts, most of which are too long."""
    marks = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts)) <= _LONGEST_PLACEHOLDER
    marks[marks] = [may_be_placeholder(texts[place]) for place in np.flatnonzero(marks).tolist()]
    return marks


def is_placeholder(text: str, rules: Rules) -> bool:
    """A word typed instead of a value (R-054, C-06)."""
    if not may_be_placeholder(text):
        return False
    keys = _placeholder_keys(rules.cleaning.placeholders)
    return text.strip().casefold() in keys or (match_key(text) or text) in keys


def as_text(value: Any) -> str:
    """A cell as its text: whole floats without ``.0``, dates as ISO, with the time of day where they carry one.

    >>> as_text(5.0), as_text(True), as_text(None), as_text(datetime(2026, 11, 20, 14, 30))
    ('5', 'TRUE', '', '2026-11-20 14:30')
    """
    if type(value) is str:
        return value
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _day_text(value) if isinstance(value, date) else str(value)


def plain_amount(amount: float) -> str:
    """Yuan to the fen, as people type them: an amount of seven digits must not become 1.14002e+06.

    >>> plain_amount(1140020.0), plain_amount(12.5)
    ('1140020', '12.5')
    """
    return f"{amount:.2f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=4096)  # a day stands in many rows
def _day_text(day: date) -> str:
    if isinstance(day, datetime) and day.time() != MIDNIGHT:
        return f"{day:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return day.isoformat()[:10]


@lru_cache(maxsize=65536)
def tidy(text: str) -> tuple[str, tuple[Fault, ...]]:
    """Text as it was meant, and what had to be mended (R-055, R-058)."""
    clean = normalize_text(text)
    if clean == text:
        return text, ()
    return clean, (Fault(_untidiness(text, clean), clean),)


def _untidiness(text: str, clean: str) -> str:
    squeezed = "".join(clean.split())
    if "".join(text.split()) == squeezed:
        return "spaces"
    if any(letter in INVISIBLE for letter in text) and "".join(_VISIBLE.findall(text)) == squeezed:
        return "invisible"
    if _half_width(text) == _half_width(clean):
        return "full_width"
    return "traditional" if len(text.strip()) == len(clean) else "garbled"


def _half_width(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


INVISIBLE = "\u200b\u200c\u200d\ufeff\u00ad\u2060"
_VISIBLE = re.compile(f"[^\\s{INVISIBLE}]+")
