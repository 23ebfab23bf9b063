"""Personal data in free text: what stands in a cell, and the cell with it masked (R-060, R-006, C-05)."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

from crmsheet.clean.emails import domain_kind
from crmsheet.clean.findings import Finding, SensitiveKind, Span
from crmsheet.clean.folding import cell_text, fold_width
from crmsheet.clean.labelled_items import find_labelled, label_pairs, label_words
from crmsheet.clean.masking import mask_finding
from crmsheet.clean.number_chains import find_numbers, find_spelled_mobiles, numerals
from crmsheet.data import read_toml

__all__ = ["Finding", "SensitiveKind", "find_sensitive", "mask"]

# No cell of a workbook holds more.
MAX_LENGTH: Final = 32_767

# Without so many of :func:`number_signs`, one of :func:`telltale_words` or of :func:`telltale_pairs`, nothing is found.
FEWEST_SIGNS: Final = 11


def find_sensitive(text: object) -> tuple[Finding, ...]:
    """Every piece of personal data in a cell, in order; company numbers and addresses are none (R-060).

    >>> [(f.kind, f.text) for f in find_sensitive("身份证110101199003071233, 138-0013-8000, 订单20240315")]
    [('id', '110101199003071233'), ('mobile', '138-0013-8000')]
    """
    return _find(cell_text(text)[:MAX_LENGTH])


def mask(text: object) -> str:
    """The text of a cell with every finding masked; masking it again changes nothing.

    >>> mask("身份证110101199003071233, 138-0013-8000")
    '身份证110101********1233, 138****8000'
    """
    masked = cell_text(text)
    # A mask can uncover what stood too close to it; every round hides more signs, so this ends.
    while findings := find_sensitive(masked):
        for finding in reversed(findings):
            masked = masked[: finding.start] + mask_finding(finding) + masked[finding.end :]
    return masked


def number_signs() -> frozenset[str]:
    """What the numbers are written with in half-width text: digits and Chinese numerals."""
    return frozenset("0123456789" + numerals())


def telltale_words() -> frozenset[str]:
    """Words of half-width text that addresses and labelled items do not come without, telltale pairs aside."""
    return frozenset(_words()["signs"]) | label_words()


def telltale_pairs() -> tuple[frozenset[str], frozenset[str]]:
    """First and second characters of what is as telling side by side as a word."""
    return label_pairs()


@lru_cache(maxsize=65536)
def _find(text: str) -> tuple[Finding, ...]:
    folded = fold_width(text)
    spans = _without_overlaps(_find_spans(folded))
    return tuple(Finding(kind, text[start:end], start, end) for kind, start, end in spans)


def _find_spans(folded: str) -> Iterator[Span]:
    """Candidates, the surest kind first."""
    mails = list(_find_mails(folded))
    yield from mails
    yield from find_numbers(folded, frozenset(mail.end for mail in mails))
    yield from find_spelled_mobiles(folded)
    yield from find_labelled(folded)


def _without_overlaps(spans: Iterator[Span]) -> list[Span]:
    """The spans in order of place; where two overlap, the one that came first stays."""
    kept: list[Span] = []
    for span in spans:
        place = bisect(kept, span.start, key=lambda other: other.start)
        is_clear = place == 0 or kept[place - 1].end <= span.start
        if is_clear and (place == len(kept) or span.end <= kept[place].start):
            kept.insert(place, span)
    return kept


@cache
def _words() -> dict[str, Any]:
    return dict(read_toml("privacy.toml")["mail"])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_words()[name])


def _find_mails(folded: str) -> Iterator[Span]:
    if not any(sign in folded for sign in _words()["signs"]):
        return
    for found in _pattern("address").finditer(folded):
        domain = _pattern("dot").sub(".", found["domain"]).lower()
        if domain_kind(domain) != "corp" and set(found["local"].lower()) != {"x"}:
            yield Span("email", *found.span())
