"""Snapshots and tier moves by hand: which day is compared, who moved, and what moved them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.steps import hold_downgrades
from crmsheet.tables.migration import count_moves, list_moves, rate_moves, share_moves, tiers_by_rules
from crmsheet.tables.snapshots import (
    COLUMNS,
    add_snapshot,
    choose_snapshot,
    rules_mark,
    take_snapshot,
    tier_codes,
)

RULES = Rules.load()
AS_OF = date(2026, 11, 20)


def _rules(**settings: object) -> Rules:
    return Rules.load(
        settings=[Setting(key.replace("__", "."), value, "", "") for key, value in settings.items()]
    )


def _customers(**tiers: str) -> pd.DataFrame:
    table = pd.DataFrame({"tier": pd.Series(tiers, dtype=object)})
    facts = {
        "recency_days": 10.0,
        "frequency": 5.0,
        "monetary": 2e5,
        "order_count": 9.0,
        "value_score": 50.04,
    }
    return table.assign(
        computed_tier=table["tier"], customer_name=table.index + "公司", tier_reason="R…", manual_tier=None,
        first_order=pd.Timestamp("2020-01-01"), **facts,
    )  # fmt: skip


def _before(day: date = date(2026, 9, 30), rules: Rules = RULES, **tiers: str) -> pd.DataFrame:
    chosen = choose_snapshot(take_snapshot(_customers(**tiers), rules, day), RULES, AS_OF)
    assert chosen is not None
    return chosen


def test_a_snapshot_says_what_is_needed_later() -> None:
    lines = take_snapshot(_customers(A="potential"), RULES, AS_OF)
    assert list(lines.columns) == list(COLUMNS)
    assert lines.loc[0, ["as_of", "customer", "tier", "value_score", "rules"]].tolist() == [
        "2026-11-20", "A", "potential", 50.0, rules_mark(RULES),
    ]  # fmt: skip


def test_a_snapshot_keeps_the_day_of_the_first_order_readable() -> None:
    days = pd.to_datetime(["2024-12-18", None])
    lines = take_snapshot(_customers(A="potential", B="potential").assign(first_order=days), RULES, AS_OF)
    assert lines["first_order"].fillna("").tolist() == ["2024-12-18", ""]


def test_a_second_refresh_of_a_day_replaces_its_own_snapshot() -> None:
    first = take_snapshot(_customers(A="potential", B="potential"), RULES, AS_OF)
    second = take_snapshot(_customers(A="high_value"), RULES, AS_OF)
    assert add_snapshot(first, second)["tier"].tolist() == ["high_value"]
    older = first.assign(as_of=pd.Timestamp("2026-09-30"))[["as_of", "customer", "customer_name", "tier"]]
    kept = add_snapshot(older, second)
    assert kept["tier"].tolist() == ["potential", "potential", "high_value"]
    assert kept["rules"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("days", "period", "chosen"),
    [
        (["2026-06-30", "2026-09-28", "2026-10-31"], "quarter", "2026-09-28"),
        (["2026-06-30", "2026-09-28", "2026-10-31"], "month", "2026-10-31"),
        (["2026-06-30", "2026-09-28", "2026-10-31"], "half_year", "2026-06-30"),
        (["2026-10-05", "2026-11-01"], "quarter", "2026-10-05"),  # none that old yet: the first there is
        (["2026-11-20"], "quarter", None),  # today's own
        (["2026-12-31"], "quarter", None),
        (["soon"], "quarter", None),
    ],
)
def test_moves_are_counted_from_the_end_of_the_last_period(
    days: list[str], period: str, chosen: str | None
) -> None:
    snapshots = pd.DataFrame({"as_of": days, "customer": "A", "tier": "potential"})
    found = choose_snapshot(snapshots, _rules(migration__period=period), AS_OF)
    assert (None if found is None else f"{found['as_of'].iloc[0]:%Y-%m-%d}") == chosen


def test_no_snapshot_no_moves() -> None:
    assert choose_snapshot(pd.DataFrame(), RULES, AS_OF) is None
    moves = list_moves(_customers(A="potential"), None, RULES)
    assert len(moves) == 0
    assert rate_moves(moves)["rate_value"].isna().all()
    assert count_moves(moves, RULES).to_numpy().sum() == 0


def test_tiers_are_known_by_code_and_by_any_label() -> None:
    words = pd.Series(["high_value", "高价值", "VIP客户", "中价值", "流失风险客户", "老朋友", None])
    expected = ["high_value", "high_value", "high_value", "potential", "churn_risk", "老朋友", ""]
    assert tier_codes(words, RULES).tolist() == expected
    assert tier_codes(pd.Series(["金卡"]), _rules(tiers__high_value__label="金卡")).tolist() == ["high_value"]


MOVES = [
    ("A", "potential", "high_value", "up"),
    ("B", "high_value", "potential", "down"),
    ("C", "low_value", "churn_risk", "down"),
    ("D", "churn_risk", "low_value", "up"),
    ("E", "potential", "potential", "stable"),
    ("F", "prospect", "potential", "other"),
    ("G", "potential", "unrated", "other"),
    ("H", None, "potential", "new"),
    ("I", "potential", None, "gone"),
]


def test_directions_matrix_and_rates_tie_to_the_rows() -> None:
    before = _before(**{who: was for who, was, _, _ in MOVES if was})
    moves = list_moves(_customers(**{who: now for who, _, now, _ in MOVES if now}), before, RULES)
    assert moves["direction"].to_dict() == {who: direction for who, _, _, direction in MOVES}
    assert moves.loc["A", "move_reason"] == "潜力 → 高价值：R…"
    assert moves.loc["H", "move_reason"] == "上期之后新增，现在是潜力"
    assert moves.loc["I", "customer_name"] == "I公司"
    assert moves.loc["E", "move_reason"] == ""
    matrix = count_moves(moves, RULES)
    assert matrix.to_numpy().sum() == len(moves)
    assert matrix.loc["new", "potential"] == matrix.loc["potential", "gone"] == 1
    rates = rate_moves(moves)
    assert rates["numerator"].tolist() == [2, 2, 1, 2]
    assert rates["denominator"].unique().tolist() == [7]
    assert rates["numerator"].sum() == 7


def test_a_row_nobody_started_in_is_blank() -> None:
    moves = list_moves(_customers(A="high_value"), _before(A="potential"), RULES)
    shares = share_moves(count_moves(moves, RULES))
    assert shares.loc["potential", "high_value"] == 1
    assert shares.loc["high_value"].isna().all()


def test_a_tier_nobody_knows_any_more_keeps_its_name() -> None:
    before = pd.DataFrame({"as_of": ["2026-09-30"], "customer": ["A"], "tier": ["老朋友"]})
    chosen = choose_snapshot(before, RULES, AS_OF)
    moves = list_moves(_customers(A="potential"), chosen, RULES)
    assert moves.loc["A", ["tier_before", "direction"]].tolist() == ["老朋友", "other"]
    assert count_moves(moves, RULES).loc["老朋友", "potential"] == 1


def test_a_changed_threshold_is_not_behaviour() -> None:
    """9 orders, 200,000 yuan, 10 days ago: high value by today's rules on the day of the snapshot too."""
    harder = _rules(rfm__monetary_high=500_000)
    before = _before(rules=harder, A="potential", B="high_value")
    now = _customers(A="high_value", B="potential")
    causes = list_moves(now, before, RULES)["cause"].to_dict()
    assert causes == {"A": "rules", "B": "behavior"}
    assert list_moves(now, _before(A="potential", B="high_value"), RULES)["cause"].unique().tolist() == [
        "behavior"
    ]
    assert list_moves(now, before, RULES).loc["A", "move_reason"].startswith("潜力 → 高价值：规则改了")
    assert rate_moves(list_moves(now, before, RULES))["by_rules"].tolist() == [1, 0, 0, 0]


