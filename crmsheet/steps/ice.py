"""ICE score of requirements (R-079, ANALYTICS §4)."""

from __future__ import annotations

import pandas as pd

from crmsheet.expressions import Rows
from crmsheet.row_cells import HIGHEST, LOWEST
from crmsheet.row_rules import DIMENSIONS, ICE
from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, name_columns, reasons_by
from crmsheet.steps.columns import optional


@step
def score_ice(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``ice``, ``ice_state``, ``low_confidence`` and ``ice_reason``.

    ``ice`` is the weighted mean of impact, confidence and ease, each 1–10, so 1–10 (product: 1–1000); NaN when
    one is missing or off the scale, never counted as 0. ``ice_state`` is scored, incomplete (some typed) or unscored.

    >>> t = pd.DataFrame({"impact": [9.0, 9], "confidence": [3.0, float("nan")], "ease": [9.0, 5]})
    >>> score_ice(t, Rules.load())[["ice", "ice_state", "low_confidence"]].values.tolist()
    [[7.0, 'scored', True], [nan, 'incomplete', False]]
    """
    return requirements.assign(**once_each(requirements, DIMENSIONS, lambda said: _scored(said, rules)))


def _scored(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    points = pd.DataFrame({name: optional(requirements, name) for name in DIMENSIONS}).astype("float64")
    points = points.where((points >= LOWEST) & (points <= HIGHEST))
    columns = {name: points[name].to_numpy() for name in DIMENSIONS}
    ice = pd.Series(ICE.values(Rows(columns, rules)), index=points.index)
    present = points.notna().sum(axis=1)
    state = choose(
        points.index, {"scored": present == len(DIMENSIONS), "incomplete": present > 0}, "unscored"
    )
    return pd.DataFrame(
        {
            "ice": ice,
            "ice_state": state,
            "low_confidence": (points["confidence"] <= rules.ice.low_confidence_up_to) & ice.notna(),
            "ice_reason": _reasons(points, ice, state, rules),
        }
    )


def _reasons(points: pd.DataFrame, ice: pd.Series, state: pd.Series, rules: Rules) -> pd.Series:
    return reasons_by(
        state.mask(ice.notna(), rules.ice.method),
        "ice",
        rules,
        **{str(name): points[name] for name in points},
        ice=ice,
        missing=name_columns(points.isna(), rules),
    )
