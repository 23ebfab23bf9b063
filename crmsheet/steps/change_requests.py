"""Changes to a solution: the four steps from assessment to written confirmation (R-047)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import is_true

TICKS = ("change_assessed", "change_agreed", "change_planned", "change_confirmed")


@step
def track_changes(tasks: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``change_state`` (none, open, skipped, complete), ``change_next`` (the tick to do next) and
    ``change_reason``.

    A change exists once one of the four is ticked; ``skipped`` has a later tick before an earlier one, for
    instance a written confirmation of something the customer never agreed to.

    >>> t = pd.DataFrame({"change_assessed": [True, True, None], "change_agreed": [True, None, None],
    ...     "change_planned": [None, True, None], "change_confirmed": [None, None, None]})
    >>> track_changes(t, Rules.load())[["change_state", "change_next"]].values.tolist()
    [['open', 'change_planned'], ['skipped', 'change_agreed'], ['none', '']]
    """
    ticked = pd.DataFrame({name: is_true(tasks, name) for name in TICKS}, index=tasks.index)
    count = ticked.sum(axis=1)
    missing = choose(tasks.index, {name: ~ticked[name] for name in TICKS})
    in_order = ticked.cummin(axis=1).sum(axis=1)
    state = choose(
        tasks.index,
        {"none": count == 0, "complete": count == len(TICKS), "skipped": in_order < count},
        "open",
    )
    return tasks.assign(
        change_state=state,
        change_next=missing.where(state != "none", ""),
        change_reason=reasons_by(
            state.where(state != "none", ""), "change", rules, step=labelled(missing, "change_step", rules)
        ),
    )
