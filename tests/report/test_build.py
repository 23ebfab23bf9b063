"""Every number of a report is a count of the result's rows, and every sentence says a true number."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.errors import UsageError
from crmsheet.report.build import build_report
from crmsheet.report.model import Report
from crmsheet.report.period import read_period
from crmsheet.report.scope import Scope
from crmsheet.report.words import holds, words
from crmsheet.tables.rates import measure_rates, rate_members
from crmsheet.view import TableBlock
from tests.report.teams import bare_result, hostile_result, sample_report, sample_result

RESULT = sample_result()
# Without a status it is solved when it has a day of solving, else waiting.
UNSAID = RESULT.requirements["solved_on"].notna().map({True: "done", False: "todo"})
NEEDS = RESULT.requirements.assign(status=RESULT.requirements["status"].fillna(UNSAID))


@pytest.fixture(scope="module")
def report() -> Report:
    return sample_report()


def table(report: Report, section: str, name: str) -> TableBlock:
    return next(block for block in report.section(section).tables if block.name == name)


def numbers(sentence: str) -> list[int]:
    return [int(found) for found in re.findall(r"(?<![\d.])\d+(?![\d.%])", sentence)]


def test_the_four_sections_open_with_two_or_three_sentences(report: Report) -> None:
    assert [section.key for section in report.sections] == ["needs", "progress", "care", "actions"]
    assert all(2 <= len(section.sentences) <= 3 for section in report.sections)
    assert all(section.figures and section.tables for section in report.sections)


def test_nothing_on_record_makes_no_empty_charts() -> None:
    empty = pd.DataFrame({"customer_id": ["C1"], "customer_name": ["甲公司"], "industry": ["制造业"]})
    result = crm.analyze(crm.Tables.from_frames(profiles=empty), crm.Rules.load(), "2026-11-20")
    report = build_report(result)
    drawn = {figure.chart.title for section in report.sections for figure in section.figures}
    assert drawn <= {"客户分层", "各负责人的跟进"}  # one customer has a tier and is due, and nothing else
    assert all(section.sentences and section.tables for section in report.sections)


def test_kinds_of_needs_are_counts_of_rows(report: Report) -> None:
    block = table(report, "needs", "kinds")
    for level, line in zip(("high", "medium", "low"), block.frame.to_dict("records"), strict=True):
        for orientation in ("explicit", "implicit"):
            rows = NEEDS[(NEEDS["final_priority"] == level) & (NEEDS["orientation"] == orientation)]
            assert line[orientation] == len(rows)
    assert block.total["total"] == len(NEEDS) == len(table(report, "needs", "need_rows").frame)
    total, customers, explicit, implicit = numbers(report.section("needs").sentences[0])
    assert (total, customers) == (len(NEEDS), NEEDS["customer"].nunique())
    assert explicit + implicit == total == explicit + block.total["implicit"]


def test_status_counts_add_up_to_all_needs(report: Report) -> None:
    counts = NEEDS["status"].value_counts()
    said = numbers(report.section("progress").sentences[0])
    assert said == [len(NEEDS), *(counts[code] for code in ("done", "doing", "todo", "paused"))]
    owners = table(report, "progress", "by_owner").frame
    assert owners["total"].sum() == NEEDS["owner"].notna().sum()
    for line in owners.to_dict("records"):
        own = NEEDS[NEEDS["owner"] == line["owner"]]["status"].value_counts()
        assert [line[code] for code in ("todo", "doing", "done", "paused")] == [
            own.get(code, 0) for code in ("todo", "doing", "done", "paused")
        ]
    tiers = table(report, "progress", "by_tier")
    assert tiers.total["total"] == len(NEEDS)


def test_charts_show_what_the_tables_say(report: Report) -> None:
    section = report.section("progress")
    status = section.figures[0].chart
    assert sum(sum(series.values) for series in status.series) == len(NEEDS)
    ages = NEEDS[NEEDS["status"].isin(["todo", "doing"])]["age_days"].dropna()
    assert sum(section.figures[1].chart.series[0].values) == len(ages)
    oldest = table(report, "progress", "oldest").frame["age_days"]
    assert oldest.tolist() == sorted(ages, reverse=True)[:10]


def test_rates_are_those_of_the_result(report: Report) -> None:
    lines = table(report, "care", "rates").frame
    rates = RESULT.rates
    assert len(lines) == len(rates)
    renewal = rates.loc["renewal"]
    members = RESULT.rate_members.query("rate == 'renewal'")
    assert (renewal["numerator"], renewal["denominator"]) == (members["amount"].sum(), members["base"].sum())
    said = lines.set_index("rate").loc["续约率"]
    assert said["now"].startswith(f"{renewal['rate_value']:.0%}")
    assert numbers(said["counted"]) == [renewal["denominator"], renewal["numerator"]]
    assert numbers(report.section("care").sentences[1])[:2] == [renewal["denominator"], renewal["numerator"]]


def test_resources_are_counts_of_customers(report: Report) -> None:
    lines = table(report, "actions", "resources").frame
    customers = RESULT.customers
    assert lines["customers"].sum() == len(customers)
    assert lines["amount"].sum() == pytest.approx(customers["amount_12m"].sum())
    assert lines["overdue"].sum() == (customers["reminder"] == "overdue").sum()
    risk = customers["money_at_risk"].dropna().sort_values(ascending=False)
    shown = table(report, "actions", "win_back").frame["money_at_risk"]
    assert shown.tolist() == pytest.approx(risk.head(10).tolist())


def test_product_advice_follows_the_need_pool(report: Report) -> None:
    lines, pool = table(report, "actions", "product").frame, RESULT.need_pool.head(10)
    assert lines["need"].tolist() == pool["need"].tolist()
    assert lines["waiting_customers"].tolist() == pool["waiting_customers"].tolist()
    asks_for_a_new_day = str(words()["actions"]["advice"]["broken"]).rpartition("}")[2]
    said = [str(advice).endswith(asks_for_a_new_day) for advice in lines["advice"]]
    assert said == (pool["broken"] > 0).tolist()
    counted = [
        numbers(advice)[0] for advice, is_broken in zip(lines["advice"], said, strict=True) if is_broken
    ]
    assert counted == pool.loc[pool["broken"] > 0, "broken"].tolist()


@pytest.mark.parametrize(
    ("text", "first", "last", "months"),
    [
        ("2026Q3", "2026-07-01", "2026-09-30", 3),
        ("2026q1", "2026-01-01", "2026-03-31", 3),
        ("2026-10", "2026-10-01", "2026-10-31", 1),
        ("2026-2", "2026-02-01", "2026-02-28", 1),
        ("2026H1", "2026-01-01", "2026-06-30", 6),
        ("2025", "2025-01-01", "2025-12-31", 12),
        ("2026Q4", "2026-10-01", "2026-11-20", 3),  # it has not ended yet
        ("2026", "2026-01-01", "2026-11-20", 12),
    ],
)
def test_periods(text: str, first: str, last: str, months: int) -> None:
    period = read_period(text, date(2026, 11, 20))
    assert (period.first_day.isoformat(), period.last_day.isoformat(), period.months) == (first, last, months)


@pytest.mark.parametrize(
    "text", ["2026Q5", "2026-13", "2026-0", "2026H3", "Q3", "第三季度", "", "2026Q0", "0000Q1"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="2026Q3"):
        read_period(text, date(2026, 11, 20))


def test_a_period_to_come_is_refused() -> None:
    with pytest.raises(UsageError, match="还没有开始"):
        read_period("2027Q1", date(2026, 11, 20))


def test_a_period_counts_only_what_was_raised_in_it() -> None:
    scope = Scope.of(RESULT, "2026Q3")
    raised = pd.to_datetime(RESULT.requirements["raised_on"])
    inside = raised.between("2026-07-01", "2026-09-30")
    assert len(scope.needs) == inside.sum() > 0
    assert scope.undated == raised.isna().sum()
    report = build_report(RESULT, "2026Q3")
    assert numbers(report.section("needs").sentences[0])[0] == inside.sum()
    assert any(f"{scope.undated} 条" in note for note in report.notes)
    met = scope.rates.loc["need_satisfaction"]
    assert met["denominator"] == (scope.needs["status"] != "paused").sum()


def test_rates_of_a_period_end_with_it_and_begin_with_its_first_day() -> None:
    span = read_period("2026Q2", date(2026, 11, 20)).span
    due = pd.to_datetime(RESULT.facts.contracts["due_on"])
    rates = measure_rates(RESULT.facts, RESULT.rules, RESULT.as_of, span)
    assert rates.loc["renewal", "denominator"] == due.between("2026-04-01", "2026-06-30").sum()
    members = rate_members(RESULT.facts, RESULT.rules, RESULT.as_of, span)
    assert (members["rate"] == "renewal").sum() == rates.loc["renewal", "denominator"]
    before = measure_rates(RESULT.facts, RESULT.rules, RESULT.as_of, span.preceding(3)).loc["renewal"]
    assert before["denominator"] == due.between("2026-01-01", "2026-03-31").sum()


@pytest.mark.parametrize("period", [None, "2026Q3", "2020"])
def test_every_team_gets_a_report(period: str | None) -> None:
    for result in (bare_result(), hostile_result(), RESULT):
        report = build_report(result, period)
        said = [sentence for section in report.sections for sentence in section.sentences]
        assert all(2 <= len(section.sentences) <= 3 for section in report.sections), said
        assert not any(word in sentence for sentence in said for word in ("nan", "NaN", "None", "inf"))


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("", {}, True),
        ("a > 1 and b <= 2", {"a": 2, "b": 2}, True),
        ("a > 1 and b <= 2", {"a": 2, "b": 3}, False),
        ("a >= b", {"a": 2, "b": 2}, True),
        ("a != 0", {"a": float("nan")}, False),
        ("a > -0.1", {"a": 0}, True),
    ],
)
def test_conditions(condition: str, facts: dict[str, float], expected: bool) -> None:  # noqa: FBT001
    assert holds(condition, facts) is expected


def test_every_condition_in_the_words_can_be_read() -> None:
    for section in ("needs", "progress", "care", "actions"):
        part = words()[section]
        for choices in (*part["sentences"], *part["captions"].values()):
            for choice in choices:
                names = re.findall(r"[a-z_][a-z_0-9]*", choice.get("when", "").replace(" and ", " "))
                assert set(choice) <= {"when", "say"}
                holds(choice.get("when", ""), dict.fromkeys(names, 1.0))


def test_charts_over_time_end_with_the_period() -> None:
    report = build_report(RESULT, "2026H1")
    months = report.section("progress").figures[2].chart
    assert (months.categories[0], months.categories[-1]) == ("2025-07", "2026-06")
    raised = pd.to_datetime(RESULT.requirements["raised_on"])
    june = raised.between("2026-06-01", "2026-06-30").sum()
    assert months.series[0].values[-1] == june
    sales = report.section("care").figures[2].chart
    ordered = RESULT.orders[RESULT.orders["booked_on"].between("2026-06-01", "2026-06-30")]
    assert sales.series[0].values[-1] == pytest.approx(ordered["net_amount"].sum() / 10_000, abs=0.01)
    assert all("近三个月" not in figure.caption for section in report.sections for figure in section.figures)
