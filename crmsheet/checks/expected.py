"""Blanks in columns that a team does fill, besides those no row can do without (R-054)."""

from __future__ import annotations

import numpy as np

from crmsheet.checks.cell import is_blank
from crmsheet.checks.columns import MAY_WAIT
from crmsheet.checks.issues import Findings
from crmsheet.fields import readable_fields
from crmsheet.labels import field_codes, labels_of_headers
from crmsheet.rules import Rules
from crmsheet.stacked import places_of

# A column filled less often is one the team does not use; each of its blanks is no news.
MOSTLY_FILLED = 0.8
FEWEST_ROWS = 5


def check_expected(findings: Findings, rules: Rules) -> None:
    """Report the blanks of expected fields in columns that are mostly filled."""
    raw = findings.table.raw
    places = places_of(raw.index)
    counts = np.bincount(places)
    if not len(raw) or counts.max() < FEWEST_ROWS:
        return
    fields = readable_fields(findings.code)
    unknown = labels_of_headers(findings.table.headers).phrase("unknown_yet")
    for code in expected_fields(rules):
        field = fields.get(code)
        if field is None or field.required or code not in raw:
            continue
        blank = np.array([is_blank(value) for value in raw[code].tolist()], dtype=bool)
        share = np.bincount(places, blank) / np.maximum(counts, 1)
        news = (share <= 1 - MOSTLY_FILLED) & (counts >= FEWEST_ROWS)
        proposal = unknown if field.kind in MAY_WAIT else ""
        findings.add(raw.index[blank & news[places]], code, "missing_expected", suggestion=proposal)


def expected_fields(rules: Rules) -> tuple[str, ...]:
    """Codes of the fields named on the settings sheet, by header or code.

    >>> expected_fields(Rules.load())
    ('phone', 'priority')
    """
    known = field_codes()
    return tuple(known.get(word, word) for word in rules.cleaning.expected_fields)
