"""What a person does to our analysis sheets between two refreshes: theirs stays, and what was typed over is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.filters import SortCondition, SortState
from openpyxl.worksheet.worksheet import Worksheet

import crmsheet as crm
from crmsheet.book.workbook import Workbook
from crmsheet.labels import Labels
from crmsheet.repairs.undo import undoable
from crmsheet.sample import sample_team
from crmsheet.tables.snapshots import take_snapshot
from crmsheet.typed_over import note_typed_over
from crmsheet.views.sheets import VIEWS
from crmsheet.writing import put_views

DAYS = (date(2026, 9, 28), date(2026, 11, 20), date(2026, 11, 23))
LABELS = Labels.load()
MINE = 0.12345
# Sheet → (a column to sort by downwards, a column of few words to filter by); they have lists of some rows.
LISTS = {
    "followups": ("customer_name", "tier"),
    "tiers": ("amount_total", "status_tag"),
    "requirements": ("age_days", "status"),
    "trends": ("customers", "dimension"),
    "win_back": ("recency_days", "status_tag"),
    "core": ("amount_total", "tier"),
    "moves": ("customer_name", "cause"),
    "solutions": ("ends_on", "task_state"),
    "quality": ("cell_then", "severity"),
}
TYPED = {
    "tiers": {"computed_tier": "我定的", "manual_tier": "高价值", "amount_total": 5},
    "requirements": {"final_priority": "最高"},
    "followups": {"due": date(2027, 1, 4)},
}


@dataclass(frozen=True)
class ListPlace:
    """Where a sheet's list stands: bounds of its rows, and the column of each header."""

    first: int
    last: int
    columns: dict[str, int]

    def column(self, code: str) -> int:
        return self.columns[LABELS.column(code)]


def list_place(sheet: Worksheet) -> ListPlace:
    table = next(iter(sheet.tables.values()))
    left, top, right, bottom = range_boundaries(table.ref)
    columns = {str(sheet.cell(top, column).value): column for column in range(left, right + 1)}
    return ListPlace(top + 1, bottom - (table.totalsRowCount or 0), columns)


def rows_of(sheet: Worksheet, code: str) -> list[object]:
    place = list_place(sheet)
    return [sheet.cell(row, place.column(code)).value for row in range(place.first, place.last + 1)]


@cache
def results() -> tuple[crm.Result, crm.Result]:
    """A small team on one day, with the tiers of an earlier one, and on the next."""
    frames = dict(sample_team(DAYS[1], customers=16).tables)
    rules = crm.Rules.load()
    first = crm.analyze(crm.Tables.from_frames(**frames), rules, DAYS[0])
    frames["snapshots"] = take_snapshot(first.customers, rules, DAYS[0])
    return tuple(crm.analyze(crm.Tables.from_frames(**frames), rules, day) for day in DAYS[1:])


def write(workbook: Workbook, result: crm.Result, path: Path) -> crm.Result:
    """As a refresh writes: what was typed over is noted before the sheets are drawn."""
    noted = note_typed_over(workbook, result)
    wanted = {*LISTS, "repairs"}
    put_views(
        noted, workbook, (make(noted) for make in VIEWS if make.__name__.removesuffix("_view") in wanted)
    )
    workbook.save(path)
    return noted


@dataclass(frozen=True)
class Edited:
    """The workbook as the user left it, and after the next refresh."""

    before: openpyxl.Workbook
    after: openpyxl.Workbook
    result: crm.Result
    path: Path


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """A small team's sheets, edited on every list and typed over, then refreshed on the next day."""
    path = tmp_path_factory.mktemp("edits") / "team.xlsx"
    before, after = results()
    write(Workbook.blank(), before, path)
    book = openpyxl.load_workbook(path)
    for key, (sort_by, filter_by) in LISTS.items():
        edit(book[LABELS.sheet(key)], sort_by, filter_by)
    for key, cells in TYPED.items():
        sheet = book[LABELS.sheet(key)]
        place = list_place(sheet)
        for code, value in cells.items():
            sheet.cell(place.first + 1, place.column(code)).value = value
    book.save(path)
    noted = write(Workbook.open(path), after, path)
    return Edited(book, openpyxl.load_workbook(path), noted, path)


