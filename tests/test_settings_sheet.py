"""Every line of the settings sheet counts: an allowed value changes the rules, a wrong one is refused by its cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.analysis import setup_by
from crmsheet.book.raw import RawSheet
from crmsheet.book.read import read_book
from crmsheet.errors import BadDate, RulesInvalid
from crmsheet.judging import judge_tables
from crmsheet.labels import Labels
from crmsheet.model import CellError, Setting, Tables
from crmsheet.recognize import recognize
from crmsheet.recognize.settings_lines import read_settings, settings_notes, settings_sheets
from crmsheet.rules import Rules
from crmsheet.settings import METHODS, PAIRS, SettingLine, changed_settings, setting_lines
from crmsheet.templates import new_workbook
from crmsheet.workdays import read_day
from tests.workbooks import RECORD_HEADERS, S0_ROWS, write_rows

LINES = [line for line in setting_lines() if line.key != "as_of"]
SHIPPED = Rules.load()
# Lines whose other value must fit lines beside them: a sum of weights, an order of thresholds.
TOGETHER: dict[str, dict[str, Any]] = {
    "value_score.historical": {"value_score.historical": 39, "value_score.potential": 41},
    "value_score.potential": {"value_score.potential": 39, "value_score.historical": 41},
    "value_score.strategic": {"value_score.strategic": 21, "value_score.historical": 39},
    "value_score.amount": {"value_score.amount": 59, "value_score.profit": 41},
    "value_score.profit": {"value_score.profit": 41, "value_score.amount": 59},
    "value_score.influence": {"value_score.influence": 31, "value_score.referral": 29},
    "value_score.referral": {"value_score.referral": 31, "value_score.upsell": 39},
    "value_score.upsell": {"value_score.upsell": 41, "value_score.referral": 29},
    "value_score.benchmark": {"value_score.benchmark": 61, "value_score.test_feedback": 39},
    "value_score.test_feedback": {"value_score.test_feedback": 41, "value_score.benchmark": 59},
}
OTHER: dict[str, Any] = {
    "cleaning.expected_fields": "对接人、区域",
    "trends.size_limits": "10、300、1000",
    "cleaning.customer_id_pattern": r"^K\d+$",
    "migration.order": "高价值、潜力、流失风险、低价值",
    "mapping.industry": "工控=制造业；软件外包＝信息传输、软件和信息技术服务业",
    "mapping.values": "当前状态:洽谈=跟进中",
    "cleaning.always": "spaces",
    "mapping.owner": "小李=李*",
    "vocabulary.status_words": "lost=流失客户",
    METHODS: "群发、邮件",
    "churn.warning_after_days": 91,
    "rates.satisfaction_top": 10,
    "agreement.levels_apart": 1,
}


def _other_value(line: SettingLine) -> Any:
    """A value that the line allows and that differs from its default."""
    if line.key in OTHER:
        return OTHER[line.key]
    if line.choices:
        return next(word for word in reversed(line.choices) if word != line.default)
    if isinstance(line.default, str):
        return "潜力" if line.unit == "分层" else "别的说法"
    high = float(line.allowed.partition(" – ")[2].lstrip("<") or "inf")
    step = 0.05 if high == 1 else 1
    return line.default + step if line.default + step <= high else line.default - step


WRONG = {
    **dict.fromkeys(PAIRS, "没有等号"),
    METHODS: "信鸽",
    "cleaning.expected_fields": "没有这一列",
    "cleaning.customer_id_pattern": "C(",
}


def _wrong_value(line: SettingLine) -> Any:
    """A value that the line does not allow."""
    if line.key in WRONG:
        return WRONG[line.key]
    if line.choices or line.unit == "分层":
        return "没有这种"
    if line.key.endswith(".label"):
        return "很长的名称" * 5
    return CellError("#N/A") if isinstance(line.default, str) else "很多"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Cell of each key on the sheet as we write it."""
    path = new_workbook(tmp_path_factory.mktemp("settings") / "book.xlsx")
    sheet = openpyxl.load_workbook(path)["配置"]
    headers = {cell.value: cell.column for cell in sheet[4]}
    keys = {sheet.cell(row, headers["键"]).value: row for row in range(5, sheet.max_row + 1)}
    return {key: sheet.cell(row, headers["值"]).coordinate for key, row in keys.items() if key}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> RawSheet:
    """The sheet as we write it, as it is read."""
    book = read_book(new_workbook(tmp_path_factory.mktemp("settings") / "book.xlsx"))
    return next(sheet for sheet in book.sheets if sheet.name == Labels.load().sheet("settings"))


