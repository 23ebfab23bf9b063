"""The template workbook by value, format, width and rule, read back with openpyxl."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import chinese_calendar
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter

from crmsheet.book.paper import LANDSCAPE, PORTRAIT
from crmsheet.book.template import template
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.live_rows import COLUMNS
from crmsheet.settings import setting_lines

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

LABELS = Labels.load()
HEADER_ROW, FIRST_ROW = 4, 5
LIVE_HEADERS = [LABELS.live(code) for code in COLUMNS]
KEY_COLUMN = 8  # of the settings sheet
# As the first source document prints them.
SIXTEEN = [
    "客户编号",
    "客户名称",
    "所属行业",
    "对接人",
    "职位",
    "联系方式",
    "最近接触时间",
    "接触方式",
    "沟通要点",
    "显性需求",
    "隐性需求",
    "需求优先级",
    "当前状态",
    "负责人",
    "下次跟进计划",
    "备注",
]
NAVY, SLATE, PALE = "FF1F3A5F", "FF6C87A8", "FF9AABC0"


def built(**tables) -> bytes:
    return template(labels=LABELS, rules_rows=setting_lines(), tables=tables)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.fixture(scope="module")
def empty() -> openpyxl.Workbook:
    return opened(built())


def headers(sheet) -> list[str]:
    return [cell.value for cell in sheet[HEADER_ROW] if cell.value]


def place(sheet, header: str) -> str:
    return next(cell.column_letter for cell in sheet[HEADER_ROW] if cell.value == header)


def rules_on(sheet, letters: str) -> list:
    found = []
    for area in sheet.conditional_formatting:
        if re.match(rf"{letters}\d+:{letters}\d+$", str(area.sqref)):
            found += area.rules
    return found


def validation_on(sheet, letters: str):
    wanted = f"{letters}{FIRST_ROW}"
    return next(v for v in sheet.data_validations.dataValidation if wanted in v.sqref)


ENTRY = [code for code in SHEETS if code != "holidays"]
ALL_ENTRY = [*ENTRY, "holidays"]


def test_every_sheet_of_the_standard_workbook_is_there_and_the_guide_comes_first(empty):
    expected = [
        "使用说明",
        "客户需求记录",
        "客户信息",
        "互动记录",
        "订单记录",
        "方案任务",
        "满意度反馈",
        "合同记录",
        "配置",
        "节假日",
    ]
    assert empty.sheetnames == expected
    assert empty.active.title == "使用说明"


def test_a_beginner_sees_the_sixteen_columns_and_the_rest_is_folded(empty):
    sheet = empty["客户需求记录"]
    assert headers(sheet)[:16] == SIXTEEN
    folded = [d for d in sheet.column_dimensions.values() if d.outlineLevel == 1]
    assert min(d.min for d in folded) == 17
    assert max(d.max for d in folded) == len(SHEETS["records"].printed) + len(LIVE_HEADERS)
    assert all(d.hidden for d in folded)


@pytest.mark.parametrize("code", ALL_ENTRY)
def test_headers_are_the_labels_of_the_fields_in_order_and_an_excel_table(empty, code):
    sheet = empty[LABELS.sheet(code)]
    expected = [LABELS.field(field.code, code) for field in SHEETS[code].printed]
    expected += LIVE_HEADERS if code == "records" else []
    assert headers(sheet)[: len(expected)] == expected
    (table,) = sheet.tables.values()
    assert table.displayName == f"crm_{code}"
    assert [column.name for column in table.tableColumns] == expected
    first, last = map(int, re.findall(r"\d+", table.ref))
    assert first == HEADER_ROW
    assert last > HEADER_ROW


def test_header_colour_says_required_optional_or_extra(empty):
    sheet = empty["客户需求记录"]
    colors = {cell.value: cell.fill.fgColor.rgb for cell in sheet[HEADER_ROW] if cell.value}
    assert colors["当前状态"] == NAVY
    assert colors["备注"] == SLATE
    assert colors["信心"] == PALE


@pytest.mark.parametrize("code", ALL_ENTRY)
def test_headers_take_two_lines_at_most_above_their_filter_buttons(empty, code):
    sheet = empty[LABELS.sheet(code)]
    assert sheet.row_dimensions[HEADER_ROW].height >= 36
    for cell in sheet[HEADER_ROW]:
        if cell.value:
            assert 2 * width_of(sheet, cell.column) >= len(cell.value.encode("gb18030")) + 2, cell.value


@pytest.mark.parametrize("code", ALL_ENTRY)
def test_every_column_explains_itself_within_excels_limits(empty, code):
    sheet = empty[LABELS.sheet(code)]
    for field in SHEETS[code].printed:
        header = LABELS.field(field.code, code)
        rule = validation_on(sheet, place(sheet, header))
        assert rule.promptTitle == header
        assert 0 < len(rule.prompt) <= 255


# 字段说明 of the first source document, and 填写说明 of the third: all of its fields, in its order.
QUOTED = {
    "records": {
        "customer_id": "唯一识别码，格式为“C+年份+序号”（如 C2024001）",
        "priority": "高/中/低，由团队负责人根据客户价值与需求紧急程度评定",
        "status": "待跟进/跟进中/已解决/暂停（如客户需求暂不明确）",
        "phone": "工作电话/企业",
        "explicit_needs": "客户明确提出的要求（如“需要支持多语言功能”“预算控制在10万元以内”）",
        "implicit_needs": "通过沟通挖掘的潜在期望（如“担忧系统稳定性”“希望获得行业资源对接”）",
    },
    "profiles": {
        "customer_name": "企业全称（个人客户填写姓名），避免简称",
        "industry": "按国家统计局标准分类（如“互联网/信息技术/制造业”）",
        "company_size": "按员工人数/营收划分（如“50人以下/500-1000万/1-5亿”）",
        "contact": "负责对接的关键人物姓名",
        "job_title": "客户内部职务（如“采购总监/CEO”）",
        "phone": "常用办公电话（需验证有效性）",
        "email": "工作邮箱（避免使用个人邮箱）",
        "core_need": "客户明确提出的业务痛点或目标（如“降低获客成本”“提升系统稳定性”）",
        "budget": "客户可接受的采购金额（如“5-8万”“10万以上”）",
        "decision_cycle": "从接洽到签约预计耗时（如“1个月内/3-6个月”）",
        "decision_factors": "客户最看重的要素（如“价格/服务/品牌/技术”）",
        "deal_count": "过往合作频次（首次合作填“0”）",
        "deal_amount": "累计合作金额",
        "last_deal": "上一次订单日期（无合作填“无”）",
        "cooperation": "合作中/暂停合作/流失",
        "last_contact": "上一次与客户沟通的日期",
        "contact_notes": "沟通核心事项（如“产品演示需求”“报价反馈”）",
        "contact_result": "客户反馈（如“有意向需上报领导”“暂时不考虑”）",
        "next_plan": "后续行动（如“10月20日电话回访”“提供案例参考”）",
        "value_level": "高/中/低（根据历史合作金额或潜力评估）",
        "priority": "高/中/低（根据紧急程度与对客户的重要性）",
        "risk": "需关注的风险点（如“决策人更换”“预算缩减”）",
    },
}


@pytest.mark.parametrize("code", QUOTED)
def test_prompts_quote_the_field_rules(empty, code):
    sheet = empty[LABELS.sheet(code)]
    for field, quote in QUOTED[code].items():
        rule = validation_on(sheet, place(sheet, LABELS.field(field, code)))
        assert rule.prompt.startswith(quote), field
    if code == "profiles":
        printed = [field.code for field in SHEETS[code].fields if not field.extra]
        assert list(QUOTED[code]) == printed


@pytest.mark.parametrize(
    ("sheet", "header", "name", "vocabulary"),
    [
        ("客户需求记录", "当前状态", "crm_list_status", "status"),
        ("客户需求记录", "需求优先级", "crm_list_level", "level"),
        ("客户需求记录", "需求分类", "crm_list_requirement_class", "rigidity"),
        ("客户信息", "合作状态", "crm_list_cooperation", "cooperation"),
        ("互动记录", "客户情绪", "crm_list_sentiment", "sentiment"),
        ("订单记录", "是否退款", "crm_list_yes_no", "yes_no"),
        ("节假日", "休/班", "crm_list_day_kind", "day_kind"),
    ],
)
def test_dropdowns_read_named_lists_on_the_settings_sheet(empty, sheet, header, name, vocabulary):
    rule = validation_on(empty[sheet], place(empty[sheet], header))
    assert (rule.type, rule.formula1) == ("list", name)
    assert named_words(empty, name) == list(LABELS.choices(vocabulary))


def test_dropdowns_warn_but_do_not_forbid_since_other_words_are_understood(empty):
    sheet = empty["客户需求记录"]
    assert validation_on(sheet, place(sheet, "当前状态")).errorStyle == "warning"


def test_the_tier_list_follows_the_settings(empty):
    """Each word repeats the cell of the setting, so that a renamed tier is in the list at once."""
    labels = [line.value for line in setting_lines() if re.fullmatch(r"tiers\.\w+\.label", line.key)]
    links = named_words(empty, "crm_list_tier")
    assert [empty["配置"][link.lstrip("=").replace("$", "")].value for link in links] == labels


def test_lists_that_a_team_extends_end_at_their_last_word(empty):
    formula = empty.defined_names["crm_list_owner"].attr_text
    assert re.fullmatch(r"'配置'!\$J\$5:INDEX\((.+),MAX\(1,COUNTA\(\1\)\)\)", formula)


def test_empty_required_cells_of_a_begun_row_are_coloured(empty):
    sheet = empty["客户需求记录"]
    letters, last = place(sheet, "当前状态"), get_column_letter(len(SHEETS["records"].printed))
    formulas = [formula for rule in rules_on(sheet, letters) for formula in rule.formula]
    assert f'AND(${letters}5="",COUNTA($A5:${last}5)>0)' in formulas


def test_priority_and_status_are_coloured_by_their_word(empty):
    sheet = empty["客户需求记录"]
    for header, words in (
        ("需求优先级", ["高", "中", "低"]),
        ("当前状态", ["待跟进", "跟进中", "已解决", "暂停"]),
    ):
        equal = [rule.formula[0] for rule in rules_on(sheet, place(sheet, header)) if rule.type == "cellIs"]
        assert equal == [f'"{word}"' for word in words]


def test_late_days_are_judged_from_the_reference_day_and_no_formula_reads_the_clock(empty):
    sheet = empty["方案任务"]
    formulas = [formula for rule in rules_on(sheet, place(sheet, "截止日期")) for formula in rule.formula]
    assert any("<crm_today" in formula for formula in formulas)
    reference = empty.defined_names["crm_as_of"].attr_text
    row = int(re.search(r"\$C\$(\d+)$", reference).group(1))
    assert empty["配置"].cell(row, KEY_COLUMN).value == "as_of"
    every = [f for ws in empty for area in ws.conditional_formatting for r in area.rules for f in r.formula]
    assert not [formula for formula in every if "TODAY" in formula or "NOW" in formula]


def test_scores_have_bars_and_a_range(empty):
    sheet = empty["客户需求记录"]
    letters = place(sheet, "影响")
    assert [rule.type for rule in rules_on(sheet, letters)] == ["dataBar"]
    rule = validation_on(sheet, letters)
    assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "1", "10")


@pytest.mark.parametrize(
    ("sheet", "header", "low", "high"),
    [
        ("客户信息", "影响力", "value_score.rating_low", "value_score.rating_high"),
        ("客户信息", "测试反馈", "value_score.rating_low", "value_score.rating_high"),
        ("满意度反馈", "满意度评分", "", "rates.satisfaction_top"),
    ],
)
def test_the_range_of_a_rating_is_read_from_the_settings(empty, sheet, header, low, high):
    rule = validation_on(empty[sheet], place(empty[sheet], header))
    names = empty.defined_names
    settings = empty["配置"]
    for bound, key, shipped in ((rule.formula1, low, "1"), (rule.formula2, high, "5")):
        if key:
            cell = settings[names[bound].attr_text.rpartition("!")[2].replace("$", "")]
            assert settings.cell(cell.row, KEY_COLUMN).value == key
            assert str(cell.value) == shipped
        else:
            assert bound == shipped
    assert rule.errorStyle == "warning" and "以配置为准" in rule.error
    assert "配置" in rule.prompt


@pytest.mark.parametrize("code", [*ALL_ENTRY, "settings"])
def test_pages_are_a4_landscape_with_repeated_headers_and_frozen_panes(empty, code):
    sheet = empty[LABELS.sheet(code)]
    lies = "portrait" if code in ("interactions", "orders") else "landscape"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, lies)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert int(sheet.page_setup.fitToHeight) == (2 if code == "holidays" else 0)
    assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert sheet.freeze_panes.endswith(str(FIRST_ROW))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_entry_sheet_prints_smaller_than_can_be_read(language):
    """Sheets of many columns take two pages side by side, each with number and name; the others one."""
    labels = Labels.load(language)
    book = openpyxl.load_workbook(io.BytesIO(template(labels=labels, rules_rows=[])))
    for code in ALL_ENTRY:
        sheet = book[labels.sheet(code)]
        paper = PORTRAIT if sheet.page_setup.orientation == "portrait" else LANDSCAPE
        shown = [
            one for one in sheet.column_dimensions.values() if not one.hidden and one.max <= sheet.max_column
        ]
        pixels = sum(int(one.width * 7) * (one.max - one.min + 1) for one in shown)
        across = sheet.page_setup.fitToWidth or 1
        assert across == (2 if code in ("records", "profiles", "tasks") else 1)
        assert (sheet.print_title_cols == "$A:$B") == (across == 2)
        assert paper.scale(pixels / across) >= (0.55 if paper is PORTRAIT else 0.7), code


LONG_LIST = 8  # words that never fit into the narrow cell of the default


def test_settings_list_every_rule_once_with_value_default_and_note(empty):
    sheet = empty["配置"]
    headers_ = ["类别", "名称", "值", "单位", "默认", "范围", "说明", "键"]
    assert [cell.value for cell in sheet[HEADER_ROW]][:KEY_COLUMN] == headers_
    lines = setting_lines()
    rows = list(
        sheet.iter_rows(
            min_row=FIRST_ROW, max_row=FIRST_ROW + len(lines) - 1, max_col=KEY_COLUMN, values_only=True
        )
    )
    for line, row in zip(lines, rows, strict=True):
        expected = (line.group, line.label, line.value, line.unit, line.default, line.allowed)
        assert row[:-2] == tuple(None if value == "" else value for value in expected)
        assert row[-1] == line.key
        assert row[-2].removeprefix(line.note) in ("", f"（默认 {line.words} 个）")
        assert line.words < LONG_LIST or row[-2] != line.note
    assert sheet.print_area.endswith(f"$G${FIRST_ROW + len(lines) - 1}")


def test_a_setting_accepts_what_its_range_says(empty):
    sheet = empty["配置"]
    by_key = {sheet.cell(row, KEY_COLUMN).value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    rules = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    days = rules[f"C{by_key['churn.warning_after_days']}"]
    assert (days.type, float(days.formula1), float(days.formula2)) == ("decimal", 0, 3650)
    method = rules[f"C{by_key['rfm.method']}"]
    assert method.formula1 == '"固定门槛,三等分"'


def test_changed_settings_turn_yellow(empty):
    (area,) = empty["配置"].conditional_formatting
    assert area.rules[0].formula == ["$C5<>$E5"]


def test_holidays_are_the_published_ones(empty):
    sheet = empty["节假日"]
    rows = list(sheet.iter_rows(min_row=FIRST_ROW, max_col=3, values_only=True))
    typed = {row[0].date(): row[1] for row in rows if row[0]}
    days = pd.date_range("2026-01-01", "2026-12-31").date
    for day in days:
        unusual = chinese_calendar.is_workday(day) == (day.weekday() >= 5)
        assert not unusual or typed[day] == ("班" if chinese_calendar.is_workday(day) else "休"), day
    assert all(
        chinese_calendar.is_workday(d) == (kind == "班") for d, kind in typed.items() if d.year == 2026
    )
    assert typed[date(2027, 1, 1)] == "休"


def test_the_guide_has_three_steps_and_a_link_to_every_entry_sheet(empty):
    cells = [str(cell.value) for row in empty["使用说明"].iter_rows() for cell in row if cell.value]
    assert [cell for cell in cells if re.match(r"\d  ", cell)] == ["1  填", "2  刷新", "3  看结果"]
    for name in empty.sheetnames[1:]:
        assert f'=HYPERLINK("#\'{name}\'!A1","{name}")' in cells


FILLED = pd.DataFrame(
    {
        "customer_id": ["C2024001", "C2024002"],
        "customer_name": ["A科技公司", "=cmd|' /C calc'!A0"],
        "phone": ["010-12345678", "http://a.b"],
        "last_contact": [pd.Timestamp("2024-03-15"), "2024.3.5"],
        "explicit_needs": ["支持实时数据监控、API接口开放" * 4, None],
        "impact": [8, "高"],
    }
)


def test_tables_fill_their_sheet_exactly_as_typed():
    sheet = opened(built(records=FILLED))["客户需求记录"]
    (table,) = sheet.tables.values()
    assert table.ref.endswith("6")
    row = {header: sheet[f"{place(sheet, header)}5"] for header in headers(sheet)}
    assert row["客户编号"].value == "C2024001"
    assert row["最近接触时间"].value == datetime(2024, 3, 15)
    assert row["最近接触时间"].number_format == "yyyy-mm-dd"
    assert row["影响"].value == 8
    assert row["备注"].value is None
    assert sheet[f"{place(sheet, '最近接触时间')}6"].value == "2024.3.5"
    assert sheet[f"{place(sheet, '影响')}6"].value == "高"


def test_no_typed_text_becomes_a_formula_or_a_link():
    sheet = opened(built(records=FILLED))["客户需求记录"]
    typed = [cell for row in sheet.iter_rows(min_row=FIRST_ROW) for cell in row]
    formulas = [cell for cell in typed if cell.data_type == "f"]
    assert {sheet.cell(HEADER_ROW, cell.column).value for cell in formulas} <= set(LIVE_HEADERS)
    assert {cell.data_type for cell in typed if cell not in formulas} == {"s", "n", "d"}
    assert not [cell for cell in typed if cell.hyperlink]


def test_rows_with_long_text_are_higher():
    sheet = opened(built(records=FILLED))["客户需求记录"]
    assert sheet.row_dimensions[5].height > 2 * 16
    assert sheet.row_dimensions[6].height is None  # so that Excel fits it to what is typed there


def test_times_of_day_are_shown():
    moment = pd.Timestamp("2026-11-20 14:30")
    sheet = opened(built(interactions=pd.DataFrame({"customer_id": ["C2024001"], "contacted_on": [moment]})))[
        "互动记录"
    ]
    cell = sheet[f"{place(sheet, '接触时间')}5"]
    assert (cell.value, cell.number_format) == (datetime(2026, 11, 20, 14, 30), "yyyy-mm-dd hh:mm")


def test_money_is_in_yuan_with_thousands(empty):
    sheet = empty["订单记录"]
    assert sheet[f"{place(sheet, '订单金额')}5"].number_format == "#,##0.00"


def test_the_same_call_gives_the_same_bytes():
    assert built() == built()
    assert built(records=FILLED) == built(records=FILLED)


def test_the_empty_template_is_small():
    assert len(built()) <= 120_000


def named_words(workbook, name: str) -> list[str]:
    sheet, area = re.fullmatch(r"'(.+)'!(.+)", workbook.defined_names[name].attr_text).groups()
    return [row[0].value for row in workbook[sheet][area.replace("$", "")]]


def width_of(sheet, column: int) -> float:
    for dimension in sheet.column_dimensions.values():
        if dimension.min <= column <= dimension.max:
            return dimension.width
    return 0
