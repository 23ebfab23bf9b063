"""How sheets come out of a printer: which way the paper lies and where its pages end."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.pagebreak import Break

from crmsheet.book.draw import draw
from crmsheet.book.table_cells import asked_widths, table_cells
from crmsheet.book.workbook import Workbook
from crmsheet.view import Column, TableBlock, View
from tests.book.assembled import assembled
from tests.render import only_sheets

COLUMN = Column("name", "客户名称", width=20)


def short(name: str, rows: int) -> TableBlock:
    frame = pd.DataFrame({"name": [f"客户{number}" for number in range(rows)]})
    return TableBlock(name, frame, (COLUMN,), title=name, filterable=False)


def listed(rows: int, columns: int = 5) -> TableBlock:
    names = [f"c{place}" for place in range(columns)]
    frame = pd.DataFrame({name: [f"客户{number}" for number in range(rows)] for name in names})
    return TableBlock(
        "tiers", frame, tuple(Column(name, f"列{name}", width=22) for name in names), title="清单"
    )


def view(*blocks: TableBlock, hidden: bool = False) -> View:
    return View("tiers", "客户分层", "客户分层", "基准日 2026-11-26", blocks, hidden=hidden)


def opened(page: View):
    return openpyxl.load_workbook(io.BytesIO(assembled(draw(page)))).active


def row_of(sheet, text: str) -> int:
    return next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == text)


def breaks(sheet) -> list[int]:
    """Rows that end a page."""
    return [one.id for one in sheet.row_breaks.brk]


@pytest.mark.parametrize(
    ("rows", "columns", "orientation"),
    [(10, 5, "landscape"), (200, 5, "portrait"), (200, 12, "landscape")],
    ids=["fits on one page", "long and narrow", "wide"],
)
def test_a_list_stands_upright_where_that_saves_pages_and_can_be_read(rows, columns, orientation):
    assert opened(view(listed(rows, columns))).page_setup.orientation == orientation


def test_short_tables_and_heads_of_lists_are_not_cut_by_a_page():
    sheet = opened(view(short("甲表", 26), short("乙表", 14), listed(30, 12)))
    assert breaks(sheet) == [row_of(sheet, "乙表") - 1]
    assert breaks(opened(view(short("甲表", 5), listed(300, 12)))) == []
    head = opened(view(short("甲表", 38), listed(30, 12)))
    assert breaks(head) == [row_of(head, "清单") - 1]


def test_a_table_longer_than_a_page_begins_where_it_stands():
    sheet = opened(view(short("甲表", 16), short("乙表", 200), listed(2, 12)))
    assert row_of(sheet, "乙表") - 1 not in breaks(sheet)


def test_a_latin_word_of_a_header_is_not_cut_in_two():
    column = Column("name", "Reminder", "choice", width=8)
    block = TableBlock("due", pd.DataFrame({"name": ["Overdue"]}), (column,), filterable=False)
    assert asked_widths(table_cells(block))[0] >= len("Reminder") + 2


def test_hidden_sheets_have_no_area_to_print():
    assert opened(view(listed(9))).print_area
    assert not opened(view(listed(9), hidden=True)).print_area


def refreshed(path: Path, page: View):
    book = Workbook.open(path)
    book.put_sheet("tiers", "客户分层", draw(page))
    book.save(path)
    return openpyxl.load_workbook(path)["客户分层"]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    refreshed(path, view(short("甲表", 26), short("乙表", 14), listed(30, 12)))
    return path


def test_repeated_header_and_page_ends_follow_the_rows_at_every_refresh(first):
    sheet = refreshed(first, view(short("甲表", 28), short("乙表", 12), listed(60, 12)))
    header = row_of(sheet, "列c0")
    assert sheet.print_title_rows == f"${header}:${header}"
    assert breaks(sheet) == [row_of(sheet, "乙表") - 1]


def test_the_users_own_titles_and_page_ends_below_stay(first):
    book = openpyxl.load_workbook(first)
    sheet = book["客户分层"]
    sheet.print_title_rows = "1:2"
    below = sheet.max_row + 40
    sheet.row_breaks.append(Break(id=below))
    book.save(first)
    sheet = refreshed(first, view(short("甲表", 28), short("乙表", 12), listed(30, 12)))
    assert sheet.print_title_rows == "$1:$2"
    assert breaks(sheet) == [row_of(sheet, "乙表") - 1, below]


def test_page_ends_are_left_out_where_the_user_chose_another_paper(first):
    book = openpyxl.load_workbook(first)
    book["客户分层"].page_setup.orientation = "portrait"
    book.save(first)
    sheet = refreshed(first, view(short("甲表", 28), short("乙表", 12), listed(30, 12)))
    assert (sheet.page_setup.orientation, breaks(sheet)) == ("portrait", [])


def test_chosen_sheets_are_printed_from_a_copy_where_the_others_are_hidden_and_empty(first, tmp_path):
    before = first.read_bytes()
    copy = openpyxl.load_workbook(only_sheets(first, tmp_path / "copy.xlsx", {"客户分层"}))
    assert [(sheet.title, sheet.sheet_state) for sheet in copy] == [
        ("Sheet", "hidden"),
        ("客户分层", "visible"),
    ]
    assert copy.active.title == "客户分层" and row_of(copy.active, "乙表") > 1
    assert first.read_bytes() == before
    with pytest.raises(ValueError, match="总览"):
        only_sheets(first, tmp_path / "copy.xlsx", {"总览"})


def edited(path: Path, change) -> None:
    """The user opens the workbook, changes the sheet and saves it."""
    book = openpyxl.load_workbook(path)
    change(book["客户分层"])
    book.save(path)


def of_an_earlier_version(path: Path) -> None:
    """No record of the page; the row to repeat stands where the first refresh had put it."""

    def older(sheet) -> None:
        mark = sheet.parent.defined_names["_crm.tiers"]
        mark.comment = " ".join(word for word in mark.comment.split() if not word.startswith("p:"))
        sheet.print_title_rows = "7:7"
        sheet.page_margins.left = sheet.page_margins.right = 0.4

    edited(path, older)


def printing(sheet) -> dict[str, object]:
    setup = sheet.page_setup
    return {
        "titles": sheet.print_title_rows,
        "area": sheet.print_area.rpartition("!")[2],
        "paper": (setup.orientation, setup.fitToWidth, setup.fitToHeight, setup.scale),
        "margins": (sheet.page_margins.left, sheet.page_margins.top),
    }


def test_print_settings_of_an_earlier_version_are_renewed(first):
    of_an_earlier_version(first)
    page = view(short("甲表", 28), short("乙表", 12), listed(300))
    assert printing(refreshed(first, page)) == printing(opened(page))


def test_a_list_that_grew_prints_as_a_new_one_would(first):
    page = view(listed(300))
    assert printing(refreshed(first, page)) == printing(opened(page))
    assert refreshed(first, view(listed(3))).page_setup.orientation == "landscape"


@pytest.mark.parametrize(
    "before", [lambda path: None, of_an_earlier_version], ids=["recorded", "earlier version"]
)
@pytest.mark.parametrize(
    ("name", "value"), [("paperSize", 8), ("fitToWidth", 2)], ids=["A3", "two pages wide"]
)
def test_what_a_user_set_up_for_printing_stays(first, before, name, value):
    def change(sheet) -> None:
        setattr(sheet.page_setup, name, value)
        sheet.page_margins.left = 1.0
        sheet.print_title_rows = "1:2"

    before(first)
    edited(first, change)
    for _ in range(2):
        sheet = refreshed(first, view(listed(60)))
        assert (getattr(sheet.page_setup, name), sheet.page_setup.orientation) == (value, "landscape")
        assert (sheet.page_margins.left, sheet.print_title_rows) == (1.0, "$1:$2")


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ("A1:C{end}", "$A$1:$C${end}"),  # the first columns
        ("A1:P{end}", "$A$1:$P${end}"),  # with columns of the user's own
        ("A1:L20", "$A$1:$L$20"),  # the head only
        ("A5:L{end}", "$A$5:$L${end}"),  # without the title
        ("A1:C9,E1:F9", "$A$1:$C$9,'客户分层'!$E$1:$F$9"),
    ],
)
def test_a_users_area_to_print_stays_and_grows_with_the_list(first, chosen, kept):
    def end(sheet) -> int:
        return int(sheet.print_area.rpartition("$")[2])

    page = view(listed(60, 12))
    edited(first, lambda sheet: setattr(sheet, "print_area", chosen.format(end=end(sheet))))
    expected = kept.format(end=end(opened(page)))
    assert refreshed(first, page).print_area.partition("!")[2] == expected
    assert refreshed(first, page).print_area.partition("!")[2] == expected


def test_hidden_records_that_an_earlier_version_printed_no_longer_do(first):
    of_an_earlier_version(first)
    assert not refreshed(first, view(listed(9), hidden=True)).print_area
