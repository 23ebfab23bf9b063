"""Live columns of the record sheet: Python, the cached values and a spreadsheet's own recalculation agree."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import crmsheet as crm
from crmsheet import live_rows
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.book.workbook import Workbook
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines
from crmsheet.templates import new_workbook
from tests.recalculate import recalculated

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

LABELS = Labels.load()
AS_OF = date(2026, 11, 20)
HEADERS = [LABELS.live(code) for code in live_rows.COLUMNS]


def live_table(path: Path, sheet: str = "客户需求记录", headers: list[str] = HEADERS) -> list[list[Any]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    top = next(place for place, row in enumerate(rows) if headers[2] in row)
    columns = [rows[top].index(header) for header in headers]
    return [[row[column] for column in columns] for row in rows[top + 1 :]]


def _random_records(count: int) -> pd.DataFrame:
    """Cleaned rows with every kind of cell that formulas have to understand."""
    random = Random(5)
    points = [None, True, "高", "中", "低", 0, 11, 7.5, *range(1, 11), *range(1, 11)]
    plans = [None, "?*~", "~无", "*", "等通知"]
    ids = [f"C2024{number:03d}" for number in range(1, count // 4)] + ["C?*~1", "C*", "~C", "C2024???"]

    def day(first: int, last: int) -> date:
        return AS_OF + timedelta(days=random.randint(first, last))

    def plan() -> object:
        moment = day(-300, 60)
        return random.choice(
            [*plans, moment, f"{moment.isoformat()}回访", moment.isoformat(), "2026-02-30回访"]
        )

    rows = [
        {
            "customer_id": random.choice(ids),
            "customer_name": f"客户{random.choice('?*~甲乙丙')}{random.randint(1, 900)}",
            "last_contact": random.choice([None, day(-1500, 0), day(-40, 0), day(-40, 0)]),
            "contact_method": random.choice(["电话", "群发"]),
            "explicit_needs": random.choice([None, "导出报表", "?", "*"]),
            "implicit_needs": random.choice([None, None, "担心~"]),
            "status": "跟进中",
            "owner": "李*",
            "next_plan": plan(),
            "impact": random.choice(points),
            "confidence": random.choice(points),
            "ease": random.choice(points),
            "urgency": random.choice([None, "高", "中", "低"]),
            "affects_renewal": random.choice([None, None, "是", "否", True, False]),
        }
        for _ in range(count)
    ]
    return pd.DataFrame(rows, dtype=object)


def _random_profiles(records: pd.DataFrame) -> pd.DataFrame:
    random = Random(6)
    tiers = [tier.label for tier in Rules.load().tiers.values()]
    ids = records["customer_id"].drop_duplicates().tolist()
    return pd.DataFrame(
        {
            "customer_id": ids,
            "customer_name": [f"客户{number}" for number in range(len(ids))],
            "manual_tier": [random.choice(tiers) for _ in ids],
        },
        dtype=object,
    )


@pytest.mark.slow
def test_python_equals_a_recalculation_on_5000_rows(tmp_path: Path) -> None:
    records = _random_records(5000)
    tables = {"records": records, "profiles": _random_profiles(records)}
    path = tmp_path / "book.xlsx"
    write_new(path, template(labels=LABELS, rules_rows=setting_lines(), tables=tables))
    crm.refresh(path, as_of=AS_OF, backup=False)
    ours, theirs = live_table(path), live_table(*recalculated([path], tmp_path / "again"))
    assert len(ours) == len(theirs) == 5000
    wrong = [(row, one, two) for row, (one, two) in enumerate(zip(ours, theirs, strict=True)) if one != two]
    assert wrong == []
    filled = [sum(row[place] != "" for row in ours) for place in range(len(HEADERS))]
    assert min(filled) > 1000


def _example(path: Path, rows: int = 60) -> Path:
    """The example with the first ``rows`` of each of its tables: enough where the size is not asked about."""
    tables = {code: frame.head(rows) for code, frame in sample_team(AS_OF).tables.items()}
    write_new(path, template(labels=LABELS, rules_rows=setting_lines(), tables=tables))
    return path


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, crm.Result]:
    path = new_workbook(tmp_path_factory.mktemp("live") / "book.xlsx", example=True, as_of=AS_OF)
    return path, crm.refresh(path, as_of=AS_OF, backup=False)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = _example(tmp_path_factory.mktemp("small") / "book.xlsx")
    crm.refresh(path, as_of=AS_OF, backup=False)
    return path


def _column(path: Path, header: str, *, values: bool = False) -> dict[int, Any]:
    """What stands under ``header`` of the records, by row; formulas as text unless ``values`` are asked for."""
    sheet = openpyxl.load_workbook(path, data_only=values)["客户需求记录"]
    column = next(cell.column for cell in sheet[4] if cell.value == header)
    return {row: sheet.cell(row, column).value for row in range(5, sheet.max_row + 1)}


def test_live_days_are_those_of_the_follow_up_list(refreshed: tuple[Path, crm.Result]) -> None:
    path, result = refreshed
    customers = result.customers.dropna(subset=["record_row"])
    table = live_table(path)
    header = HEADERS.index("下次跟进日期")
    agree = 0
    for row, due in zip(customers["record_row"], customers["due"], strict=True):
        shown = table[int(row) - 5][header]
        agree += pd.Timestamp(shown) == due if shown else pd.isna(due)
    assert agree / len(customers) > 0.97  # the rest are planted dates that only the checks can read


def test_a_second_refresh_changes_nothing_on_the_record_sheet(
    refreshed: tuple[Path, crm.Result], tmp_path: Path
) -> None:
    path, _ = refreshed
    again = tmp_path / "again.xlsx"
    crm.refresh(path, out=again, as_of=AS_OF)
    with ZipFile(path) as one, ZipFile(again) as two:
        for part in ("xl/worksheets/sheet2.xml", "xl/tables/table1.xml", "xl/worksheets/sheet10.xml"):
            assert one.read(part) == two.read(part)


def test_what_was_typed_over_a_formula_is_restored_and_listed(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "typed.xlsx"
    book = openpyxl.load_workbook(small)
    sheet = book["客户需求记录"]
    column = next(cell.column for cell in sheet[4] if cell.value == "建议优先级")
    formula = sheet.cell(7, column).value
    sheet.cell(7, column).value = "随便"
    book.save(path)
    result = crm.refresh(path, as_of=AS_OF, backup=False)
    assert _column(path, "建议优先级")[7] == formula
    line = result.repairs[result.repairs["code"] == "formula_restored"].iloc[0]
    assert (line["sheet"], line["cell"], line["before"]) == ("客户需求记录", _address(7, column), "随便")
    assert any(note.code == "formulas_restored" for note in result.notes)


def _address(row: int, column: int) -> str:
    return f"{openpyxl.utils.get_column_letter(column)}{row}"


def test_rows_typed_below_the_table_get_formulas(tmp_path: Path) -> None:
    path = _example(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["客户需求记录"]
    row = sheet.max_row + 1
    places = {cell.value: cell.column for cell in sheet[4] if cell.value}
    typed = {"客户编号": "C2026777", "客户名称": "杭州晟拓软件有限公司", "最近接触时间": date(2026, 11, 2)}
    typed |= {"显性需求": "导出报表", "影响": 9, "信心": 8, "易用": 7, "当前状态": "跟进中", "负责人": "李*"}
    for header, value in typed.items():
        sheet.cell(row, places[header]).value = value
    book.save(path)
    crm.refresh(path, as_of=AS_OF, backup=False)
    by_header = dict(zip(HEADERS, live_table(path)[row - 5], strict=True))
    assert (by_header["ICE 得分"], by_header["建议优先级"]) == (8, "高")
    sheet = openpyxl.load_workbook(path)["客户需求记录"]
    priority = next(cell.column for cell in sheet[4] if cell.value == "建议优先级")
    assert sheet.cell(row, priority).value.startswith("=IF(")
    (table,) = sheet.tables.values()
    assert table.ref.endswith(str(row))


def test_a_setting_that_only_the_rules_file_changes_is_spelled_out(tmp_path: Path) -> None:
    path = _example(tmp_path / "book.xlsx")
    rules = tmp_path / "rules.toml"
    rules.write_text("[priority]\nice_high_at_least = 9.5\n", encoding="utf-8")
    crm.refresh(path, as_of=AS_OF, rules=rules, backup=False)
    formula = _column(path, "建议优先级")[5]
    assert ">=9.5" in formula
    assert "<crm_priority_ice_low_below" in formula
    crm.refresh(path, as_of=AS_OF, backup=False)
    assert ">=crm_priority_ice_high_at_least" in _column(path, "建议优先级")[5]


def test_the_way_to_combine_scores_is_settled_when_the_formula_is_written(tmp_path: Path) -> None:
    path = _example(tmp_path / "book.xlsx")
    rules = tmp_path / "rules.toml"
    rules.write_text('[ice]\nmethod = "geomean"\n', encoding="utf-8")
    crm.refresh(path, as_of=AS_OF, rules=rules, backup=False)
    assert "EXP(" in _column(path, "ICE 得分")[5]


def test_a_longer_sheet_gets_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(live_rows, "MOST_FORMULAS", 50)
    path = _example(tmp_path / "book.xlsx")
    crm.refresh(path, as_of=AS_OF, backup=False)
    cells = _column(path, "建议优先级").values()
    assert len(cells) > 50
    assert not [cell for cell in cells if isinstance(cell, str) and cell.startswith("=")]
    assert {"高", "中", "低"} & set(cells)


def test_a_sheet_that_became_short_enough_gets_its_formulas_and_nobody_is_said_to_have_typed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = _example(tmp_path / "book.xlsx")
    with monkeypatch.context() as patched:
        patched.setattr(live_rows, "MOST_FORMULAS", 50)
        crm.refresh(path, as_of=AS_OF, backup=False)
    result = crm.refresh(path, as_of=AS_OF, backup=False)
    assert all(str(cell).startswith("=") for cell in _column(path, "建议优先级").values())
    assert not len(result.repairs)
    assert not any(note.code == "formulas_restored" for note in result.notes)


SETTINGS_OF_FORMULAS = {
    "ice.impact_weight": 2, "ice.confidence_weight": 0.5, "ice.ease_weight": 3,
    "ice.high_word": 10, "ice.medium_word": 6, "ice.low_word": 1,
    "priority.ice_high_at_least": 8.5, "priority.ice_low_below": 5,
    "tiers.high_value.cadence_months": 0, "tiers.high_value.cadence_days": 10,
    "tiers.potential.cadence_days": 0, "tiers.potential.cadence_months": 2,
    "tiers.churn_risk.cadence_days": 3, "tiers.low_value.cadence_months": 0,
}  # fmt: skip
SETTLED_BY_A_REFRESH = {"ice.method": "几何平均", "followup.roll": "顺延", "tiers.potential.label": "潜力股"}


def _set(path: Path, out: Path, settings: dict[str, object]) -> Path:
    """A copy of the workbook in which somebody typed values on the settings sheet, and nothing more."""
    cells = openpyxl.load_workbook(path, read_only=True)["配置"].iter_rows(max_col=8, values_only=True)
    rows = {line[7]: number for number, line in enumerate(cells, start=1) if line[7]}
    book = Workbook.open(path)
    book.update_cells("配置", {(rows[key], 3): value for key, value in settings.items()})
    book.save(out)
    return out


@pytest.mark.slow
def test_changed_settings_change_the_formulas_as_they_change_python(tmp_path: Path) -> None:
    """At once, where the formula reads the cell; with the next refresh, where it settles how the formula is written."""
    records = _random_records(500)
    tables = {"records": records, "profiles": _random_profiles(records)}
    path = tmp_path / "book.xlsx"
    write_new(path, template(labels=LABELS, rules_rows=setting_lines(), tables=tables))
    crm.refresh(path, as_of=AS_OF, backup=False)
    typed = _set(path, tmp_path / "typed.xlsx", SETTINGS_OF_FORMULAS)
    crm.refresh(typed, out=tmp_path / "refreshed.xlsx", as_of=AS_OF)
    settled = _set(tmp_path / "refreshed.xlsx", tmp_path / "settled.xlsx", SETTLED_BY_A_REFRESH)
    crm.refresh(settled, as_of=AS_OF, backup=False)
    at_once, later = map(live_table, recalculated([typed, settled], tmp_path / "again"))
    assert at_once == live_table(tmp_path / "refreshed.xlsx")
    assert later == live_table(settled)
    for before, after in ((live_table(path), at_once), (at_once, later)):
        changed = sum(one != two for one, two in zip(before, after, strict=True))
        assert changed > len(records) / 2


def test_live_headers_never_read_as_columns_that_people_fill() -> None:
    tables = crm.read_workbook(Path(__file__).parents[2] / "workbook_templates" / "客户管理.xlsx").tables
    letters = tables["records"].letters
    assert "manual_tier" not in letters
    assert letters["last_contact"] == "G"
    assert letters["next_plan"] == "O"
    assert set(HEADERS) <= set(letters)
