"""Issues as a table: one row per finding, worded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple, cast

import pandas as pd

from crmsheet.checks.cell import Fault, as_text
from crmsheet.clean.masking import mask_finding
from crmsheet.clean.privacy import Finding as Sensitive
from crmsheet.clean.privacy import SensitiveKind, find_sensitive, mask
from crmsheet.data import read_toml
from crmsheet.labels import Labels
from crmsheet.model import ISSUE_COLUMNS, Table, column_number

_SENSITIVE = "sensitive_"  # codes of findings of personal data begin so
SEVERITIES = ("error", "warning", "hint")


class Finding(NamedTuple):
    """An issue before it is worded: where, what, and what is proposed."""

    sheet: str
    row: int
    field: str
    code: str
    value: Any = None
    suggestion: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Findings:
    """Collects findings of one table; knows where its cells are."""

    code: str
    table: Table
    found: list[Finding] = field(default_factory=list)

    def add(
        self, rows: Iterable[int], column: str, code: str, *, suggestion: str = "", detail: str = ""
    ) -> None:
        """The same finding in many rows of one column."""
        rows = list(rows)
        if not rows:
            return
        known = column in self.table.raw
        values = self.table.raw[column].loc[rows].tolist() if known else [None] * len(rows)
        self.found.extend(
            Finding(self.code, row, column, code, value, suggestion, detail)
            for row, value in zip(rows, values, strict=True)
        )

    def add_cell(self, row: int, column: str, value: Any, fault: Fault) -> None:
        """One finding in one cell whose value is at hand."""
        self.found.append(Finding(self.code, row, column, fault.code, value, fault.suggestion, fault.detail))

    def without(self, code: str) -> Findings:
        """The same but for the findings of one kind."""
        return replace(self, found=[finding for finding in self.found if finding.code != code])


def severity(code: str) -> str:
    """Severity of an issue code: error, warning or hint."""
    return str(read_toml("issues.toml")[code]["severity"])


@lru_cache(maxsize=65536)
def shown_value(text: str) -> str:
    """What a cell holds as lists of findings tell it: personal data is masked, so no list spreads it further.

    >>> shown_value("身份证110101199003071233"), shown_value("2024/3/5")
    ('身份证110101********1233', '2024/3/5')
    """
    return mask(text) if find_sensitive(text) else text


def is_safe(code: str) -> bool:
    """Whether repairs of this kind may be accepted in one go."""
    return bool(read_toml("issues.toml")[code].get("safe", False))


def issue_frame(collected: Sequence[Findings], labels: Labels) -> pd.DataFrame:
    """All findings as one table: :data:`ISSUE_COLUMNS`, then ``entity``, ``row`` and ``column`` for programs.

    In sheet, row and column order. ``entity`` and ``column`` are codes, ``row`` is the table's index label.
    """
    rows: list[tuple[Any, ...]] = []
    for part in collected:
        rows += map(_Wording(part.table, labels).row, sorted(part.found, key=_Reading(part.table)))
    return pd.DataFrame(rows, columns=[*ISSUE_COLUMNS, "entity", "row", "column"])


_BEHIND = 1 << 31  # every column


class _Reading:
    """Where a finding stands for a reader: by row, then from left to right; what has no column comes last."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.places: dict[int, dict[str, int]] = {}

    def __call__(self, finding: Finding) -> tuple[int, int]:
        table = self.table.at(finding.row)
        places = self.places.get(id(table)) or self.places.setdefault(id(table), _places(table))
        return finding.row, places.get(finding.field, _BEHIND)


def _places(table: Table) -> dict[str, int]:
    return {field: column_number(at) for field, at in table.letters.items() if at.isalpha()}


def _shown_detail(finding: Finding) -> str:
    kind = finding.code.removeprefix(_SENSITIVE)
    if kind == finding.code:
        return finding.detail
    return mask_finding(Sensitive(cast(SensitiveKind, kind), finding.detail, 0, len(finding.detail)))


@dataclass
class _Wording:
    """Words the findings of one table; the same finding in thousands of rows is worded once."""

    table: Table
    labels: Labels
    known: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def row(self, finding: Finding) -> tuple[Any, ...]:
        sheet, row, column, code, value, suggestion, detail = finding
        text = value if type(value) is str else as_text(value)
        said = (column, code, text, suggestion, detail)
        words = self.known.get(said) or self.known.setdefault(said, self._words(finding, shown_value(text)))
        place = self.table.cell(row, column)
        return self.table.at(row).sheet, place, *words, sheet, row, column

    def _words(self, finding: Finding, value: str) -> tuple[str, ...]:
        """Header, code, severity, value, proposal and message."""
        header = self.labels.field(finding.field, finding.sheet)
        message = self.labels.phrase(
            f"issue.{finding.code}",
            field=header,
            value=value,
            suggestion=finding.suggestion,
            detail=_shown_detail(finding),
        )
        return header, finding.code, severity(finding.code), value, finding.suggestion, message