def test_without_facts_a_change_of_rules_is_the_safer_reading() -> None:
    bare = _before(A="potential")[["as_of", "tier"]].assign(rules="00000000")
    assert list_moves(_customers(A="high_value"), bare, RULES)["cause"].tolist() == ["rules"]


def test_what_a_person_set_is_called_so() -> None:
    now = _customers(A="high_value").assign(manual_tier="high_value")
    assert list_moves(now, _before(A="potential"), RULES)["cause"].tolist() == ["manual"]


def test_the_mark_changes_with_what_makes_tiers_and_only_then() -> None:
    assert rules_mark(_rules(rfm__frequency_high=5)) != rules_mark(RULES)
    assert rules_mark(_rules(churn__risk_after_days=200)) != rules_mark(RULES)
    assert rules_mark(_rules(followup__due_soon_days=9)) == rules_mark(RULES)
    assert rules_mark(_rules(tiers__potential__label="重点")) == rules_mark(RULES)


def test_tiers_of_then_by_rules_of_now() -> None:
    before = _before(A="potential")
    assert tiers_by_rules(before, RULES).tolist() == ["high_value"]
    assert tiers_by_rules(before.assign(recency_days=np.nan), RULES).tolist() == [""]
    assert tiers_by_rules(before[["tier"]], RULES).tolist() == [""]


HOLD = {"migration__hold_downgrades": True}


@pytest.mark.parametrize(
    ("was", "then", "now", "held"),
    [
        ("high_value", "high_value", "potential", True),
        ("high_value", "potential", "potential", False),  # falls for the second time
        ("high_value", None, "potential", True),
        ("potential", "potential", "high_value", False),
        ("potential", "potential", "potential", False),
        ("high_value", "high_value", "prospect", False),  # outside the order
        ("", None, "potential", False),
    ],
)
def test_a_tier_falls_only_the_second_time(was: str, then: str | None, now: str, held: bool) -> None:  # noqa: FBT001
    before = pd.DataFrame({"tier": [was], "computed_tier": [then]}, index=["A"])
    kept = hold_downgrades(_customers(A=now), before, _rules(**HOLD)).iloc[0]
    assert (kept["tier"], kept["tier_held"]) == ((was, True) if held else (now, False))
    assert ("先保留" in kept["tier_reason"]) == held


def test_holding_is_off_unless_asked_for() -> None:
    before = pd.DataFrame({"tier": ["high_value"]}, index=["A"])
    assert hold_downgrades(_customers(A="potential"), before, RULES)["tier"].tolist() == ["potential"]
    typed = _customers(A="potential").assign(manual_tier="potential")
    assert hold_downgrades(typed, before, _rules(**HOLD))["tier"].tolist() == ["potential"]
    assert hold_downgrades(typed, None, _rules(**HOLD))["tier"].tolist() == ["potential"]
