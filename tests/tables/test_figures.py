"""Key figures of each refresh: one line a day, the last earlier day to compare with."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from crmsheet.tables.figures import COLUMNS, add_figures, last_figures

DAY = date(2026, 11, 20)


def line(day: str, customers: int = 1) -> pd.DataFrame:
    return pd.DataFrame([{"as_of": day, "customers": customers}]).reindex(columns=list(COLUMNS))


@pytest.mark.parametrize("earlier", [pd.DataFrame(), line("2026-11-20", 7), line("2026-11-20", 7).iloc[:0]])
def test_a_day_has_one_line_however_often_it_is_refreshed(earlier: pd.DataFrame) -> None:
    assert add_figures(earlier, line("2026-11-20", 9))["customers"].tolist() == [9]


def test_days_stay_in_order_and_what_is_no_day_is_dropped() -> None:
    earlier = pd.concat([line("2026-11-21"), line("昨天"), line("2026/9/28")], ignore_index=True)
    assert add_figures(earlier, line("2026-11-20"))["as_of"].tolist() == [
        "2026-09-28",
        "2026-11-20",
        "2026-11-21",
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        (["2026-11-20"], None),
        (["2026-12-01"], None),
        (["2026-09-28", "2026-11-19", "2026-11-20"], "2026-11-19"),
    ],
)
def test_compared_is_the_last_day_before(days: list[str], expected: str | None) -> None:
    earlier = pd.concat([line(day) for day in days]) if days else pd.DataFrame()
    found = last_figures(earlier, DAY)
    assert (found and found["as_of"]) == expected
