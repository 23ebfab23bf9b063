"""What a user adds beside any of our lists is still there, in the right row, after the next refresh."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import crmsheet as crm

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

# Sheet → how many of its first columns name a row.
LISTS = {
    "跟进清单": 4, "客户分层": 3, "需求优先级": 2, "趋势分析": 2, "流失预警": 3, "核心客户": 2, "分层变动": 2,
    "方案进度": 2,
}  # fmt: skip
REMARK, RENAMED = "我的备注", "我的表_{}"
RANKS = ("排名", "序号", "跟进提醒", "逾期工作日", "应跟进日", "状态标签", "变动")  # change from day to day


def area(sheet):
    """Header row, first and last row of data, last column of our table."""
    (table,) = sheet.tables.values()
    columns, rows = (
        openpyxl.utils.cell.range_boundaries(table.ref)[0::2],
        openpyxl.utils.cell.range_boundaries(table.ref)[1::2],
    )
    return rows[0], rows[0] + 1, rows[1], columns[1]


def named(sheet, row: int, header: int, count: int) -> tuple[object, ...]:
    """What names a row, without what changes from one day to the next."""
    cells = [
        (sheet.cell(header, column).value, sheet.cell(row, column).value) for column in range(1, count + 1)
    ]
    return tuple(str(value) for title, value in cells if title not in RANKS)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, worked_workbook: Path):
    """The workbook as a user left it, and the same after the refresh of a later day."""
    folder = tmp_path_factory.mktemp("own")
    book = openpyxl.load_workbook(worked_workbook)
    for number, title in enumerate(LISTS):
        sheet = book[title]
        header, first, last, right = area(sheet)
        sheet.cell(header, right + 2, REMARK)
        sheet.cell((first + last) // 2, right + 2, f"记{title}")
        sheet.column_dimensions["B"].width = 40 + number
        (table,) = sheet.tables.values()
        table.name = table.displayName = RENAMED.format(number)
    typed = folder / "改过.xlsx"
    book.save(typed)
    crm.refresh(typed, out=folder / "再刷新.xlsx", as_of="2026-11-24")
    return openpyxl.load_workbook(typed), openpyxl.load_workbook(folder / "再刷新.xlsx")


@pytest.mark.parametrize("title", LISTS)
def test_a_remark_stays_beside_its_row(books, title: str) -> None:
    typed, again = (book[title] for book in books)
    header, first, last, right = area(typed)
    expected = named(typed, (first + last) // 2, header, LISTS[title])
    (cell,) = [cell for row in again.iter_rows() for cell in row if cell.value == f"记{title}"]
    new_header = area(again)[0]
    assert again.cell(new_header, cell.column).value == REMARK
    assert named(again, cell.row, new_header, LISTS[title]) == expected


@pytest.mark.parametrize(("number", "title"), list(enumerate(LISTS)))
def test_widths_and_names_of_tables_stay(books, number: int, title: str) -> None:
    again = books[1][title]
    assert again.column_dimensions["B"].width == 40 + number
    assert list(again.tables) == [RENAMED.format(number)]


def test_totals_name_their_table_as_the_user_calls_it(books) -> None:
    sheet = books[1]["流失预警"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if "SUBTOTAL" in str(cell.value)]
    assert formulas and all(RENAMED.format(list(LISTS).index("流失预警")) in formula for formula in formulas)
