"""What besides the name says that two rows are one customer: number, telephone, mail (R-057)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from crmsheet.clean.blanks import is_blank
from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_slips import one_edit
from crmsheet.clean.duplicate_blocks import Ints, pairs_within
from crmsheet.clean.emails import classify_email, domain_kind
from crmsheet.clean.phones import classify_phone
from crmsheet.clean.text import match_key
from crmsheet.clean.text_hashes import text_hashes

# A number or domain that more rows share belongs to a hotline, a salesperson or a provider.
SHARED_BY_MANY: Final = 20
# The strongest first: what a pair shares decides its reason.
KINDS: Final = ("same_id", "same_phone", "same_email", "same_domain")
SCORES: Final = {"same_id": 1.0, "same_phone": 0.95, "same_email": 0.95, "same_domain": 0.9}
# Differences of names that a shared number settles. A branch, the group or another place stay what they are.
SETTLED: Final = frozenset(
    {"homophone", "typo", "short_name", "similar_trade", "romanized", "renamed", "abbreviation"}
    | {"other_form", "person", "masked", "unnamed", "variant", "ambiguous_place"}
)
NONE: Final = -1  # the code of a row that has nothing of a kind
_POSITIVE: Final = (1 << 63) - 1
_TELEPHONES: Final = frozenset({"mobile", "fixed", "service", "foreign", "mixed"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each kind a code per row; -1 where the row has none."""

    codes: dict[str, Ints]

    def pairs(self, limit: int) -> list[Ints]:
        """Pairs of rows that share something, kind by kind."""
        found = []
        for kind, codes in self.codes.items():
            rows = np.flatnonzero(codes >= 0)
            found.append(pairs_within(rows, codes[rows], limit if kind == "same_id" else SHARED_BY_MANY))
        return found

    def shared(self, pairs: Ints, kind: str) -> npt.NDArray[np.bool_]:
        """Whether the two rows of each pair share ``kind``."""
        codes = self.codes[kind]
        shared: npt.NDArray[np.bool_] = (codes[pairs[:, 0]] >= 0) & (codes[pairs[:, 0]] == codes[pairs[:, 1]])
        return shared


def _codes(values: Sequence[object], read: Callable[[object], str]) -> Ints:
    """A hash of each key: a dictionary of millions of telephones would take more memory than all the rest."""
    keys = ["" if value is None else read(value) for value in values]
    codes = text_hashes(keys) & _POSITIVE
    codes[[not key for key in keys]] = NONE
    return codes


def _id_key(value: object) -> str:
    is_plain = type(value) is str and value.isascii() and value.isalnum()  # as almost every id is
    key = str(value).casefold() if is_plain else match_key(value)
    return "" if is_blank(key) else key


def _phone_key(value: object) -> str:
    reading = classify_phone(value)
    return reading.normalized if reading.kind in _TELEPHONES else ""


def _email_key(value: object) -> str:
    reading = classify_email(value)
    return reading.normalized.casefold() if reading.kind in {"corp", "personal"} else ""


def _domain_key(value: object) -> str:
    domain = _email_key(value).rpartition("@")[2]
    return domain if domain and domain_kind(domain) == "corp" else ""


_READERS: Final[dict[str, tuple[str, Callable[[object], str]]]] = {
    "same_id": ("customer_id", _id_key),
    "same_phone": ("phone", _phone_key),
    "same_email": ("email", _email_key),
    "same_domain": ("email", _domain_key),
}


def gather(columns: Mapping[str, Sequence[object]], rows: int) -> Evidence:
    """Codes of ``customer_id``, ``phone`` and ``email`` of ``rows`` rows; a column that is missing is no evidence."""
    codes = {}
    for kind, (column, read) in _READERS.items():
        values = columns.get(column)
        codes[kind] = np.full(rows, NONE, dtype=np.int64) if values is None else _codes(values, read)
    return Evidence(codes)


def are_similar(a: CompanyName, b: CompanyName) -> bool:
    """Whether two names are near enough that a shared telephone makes them one customer.

    >>> from crmsheet.clean.companies import parse_company
    >>> are_similar(parse_company("北京恒达科技"), parse_company("北京恒迖科技"))
    True
    >>> are_similar(parse_company("北京恒达科技"), parse_company("北京恒达贸易"))
    False
    """
    if not a.brand or not b.brand or not a.place.agrees(b.place) or a.branch != b.branch:
        return False
    shorter, longer = sorted((a.core, b.core), key=len)
    return one_edit(shorter, longer) is not None or _is_shortened(shorter, longer)


def _is_shortened(shorter: str, longer: str) -> bool:
    """Whether ``shorter`` is ``longer`` with characters left out: 恒达科技 of 恒达信息科技."""
    rest = iter(longer)
    return all(char in rest for char in shorter)
