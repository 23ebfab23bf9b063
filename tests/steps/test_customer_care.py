"""Signals, complaints, visits, interviews, timeliness and win-back by tables of cases worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.steps import (
    add_playbook,
    check_entry_delay,
    check_updates,
    find_signals,
    flag_complaint_risk,
    plan_interviews,
    plan_visits,
    rank_win_back,
)
from crmsheet.steps._contact_texts import says
from crmsheet.workdays import Calendar

RULES = Rules.load()
AS_OF = date(2026, 11, 20)  # a Friday
CALENDAR = Calendar.around(AS_OF)
NAN = np.nan


def _log(*rows: tuple[str, str | None, str], **columns: list[object]) -> pd.DataFrame:
    log = pd.DataFrame(rows, columns=["customer", "contacted_on", "contact_notes"])
    return log.assign(contacted_on=pd.to_datetime(log["contacted_on"]), **columns)


def _customers(*names: str, **columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(names, dtype=object))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("客户说竞品报价低10%", "competitor"),
        ("目前没有竞品介入", ""),
        ("决策人更换为新任总经理", "person_changed"),
        ("今年预算缩减，项目延后", "budget_cut"),
        ("预算充足", ""),
        ("反馈响应慢，没人跟进", "poor_service"),
        ("觉得产品不适用现在的流程", "product_mismatch"),
        ("索要行业白皮书", "trends"),
        ("例行回访，一切正常", ""),
        ("", ""),
    ],
)
def test_one_sentence_gives_at_most_its_signal(text: str, code: str) -> None:
    found = find_signals(_customers("A"), _log(("A", "2026-11-02", text)), RULES, AS_OF)
    assert found["signals"].iloc[0] == ((code,) if code else ())
    assert bool(found["signal_advice"].iloc[0]) == bool(code)


def test_a_signal_counts_days_not_sentences() -> None:
    thrice = _log(
        ("A", "2026-11-02", "售后报错"), ("A", "2026-11-02", "又来问售后"), ("A", "2026-11-05", "故障")
    )
    assert find_signals(_customers("A"), thrice, RULES, AS_OF)["signals"].iloc[0] == ()
    fourth = pd.concat([thrice, _log(("A", "2026-11-09", "不会用导出"))])
    found = find_signals(_customers("A"), fourth, RULES, AS_OF).iloc[0]
    assert found["signals"] == ("after_sales",)
    assert found["signal_reason"] == "频繁咨询售后（90天内3次）"


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2026-08-23", True), ("2026-08-22", False), ("2026-11-20", True), ("2026-11-21", False), (None, False)],
)
def test_a_signal_grows_old_and_never_comes_from_the_future(day: str | None, counts: bool) -> None:  # noqa: FBT001
    found = find_signals(_customers("A"), _log(("A", day, "竞品报价更低")), RULES, AS_OF)
    assert bool(found["signals"].iloc[0]) == counts


def test_the_latest_record_speaks_too_but_not_twice_of_one_day() -> None:
    customers = _customers(
        "A", last_contact=[pd.Timestamp("2026-11-02")], contact_notes=["竞品报价低"], risk=["决策人更换"]
    )
    found = find_signals(customers, _log(("A", "2026-11-02", "竞品报价低")), RULES, AS_OF).iloc[0]
    assert found["signals"] == ("competitor", "person_changed")
    assert "在看竞品（90天内1次）" in found["signal_reason"]


def test_a_team_adds_a_signal_of_its_own(tmp_path) -> None:
    file = tmp_path / "rules.toml"
    own = """
        [signals.export]
        label = "要出口"
        words = ["出口"]
        not_words = []
        at_least = 1
        within_days = 30
        advice = "介绍报关版"
    """
    file.write_text(own, encoding="utf-8")
    found = find_signals(
        _customers("A"), _log(("A", "2026-11-02", "准备出口东南亚")), Rules.load(file), AS_OF
    )
    assert found[["signals", "signal_advice"]].values.tolist() == [[("export",), "介绍报关版"]]


def test_words_inside_a_denial_do_not_count() -> None:
    assert says("客户投诉", ("投诉",), ("没有投诉",))
    assert not says("没有投诉", ("投诉",), ("没有投诉",))
    assert says("上月没有投诉，这月投诉两次", ("投诉",), ("没有投诉",))
    assert not says("投诉", (), ())


def _feedback(**facts: object) -> pd.DataFrame:
    row = {
        "customer": "A",
        "given_on": pd.Timestamp("2026-11-02"),
        "satisfaction": NAN,
        "complaint": None,
        "handling": None,
    }
    return pd.DataFrame([{**row, **facts}])


NEGATIVE = {"sentiment": ["negative", "negative"]}
TWO = (("A", "2026-11-02", "例行"), ("A", "2026-10-02", "例行"))


@pytest.mark.parametrize(
    ("log", "feedback", "risk"),
    [
        (None, _feedback(complaint="发错货"), "high"),
        (None, _feedback(complaint="发错货", handling="已换货"), "medium"),
        (None, _feedback(complaint="发错货", handling="已换货", satisfaction=2.0), "high"),
        (None, _feedback(satisfaction=2.0), "medium"),
        (None, _feedback(satisfaction=3.0), "none"),
        (None, _feedback(complaint="发错货", given_on=pd.Timestamp("2026-05-24")), "none"),  # 180 days ago
        (None, _feedback(complaint="发错货", given_on=pd.Timestamp("2026-05-25")), "high"),
        (_log(("A", "2026-11-02", "客户要求退款")), None, "high"),
        (_log(*TWO, **NEGATIVE), None, "medium"),
        (_log(TWO[0], sentiment=["negative"]), None, "none"),
        (_log(*TWO, **NEGATIVE), _feedback(satisfaction=1.0), "high"),
        (None, None, ""),
    ],
)
def test_complaint_risk(log: pd.DataFrame | None, feedback: pd.DataFrame | None, risk: str) -> None:
    flagged = flag_complaint_risk(_customers("A"), log, feedback, RULES, AS_OF).iloc[0]
    assert flagged["complaint_risk"] == risk
    assert flagged["complaint_reason"]


def test_the_latest_rating_counts_and_its_scale() -> None:
    answers = pd.concat(
        [_feedback(satisfaction=1.0), _feedback(satisfaction=4.0, given_on=pd.Timestamp("2026-11-09"))]
    )
    assert (
        flag_complaint_risk(_customers("A"), None, answers, RULES, AS_OF)["complaint_risk"].iloc[0] == "none"
    )
    ten = Rules.load(settings=[Setting("rates.satisfaction_top", 10, "", "")])
    assert (
        flag_complaint_risk(_customers("A"), None, answers, ten, AS_OF)["complaint_risk"].iloc[0] == "medium"
    )


VISITED = _log(("A", "2026-08-31", ""), ("B", "2026-11-18", ""), ("D", "2026-11-30", "")).assign(
    executive_visit=True
)


def test_executive_visits_are_due_every_three_months_for_the_best() -> None:
    customers = _customers("A", "B", "C", "D", "E", tier=["high_value"] * 4 + ["potential"])
    planned = plan_visits(customers, VISITED, RULES, date(2026, 12, 2), CALENDAR)
    assert planned["visit_due"].dt.strftime("%m-%d").fillna("").tolist() == [
        "11-30",
        "02-18",
        "12-02",
        "02-26",
        "",
    ]
    assert planned["visit_overdue_days"].tolist()[:3] == [2.0, 0.0, 0.0]
    assert planned["visit_reminder"].tolist() == ["overdue", "later", "today", "later", ""]
    assert planned["visit_reason"].tolist()[2] == "高价值客户每3个月高层拜访一次，还没有拜访过"
    early = plan_visits(customers, VISITED, RULES, AS_OF, CALENDAR)
    assert early["visit_reminder"].tolist()[0] == "soon"  # due in ten days
    assert early["visit_due"].iloc[3] == pd.Timestamp(AS_OF)  # a visit in the future has not happened


@pytest.mark.parametrize("log", [None, _log(("A", "2026-08-31", "高层来访"))])
def test_where_visits_are_not_marked_nothing_is_due(log: pd.DataFrame | None) -> None:
    planned = plan_visits(_customers("A", tier=["high_value"]), log, RULES, AS_OF, CALENDAR).iloc[0]
    assert pd.isna(planned["visit_due"])
    assert "没有标" in planned["visit_reason"]


def test_interviews_are_due_after_half_a_year() -> None:
    log = _log(
        ("A", "2026-05-20", "深度访谈：未来规划"),  # exactly six months: due again
        ("B", "2026-05-21", "客户访谈"),
        ("C", "2026-11-02", "已约访谈，下月进行"),  # planned, not held
        ("E", "2026-11-02", "深度访谈"),
    )
    customers = _customers("A", "B", "C", "D", "E", tier=["high_value"] * 4 + ["low_value"])
    planned = plan_interviews(customers, log, RULES, AS_OF)
    assert planned["interview_due"].tolist() == [True, False, True, True, False]
    assert not plan_interviews(customers, None, RULES, AS_OF)["interview_due"].any()


@pytest.mark.parametrize(
    ("contacted", "entered", "state"),
    [
        ("2026-11-02", "2026-11-02", "in_time"),
        ("2026-11-02", "2026-11-03", "in_time"),  # days only: the next day is in time
        ("2026-11-02", "2026-11-04", "late"),
        ("2026-11-02 16:00", "2026-11-03 15:59", "in_time"),
        ("2026-11-02 16:00", "2026-11-03 16:01", "late"),
        ("2026-11-02 16:00", "2026-11-03", "in_time"),  # one cell without a time: days decide
        ("2026-11-03", "2026-11-02", "before"),
        ("2026-11-03", None, ""),
    ],
)
def test_contacts_are_written_down_within_a_day(contacted: str, entered: str | None, state: str) -> None:
    log = pd.DataFrame({"contacted_on": pd.to_datetime([contacted]), "entered_on": pd.to_datetime([entered])})
    assert check_entry_delay(log, RULES)["entry_state"].tolist() == [state]


def test_every_customer_is_updated_once_a_month() -> None:
    last = pd.to_datetime(["2026-10-20", "2026-10-19", "2026-11-20", None])
    checked = check_updates(_customers("A", "B", "C", "D", last_contact=last), RULES, AS_OF)
    assert checked["update_due"].tolist() == [False, True, False, True]


WON = [
    "churn_stage",
    "amount_12m",
    "amount_total",
    "recency_days",
    "probability_alive",
    "first_order",
    "last_order",
]


@pytest.mark.parametrize(
    ("facts", "risk"),
    [
        (("warning", 100_000.0, 1e6, 120.0, NAN, None, None), 30_000.0),
        (("risk", 100_000.0, 1e6, 200.0, NAN, None, None), 60_000.0),
        (("risk", 100_000.0, 1e6, 200.0, 0.9, None, None), 10_000.0),  # P(alive) knows better
        (("lost", 0.0, 60_000.0, 400.0, NAN, "2023-10-17", "2025-10-16"), 27_000.0),  # 30,000 a year × 0.9
        (("lost", 0.0, 60_000.0, 400.0, NAN, "2025-10-01", "2025-10-16"), 54_000.0),  # a year at least
        (("lost", -500.0, -500.0, 400.0, NAN, None, None), 0.0),
        (("lost", NAN, NAN, 400.0, NAN, None, None), NAN),
        (("active", 100_000.0, 1e6, 3.0, 0.5, None, None), NAN),
        (("", NAN, NAN, NAN, NAN, None, None), NAN),
    ],
)
def test_money_at_risk(facts: tuple[object, ...], risk: float) -> None:
    table = pd.DataFrame([facts], columns=WON)
    table = table.assign(**{name: pd.to_datetime(table[name]) for name in ("first_order", "last_order")})
    ranked = rank_win_back(table, RULES).iloc[0]
    assert ranked["money_at_risk"] == pytest.approx(risk, rel=2e-3, nan_ok=True)
    assert bool(ranked["win_back_reason"]) == (facts[0] in ("warning", "risk", "lost"))


def test_the_dearest_loss_ranks_first_and_silence_breaks_ties() -> None:
    table = pd.DataFrame(
        {
            "churn_stage": ["risk"] * 3 + ["active"],
            "amount_12m": [5e4, 9e4, 5e4, 9e5],
            "recency_days": [190.0, 200, 210, 1],
        }
    )
    assert rank_win_back(table, RULES)["win_back_rank"].tolist()[:3] == [3.0, 1.0, 2.0]


def test_playbook_lines_follow_tier_and_tags() -> None:
    customers = _customers(
        "A", "B", tier=["high_value", "unknown"], requirement_tags=[("service", "price"), ()]
    )
    added = add_playbook(customers, RULES)
    assert added["channel"].tolist() == ["电话、一对一拜访", ""]
    assert added["selling_points"].tolist()[0].startswith("突出售后保障")
    assert added["selling_points"].tolist()[1] == ""


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_few_customers_and_no_facts_give_defined_results(size: int) -> None:
    names = [f"C{i}" for i in range(size)]
    customers = _customers(*names, tier=["high_value"] * size, churn_stage=[""] * size)
    customers = customers.assign(amount_12m=NAN, recency_days=NAN, last_contact=pd.NaT)
    for result in (
        find_signals(customers, None, RULES, AS_OF),
        flag_complaint_risk(customers, None, None, RULES, AS_OF),
        plan_visits(customers, None, RULES, AS_OF, CALENDAR),
        plan_interviews(customers, None, RULES, AS_OF),
        rank_win_back(customers, RULES),
        check_updates(customers, RULES, AS_OF),
    ):
        assert len(result) == size
