"""Drawn sheets by value, format, width and rule, read back with openpyxl."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.book.draw import draw
from crmsheet.book.table_cells import MOST_LINKS
from crmsheet.view import Card, Cards, Chart, Charts, Column, Link, Series, TableBlock, Text, View
from tests.book.assembled import assembled

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

TIERS = {"高价值": "strong", "潜力": "accent", "流失风险": "bad"}


def customers(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"C2024{number:03d}" for number in range(1, count + 1)],
            "name": [f"星河{number}有限公司" for number in range(1, count + 1)],
            "tier": [list(TIERS)[number % 3] for number in range(count)],
            "amount": [10_000.0 * number for number in range(1, count + 1)],
            "share": [0.25] * count,
            "last": pd.to_datetime(["2026-11-02"] * count),
            "accept": [None] * count,
        }
    )


COLUMNS = (
    Column("customer_id", "客户编号", "link", 12),
    Column("name", "客户名称", "text", 14),
    Column("tier", "客户分层", "choice", 10, tones=TIERS, note="由 RFM 得出"),
    Column("amount", "近12月金额", "wan", 12, bar=True),
    Column("share", "占比", "percent", 8),
    Column("last", "最近订单", "date", 12),
    Column("accept", "采纳", "choice", 8, choices=("是", "否", "始终")),
)
LINKS = (Link("customer_id", "客户需求记录", "customer_id"),)
CARDS = Cards((Card("客户总数", "36", "其中高价值 13 家"), Card("逾期跟进", "12", tone="bad")))
CHARTS = Charts(
    (
        Chart(
            "doughnut",
            "客户分层",
            ("高价值", "潜力"),
            (Series("客户数", (3, 2)),),
            tones=("strong", "accent"),
        ),
        Chart(
            "stacked_column",
            "优先级 × 状态",
            ("高", "低"),
            (Series("待跟进", (1, 2)), Series("完成", (3, 0))),
        ),
        Chart(
            "combo",
            "月度",
            ("1月", "2月"),
            (Series("额", (5, 6)), Series("次", (1, 2), line=True, secondary=True)),
        ),
    )
)


def customer_list(frame: pd.DataFrame, **changes) -> TableBlock:
    return TableBlock("tiers", frame, COLUMNS, **{"links": LINKS, "empty": "还没有客户。", **changes})


def view(*blocks, **changes) -> View:
    return View(
        "tiers", "客户分层", "客户分层一览", "基准日 2026-11-20", blocks, **{"back": "总览", **changes}
    )


def opened(design):
    return openpyxl.load_workbook(io.BytesIO(assembled(design))).active


def shown(design):
    return openpyxl.load_workbook(io.BytesIO(assembled(design)), data_only=True).active


def parts(design) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(design.package)) as package:
        return {name: package.read(name).decode() for name in package.namelist() if name.endswith("xml")}


def column_values(sheet, header: str, count: int) -> list[object]:
    cell = find(sheet, header)
    return [sheet.cell(cell.row + step, cell.column).value for step in range(1, count + 1)]


def find(sheet, text: str):
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def test_title_and_reference_day_stand_on_top_with_a_link_back():
    sheet = opened(draw(view(customer_list(customers(3)))))
    assert (sheet["A1"].value, sheet["A2"].value) == ("客户分层一览", "基准日 2026-11-20")
    formulas = [cell.value for cell in sheet[1] if cell.data_type == "f"]
    assert formulas == ['=HYPERLINK("#\'总览\'!A1","← 返回总览")']


def test_cards_are_cells_with_label_figure_and_note():
    sheet = opened(draw(view(CARDS)))
    label = find(sheet, "客户总数")
    assert sheet.cell(label.row + 1, label.column).value == "36"
    assert sheet.cell(label.row + 2, label.column).value == "其中高价值 13 家"
    assert find(sheet, "逾期跟进").border.top.color.rgb == "FFC8443A"


def test_a_list_is_a_banded_filterable_table_with_a_stable_ascii_name():
    sheet = opened(draw(view(customer_list(customers(3)))))
    (table,) = sheet.tables.values()
    header = find(sheet, "客户编号")
    assert table.ref == f"A{header.row}:G{header.row + 3}"
    assert table.autoFilter.ref == table.ref
    assert table.displayName == "crm_tiers"
    assert table.tableStyleInfo.showRowStripes
    assert [column.name for column in table.tableColumns] == [column.header for column in COLUMNS]


def test_cells_carry_values_and_formats_of_their_column():
    sheet = opened(draw(view(customer_list(customers(2)))))
    row = find(sheet, "客户编号").row + 1
    cells = {column.header: sheet.cell(row, place) for place, column in enumerate(COLUMNS, start=1)}
    assert cells["近12月金额"].value == 10_000
    assert cells["近12月金额"].number_format == '0\\.0,"万"'
    assert cells["占比"].number_format == "0.0%"
    assert cells["最近订单"].value.date() == date(2026, 11, 2)
    assert cells["最近订单"].number_format == "yyyy-mm-dd"
    assert cells["采纳"].value is None
    assert {cell.font.name for cell in cells.values()} == {"微软雅黑"}


def test_links_look_their_row_up_and_show_their_text_without_a_calculator():
    design = draw(view(customer_list(customers(2))))
    lookup = "MATCH(\"C2024001\",'客户需求记录'!A:A,0)"
    expected = f'=IFERROR(HYPERLINK("#\'客户需求记录\'!A"&{lookup},"C2024001"),"C2024001")'
    assert column_values(opened(design), "客户编号", 1) == [expected]
    assert column_values(shown(design), "客户编号", 2) == ["C2024001", "C2024002"]


def test_a_long_list_has_no_link_formulas():
    (body,) = draw(view(customer_list(customers(MOST_LINKS + 1)))).bodies
    assert set(map(type, body.columns[0])) == {str}


def test_wildcards_and_quotes_in_a_key_are_taken_literally():
    frame = customers(1).assign(customer_id=['A*"?~'])
    (cell,) = column_values(opened(draw(view(customer_list(frame)))), "客户编号", 1)
    assert 'MATCH("A~*""~?~~"' in cell


def test_the_total_row_follows_the_filter_and_ties_to_the_rows():
    frame = customers(4)
    total = {"customer_id": "合计", "amount": frame["amount"].sum(), "share": 0.5}
    design = draw(view(customer_list(frame, total=total)))
    sheet = opened(design)
    (table,) = sheet.tables.values()
    last = find(sheet, "合计").row
    assert table.ref.endswith(str(last))
    assert table.autoFilter.ref.endswith(str(last - 1))
    assert sheet.cell(last, 4).value == "=SUBTOTAL(109,crm_tiers[近12月金额])"
    assert shown(design).cell(last, 4).value == 100_000
    assert sheet.cell(last, 5).value == "50.0%"
    labels = {c.name: (c.totalsRowLabel, c.totalsRowFunction) for c in table.tableColumns}
    assert labels["客户编号"] == ("合计", None)
    assert labels["近12月金额"] == (None, "sum")
    assert labels["占比"] == ("50.0%", None)


def test_tones_bars_and_dropdowns_cover_exactly_the_rows():
    sheet = opened(draw(view(customer_list(customers(5)))))
    first = find(sheet, "客户编号").row + 1
    rules = {str(area.sqref): area.rules for area in sheet.conditional_formatting}
    tones = rules[f"C{first}:C{first + 4}"]
    assert [rule.formula[0] for rule in tones] == [f'"{tier}"' for tier in TIERS]
    assert tones[2].dxf.fill.bgColor.rgb == "FFFADBD8"
    bar = rules[f"D{first}:D{first + 4}"][0]
    assert [end.type for end in bar.dataBar.cfvo] == ["num", "max"]
    listed = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [(str(v.sqref), v.formula1) for v in listed] == [(f"G{first}:G{first + 4}", '"是,否,始终"')]


def test_a_bar_on_a_known_scale_is_full_only_at_its_end():
    progress = Column("progress", "完成度", "percent", bar=True, highest=1)
    block = TableBlock("solutions", pd.DataFrame({"progress": [0.5, 0.25]}), (progress,))
    (area,) = opened(draw(view(block))).conditional_formatting
    assert [float(end.val) for end in area.rules[0].dataBar.cfvo] == [0, 1]


def test_a_header_note_is_a_prompt_on_the_header():
    sheet = opened(draw(view(customer_list(customers(1)))))
    (note,) = [v for v in sheet.data_validations.dataValidation if v.prompt]
    assert (note.promptTitle, note.prompt) == ("客户分层", "由 RFM 得出")
    assert str(note.sqref) == find(sheet, "客户分层").coordinate


def test_choices_too_long_for_a_rule_stand_in_hidden_cells():
    owners = tuple(f"销售代表{number}" for number in range(60))
    columns = (Column("name", "负责人", choices=owners),)
    block = TableBlock("owners", pd.DataFrame({"name": ["甲"]}), columns)
    sheet = opened(draw(view(block)))
    (rule,) = sheet.data_validations.dataValidation
    first, last = map(int, re.findall(r"\$A\$(\d+)", rule.formula1))
    assert [sheet.cell(row, 1).value for row in range(first, last + 1)] == list(owners)
    assert all(sheet.row_dimensions[row].hidden for row in range(first, last + 1))


def test_heat_columns_share_one_scale():
    columns = (
        Column("a", "上期"),
        Column("x", "高", "integer", heat=True),
        Column("y", "低", "integer", heat=True),
    )
    block = TableBlock("matrix", pd.DataFrame({"a": ["高"], "x": [3], "y": [1]}), columns, filterable=False)
    sheet = opened(draw(view(block)))
    (area,) = sheet.conditional_formatting
    assert area.rules[0].type == "colorScale"
    assert str(area.sqref).count(":") == 1


def test_charts_read_hidden_cells_that_hold_the_numbers():
    sheet = opened(draw(view(CHARTS)))
    assert [type(chart).__name__ for chart in sheet._charts] == ["DoughnutChart", "BarChart", "BarChart"]
    for chart, given_chart in zip(sheet._charts, CHARTS.charts, strict=True):
        series = chart.series[0]
        first, last = map(int, re.findall(r"\$B\$(\d+)", series.val.numRef.f))
        assert [sheet.cell(row, 2).value for row in range(first, last + 1)] == list(
            given_chart.series[0].values
        )
        assert [sheet.cell(row, 1).value for row in range(first, last + 1)] == list(given_chart.categories)
        assert all(sheet.row_dimensions[row].hidden for row in range(first - 1, last + 1))


def test_nothing_stands_to_the_right_of_the_page_where_readers_keep_their_own_columns():
    sheet = opened(draw(view(CHARTS, customer_list(customers(3)))))
    assert sheet.max_column == 10


def test_charts_show_hidden_data_and_have_a_cache_for_previews():
    charts = [
        xml for name, xml in parts(draw(view(CHARTS))).items() if "/chart" in name and "rels" not in name
    ]
    assert not [xml for xml in charts if '<c:plotVisOnly val="1"/>' in xml]
    assert all("<c:numCache>" in xml for xml in charts)


def test_pieces_too_small_for_a_figure_carry_none():
    pieces = Chart("doughnut", "客户分层", ("高价值", "潜力", "低价值"), (Series("客户数", (60, 39, 1)),))
    (xml,) = [x for name, x in parts(draw(view(Charts((pieces,))))).items() if "charts/chart" in name]
    assert re.findall(r'<c:dLbl><c:idx val="(\d)"/><c:delete val="1"/>', xml) == ["2"]


def test_a_chart_without_data_is_never_drawn():
    empty = (Chart("doughnut", "客户分层", (), ()), Chart("line", "月度", ("1月",), (Series("额", (None,)),)))
    sheet = opened(draw(view(Charts(empty))))
    assert not sheet._charts
    assert [cell.value for row in sheet.iter_rows() for cell in row].count("暂无数据") == 1
    some = opened(draw(view(Charts((*empty, CHARTS.charts[0])))))
    assert len(some._charts) == 1


def test_a_series_without_any_value_has_no_place_in_the_legend():
    causes = (Series("客户变化", (3, 1)), Series("规则变更", (0, 0)))
    sheet = opened(draw(view(Charts((Chart("stacked_column", "变动", ("升级", "降级"), causes),)))))
    assert len(sheet._charts[0].series) == 1


def test_a_ring_alone_takes_half_of_the_page():
    (ring,) = opened(draw(view(Charts(CHARTS.charts[:1]), customer_list(customers(3)))))._charts
    first, second = opened(draw(view(Charts(CHARTS.charts[:2]), customer_list(customers(3)))))._charts
    assert ring.anchor.to.col == first.anchor.to.col < second.anchor.to.col


def test_edges_of_charts_are_edges_of_columns():
    """Column widths depend on the font of the workbook; a chart anchored within a column would not."""
    for blocks in ((CHARTS,), (CHARTS, customer_list(customers(3)))):
        anchors = [chart.anchor for chart in opened(draw(view(*blocks)))._charts]
        assert all(anchor._from.colOff == 0 for anchor in anchors)
        assert all(one.to.col < other._from.col for one, other in itertools.pairwise(anchors))


def test_cells_of_a_gantt_chart_show_only_their_colour():
    week = Column("week", "11-16", "span", 4, tones={"进行中": "info"})
    frame = pd.DataFrame({"week": ["进行中", None]})
    sheet = opened(draw(view(TableBlock("bars", frame, (week,)))))
    cell = sheet.cell(find(sheet, "11-16").row + 1, 1)
    assert cell.number_format == ";;;"
    (rules,) = sheet.conditional_formatting
    assert rules.rules[0].dxf.fill.bgColor.rgb.endswith("3E7CB5")


def test_a_table_without_rows_says_why_and_is_no_excel_table():
    design = draw(view(customer_list(customers(0))))
    sheet = opened(design)
    assert not sheet.tables
    assert not design.bodies
    assert find(sheet, "还没有客户。").row == find(sheet, "客户编号").row + 1


def test_a_short_table_takes_its_place_on_the_page_without_a_filter():
    block = customer_list(customers(3), filterable=False, title="今天该联系谁", see_all="跟进清单")
    sheet = opened(draw(view(CARDS, block, CHARTS)))
    assert not sheet.tables
    assert column_values(sheet, "客户名称", 3) == ["星河1有限公司", "星河2有限公司", "星河3有限公司"]
    assert any(
        "'跟进清单'!A1" in str(cell.value)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    )


def test_pages_are_a4_one_page_wide_without_the_hidden_rows():
    sheet = opened(draw(view(CHARTS, customer_list(customers(8))), footer="内部资料 A&B"))
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert fitted(sheet) == (1, 0)
    header = find(sheet, "客户编号").row
    assert sheet.print_title_rows == f"${header}:${header}"
    letters, row = re.search(r":\$([A-Z]+)\$(\d+)", sheet.print_area).groups()
    assert letters == "J"
    assert [d.hidden for n, d in sheet.row_dimensions.items() if n <= int(row)].count(True) == 0
    assert sheet.max_row > int(row)
    assert "&P" in sheet.oddFooter.right.text
    assert sheet.oddFooter.left.text == "内部资料 A&&B"


def test_a_page_without_a_list_prints_on_one_sheet_of_paper():
    sheet = opened(draw(view(CARDS, CHARTS)))
    assert fitted(sheet) == (1, 1)


def test_the_header_of_the_list_stays_in_sight_unless_charts_stand_above():
    near = opened(draw(view(customer_list(customers(3), frozen=2))))
    assert near.freeze_panes == f"C{find(near, '客户编号').row + 1}"
    far = opened(draw(view(CHARTS, CHARTS, customer_list(customers(3)))))
    assert far.freeze_panes == "A3"


def test_columns_widen_for_long_names_and_rows_grow_when_that_is_not_enough():
    narrow = opened(draw(view(customer_list(customers(1)))))
    long_name = "内蒙古自治区呼和浩特市鼎盛设备安装工程股份有限公司"
    wide = opened(draw(view(customer_list(customers(1).assign(name=[long_name])))))
    row = find(wide, "客户编号").row + 1
    assert wide.column_dimensions["B"].width > narrow.column_dimensions["B"].width
    assert wide.row_dimensions[row].height > narrow.row_dimensions[row].height


def test_numbers_never_show_as_hashes():
    frame = customers(1).assign(amount=[123_456_789_012.0])
    sheet = opened(draw(view(customer_list(frame))))
    assert sheet.column_dimensions["D"].width >= len("12345678.9万") + 2


def test_each_row_is_as_high_as_its_longest_text():
    names = ["短", "短", "很长的名字" * 12, "短"]
    (body,) = draw(view(customer_list(customers(4).assign(name=names)))).bodies
    low, also_low, high, low_again = body.row_height
    assert low == also_low == low_again < high


def test_rows_of_a_long_list_are_as_high_as_their_texts():
    frame = customers(6_000).assign(name=["上海星河测量仪器有限公司"] * 5_999 + ["很长的名称" * 12])
    (body,) = draw(view(customer_list(frame, links=()))).bodies
    assert body.row_height[0] < body.row_height[-1]


def test_a_hidden_view_is_a_hidden_sheet():
    assert draw(view(CARDS, hidden=True)).hidden
    assert not draw(view(CARDS)).hidden


def test_tab_colour_and_protection_follow_the_view():
    sheet = opened(draw(view(CARDS, tab="bad", locked=True)))
    assert sheet.sheet_properties.tabColor.rgb == "FFC8443A"
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not opened(draw(view(CARDS))).protection.sheet


def test_the_same_view_gives_the_same_bytes():
    one, other = (draw(view(CARDS, CHARTS, customer_list(customers(5)))) for _ in range(2))
    assert one == other


def test_only_functions_of_excel_2010_are_used():
    frame = customers(3)
    everything = "".join(
        parts(draw(view(CARDS, CHARTS, customer_list(frame, total={"amount": 6e4})))).values()
    )
    assert "_xlfn" not in everything


def test_repeated_headers_are_refused():
    columns = (Column("a", "名称"), Column("b", "名称"))
    block = TableBlock("twice", pd.DataFrame({"a": [1], "b": [2]}), columns)
    with pytest.raises(ValueError, match="repeat"):
        draw(view(block))


typed = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    max_size=40,
)
hostile = st.one_of(
    typed, typed.map("=".__add__), st.sampled_from(["=cmd|' /C calc'!A0", "http://a.b", "007"])
)


@settings(max_examples=25, deadline=None)
@given(st.lists(hostile, min_size=1, max_size=4), st.booleans())
def test_no_typed_text_becomes_a_formula_or_a_link(texts, filterable):
    frame = customers(len(texts)).assign(name=texts)
    block = customer_list(frame, links=(), filterable=filterable)
    sheet = opened(draw(view(block, Text(tuple(texts)), back="")))
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]


def fitted(sheet) -> tuple[int, int] | None:
    setup = sheet.page_setup
    pages = tuple(1 if count is None else int(count) for count in (setup.fitToWidth, setup.fitToHeight))
    return pages if sheet.sheet_properties.pageSetUpPr.fitToPage else None
