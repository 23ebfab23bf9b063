"""The analysis sheets: their totals tie to each other, and a sheet without facts says what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.labels import wan
from crmsheet.sample import sample_team
from crmsheet.tables.segments import segment_markets
from crmsheet.tables.snapshots import take_snapshot
from crmsheet.view import Cards, Charts, TableBlock, Text, View
from crmsheet.views.segments import DIMENSIONS
from crmsheet.views.sheets import VIEWS
from crmsheet.views.words import percent
from tests.task_samples import sample_tasks

DAY = date(2026, 11, 20)
RULES = crm.Rules.load()


@cache
def team() -> crm.Result:
    """Thirty-six customers with tasks, refreshed once before."""
    frames = dict(sample_team(DAY, customers=36).tables)
    first = crm.analyze(crm.Tables.from_frames(**frames), RULES, date(2026, 9, 28))
    frames["snapshots"] = take_snapshot(first.customers, RULES, date(2026, 9, 28))
    frames["tasks"] = sample_tasks(first.requirements, DAY)
    return crm.analyze(crm.Tables.from_frames(**frames), RULES, DAY)


def all_views(result: crm.Result) -> list[View]:
    return [make(result) for make in VIEWS]


@cache
def team_views() -> tuple[View, ...]:
    return tuple(all_views(team()))


def view(key: str, result: crm.Result | None = None) -> View:
    made = all_views(result) if result else team_views()
    return next(one for one in made if one.key == key)


def table(key: str, name: str, result: crm.Result | None = None) -> TableBlock:
    blocks = view(key, result).blocks
    return next(block for block in blocks if isinstance(block, TableBlock) and block.name == name)


def cards(key: str) -> dict[str, str]:
    found = [block for block in view(key).blocks if isinstance(block, Cards)]
    return {card.label: card.value for block in found for card in block.cards}


def lists(one: View) -> list[TableBlock]:
    return [block for block in one.blocks if isinstance(block, TableBlock) and block.filterable]


def test_every_sheet_of_the_design_is_there_and_has_at_most_one_list() -> None:
    assert [one.key for one in team_views()] == [
        "overview", "followups", "tiers", "requirements", "trends", "win_back", "core", "moves", "solutions",
        "quality", "duplicates", "repairs", "snapshots", "requirement_ids", "figures",
    ]  # fmt: skip
    assert all(len(lists(one)) <= 1 for one in team_views())


def test_customers_are_counted_alike_on_every_sheet() -> None:
    count = float(cards("overview")["客户总数"])
    assert count == len(team().customers)
    assert table("tiers", "tier_summary").total["customers"] == count
    assert len(table("tiers", "tiers").frame) == count
    assert table("moves", "matrix").total["sum"] == count
    segments = table("trends", "trends").frame
    assert set(segments.groupby("dimension")["customers"].sum()) == {count}
    owners = table("overview", "owners")
    assert owners.total["sum"] == len(table("followups", "followups").frame)


def test_money_is_summed_alike_on_every_sheet() -> None:
    amount = float(team().customers["amount_12m"].sum())
    assert cards("overview")["近12个月成交额"] == wan(amount)
    assert table("tiers", "tiers").total["amount_12m"] == pytest.approx(amount)
    assert table("tiers", "tier_summary").total["amount_12m"] == pytest.approx(amount)
    segments = table("trends", "trends").frame
    for summed in segments.groupby("dimension")["amount_12m"].sum():
        assert summed == pytest.approx(amount)
    months = table("trends", "months")
    assert months.total["amount_month"] == pytest.approx(float(months.frame["amount_month"].sum()))


def test_needs_are_counted_alike_on_every_sheet() -> None:
    needs = len(team().requirements)
    matrix = table("requirements", "priorities")
    assert matrix.total["sum"] == needs == len(table("requirements", "requirements").frame)
    open_needs = matrix.total["todo"] + matrix.total["doing"]
    assert cards("overview")["未解决需求"] == f"{open_needs:,.0f}"
    assert table("trends", "need_types").total["total"] == needs
    segments = table("trends", "trends").frame
    assert set(segments.groupby("dimension")["total"].sum()) == {needs}


@pytest.mark.parametrize(("key", "name"), [("win_back", "win_back"), ("core", "core")])
def test_totals_are_those_of_the_rows(key: str, name: str) -> None:
    block = table(key, name)
    assert len(block.frame)
    for code, total in block.total.items():
        if not isinstance(total, str):
            assert total == pytest.approx(float(block.frame[code].sum()))


def test_what_nobody_waits_for_comes_after_what_is_open_and_the_card_counts_it_apart() -> None:
    words = team().rules.labels
    last = {words.choice("status", "paused"): 1, words.choice("status", "done"): 2}
    groups = table("requirements", "requirements").frame["status"].map(lambda word: last.get(word, 0))
    assert groups.is_monotonic_increasing
    assert set(groups) == {0, 1, 2}
    notes = {
        one.label: one.note
        for block in view("overview").blocks
        if isinstance(block, Cards)
        for one in block.cards
    }
    assert f"{(groups == 1).sum()} 条另计" in notes["未解决需求"]


def test_shares_of_those_due_are_of_those_due() -> None:
    shown = [one for block in view("followups").blocks if isinstance(block, Cards) for one in block.cards]
    due = sum(int(one.value) for one in shown)
    assert [one.note for one in shown] == [f"占应跟进 {percent(int(one.value) / due)}" for one in shown]


def test_churn_is_ranked_by_money_and_its_stages_add_up() -> None:
    frame = table("win_back", "win_back").frame
    ranks = frame["win_back_rank"].dropna()
    assert ranks.tolist() == sorted(ranks)
    assert frame["money_at_risk"].dropna().is_monotonic_decreasing
    found = cards("win_back")
    stages = sum(int(found[word]) for word in ("流失预警", "濒临流失", "已流失"))
    assert (
        stages == len(frame) == int(team().customers["churn_stage"].isin(["warning", "risk", "lost"]).sum())
    )
    assert (frame["win_back_action"] != "").all()


def test_moves_are_those_off_the_diagonal() -> None:
    matrix = table("moves", "matrix").frame.set_index("before").drop(columns="sum").fillna(0)
    stayed = sum(matrix.loc[RULES.tiers[str(code)].label, code] for code in matrix if code in RULES.tiers)
    assert len(table("moves", "moves").frame) == matrix.to_numpy().sum() - stayed
    assert cards("moves")["不变"] == f"{stayed:,.0f}"


def test_a_changed_rule_is_named_as_the_cause() -> None:
    frames = dict(sample_team(DAY, customers=36).tables)
    then = date(2026, 11, 19)
    first = crm.analyze(crm.Tables.from_frames(**frames), RULES, then)
    frames["snapshots"] = take_snapshot(first.customers, RULES, then)
    strict = RULES.model_copy(update={"rfm": RULES.rfm.model_copy(update={"recency_high_days": 10})})
    moved = table("moves", "moves", crm.analyze(crm.Tables.from_frames(**frames), strict, DAY)).frame
    assert "规则变更" in set(moved["cause"])


def test_a_gantt_bar_covers_exactly_the_weeks_of_its_task() -> None:
    block = table("solutions", "solutions")
    weeks = [column.code for column in block.columns if column.format == "span"]
    assert "本周" in [column.header for column in block.columns]
    for _, line in block.frame.iterrows():
        for week in weeks:
            monday = pd.Timestamp(week)
            overlaps = line["starts_on"] <= monday + pd.Timedelta(days=6) and line["ends_on"] >= monday
            assert (line[week] == line["task_state"]) if overlaps else pd.isna(line[week])
    assert len(block.frame) == len(team().tasks)


def test_no_segment_without_a_name_is_called_a_market() -> None:
    frame = table("trends", "trends").frame
    assert not (frame["is_market"].eq("是") & frame["segment"].eq("未填写")).any()
    for by in DIMENSIONS[:2]:
        markets = segment_markets(team().customers, RULES, by)
        assert set(markets.loc[markets["is_market"], "segment"]) == set(
            frame.loc[frame["is_market"].eq("是") & frame["dimension"].eq(RULES.labels.column(by)), "segment"]
        )


def test_a_long_list_of_the_best_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("layout", "core"):
        monkeypatch.setattr(f"crmsheet.views.{module}.MOST_LISTED", 2)
    block = table("core", "core", team())
    assert len(block.frame) == 2
    core = team().customers[team().customers["is_core"].isin([True])]
    assert block.total["customer_name"] == f"共 {len(core)} 家，列出前 2 家"
    assert block.total["amount_12m"] == pytest.approx(float(core["amount_12m"].sum()))


ONE = {"customer_id": ["C2024001"], "customer_name": ["甲乙丙科技有限公司"]}
SIXTEEN = {**ONE, "last_contact": ["2026-11-02"], "explicit_needs": ["支持导出"], "owner": ["李*"]}
BARE = {"nothing": ONE, "sixteen columns": SIXTEEN}


@pytest.mark.parametrize("cells", BARE.values(), ids=BARE)
def test_a_sheet_without_facts_says_in_one_line_what_is_missing_and_where_it_goes(
    cells: dict[str, list[str]],
) -> None:
    tables = crm.Tables.from_frames(records=pd.DataFrame(cells, dtype=object))
    result = crm.analyze(tables, RULES, DAY)
    for key, sheet in (
        ("win_back", "订单记录"),
        ("core", "客户信息"),
        ("solutions", "方案任务"),
    ):
        (text,) = view(key, result).blocks
        assert isinstance(text, Text) and len(text.lines) == 1 and sheet in text.lines[0]


def test_before_there_is_a_snapshot_the_moves_say_when_there_will_be_and_where_everybody_is() -> None:
    result = replace(team(), moves=team().moves.iloc[:0])
    text, now, charts = view("moves", result).blocks
    assert isinstance(text, Text) and "换一天再刷新" in text.lines[0] and DAY.isoformat() in text.lines[0]
    assert isinstance(now, TableBlock) and now.total["customers"] == len(team().customers)
    assert now.total["amount_12m"] == pytest.approx(float(team().customers["amount_12m"].sum()))
    assert isinstance(charts, Charts)


def test_a_team_without_any_customer_has_sheets_all_the_same() -> None:
    tables = crm.Tables.from_frames(records=pd.DataFrame({name: [] for name in ONE}, dtype=object))
    assert len(all_views(crm.analyze(tables, RULES, DAY))) == len(VIEWS)


def test_the_overview_says_what_changed_since_the_last_refresh() -> None:
    frames = dict(sample_team(DAY, customers=36).tables)
    columns = {"as_of": ["2026-09-28"], "customers": [30], "open_needs": [len(team().requirements)]}
    frames["figures"] = pd.DataFrame(columns)
    result = crm.analyze(crm.Tables.from_frames(**frames), RULES, DAY)
    one = view("overview", result)
    assert "2026-09-28" in one.subtitle
    notes = {
        card.label: card.note for block in one.blocks if isinstance(block, Cards) for card in block.cards
    }
    # The change of the figure itself stands before what is among it.
    assert notes["客户总数"].startswith(f"较上次 ↑{len(result.customers) - 30} · 高价值 ")
    assert notes["未解决需求"].startswith("较上次 ↓")
    assert "↑" not in notes["逾期跟进"] and "↓" not in notes["逾期跟进"]  # not known of that day
    assert "↑" not in view("overview", replace(result, source=team().source)).subtitle


@pytest.mark.parametrize("owners", [8, 60])
def test_a_chart_of_the_largest_only_says_so(owners: int) -> None:
    result = team()
    names = [f"员工{number % owners}" for number in range(len(result.customers))]
    many = replace(result, customers=result.customers.assign(owner=names))
    charts = [
        chart
        for block in view("overview", many).blocks
        if isinstance(block, Charts)
        for chart in block.charts
    ]
    load = next(chart for chart in charts if "负责人" in chart.title)
    assert len(load.categories) == 8
    assert load.title.endswith(" · 前 8") == (owners > 8)


def test_charts_name_every_category_in_words() -> None:
    for one in team_views():
        for block in one.blocks:
            for chart in block.charts if isinstance(block, Charts) else ():
                words = [chart.title, *chart.categories, *(series.name for series in chart.series)]
                assert all(words), (one.key, words)
                assert not [word for word in words if word.isascii() and word.isalpha()], words


def test_a_customer_without_a_name_is_listed_under_the_number() -> None:
    nameless = {"customer_id": ["C2024001"], "customer_name": [None], "explicit_needs": ["提供5年质保"]}
    result = crm.analyze(crm.Tables.from_frames(records=pd.DataFrame(nameless)), RULES, DAY)
    for key, name in (("tiers", "tiers"), ("requirements", "requirements")):
        assert table(key, name, result).frame["customer_name"].tolist() == ["C2024001"]


def test_what_nobody_keeps_is_blank_instead_of_zero() -> None:
    asked = pd.DataFrame({**ONE, "explicit_needs": ["提供5年质保"], "raised_on": [pd.Timestamp(DAY)]})
    result = crm.analyze(crm.Tables.from_frames(records=asked), RULES, DAY)
    months = table("trends", "months", result)
    assert months.frame[["amount_month", "contacts", "occasions"]].isna().all(axis=None)
    assert not {"amount_month", "contacts"} & set(months.total)
    assert "amount_12m" not in table("tiers", "tier_summary", result).total


def test_every_solution_that_waits_is_listed() -> None:
    tasks = pd.DataFrame(
        {
            "requirement_id": [f"R2026{n:04}" for n in range(30)],
            "task": "开发",
            "starts_on": pd.Timestamp("2026-11-02"),
            "ends_on": pd.Timestamp("2026-12-02"),
        }
    )
    result = crm.analyze(crm.Tables.from_frames(records=pd.DataFrame(ONE), tasks=tasks), RULES, DAY)
    assert len(table("solutions", "solutions_open", result).frame) == 30


def test_months_say_why_their_sum_is_not_that_of_the_year_to_the_day() -> None:
    assert "从 2025-12-01 起" in table("trends", "months").title
    assert "从 2025-11-21 算起" in table("trends", "months").title
    at_month_end = crm.analyze(team().source.source, RULES, date(2026, 11, 30))
    assert table("trends", "months", at_month_end).title == "按月（自然月）"
