"""What the search for duplicates reads of a customer table besides the parsed names: columns of numbers (R-057)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from crmsheet.clean.company_places import NATION, Place, leading_place
from crmsheet.clean.company_text import LONGEST
from crmsheet.clean.duplicate_blocks import Ints
from crmsheet.clean.duplicate_evidence import Evidence, gather
from crmsheet.clean.duplicate_traits import numbered
from crmsheet.clean.text import as_text, normalize_text
from crmsheet.clean.text_hashes import Hashes, combined, text_hashes


class RowFacts(NamedTuple):
    """One value per row: hashes of the name as it is written, and of where the table's own columns say it is."""

    name: Hashes
    province: Hashes
    city: Hashes
    evidence: Evidence


class NumberedRows(NamedTuple):
    """Number of each row's name, the rows ordered by it, and where each name starts among them."""

    names: Ints
    ordered: Ints
    starts: Ints

    @property
    def first(self) -> Ints:
        """The first row of each name."""
        return self.ordered[self.starts[:-1]]


def read_rows(columns: Mapping[str, Sequence[object]]) -> RowFacts:
    """Names, places and telephones of a table with ``customer_name``; other columns may be missing."""
    names = columns["customer_name"]
    texts = [as_text(name)[:LONGEST] for name in names]
    return RowFacts(text_hashes(texts), *_places(columns, len(names)), gather(columns, len(names)))


def number_names(rows: RowFacts) -> NumberedRows:
    """Each name once per place of its customers, in the order of the table."""
    keys = combined(rows.name, rows.province, rows.city)
    _, first, code = np.unique(keys, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    names = number[code]
    ordered = np.argsort(names, kind="stable")
    return NumberedRows(names, ordered, np.searchsorted(names[ordered], np.arange(len(first) + 1)))


def _places(columns: Mapping[str, Sequence[object]], rows: int) -> tuple[Hashes, Hashes]:
    """Province and city where the table's own columns say each customer is."""
    if "province" not in columns and "city" not in columns:
        return np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    texts = (map(as_text, columns.get(name) or [None] * rows) for name in ("province", "city"))
    place, known = numbered(zip(*texts, strict=True))
    places = [_place(*key) for key in known]
    province, city = (text_hashes([place[part] for place in places])[place] for part in range(2))
    return province, city


def _place(province: str, city: str) -> Place:
    outer, inner = (leading_place(normalize_text(text))[0] for text in (province, city))
    return inner.joined(outer) if inner != NATION else outer
