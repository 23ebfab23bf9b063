"""Which requirements belong on the plan: feasible, open, not resting (R-082, R-090, ANALYTICS §4)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import optional, standing


@step
def gate_plan(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``plan_state`` (planned, partly, unassessed, pool, paused, done), ``in_plan`` and ``plan_reason``.

    What cannot be done stays in the pool however high it scores; what can be done in part is planned with a
    flag, what nobody assessed too. Reads ``status`` and ``final_feasibility``, else the typed ``feasibility``.

    >>> t = pd.DataFrame({"feasibility": ["infeasible", "partial", None], "status": ["todo", None, "done"]})
    >>> gate_plan(t, Rules.load())[["plan_state", "in_plan"]].values.tolist()
    [['pool', False], ['partly', True], ['done', False]]
    """
    read = ("status", "solved_on", "final_feasibility", "feasibility")
    return requirements.assign(**once_each(requirements, read, lambda said: _gated(said, rules)))


def _gated(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    status = standing(requirements)
    feasible = optional(requirements, "final_feasibility", optional(requirements, "feasibility", None))
    state = choose(
        requirements.index,
        {
            "done": status == "done",
            "paused": status == "paused",
            "pool": feasible == "infeasible",
            "partly": feasible == "partial",
            "planned": feasible == "feasible",
        },
        "unassessed",
    )
    in_plan = state.isin(["planned", "partly", "unassessed"])
    return pd.DataFrame(
        {"plan_state": state, "in_plan": in_plan, "plan_reason": reasons_by(state, "plan", rules)}
    )
