"""What a report looks at: the result, the period, and which needs belong to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from crmsheet.report.period import Period, latest_months, read_period
from crmsheet.report.words import words
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.steps.columns import WAITING, optional, standing
from crmsheet.tables.rates import measure_rates


@dataclass(frozen=True, slots=True)
class Scope:
    """``needs`` are the requirements the first two sections count; ``status`` has no blanks (a need without
    one is waiting). ``undated`` are those left out because nobody knows their period.
    """

    result: Result
    period: Period
    needs: pd.DataFrame
    undated: int
    rates: pd.DataFrame

    @classmethod
    def of(cls, result: Result, period: str | None = None) -> Scope:
        """The scope of a report over ``period`` (``2026Q3`` …), by default over all needs on record."""
        chosen = (
            read_period(period, result.as_of)
            if period
            else latest_months(result.as_of, result.rules.rates.period_months)
        )
        needs = result.requirements.assign(status=standing(result.requirements))
        undated = 0
        if chosen.chosen:
            raised = pd.to_datetime(optional(needs, "raised_on", None))
            undated = int(raised.isna().sum())
            needs = needs[chosen.span.holds(raised)]
        return cls(result, chosen, needs, undated, _rates(result, chosen, needs))

    @property
    def lately(self) -> str:
        """How sentences call the three months that end with the period."""
        return str(words()["scope"]["lately_chosen" if self.period.chosen else "lately"])

    def rate(self, code: str) -> dict[str, Any]:
        """One rate as ``measure_rates`` gives it."""
        return {str(name): value for name, value in self.rates.loc[code].items()}

    @property
    def open_needs(self) -> pd.DataFrame:
        """The needs nobody has solved or put aside yet."""
        return self.needs[self.needs["status"].isin(WAITING)]


def _rates(result: Result, period: Period, needs: pd.DataFrame) -> pd.DataFrame:
    """Every rate over the period; the share of met needs counts the report's own needs."""
    rules: Rules = result.rules.model_copy(
        update={"rates": result.rules.rates.model_copy(update={"period_months": period.months})}
    )
    span = period.span if period.chosen else None
    rates = measure_rates(result.facts, rules, result.as_of, span)
    if period.chosen:
        met = measure_rates(replace(result.facts, requirements=needs), rules, result.as_of, span)
        rates.loc["need_satisfaction"] = met.loc["need_satisfaction"]
    return rates
