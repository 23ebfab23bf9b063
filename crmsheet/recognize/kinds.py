"""Which standard sheet a header belongs to: by the fields it names, its sheet's name only breaking ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from crmsheet.clean.headers import field_of, is_standard
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS
from crmsheet.recognize.words import hinted_sheet, standard_sheet

WHO = frozenset({"customer_id", "customer_name"})
ANY_OTHERS = 2  # fields a customer table has besides saying who

# What a table must name to be that sheet: one field of each group.
NEEDS: dict[str, tuple[frozenset[str], ...]] = {
    "records": (WHO,),
    "profiles": (WHO,),
    "interactions": (
        WHO,
        frozenset({"contacted_on"}),
        frozenset({"contact_method", "contact_notes", "participants", "sentiment", "key_request"}),
    ),
    "orders": (WHO, frozenset({"order_date"}), frozenset({"amount"})),
    "tasks": (
        frozenset({"task"}),
        frozenset({"owner", "ends_on"}),
        frozenset({"requirement_id", "ends_on", "deliverable"}),
    ),
    "feedback": (WHO, frozenset({"satisfaction", "recommendation"})),
    "contracts": (
        WHO,
        frozenset({"due_on"}),
        frozenset({"contract_id", "due_amount", "renewed", "renewed_on"}),
    ),
}

STANDARD_HEADER = 0.5  # a header spelled as the standard workbook prints it
ONLY_HERE = 0.5  # a field no other sheet has
STANDARD_NAME, LIKELY_NAME = 3.0, 1.5  # the latter as much as one field that no other sheet has


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a header suits the standard sheet ``code``."""

    code: str
    score: float
    fields: int


def best_fits(texts: Sequence[str], name: str) -> tuple[Fit, ...]:
    """Standard sheets that a header suits, best first. ``name`` is the name of the sheet it stands on.

    >>> [fit.code for fit in best_fits(["客户", "下单日期", "金额"], "Sheet1")]
    ['orders']
    """
    return _best_fits(tuple(texts), name)


@lru_cache(maxsize=1024)  # many workbooks are of few forms
def _best_fits(texts: tuple[str, ...], name: str) -> tuple[Fit, ...]:
    fits = [fit for code in NEEDS if (fit := _fit(texts, code, name))]
    return tuple(sorted(fits, key=lambda fit: -fit.score))


def _fit(texts: Sequence[str], code: str, name: str) -> Fit | None:
    fields: dict[str, float] = {}
    for text in texts:
        field = field_of(text, sheet=code) if text else ""
        if field in _own_fields(code):
            points = (
                1.0
                + STANDARD_HEADER * is_standard(text, field, sheet=code)
                + ONLY_HERE * (_homes()[field] == 1)
            )
            fields[field] = max(points, fields.get(field, 0.0))
    if not _suits(code, fields.keys()):
        return None
    bonus = (
        STANDARD_NAME if standard_sheet(name) == code else LIKELY_NAME if hinted_sheet(name) == code else 0.0
    )
    return Fit(code, sum(fields.values()) + bonus, len(fields))


def _suits(code: str, fields: Set[str]) -> bool:
    if not all(group & fields for group in NEEDS[code]):
        return False
    return code not in CUSTOMER_SHEETS or len(fields - WHO) >= ANY_OTHERS


@cache
def _own_fields(code: str) -> frozenset[str]:
    return frozenset(field.code for field in SHEETS[code].fields)


@cache
def _homes() -> Counter[str]:
    """Field → number of standard sheets that have it."""
    return Counter(field.code for sheet in SHEETS.values() for field in sheet.fields)