def _rules(changes: dict[str, Any], places: dict[str, str]) -> Rules:
    typed = [Setting(key, value, "配置", places[key]) for key, value in changes.items()]
    return Rules.load(settings=changed_settings(typed))


def _value(rules: Rules, key: str) -> Any:
    found: Any = rules
    for part in key.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    return found


def test_another_allowed_value_changes_just_that_rule(places: dict[str, str]) -> None:
    for line in LINES:
        rules = _rules(TOGETHER.get(line.key) or {line.key: _other_value(line)}, places)
        assert _value(rules, line.key) != _value(SHIPPED, line.key), line.key
        shown = next(one.value for one in setting_lines(rules) if one.key == line.key)
        assert _rules({line.key: shown, **TOGETHER.get(line.key, {})}, places) == rules, line.key


def test_a_wrong_value_is_refused_by_sheet_and_cell(places: dict[str, str]) -> None:
    told = {line.key: _refusal({line.key: _wrong_value(line)}, places) for line in LINES}
    assert not {key: text for key, text in told.items() if f"配置!{places[key]} " not in text}


def test_a_number_beyond_its_range_is_refused(places: dict[str, str]) -> None:
    highest = {
        line.key: float(line.allowed.partition(" – ")[2].lstrip("<"))
        for line in LINES
        if " – " in line.allowed
    }
    assert len(highest) > 100
    told = {key: _refusal({key: high + 1}, places) for key, high in highest.items()}
    assert not {key: text for key, text in told.items() if f"配置!{places[key]} " not in text}


def _refusal(values: dict[str, Any], places: dict[str, str]) -> str:
    """What is said of wrong values; blank when they are taken."""
    try:
        _rules(values, places)
    except RulesInvalid as refused:
        return str(refused)
    return ""


def test_every_line_says_what_it_is() -> None:
    lines = setting_lines()
    assert not [one.key for one in lines if not all((one.group, one.label, one.unit, one.allowed, one.note))]


def test_the_sheet_as_written_changes_nothing(written: RawSheet) -> None:
    typed = list(read_settings(written))
    assert len(typed) > 200
    assert changed_settings(typed) == []
    assert Rules.load(settings=typed) == SHIPPED


def test_words_and_codes_mean_the_same() -> None:
    by_word = Rules.load(settings=[Setting("rfm.table.HHL", "高价值", "配置", "C9")])
    by_code = Rules.load(settings=[Setting("rfm.table.HHL", "high_value", "配置", "C9")])
    assert by_word == by_code != SHIPPED


def test_a_tier_goes_by_its_new_name_too() -> None:
    named = Setting("tiers.potential.label", "成长客户", "配置", "C40")
    rules = Rules.load(settings=[named, Setting("rfm.table.LLL", "成长客户", "配置", "C9")])
    assert rules.rfm.table["LLL"] == "potential"


