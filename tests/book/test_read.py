"""What comes out of a workbook: every kind of cell, every odd form of XML."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from handmade import MAIN, handmade, with_strings

from crmsheet.book.areas import Area
from crmsheet.book.raw import CellError, Percent, RawSheet
from crmsheet.book.read import read_book


def read_only_sheet(path: Path, data: bytes) -> RawSheet:
    path.write_bytes(data)
    return read_book(path).sheets[0]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


RICH = '<r><t>富</t></r><r><t xml:space="preserve"> 文本</t></r>'
PREFIXED = "<x:row r='1'><x:c r='A1'><x:v>5</x:v></x:c><x:c r='B1' t='e'><x:v>#N/A</x:v></x:c></x:row>"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>1</v>", 1),
        ("<v>1.0</v>", 1),
        ("<v>1E5</v>", 100_000),
        ("<v>0.1</v>", 0.1),
        ("<v>-3</v>", -3),
        ("<v>1e300</v>", 1e300),
        ('s="1"><v>45366</v>', dt.date(2024, 3, 15)),
        ('s="2"><v>45366</v>', dt.date(2024, 3, 15)),
        ('s="5"><v>45366</v>', dt.date(2024, 3, 15)),
        ('s="1"><v>45366.75</v>', dt.datetime(2024, 3, 15, 18)),
        ('s="4"><v>1.5</v>', dt.timedelta(hours=36)),
        ('s="3"><v>0.25</v>', 0.25),
        ('t="d"><v>2024-03-15</v>', dt.date(2024, 3, 15)),
        ('t="b"><v>1</v>', True),
        ('t="b"><v>0</v>', False),
        ('t="inlineStr"><is><t>00123</t></is>', "00123"),
        (f't="inlineStr"><is>{RICH}<rPh sb="0" eb="1"><t>fu</t></rPh></is>', "富 文本"),
        ('t="inlineStr"><is><t>a_x005F_x0041_&amp;</t></is>', "a_x0041_&"),
        ('t="inlineStr"><is><t></t></is>', None),
        ('t="str"><f>A2</f><v>甲</v>', "甲"),
        ('t="str"><f>A2</f><v></v>', None),
        ("<f>1+1</f><v>2</v>", 2),
        ("<f>1+1</f>", None),
        ('t="e"><v>#N/A</v>', CellError("#N/A")),
        ('t="e"><f>1/0</f><v>#DIV/0!</v>', CellError("#DIV/0!")),
        ('t="e"><v>#SPILL!</v>', CellError("#SPILL!")),
        ('t="str"><v>#N/A</v>', "#N/A"),
        ('t="inlineStr"><is><t>=cmd|calc</t></is>', "=cmd|calc"),
    ],
)  # fmt: skip
def test_a_cell_keeps_its_kind_and_value(tmp_path: Path, cell: str, value: object) -> None:
    opening = '<c r="A1" ' if cell.startswith(("t=", "s=")) else '<c r="A1">'
    sheet = read_only_sheet(
        tmp_path / "a.xlsx", handmade(f'<row r="1">{opening}{cell}</c><c r="B1"><v>7</v></c></row>')
    )
    found = sheet.rows[0][0]
    assert sheet.rows[0][1] == 7
    assert found == value
    assert isinstance(found, CellError) == isinstance(value, CellError)
    assert not isinstance(value, int | bool) or type(found) is type(value)


def test_a_percentage_knows_that_it_is_shown_as_one(tmp_path: Path) -> None:
    sheet = read_only_sheet(tmp_path / "a.xlsx", handmade('<row r="1"><c r="A1" s="3"><v>0.25</v></c></row>'))
    assert isinstance(sheet.rows[0][0], Percent)
    assert str(sheet.rows[0][0]) == "25%"


def test_dates_of_the_1904_calendar_are_the_days_shown(tmp_path: Path) -> None:
    data = handmade(
        '<row r="1"><c r="A1" s="1"><v>43904</v></c></row>', workbook='<workbookPr date1904="1"/>'
    )
    (tmp_path / "a.xlsx").write_bytes(data)
    book = read_book(tmp_path / "a.xlsx")
    assert book.date1904
    assert book.sheets[0].rows == [[dt.date(2024, 3, 15)]]


def test_positions_are_absolute(tmp_path: Path) -> None:
    sheet = read_only_sheet(tmp_path / "a.xlsx", handmade('<row r="3"><c r="C3"><v>9</v></c></row>'))
    assert sheet.rows == [[None] * 3, [None] * 3, [None, None, 9]]


def test_formulas_and_those_without_a_value_are_known(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c>'
        '<c r="C1"><f t="shared" si="0"/><v></v></c><c r="D1" t="str"><f>""</f><v></v></c>'
        '<c r="E1"><v>1</v></c></row>'
    )
    sheet = read_only_sheet(tmp_path / "a.xlsx", handmade(rows))
    assert sheet.formulas == {(1, 1), (1, 2), (1, 3), (1, 4)}
    assert sheet.uncached == {(1, 2), (1, 3)}


def test_what_is_hidden_or_merged_is_known(tmp_path: Path) -> None:
    sheet = read_only_sheet(
        tmp_path / "a.xlsx",
        handmade(
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="2" spans="1:1" hidden="1"><c r="A2"><v>1</v></c></row>',
            before='<cols><col min="2" max="3" width="9" hidden="1"/></cols>',
            after='<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
        ),
    )
    assert sheet.hidden_rows == {2}
    assert sheet.hidden_columns == {2, 3}
    assert sheet.merged == (Area(1, 1, 2, 2),)


@pytest.mark.parametrize(
    "data",
    [
        handmade("<row><c><v>5</v></c><c t='e'><v>#N/A</v></c></row>"),
        handmade(PREFIXED, prefix="x"),
        handmade('<!-- a note --><row r="1"><c r="A1"><v>5</v></c><c t="e" r="B1"><v>#N/A</v></c></row>'),
        handmade("", sheet=f'\ufeff<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>5</v></c>'
                 '<c r="B1" t="e"><v>#N/A</v></c></row></sheetData></worksheet>'),
    ],
    ids=["unnumbered", "prefixed", "comment", "byte order mark"],
)  # fmt: skip
def test_odd_xml_reads_like_plain_xml(tmp_path: Path, data: bytes) -> None:
    sheet = read_only_sheet(tmp_path / "a.xlsx", data)
    assert sheet.rows == [[5, "#N/A"]]
    assert isinstance(sheet.rows[0][1], CellError)


def test_an_orphaned_empty_string_table_does_not_matter(tmp_path: Path) -> None:
    data = io.BytesIO(handmade('<row r="1"><c r="A1"><v>5</v></c></row>'))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", b"")
    assert read_only_sheet(tmp_path / "a.xlsx", data.getvalue()).rows == [[5]]


@pytest.mark.parametrize("count", ["1", "4000000000", "18446744073709551615", "-1", "x"])
def test_the_string_table_may_not_ask_for_more_memory_than_it_fills(tmp_path: Path, count: str) -> None:
    table = f'<sst xmlns="{MAIN}" count="9" uniqueCount="{count}"><si><t>甲</t></si></sst>'
    data = with_strings(handmade('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), table)
    assert read_only_sheet(tmp_path / "a.xlsx", data).rows == [["甲"]]


def test_a_large_table_reads_as_openpyxl_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    values: list[object] = [
        "甲",
        "",
        1,
        2.5,
        dt.datetime(2024, 3, 15, 10, 30),
        True,
        " 带空格 ",
        "007",
        -1.25,
        "x\ny",
    ]
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for sheet in (book.add_worksheet("一"), book.add_worksheet("二 & <三>")):
            for row in range(300):
                sheet.write_row(row, row % 3, [values[(row + column) % 10] for column in range(30)])
    expected = openpyxl.load_workbook(path)
    for sheet in read_book(path).sheets:
        assert [list(row) for row in expected[sheet.name].iter_rows(values_only=True)] == sheet.rows


def test_own_sheets_are_known_by_their_hidden_names(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("客户", "改过名的总览"):
            book.add_worksheet(name).write("A1", 1)
        book.define_name("_crm.overview", "='改过名的总览'!$A$1:$B$2")
    book = read_book(path)
    assert [sheet.own_key for sheet in book.sheets] == ["", "overview"]
    assert book.own["overview"].name == "改过名的总览"
    assert read_book(path, unread=["overview"]).own["overview"].rows == []


def test_hidden_sheets_are_read_and_chart_sheets_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("一")
        first.write("A1", 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=一!$A$1:$A$1"})
        book.add_chartsheet("图").set_chart(chart)
        hidden = book.add_worksheet("二")
        hidden.write("A1", 2)
        hidden.very_hidden()
    assert [(s.name, s.hidden, s.rows) for s in read_book(path).sheets] == [
        ("一", False, [[1]]),
        ("二", True, [[2]]),
    ]


def test_the_fingerprint_is_that_of_the_bytes(written: Callable[[str, bytes], Path]) -> None:
    data = handmade("")
    mark = read_book(written("a.xlsx", data)).fingerprint
    assert (mark.size, mark.sha256) == (len(data), hashlib.sha256(data).hexdigest())
