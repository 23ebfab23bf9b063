"""Requirements whose raters are far apart and should talk first (R-079, ANALYTICS §4)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, name_columns, reasons_by
from crmsheet.steps.columns import optional

_DIMENSIONS = ("impact", "confidence", "ease")


@step
def flag_discussion(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``rating_spread`` (highest − lowest rating, the widest of the three), ``to_discuss``,
    ``discuss_reason``.

    Reads ``impact_spread``, ``confidence_spread`` and ``ease_spread``, which cells with several ratings give;
    a single rating has no spread.

    >>> t = pd.DataFrame({"impact_spread": [4.0, 3.0, float("nan")]})
    >>> flag_discussion(t, Rules.load())[["to_discuss", "discuss_reason"]].values.tolist()
    [[True, '影响的打分相差 4 分，先讨论再定'], [False, ''], [False, '']]
    """
    read = [f"{name}_spread" for name in _DIMENSIONS]
    return requirements.assign(**once_each(requirements, read, lambda said: _flagged(said, rules)))


def _flagged(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    spreads = pd.DataFrame({name: optional(requirements, f"{name}_spread") for name in _DIMENSIONS}).astype(
        "float64"
    )
    wide = spreads >= rules.ice.discuss_from_spread
    apart = wide.any(axis=1)
    widest = spreads.max(axis=1)
    reasons = reasons_by(
        choose(apart.index, {"spread": apart}),
        "discuss",
        rules,
        which=name_columns(wide, rules),
        spread=widest,
    )
    return pd.DataFrame({"rating_spread": widest, "to_discuss": apart, "discuss_reason": reasons})