def test_a_reference_day_that_is_none_is_refused() -> None:
    with pytest.raises(BadDate):
        read_day("下个月")


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("as_of", "2026-13-45", "2026-13-45"),
        ("as_of", "#N/A", "#N/A"),
        ("as_of", "=TODAY()", "没有计算结果"),
        ("value_tag.high_at_least", "=500000*3", "没有计算结果"),
    ],
)
def test_a_wrong_cell_is_refused_by_its_place(written: RawSheet, key: str, typed: str, said: str) -> None:
    rows, uncached = [list(row) for row in written.rows], set(written.uncached)
    number = next(number for number, row in enumerate(rows) if row[7] == key)
    formula = typed.startswith("=")
    rows[number][2] = None if formula else CellError(typed) if typed.startswith("#") else typed
    uncached |= {(number + 1, 3)} if formula else set()
    edited = replace(written, rows=rows, uncached=uncached)
    with pytest.raises(RulesInvalid) as caught:
        setup_by(None, None)(Tables({}, settings=tuple(read_settings(edited))))
    assert f"配置!C{number + 1}" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("edits", "place", "said"),
    [
        ({"C7": 770000, "H7": None}, "配置!C7 高价值门槛", "请在 H7 填回 value_tag.high_at_least"),
        ({"C4": "值", "C7": 770000, "B7": "我的门槛", "H7": " "}, "配置!C7 我的门槛", "770000"),
        ({"C7": 770000, "C4": "数值"}, "配置!C4 值", "改回“值”"),
        ({"C7": 770000, "C4": None}, "配置!C4 值", "改回“值”"),
        ({"C7": 770000, "H4": "编码"}, "配置!H4 键", "改回“键”"),
        ({"C7": 770000, **{f"{letter}4": None for letter in "ABCDEFGH"}}, "配置!A4 值", "改回“值”"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_cell(
    written: RawSheet, edits: dict[str, Any], place: str, said: str
) -> None:
    rows = [list(row) for row in written.rows]
    for cell, value in edits.items():
        rows[int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = value
    with pytest.raises(RulesInvalid) as caught:
        Rules.load(settings=changed_settings(read_settings(replace(written, rows=rows))))
    assert place in str(caught.value)
    assert said in str(caught.value)


def test_a_sheet_of_other_things_called_so_is_none_of_ours() -> None:
    sheet = RawSheet("配置", [["名称", "数值", "备注"], ["打印机", 3, None]])
    assert list(read_settings(sheet)) == []


def test_two_tiers_of_one_name_are_refused(places: dict[str, str]) -> None:
    told = _refusal({"tiers.high_value.label": "潜力"}, places)
    assert f"配置!{places['tiers.high_value.label']} " in told
    assert "同名" in told


def test_an_unknown_tier_is_refused_by_the_cell_that_names_it(places: dict[str, str]) -> None:
    changes = {"value_tag.high_at_least": 70000, "priority.urgent_tiers": "高价值，VIP"}
    told = _refusal(changes, places)
    assert f"配置!{places['priority.urgent_tiers']} priority.urgent_tiers" in told
    assert "没有定义的分层：VIP" in told
    assert places["value_tag.high_at_least"] not in told


def test_a_wrong_line_is_called_by_its_name_and_value(written: RawSheet) -> None:
    rows = [list(row) for row in written.rows]
    line = next(row for row in rows if row[7] == "rfm.table.HHH")
    line[2] = "VIP"
    with pytest.raises(RulesInvalid) as caught:
        Rules.load(settings=changed_settings(read_settings(replace(written, rows=rows))))
    assert f" {line[1]} rfm.table.HHH：写的是“VIP”，没有这个分层" in str(caught.value)


def test_an_unknown_key_is_told_with_what_was_typed() -> None:
    with pytest.raises(RulesInvalid) as caught:
        Rules.load(settings=[Setting("metrics.sat", 77, "配置", "C90")])
    assert "配置!C90 metrics.sat：写的是“77”，没有这个键，请对照" in str(caught.value)
    assert "value_tag" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("mapping.values", "没这列:跟进中=已解决", "没有这样的列：没这列"),
        ("vocabulary.status_words", "lostx=流失", "没有这样的状态标签：lostx"),
        ("mapping.industry", "工控=制造业；外包=火星业", "没有这样的行业：火星业；请写"),
        ("mapping.industry", "工控=服务业", "没有这样的行业：服务业"),
        ("mapping.values", "当前状态:洽谈=谈着呢", "“当前状态”没有“谈着呢”这个写法，可以写 待跟进 / 跟进中"),
        ("mapping.values", "影响续约:会=大概", "可以写 是 / 否"),
        ("mapping.values", "人工分层:铂金=VIP", "没有定义的分层：VIP"),
    ],
)
def test_words_for_what_does_not_exist_are_refused(
    places: dict[str, str], key: str, typed: str, said: str
) -> None:
    told = _refusal({key: typed}, places)
    assert f"配置!{places[key]} " in told
    assert said in told


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("rfm.recency_high_days", True, "写的是“TRUE”，应填数字"),
        ("value_tag.high_at_least", True, "写的是“TRUE”，应填数字"),
        ("value_score.core_share", False, "写的是“FALSE”，应填数字"),
        ("clv.margin", True, "写的是“TRUE”，应填数字"),  # as shipped, were TRUE a 1
        ("tiers.high_value.weight", True, "写的是“TRUE”，应填数字"),
        (
            "trends.size_limits",
            "20、10",
            "写的是“20、10”，应写从小到大的三个整数，用顿号分开，如 20、300、1000",
        ),
        ("trends.size_limits", 20, "应写从小到大的三个整数"),
        ("trends.size_limits", "20、300、很多", "应写从小到大的三个整数"),
        ("trends.size_limits", "300、20、1000", "应写从小到大的三个整数"),
        ("mapping.owner", "小李=李*；小李=王*", "请只留一个：小李=李* / 小李=王*"),
        ("migration.order", "高价值、高价值、潜力、低价值、流失风险", "请去掉多写的：高价值"),
        ("migration.order", "高价值、潜力", "请补上：低价值、流失风险"),
        ("signals.training.label", SHIPPED.signals["trends"].label, "两个信号不能同名"),
        ("rfm.new_customer_from_months", 8, "不能大于“至多”"),
        ("duplicates.related_at_least", 0.95, "应低于重复客户的相似度"),
        ("duplicates.score_at_least", 0.6, "应低于重复客户的相似度"),
    ],
)
def test_what_nobody_can_have_meant_is_refused(
    places: dict[str, str], key: str, typed: object, said: str
) -> None:
    told = _refusal({key: typed}, places)
    assert f"配置!{places[key]} {key}：写的是“" in told
    assert said in told