def edit(sheet: Worksheet, sort_by: str, filter_by: str) -> None:
    """As a person would: a column beside the list, a note, a width, a filter, an order."""
    place = list_place(sheet)
    beside = max(place.columns.values()) + 2
    mine = sheet.cell(place.first, beside, MINE)
    mine.font, mine.number_format = Font(bold=True, color="FFC00000"), "0.00%"
    sheet.cell(place.first - 1, beside, "我的备注")
    sheet.cell(place.first, 2).comment = Comment("记得回访", "我")
    sheet.column_dimensions[get_column_letter(2)].width = 41
    table = next(iter(sheet.tables.values()))
    column = place.column(filter_by)
    chosen = str(sheet.cell(place.first, column).value)
    table.autoFilter.add_filter_column(column - min(place.columns.values()), [chosen])
    letter = get_column_letter(place.column(sort_by))
    area = f"{letter}{place.first}:{letter}{place.last}"
    table.sortState = SortState(ref=area, sortCondition=[SortCondition(ref=area, descending=True)])


@pytest.mark.parametrize("key", LISTS)
def test_a_column_a_note_and_a_width_of_the_users_stay(key: str, edited: Edited) -> None:
    before, after = (book[LABELS.sheet(key)] for book in (edited.before, edited.after))
    mine = [cell for row in after.iter_rows() for cell in row if cell.value == MINE]
    assert len(mine) == 1
    assert (mine[0].number_format, mine[0].font.b, mine[0].font.color.rgb) == ("0.00%", True, "FFC00000")
    notes = [cell for row in after.iter_rows() for cell in row if cell.comment]
    assert [cell.comment.text for cell in notes] == ["记得回访"]
    assert mine[0].row == notes[0].row
    assert after.column_dimensions["B"].width == before.column_dimensions["B"].width == 41


@pytest.mark.parametrize("key", [key for key in LISTS if key not in ("trends", "quality", "solutions")])
def test_what_stands_beside_a_customer_stays_beside_that_customer(key: str, edited: Edited) -> None:
    named = []
    for sheet in (book[LABELS.sheet(key)] for book in (edited.before, edited.after)):
        row = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == MINE)
        named.append(sheet.cell(row, list_place(sheet).column("customer_name")).value)
    assert named[0] == named[1]


@pytest.mark.parametrize("key", LISTS)
def test_a_filter_stays_and_is_applied(key: str, edited: Edited) -> None:
    sheet = edited.after[LABELS.sheet(key)]
    table, place = next(iter(sheet.tables.values())), list_place(sheet)
    (criterion,) = table.autoFilter.filterColumn
    for row, value in enumerate(rows_of(sheet, LISTS[key][1]), start=place.first):
        hidden = bool(sheet.row_dimensions[row].hidden)
        assert hidden == (str(value) not in criterion.filters.filter), (row, value)


@pytest.mark.parametrize("key", [key for key in LISTS if LISTS[key][0] not in ("customer_name", "cell")])
def test_an_order_stays_and_is_applied(key: str, edited: Edited) -> None:
    sheet = edited.after[LABELS.sheet(key)]
    condition = next(iter(sheet.tables.values())).sortState.sortCondition[0]
    place, code = list_place(sheet), LISTS[key][0]
    letter = get_column_letter(place.column(code))
    assert (condition.ref, condition.descending) == (f"{letter}{place.first}:{letter}{place.last}", True)
    values = [value for value in rows_of(sheet, code) if value is not None]
    assert len(values) > 1
    assert values == sorted(values, reverse=True)


def test_what_was_typed_over_is_told_with_the_place_where_it_belongs(edited: Edited) -> None:
    told = {(line["sheet"], line["field"]): line for line in edited.result.repairs.to_dict("records")}
    assert set(told) == {
        (LABELS.sheet(key), LABELS.column(code)) for key, cells in TYPED.items() for code in cells
    }
    assert told["客户分层", "系统分层"]["before"] == "我定的"
    for header in ("系统分层", "人工分层"):
        assert "“客户信息”的“人工分层”" in told["客户分层", header]["reason"]
    assert "“人工优先级”" in told["需求优先级", "最终优先级"]["reason"]
    assert "“下次跟进计划”" in told["跟进清单", "应跟进日"]["reason"]
    assert "原始数据" in told["客户分层", "累计成交"]["reason"]
    assert "我定的" not in rows_of(edited.after["客户分层"], "computed_tier")
    notes = (note for note in edited.result.notes if note.code == "typed_over")
    counts = {note.facts["sheet"]: note.facts["count"] for note in notes}
    assert counts == {LABELS.sheet(key): len(cells) for key, cells in TYPED.items()}
    assert "我定的" in [cell.value for cell in edited.after["清洗日志"]["F"]]


def test_it_is_told_once_and_there_is_nothing_to_take_back(edited: Edited) -> None:
    assert Workbook.open(edited.path).typed_cells() == []
    assert undoable(edited.result.repairs, everything=True).empty
