"""The main job end to end: the sample rows of the source documents in, every number and reason out."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from tests.workbooks import S0_ROWS, S2_FORM, record, table_of, write_records, write_rows

DAY = "2024-03-18"


@pytest.fixture(scope="module")
def s0(tmp_path_factory: pytest.TempPathFactory) -> tuple[crm.Result, Path]:
    folder = tmp_path_factory.mktemp("s0")
    path = write_records(folder / "客户.xlsx")
    return crm.refresh(path, out=folder / "结果.xlsx", as_of=DAY), folder / "结果.xlsx"


def test_s0_issues_name_every_cell_that_differs_from_the_rules(s0: tuple[crm.Result, Path]) -> None:
    found = s0[0].issues.set_index("cell")
    assert set(found.index) - {"B2", "B3"} == {
        "C2",
        "H2",
        "M2",
        "C3",
        "F3",
        "H3",
    }  # masked names may count as short
    assert found.loc["C2", "suggestion"] == "互联网和相关服务"
    assert found.loc["C3", "suggestion"] == "制造业"
    assert found.loc["H2", "suggestion"] == "拜访"
    assert found.loc["H3", "suggestion"] == "电话"
    assert found.loc["M2", "suggestion"] == "跟进中"
    assert found.loc["F3", "severity"] == "error"


def test_s0_follow_ups(s0: tuple[crm.Result, Path]) -> None:
    lines = table_of(s0[1], "跟进清单", "跟进提醒")[:-1]  # the last is the total
    assert [line["客户名称"] for line in lines] == ["A科技公司", "B制造企业"]
    first, second = lines
    assert first["跟进提醒"] == "临近" and second["跟进提醒"] == "正常"
    assert first["应跟进日"] == datetime(2024, 3, 20) and second["应跟进日"] == datetime(2024, 3, 25)
    assert first["逾期工作日"] == 0 and second["逾期工作日"] == 0
    assert first["客户分层"] == second["客户分层"] == "未分层"
    assert first["优先级"] == second["优先级"] == "中"
    assert first["待办需求"] == "支持实时数据监控" and second["待办需求"] == "报表支持Excel导出"
    assert first["下次跟进计划"] == "2024-03-20提供技术方案"
    assert first["沟通要点"] == "系统响应速度慢,需提升数据处理效率"
    assert first["最近接触时间"] == datetime(2024, 3, 15)
    assert (first["负责人"], second["负责人"]) == ("李*", "张*")
    assert first["依据"] == "约定 2024-03-20 跟进"


def test_s0_requirements(s0: tuple[crm.Result, Path]) -> None:
    lines = table_of(s0[1], "需求优先级", "序号")[:-1]  # the last is the total
    assert [line["需求"] for line in lines] == [
        "支持实时数据监控", "API接口开放", "担忧后期运维成本高,希望提供技术培训",
        "报表支持Excel导出", "自定义字段", "希望供应商能提供行业案例参考",
    ]  # fmt: skip
    assert [line["需求编号"] for line in lines[:3]] == ["C2024001-01", "C2024001-02", "C2024001-03"]
    assert [line["显/隐性"] for line in lines] == ["显性", "显性", "隐性", "显性", "显性", "隐性"]
    assert [line["需求标签"] for line in lines] == [
        "功能导向型", "功能导向型", "价格敏感型、服务依赖型", "功能导向型", "功能导向型", "服务依赖型",
    ]  # fmt: skip
    assert {line["当前状态"] for line in lines[:3]} == {"跟进中"}
    assert {line["当前状态"] for line in lines[3:]} == {"待跟进"}
    assert {line["ICE得分"] for line in lines} == {None}
    assert {(line["建议优先级"], line["最终优先级"]) for line in lines} == {("中", "中")}
    assert {line["优先级依据"] for line in lines} == {"还没有 ICE 评分，先按中处理"}


def test_s0_tiers_say_what_is_missing(s0: tuple[crm.Result, Path]) -> None:
    lines = table_of(s0[1], "客户分层", "排名")[:2]
    assert {line["客户编号"] for line in lines} == {"C2024001", "C2024002"}
    assert {line["客户分层"] for line in lines} == {"未分层"}
    assert {line["分层依据"] for line in lines} == {"没有订单数据，暂不能分层"}
    by_id = {line["客户编号"]: line for line in lines}
    assert by_id["C2024001"]["需求标签"].startswith("功能导向型")
    assert by_id["C2024002"]["需求标签"] == "功能导向型、服务依赖型"
    assert any("订单记录" in note for note in s0[0].summary()["notes"])


def test_s0_summary(s0: tuple[crm.Result, Path]) -> None:
    summary = s0[0].summary()
    assert (summary["customers"], summary["requirements"], summary["overdue"]) == (2, 6, 0)
    assert summary["tiers"] == {"unrated": 2}
    assert summary["sheets"] == [
        "总览",
        "跟进清单",
        "客户分层",
        "需求优先级",
        "趋势分析",
        "流失预警",
        "核心客户",
        "分层变动",
        "方案进度",
        "数据质量",
        "重复客户",
        "清洗日志",
        "历史快照",
        "需求编号簿",
        "历史指标",
    ]
    assert openpyxl.load_workbook(s0[1])["历史快照"].sheet_state == "hidden"


def _s2(path: Path, *, vertical: bool) -> crm.Result:
    if vertical:
        rows = [["大类", "字段名称", "填写说明", "示例"], *([g, f, "略", v] for g, f, v in S2_FORM)]
    else:
        rows = [[field for _, field, _ in S2_FORM], [value for _, _, value in S2_FORM]]
    return crm.refresh(write_rows(path, rows, sheet="Sheet1"), as_of="2023-10-18")


@pytest.mark.parametrize("vertical", [True, False], ids=["form", "table"])
def test_s2_example(tmp_path: Path, vertical: bool) -> None:  # noqa: FBT001
    result = _s2(tmp_path / "表.xlsx", vertical=vertical)
    customer = result.customers.iloc[0]
    assert customer["customer_name"] == "科技有限公司"
    assert (customer["industry"], customer["industry_section"]) == ("信息传输、软件和信息技术服务业", "I")
    assert (customer["headcount_low"], customer["headcount_high"]) == (100, 500)
    assert (customer["revenue_low"], customer["revenue_high"]) == (5e7, 1e8)
    assert (customer["budget_low"], customer["budget_high"]) == (80_000, 100_000)
    assert (customer["order_count"], customer["amount_total"]) == (0, 0)
    assert pd.isna(customer["last_deal"])
    assert customer["cooperation"] == "none"
    assert customer["last_contact"] == pd.Timestamp("2023-10-15")
    assert customer["next_date"] == pd.Timestamp("2023-10-20")
    assert customer["next_action"] == "电话跟进反馈"
    assert customer["value_level"] == "medium"
    assert customer["value_tag"] == "none"
    assert (customer["status_tag"], customer["status_reason"]) == ("intent", "提到“采购计划”，近期可能采购")
    assert (customer["tier"], customer["tier_reason"]) == ("potential", "还没成交，但有采购意向 → 潜力")
    assert customer["requirement_tags"] == ("service", "function")
    assert customer["due"] == pd.Timestamp("2023-10-20")
    need = result.requirements.iloc[0]
    assert need["requirement"] == "需要一套能整合多渠道数据的营销工具"
    assert need["requirement_tags"] == ("function",)
    assert (need["suggested_priority"], need["final_priority"]) == ("medium", "high")
    typed = result.source["profiles"].iloc[0]
    assert (typed["decision_cycle_low"], typed["decision_cycle_high"]) == (60, 90)
    assert typed["value_level_remark"] == "预算匹配,需求明确"
    assert typed["priority_remark"] == "近期有采购计划"
    codes = set(result.issues["code"])
    assert {"phone_mask_lost", "email_invalid", "choice_with_remark", "name_without_brand"} <= codes


def test_orders_make_tiers(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    orders = book.create_sheet("订单记录")
    orders.append(["客户编号", "订单日期", "订单金额"])
    for day, amount in [
        (date(2024, 3, 6), 62_000),
        ("2024/2/1", "5万"),
        (date(2023, 12, 1), 40_000),
        (date(2023, 9, 1), 30_000),
    ]:
        orders.append(["C2024001", day, amount])
    book.save(path)
    customers = crm.refresh(path, as_of=DAY).customers
    first = customers.loc["C2024001"]
    assert (first["order_count"], first["amount_12m"]) == (4, 182_000)
    assert first["tier_reason"] == "R 12天(高) F 4次(高) M 18.2万(高) → 高价值"
    assert (first["value_tag"], first["value_tag_reason"]) == ("high", "近12个月成交 18.2万 → 高价值")
    assert customers.loc["C2024002", "tier"] == "prospect"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    first = crm.refresh(path, out=tmp_path / "1.xlsx", as_of=DAY)
    crm.refresh(path, out=tmp_path / "2.xlsx", as_of=DAY)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
    again = crm.refresh(tmp_path / "1.xlsx", as_of=DAY, backup=False)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
    assert again.sheets == first.sheets


def test_nothing_else_in_the_file_changes(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    before = path.read_bytes()
    crm.refresh(path, out=tmp_path / "b.xlsx", as_of=DAY)
    assert path.read_bytes() == before
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx") as new:
        ours = {
            "[Content_Types].xml",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
            "docProps/app.xml",
        }
        for name in set(old.namelist()) - ours:
            assert new.read(name) == old.read(name), name


def test_in_place_leaves_one_backup_of_the_old_file(tmp_path: Path) -> None:
    path = write_records(tmp_path / "客户.xlsx")
    before = path.read_bytes()
    crm.refresh(path, as_of=DAY)
    assert (tmp_path / "客户.bak.xlsx").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["客户.bak.xlsx", "客户.xlsx"]
    crm.refresh(path, as_of=DAY, backup=False)


def test_a_users_sheet_of_our_name_is_kept(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("总览")["A1"] = "我自己的"
    book.save(path)
    result = crm.refresh(path, as_of=DAY)
    assert openpyxl.load_workbook(path)["总览"]["A1"].value == "我自己的"
    assert result.sheets[0] == "总览 (2)"
    assert any("总览 (2)" in note for note in result.summary()["notes"])
    assert crm.refresh(path, as_of=DAY).sheets[0] == "总览 (2)"


def test_customer_text_never_becomes_a_formula(tmp_path: Path) -> None:
    evil = '=cmd|"/c calc"!A1'
    path = write_rows(tmp_path / "a.xlsx", [])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for column, (header, value) in enumerate(zip(*_evil_rows(evil), strict=True), start=1):
        sheet.cell(1, column, header)
        cell = sheet.cell(2, column, value)
        cell.data_type = "s" if isinstance(value, str) else cell.data_type
    book.save(path)
    crm.refresh(path, as_of=DAY)
    for written in openpyxl.load_workbook(path):
        for row in written.iter_rows():
            for cell in row:
                assert not (cell.data_type == "f" and "cmd" in str(cell.value)), cell.coordinate
    shown = table_of(path, "跟进清单", "跟进提醒")[0]
    assert shown["沟通要点"] == evil


def _evil_rows(evil: str) -> tuple[list[str], list[object]]:
    from tests.workbooks import RECORD_HEADERS

    return RECORD_HEADERS, record(沟通要点=evil, 显性需求=evil, 备注=evil, 下次跟进计划=evil)


def test_settings_on_the_sheet_change_the_result(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    from crmsheet.templates import new_workbook

    new_workbook(path, example=True, as_of="2026-11-20")
    usual = crm.refresh(path, out=tmp_path / "1.xlsx", as_of="2026-11-20").summary()["tiers"]
    book = openpyxl.load_workbook(path)
    sheet = book["配置"]
    cell = next(row[2] for row in sheet.iter_rows() if row[7].value == "rfm.recency_high_days")
    assert cell.value == 90
    cell.value = 10
    book.save(path)
    changed = crm.refresh(path, out=tmp_path / "2.xlsx", as_of="2026-11-20").summary()["tiers"]
    assert changed["high_value"] < usual["high_value"]
    cell.value = 900
    book.save(path)
    with pytest.raises(crm.CrmsheetError, match=f"配置!{cell.coordinate}"):
        crm.refresh(path, out=tmp_path / "3.xlsx", as_of="2026-11-20")
    assert not (tmp_path / "3.xlsx").exists()


def test_an_earlier_snapshot_stays(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    crm.refresh(path, as_of="2024-03-16")
    crm.refresh(path, as_of=DAY)
    crm.refresh(path, as_of=DAY)
    days = [row["基准日"] for row in table_of(path, "历史快照", "基准日")]
    assert sorted(days) == ["2024-03-16"] * 2 + [DAY] * 2


def test_analysis_goes_into_any_workbook(tmp_path: Path) -> None:
    result = crm.refresh(write_records(tmp_path / "a.xlsx"), out=tmp_path / "b.xlsx", as_of=DAY)
    other = write_rows(tmp_path / "other.xlsx", [["别的内容"]], sheet="别的")
    crm.write_analysis(result, other, out=tmp_path / "c.xlsx")
    assert openpyxl.load_workbook(tmp_path / "c.xlsx").sheetnames[:2] == ["别的", "总览"]


def test_clean_applies_only_what_is_safe_and_lists_it(tmp_path: Path) -> None:
    rows = [
        *S0_ROWS,
        record(客户编号="c2024003", 最近接触时间="2024/3/1", 联系方式="13800138000", 负责人="李* "),
    ]
    path = write_records(tmp_path / "a.xlsx", rows)
    result = crm.clean_workbook(path, tmp_path / "b.xlsx", as_of=DAY)
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["客户需求记录"]
    assert sheet["A4"].value == "C2024003"
    assert sheet["G4"].value == datetime(2024, 3, 1)
    assert sheet["F4"].value == "13800138000"  # masking is accepted one by one
    assert sheet["M2"].value == "跟进中"
    log = table_of(tmp_path / "b.xlsx", "清洗日志", "日期")
    assert len(log) == len(result.repairs) >= 5
    assert {"A4", "G4", "M2", "H2", "H3"} <= {line["位置"] for line in log}
    again = crm.clean_workbook(tmp_path / "b.xlsx", tmp_path / "c.xlsx", as_of=DAY)
    assert {line["位置"] for line in table_of(tmp_path / "c.xlsx", "清洗日志", "日期")} >= {"A4", "G4"}
    assert len(again.repairs) == len(result.repairs)


def test_csv_gives_a_workbook_beside_it(tmp_path: Path) -> None:
    from tests.workbooks import RECORD_HEADERS

    path = tmp_path / "客户.csv"
    lines = [",".join(RECORD_HEADERS), *(",".join(f'"{cell or ""}"' for cell in row) for row in S0_ROWS)]
    path.write_bytes("\n".join(lines).encode("gb18030"))
    result = crm.refresh(path, as_of=DAY)
    assert Path(result.path) == tmp_path / "客户.xlsx"
    assert result.summary()["requirements"] == 6
    assert openpyxl.load_workbook(tmp_path / "客户.xlsx").sheetnames[1] == "总览"


def test_rows_without_names_are_analyzed(tmp_path: Path) -> None:
    """A list of sales in which ids repeat and nobody is named: ids are all there is to go by."""
    records = pd.DataFrame(
        {"customer_id": ["C2024001", "C2024001", "C2024002"], "owner": ["周*", "吴*", "周*"]}
    )
    result = crm.analyze(crm.Tables.from_frames(records=records), crm.Rules.load(), "2024-03-18")
    assert len(result.customers) == 2
    corpus = Path(__file__).parent / "corpus" / "pivots.xlsx"
    assert len(crm.refresh(corpus, out=tmp_path / "out.xlsx", as_of="2024-03-18").customers) > 0