def test_both_cells_of_a_contradiction_are_named(places: dict[str, str]) -> None:
    changes = {"rfm.new_customer_from_months": 8, "rfm.new_customer_to_months": 7}
    told = _refusal(changes, places)
    assert all(f"配置!{places[key]} " in told for key in changes)
    assert "（新客户：首单至少 8、新客户：首单至多 7）" in told


def test_pairs_said_twice_alike_are_taken(places: dict[str, str]) -> None:
    assert _rules({"mapping.owner": "小李=李*；小李=李*"}, places).mapping.owner == {"小李": "李*"}


@pytest.mark.parametrize(("here", "below"), [(90, 30), (60, 90), (60, 30), (60, "60天")])
def test_two_lines_of_one_key_that_differ_are_refused_by_both_cells(
    written: RawSheet, here: object, below: object
) -> None:
    with pytest.raises(RulesInvalid) as caught:
        Rules.load(settings=changed_settings(read_settings(_stated_again(written, here, below))))
    told = str(caught.value)
    assert f"写的是“{below}”，但 C17 也是这一项，写的是“{here}”" in told
    assert f"配置!C{len(written.rows) + 1} " in told


def test_two_lines_of_one_key_that_agree_are_taken(written: RawSheet) -> None:
    typed = read_settings(_stated_again(written, 60, "60"))
    assert Rules.load(settings=changed_settings(typed)).rfm.recency_high_days == 60


def _stated_again(written: RawSheet, here: object, below: object) -> RawSheet:
    """The sheet with R 高 changed, and once more in a line at its end."""
    rows: list[list[Any]] = [list(row) for row in written.rows]
    assert rows[16][7] == "rfm.recency_high_days"
    rows[16][2] = here
    again = list(rows[16])
    again[2] = below
    return replace(written, rows=[*rows, again])


