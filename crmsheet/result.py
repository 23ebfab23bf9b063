"""Result: every table the analysis made, and a summary of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.checks.issues import SEVERITIES
from crmsheet.labels import Labels
from crmsheet.model import Cleaned, Note
from crmsheet.rules import Rules
from crmsheet.tables.call_list import call_order
from crmsheet.tables.facts import Facts
from crmsheet.tables.need_pool import rank_needs
from crmsheet.tables.rates import measure_rates, rate_members
from crmsheet.tables.solutions import summarize_solutions
from crmsheet.tables.trends import list_months


@dataclass(frozen=True)
class Result:
    """What was computed as of one day. Every table is a DataFrame; ``issues`` has one row per finding.

    ``merges`` are customers that may be one, None when nobody looked for them; ``silenced`` are findings a
    person said no to; ``repairs`` is the log of what was changed on the entry sheets, ``repaired`` how many
    cells this run changed; ``moves`` are tier changes since the last snapshot; ``audit`` is who was
    drawn for an audit now. Summaries that not every caller needs are made when first asked for.
    """

    # Given by ``crmsheet.notebook``, which stands where it may know what results look like.
    report: ClassVar[Callable[..., Any]]
    _repr_html_: ClassVar[Callable[[Result], str]]

    as_of: date
    rules: Rules
    source: Cleaned
    customers: pd.DataFrame
    requirements: pd.DataFrame
    orders: pd.DataFrame
    interactions: pd.DataFrame
    tasks: pd.DataFrame
    facts: Facts
    moves: pd.DataFrame
    issues: pd.DataFrame
    notes: tuple[Note, ...] = ()
    repairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    repaired: int = 0
    merges: pd.DataFrame | None = None
    silenced: pd.DataFrame = field(default_factory=pd.DataFrame)
    audit: pd.DataFrame = field(default_factory=pd.DataFrame)
    sheets: tuple[str, ...] = ()
    path: str = ""

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Satisfaction, renewal, repurchase and other rates with their intervals (ANALYTICS §7)."""
        return measure_rates(self.facts, self.rules, self.as_of)

    @cached_property
    def rate_members(self) -> pd.DataFrame:
        """The rows behind each rate, so that every number ties to rows."""
        return rate_members(self.facts, self.rules, self.as_of)

    @cached_property
    def months(self) -> pd.DataFrame:
        """One row per calendar month up to the day, index month: needs, sales, contacts (R-106)."""
        return list_months(self.facts, self.as_of)

    @cached_property
    def need_pool(self) -> pd.DataFrame:
        """Needs by how many customers ask for them, weighted by tier (R-113)."""
        return rank_needs(self.requirements)

    @cached_property
    def solutions(self) -> pd.DataFrame:
        """One row per requirement with tasks (R-045, R-092)."""
        return summarize_solutions(self.facts.tasks)

    @property
    def followups(self) -> pd.DataFrame:
        """Customers with a due date, those to contact first in front (``tables.call_list``)."""
        return self.due_lines(self.customers)

    def due_lines(self, columns: pd.DataFrame) -> pd.DataFrame:
        """Rows of ``columns``, some of the customers' columns, in the order of the follow-ups."""
        return columns.iloc[self._due_order]

    @cached_property
    def _due_order(self) -> npt.NDArray[np.intp]:
        return call_order(self.customers, self.rules, self.as_of)

    def summary(self) -> dict[str, Any]:
        """Counts for people and programs; keys are fixed, values JSON-ready."""
        severities = self.issues["severity"].value_counts()
        tiers = self.customers["tier"].value_counts()
        reminders = self.customers["reminder"].value_counts()
        return {
            "as_of": self.as_of.isoformat(),
            "file": self.path,
            "customers": len(self.customers),
            "requirements": len(self.requirements),
            "issues": {severity: int(severities.get(severity, 0)) for severity in SEVERITIES},
            "tiers": {code: int(tiers[code]) for code in self.rules.tiers if code in tiers},
            "tier_labels": {
                self.rules.tiers[code].label: int(tiers[code]) for code in self.rules.tiers if code in tiers
            },
            "overdue": int(reminders.get("overdue", 0)),
            "due_today": int(reminders.get("today", 0)),
            "silenced": len(self.silenced),
            "repaired": self.repaired,
            "sheets": list(self.sheets),
            "notes": worded(self.notes, self.rules.labels),
        }


def worded(notes: Iterable[Note], labels: Labels) -> list[str]:
    """Each note as a sentence."""
    return [labels.phrase(f"note.{note.code}", **note.facts) for note in notes]
