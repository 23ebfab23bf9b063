"""Size of a customer's company by its staff (R-019, R-073: by 规模)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose
from crmsheet.steps.columns import optional


@step
def band_sizes(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``size_band`` (micro, small, medium, large; blank = not known) from the lower bound of the staff.

    Reads ``headcount_low``, and ``headcount_high`` where only that is known (“50人以下”).

    >>> t = pd.DataFrame({"headcount_low": [19.0, 20, None], "headcount_high": [None, 99.0, 50]})
    >>> band_sizes(t, Rules.load())["size_band"].tolist()
    ['micro', 'small', 'small']
    """
    low, high = optional(customers, "headcount_low"), optional(customers, "headcount_high")
    staff = low.where(low.notna() & (low > 0), high)
    small, medium, large = rules.trends.size_limits
    return customers.assign(
        size_band=choose(
            customers.index,
            {"": staff.isna(), "micro": staff < small, "small": staff < medium, "medium": staff < large},
            "large",
        )
    )
