"""ICE score of requirements (R-079, ANALYTICS §4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.expressions import Rows
from crmsheet.row_rules import DIMENSIONS, ICE
from crmsheet.rules import Rules
from crmsheet.steps.columns import optional


def score_ice(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``ice``, ``ice_state``, ``low_confidence`` and ``ice_reason``.

    ``ice`` is the weighted mean of impact, confidence and ease, each 1–10, so 1–10 (product: 1–1000); NaN when
    one is missing, never counted as 0. ``ice_state`` is scored, incomplete (some typed) or unscored.

    >>> t = pd.DataFrame({"impact": [9.0, 9], "confidence": [3.0, np.nan], "ease": [9.0, 5]})
    >>> score_ice(t, Rules.load())[["ice", "ice_state", "low_confidence"]].values.tolist()
    [[7.0, 'scored', True], [nan, 'incomplete', False]]
    """
    points = pd.DataFrame({name: optional(requirements, name) for name in DIMENSIONS}).astype("float64")
    columns = {name: points[name].to_numpy() for name in DIMENSIONS}
    ice = pd.Series(ICE.values(Rows(columns, rules)), index=points.index)
    present = points.notna().sum(axis=1)
    state = np.select([present == 3, present > 0], ["scored", "incomplete"], default="unscored")
    return requirements.assign(
        ice=ice,
        ice_state=pd.Series(state, index=points.index, dtype=object),
        low_confidence=(points["confidence"] <= rules.ice.low_confidence_up_to) & ice.notna(),
        ice_reason=_reasons(points, ice, present, rules),
    )


def _reasons(points: pd.DataFrame, ice: pd.Series, present: pd.Series, rules: Rules) -> pd.Series:
    labels = rules.labels
    reasons = pd.Series(labels.phrase("reason.ice_unscored"), index=points.index, dtype=object)
    some = (present > 0) & ice.isna()
    missing = points[some].isna()
    names = {name: labels.field(name) for name in DIMENSIONS}
    reasons[some] = labels.phrases(
        "reason.ice_incomplete",
        missing.index,
        missing=missing.apply(
            lambda row: labels.join(names[name] for name in DIMENSIONS if row[name]), axis=1
        ),
    )
    full = ice.notna()
    facts = {name: points.loc[full, name].map("{:g}".format) for name in DIMENSIONS}
    reasons[full] = labels.phrases(
        f"reason.ice_{rules.ice.method}", points.index[full], **facts, ice=ice[full].map("{:.1f}".format)
    )
    return reasons