def test_lines_that_were_deleted_are_told_with_their_defaults(written: RawSheet) -> None:
    lost = ("rfm.recency_high_days", "rfm.frequency_high")
    rows = [row for row in written.rows if row[7] not in lost]
    (note,) = settings_notes([replace(written, rows=rows)])
    text = Labels.load().phrase(f"note.{note.code}", **note.facts)
    assert "“配置”少了 2 行，都按默认值算：R 高：不超过（90）、F 高：不少于（4）" in text
    assert "rfm.recency_high_days" in text
    assert list(settings_notes([written])) == []


def test_a_short_sheet_written_by_hand_lacks_nothing(written: RawSheet) -> None:
    assert list(settings_notes([replace(written, rows=written.rows[:8])])) == []


def test_a_renamed_sheet_is_the_settings_and_a_copy_is_told(written: RawSheet) -> None:
    mine = replace(written, name="我的配置")
    assert settings_sheets([mine]) == [mine]
    assert list(settings_notes([mine])) == []
    copied = replace(written, name="配置备份")
    (note,) = settings_notes([written, copied])
    text = Labels.load().phrase(f"note.{note.code}", **note.facts)
    assert text == "工作表“配置备份”也是一份配置，本次没有读取，用的是“配置”；请只留一份"


@pytest.mark.parametrize("name", ["我的配置", "配置备份"])
def test_no_settings_sheet_is_taken_for_customers(tmp_path: Path, name: str) -> None:
    path = new_workbook(tmp_path / "book.xlsx")
    book = read_book(path)
    renamed = tuple(replace(one, name=name) if one.name == "配置" else one for one in book.sheets)
    assert [note.code for note in recognize(replace(book, sheets=renamed)).notes] == []


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("mapping.industry", "外包=I65；厂=C；店=软件和信息技术服务业"),
        (
            "mapping.values",
            "当前状态:洽谈=In progress；影响续约:会=是；人工分层:铂金=High value；区域:帝都=北京",
        ),
    ],
)
def test_words_of_any_language_and_codes_are_taken(places: dict[str, str], key: str, typed: str) -> None:
    assert _refusal({key: typed}, places) == ""


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ("小李=李*", []),  # the other spelling was tidied away
        ("李*=李明", []),
        ("小强=强*；小李=李*", ["小强=强*"]),
    ],
)
def test_an_owner_mapping_of_nobody_is_told(pairs: str, told: list[str]) -> None:
    records = pd.DataFrame(
        {"customer_id": ["C2024001"], "customer_name": ["甲科技有限公司"], "owner": ["李*"]}
    )
    tables = Tables.from_frames(records=records)
    tables = replace(tables, settings=(Setting("mapping.owner", pairs, "配置", "C300", label="负责人对应"),))
    rules = Rules.load(settings=tables.settings)
    _, issues = judge_tables(tables, rules, date(2026, 11, 20), pd.DataFrame())
    found = issues[issues["code"] == "mapping_idle"]
    assert found["value"].tolist() == told
    assert [f"{one.sheet}!{one.cell}" for one in found.itertuples()] == ["配置!C300"] * len(told)
    assert all("负责人有 李*" in message for message in found["message"])


def test_an_id_is_told_the_form_that_the_settings_ask_for(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "a.xlsx", [RECORD_HEADERS, ["X7", *S0_ROWS[0][1:]], ["K17", *S0_ROWS[1][1:]]]
    )
    messages = []
    for pattern in (SHIPPED.cleaning.customer_id_pattern, r"^K\d+$"):
        cleaning = SHIPPED.cleaning.model_copy(update={"customer_id_pattern": pattern})
        found = crm.check(path, as_of="2024-03-18", rules=SHIPPED.model_copy(update={"cleaning": cleaning}))
        messages.append(found.loc[found["code"] == "id_format", "message"].tolist())
    usual = "客户编号“{}”格式不对，应为 C+年份+序号，例如 C2024001"
    assert messages[0] == [usual.format("X7"), usual.format("K17")]
    assert messages[1] == [r"客户编号“X7”格式不对，应符合配置里的“客户编号格式”：^K\d+$"]
