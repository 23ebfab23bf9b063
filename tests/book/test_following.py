"""What a user typed beside a customer stays beside that customer, wherever the next refresh puts it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from designs import plain_workbook
from openpyxl.comments import Comment
from packages import parts, rewritten

from crmsheet.book.cell_values import CellWriter
from crmsheet.book.design import Body, Design, Formula
from crmsheet.book.lint import findings
from crmsheet.book.moved_formulas import follow, shift
from crmsheet.book.package import Package
from crmsheet.book.row_keys import NewRows, OldRows, new_rows, spelling
from crmsheet.book.workbook import Workbook

SHEET, TABLE = "xl/worksheets/sheet2.xml", "xl/tables/table1.xml"


def _design(names: Sequence[str], *, title_rows: int = 1, extra: bool = False, total: bool = False) -> Design:
    """A ranked list of customers: rank, name, score; ``extra`` adds a column, ``total`` a total row."""
    headers = ["排名", "客户", "得分", *(["新列"] if extra else [])]
    buffer = io.BytesIO()
    header = title_rows
    last = header + max(len(names), 1)
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write(0, 0, "标题")
        sheet.write_row(header, 0, headers)
        columns = [{"header": text} for text in headers]
        if total:
            columns[1]["total_string"] = "合计"
            sheet.write(last + 1, 1, "合计")
        options = {"name": "crm_list", "columns": columns, "total_row": total}
        sheet.add_table(header, 0, last + total, len(headers) - 1, options)
    ranks = list(range(1, len(names) + 1))
    scores = [len(name) * 10 for name in names]
    body = (ranks, list(names), scores, *([["x"] * len(names)] if extra else []))
    return Design(buffer.getvalue(), (Body(header + 2, body),))


@pytest.fixture
def first(tmp_path: Path) -> Path:
    book = Workbook.open(plain_workbook(tmp_path / "user.xlsx"))
    book.put_sheet("list", "名单", _design(["甲公司", "乙公司", "丙公司"]))
    book.save(tmp_path / "first.xlsx")
    return tmp_path / "first.xlsx"


def _typed(path: Path, cells: dict[int, str]) -> Path:
    """The workbook after a user typed ``cells`` (XML by row) at the end of rows of our sheet."""

    def edit(xml: bytes) -> bytes:
        text = xml.decode()
        for row, cell in cells.items():
            if f'<row r="{row}"' in text:
                text = re.sub(
                    rf'(<row r="{row}".*?)</row>', lambda m, c=cell: m[1] + c + "</row>", text, count=1
                )
            else:
                text = text.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>')
        return text.encode()

    return rewritten(path, path.with_name("typed.xlsx"), {SHEET: edit})


def _refreshed(path: Path, design: Design) -> tuple[openpyxl.worksheet.worksheet.Worksheet, Workbook]:
    book = Workbook.open(path)
    book.put_sheet("list", "名单", design)
    target = path.with_name("refreshed.xlsx")
    book.save(target)
    again = Workbook.open(target)
    again.put_sheet("list", "名单", design)
    again.save(path.with_name("again.xlsx"))
    assert target.read_bytes() == path.with_name("again.xlsx").read_bytes()
    assert list(findings(Package(target.read_bytes(), target))) == []
    return openpyxl.load_workbook(target)["名单"], book


def _text(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def _rows(sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, str]:
    """Customer → remark, of the rows that have one."""
    return {row[1].value: row[4].value for row in sheet.iter_rows(max_col=5) if row[4].value is not None}


def test_remarks_follow_their_customers(first: Path) -> None:
    typed = _typed(first, {3: _text("E3", "记甲"), 5: _text("E5", "记丙")})
    sheet, book = _refreshed(typed, _design(["丙公司", "新公司", "丁公司", "甲公司"]))
    assert _rows(sheet) == {"丙公司": "记丙", "甲公司": "记甲"}
    assert book.notes == []


def test_remarks_follow_when_the_table_moves(first: Path) -> None:
    typed = _typed(first, {2: _text("E2", "备注"), 4: _text("E4", "记乙")})
    sheet, _ = _refreshed(typed, _design(["乙公司", "甲公司"], title_rows=4))
    assert _rows(sheet) == {"客户": "备注", "乙公司": "记乙"}


def test_remarks_of_customers_that_are_gone_are_kept_below(first: Path) -> None:
    typed = _typed(first, {3: _text("E3", "记甲"), 4: _text("E4", "记乙")})
    sheet, book = _refreshed(typed, _design(["乙公司", "丙公司", "丁公司", "戊公司"]))
    assert _rows(sheet) == {"乙公司": "记乙", None: "记甲"}
    assert sheet["E8"].value == "记甲"
    assert [(note.code, note.facts["count"]) for note in book.notes] == [("rows_kept_below", 1)]


def test_after_excel_saved_the_names_as_shared_strings(first: Path) -> None:
    """openpyxl, like Excel, moves our texts into the table of shared strings."""
    book = openpyxl.load_workbook(first)
    book["名单"]["E4"] = "记乙"
    book.save(first.with_name("excel.xlsx"))
    sheet, _ = _refreshed(first.with_name("excel.xlsx"), _design(["丙公司", "乙公司"]))
    assert _rows(sheet) == {"乙公司": "记乙"}


def test_links_are_known_by_what_they_show(tmp_path: Path) -> None:
    """openpyxl saves formulas without their values."""

    def links(names: Sequence[str]) -> Design:
        design = _design(names)
        text = 'IFERROR(HYPERLINK("#\'记录\'!A"&MATCH("C1",\'记录\'!A:A,0),"{0}"),"{0}")'
        ranks, plain, scores = design.bodies[0].columns
        linked = [Formula(text.format(name), name) for name in plain]
        return Design(design.package, (Body(design.bodies[0].first_row, (ranks, linked, scores)),))

    book = Workbook.open(plain_workbook(tmp_path / "user.xlsx"))
    book.put_sheet("list", "名单", links(["甲公司", "乙公司"]))
    book.save(tmp_path / "first.xlsx")
    again = openpyxl.load_workbook(tmp_path / "first.xlsx")
    again["名单"]["E3"] = "记甲"
    again.save(tmp_path / "saved.xlsx")
    sheet, _ = _refreshed(tmp_path / "saved.xlsx", links(["乙公司", "甲公司"]))
    assert sheet["E4"].value == "记甲"


def test_a_sorted_list_is_read_as_it_stands(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    sheet = book["名单"]
    for row, name in enumerate(["丙公司", "甲公司", "乙公司"], start=3):
        sheet.cell(row, 2).value = name
    sheet["E3"] = "记丙"
    book.save(first.with_name("sorted.xlsx"))
    after, _ = _refreshed(first.with_name("sorted.xlsx"), _design(["甲公司", "乙公司", "丙公司"]))
    assert _rows(after) == {"丙公司": "记丙"}


def test_formulas_follow_their_row(first: Path) -> None:
    cells = {
        3: '<c r="E3"><f t="shared" ref="E3:E5" si="0">C3*2</f><v>60</v></c>',
        4: '<c r="E4"><f t="shared" si="0"/><v>60</v></c>',
        5: '<c r="E5"><f t="shared" si="0"/><v>60</v></c>',
    }
    sheet, _ = _refreshed(_typed(first, cells), _design(["丙公司", "乙公司", "甲公司"]))
    assert [sheet[f"E{row}"].value for row in (3, 4, 5)] == ["=C3*2", "=C4*2", "=C5*2"]


def test_what_stands_below_makes_room(first: Path) -> None:
    typed = _typed(
        first, {8: _text("A8", "我的总结") + '<c r="B8"><f>SUM(B9:B10)</f></c>', 9: '<c r="B9"><v>5</v></c>'}
    )
    sheet, _ = _refreshed(typed, _design([f"公司{number}" for number in range(9)]))
    assert sheet["A14"].value == "我的总结"
    assert sheet["B14"].value == "=SUM(B15:B16)"
    assert sheet["B15"].value == 5
    assert [sheet.cell(row, 2).value for row in range(3, 12)] == [f"公司{number}" for number in range(9)]


def test_what_stands_below_stays_where_there_is_room(first: Path) -> None:
    sheet, _ = _refreshed(
        _typed(first, {8: _text("A8", "我的总结")}), _design(["甲公司", "乙公司", "丙公司", "丁公司"])
    )
    assert sheet["A8"].value == "我的总结"


def test_what_stands_beside_makes_room_for_a_new_column(first: Path) -> None:
    typed = _typed(first, {4: _text("D4", "紧挨着")})
    sheet, _ = _refreshed(typed, _design(["乙公司", "甲公司"], extra=True))
    assert sheet["D3"].value == "x"
    assert sheet["E3"].value == "紧挨着"


def test_a_column_typed_at_the_table_stays_in_it(first: Path) -> None:
    wider = rewritten(
        _typed(first, {2: _text("D2", "备注"), 3: _text("D3", "记甲"), 5: _text("D5", "记丙")}),
        first.with_name("wider.xlsx"),
        {
            TABLE: lambda xml: (
                xml.replace(b":C5", b":D5")
                .replace(b'count="3"', b'count="4"')
                .replace(b"</tableColumns>", '<tableColumn id="9" name="备注"/></tableColumns>'.encode())
            )
        },
    )
    sheet, _ = _refreshed(wider, _design(["丙公司", "乙公司", "丁公司", "甲公司"]))
    table = sheet.tables["crm_list"]
    assert table.ref == table.autoFilter.ref == "A2:D6"
    assert [column.name for column in table.tableColumns] == ["排名", "客户", "得分", "备注"]
    assert [sheet.cell(row, 4).value for row in range(2, 7)] == ["备注", "记丙", None, None, "记甲"]


def test_a_column_inserted_into_the_table_goes_to_its_end_with_its_rows(first: Path) -> None:
    """As Excel leaves it: everything from the third column on has moved to the right."""

    def insert(xml: bytes) -> bytes:
        text = re.sub(r'<c r="C(\d)"', r'<c r="D\1"', xml.decode())
        for row, cell in {2: "备注", 3: "记甲", 5: "记丙"}.items():
            text = re.sub(rf'(<c r="B{row}".*?</c>)', lambda m, r=row, c=cell: m[1] + _text(f"C{r}", c), text)
        return text.replace("</row></sheetData>", '<c r="F5"><f>D5*2</f></c></row></sheetData>').encode()

    typed = rewritten(
        first,
        first.with_name("inserted.xlsx"),
        {
            SHEET: insert,
            TABLE: lambda xml: (
                xml.replace(b":C5", b":D5")
                .replace(b'count="3"', b'count="4"')
                .replace(
                    b'<tableColumn id="3"', '<tableColumn id="7" name="备注"/><tableColumn id="3"'.encode()
                )
            ),
            "xl/workbook.xml": lambda xml: xml.replace(b"$C$5", b"$D$5"),
        },
    )
    sheet, _ = _refreshed(typed, _design(["丙公司", "丁公司", "甲公司"]))
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=4)] == [
        ["排名", "客户", "得分", "备注"],
        [1, "丙公司", 30, "记丙"],
        [2, "丁公司", 30, None],
        [3, "甲公司", 30, "记甲"],
    ]
    assert sheet["F3"].value == "=C3*2"
    assert sheet.tables["crm_list"].ref == "A2:D5"


def test_what_would_stand_where_we_draw_is_kept_below(first: Path) -> None:
    typed = _typed(first, {1: _text("C1", "标题旁")})
    sheet, book = _refreshed(typed, _design(["甲公司"], title_rows=0))
    assert [cell.value for cell in sheet["C"]].count("标题旁") == 1
    assert [note.code for note in book.notes] == ["rows_kept_below"]


def test_a_users_table_below_makes_room_and_one_in_the_way_becomes_cells(first: Path) -> None:
    def add(place: str) -> Path:
        left, top = place[0], int(place[1:])
        area = f"{left}{top}:{chr(ord(left) + 1)}{top + 1}"
        cells = {
            top: _text(f"{left}{top}", "甲") + _text(f"{chr(ord(left) + 1)}{top}", "乙"),
            top + 1: f'<c r="{left}{top + 1}"><v>1</v></c>',
        }
        table = (
            '<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="9" name="mine" '
            f'displayName="mine" ref="{area}"><autoFilter ref="{area}"/><tableColumns count="2">'
            '<tableColumn id="1" name="甲"/><tableColumn id="2" name="乙"/></tableColumns></table>'
        )
        link = (
            '<Relationship Id="rId50" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/table" Target="../tables/table9.xml"/></Relationships>'
        )
        override = (
            '<Override PartName="/xl/tables/table9.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.table+xml"/></Types>'
        )
        return rewritten(
            _typed(first, cells),
            first.with_name("mine.xlsx"),
            {
                "xl/tables/table9.xml": table.encode(),
                "xl/worksheets/_rels/sheet2.xml.rels": lambda xml: xml.replace(
                    b"</Relationships>", link.encode()
                ),
                "[Content_Types].xml": lambda xml: xml.replace(b"</Types>", override.encode()),
                SHEET: lambda xml: xml.replace(b'<tableParts count="1">', b'<tableParts count="2">').replace(
                    b"</tableParts>", b'<tablePart r:id="rId50"/></tableParts>'
                ),
            },
        )

    sheet, _ = _refreshed(add("A8"), _design([f"公司{number}" for number in range(9)]))
    assert sheet.tables["mine"].ref == "A14:B15"
    sheet, book = _refreshed(add("D1"), _design(["甲公司"], title_rows=0, extra=True))
    assert set(sheet.tables) <= {"crm_list", "mine"}
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert values.count("甲") == values.count("乙") == 1


def test_merged_cells_in_the_way_are_parted(first: Path) -> None:
    merged = rewritten(
        _typed(first, {8: _text("A8", "合")}),
        first.with_name("merged.xlsx"),
        {
            SHEET: lambda xml: xml.replace(
                b"</sheetData>",
                b'</sheetData><mergeCells count="2"><mergeCell ref="D1:D2"/><mergeCell ref="A8:B8"/></mergeCells>',
            )
        },
    )
    sheet, _ = _refreshed(merged, _design([f"公司{number}" for number in range(9)], title_rows=0, extra=True))
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A13:B13"]


def test_notes_follow_their_customers(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    book["名单"]["B3"].comment = Comment("甲的事", "我")
    book["名单"]["B4"].comment = Comment("乙的事", "我")
    book.save(first.with_name("noted.xlsx"))
    sheet, _ = _refreshed(first.with_name("noted.xlsx"), _design(["丁公司", "乙公司", "甲公司"]))
    notes = {row[1].value: row[1].comment.text for row in sheet.iter_rows(max_col=2) if row[1].comment}
    assert notes == {"甲公司": "甲的事", "乙公司": "乙的事"}
    vml = next(
        data for name, data in parts(first.with_name("refreshed.xlsx")).items() if name.endswith(".vml")
    )
    assert sorted(re.findall(rb"Row>(\d+)<", vml)) == [b"3", b"4"]


def test_totals_stay_at_the_end(first: Path) -> None:
    book = Workbook.open(first)
    book.put_sheet("list", "名单", _design(["甲公司", "乙公司"], total=True))
    book.save(first.with_name("total.xlsx"))
    typed = _typed(first.with_name("total.xlsx"), {3: _text("E3", "记甲"), 5: _text("E5", "总备注")})
    sheet, _ = _refreshed(typed, _design(["乙公司", "丙公司", "甲公司"], total=True))
    assert _rows(sheet) == {"甲公司": "记甲", "合计": "总备注"}


def _filtered(first: Path, criterion: str) -> Path:
    def edit(xml: bytes) -> bytes:
        return re.sub(
            rb'<autoFilter ref="([^"]*)"/>',
            rb'<autoFilter ref="\1">%s</autoFilter>' % criterion.encode(),
            xml,
        )

    return rewritten(first, first.with_name("filtered.xlsx"), {TABLE: edit})


@pytest.mark.parametrize(
    ("criterion", "hidden"),
    [
        ('<filterColumn colId="1"><filters><filter val="乙公司"/></filters></filterColumn>', [3, 5, 6]),
        ('<filterColumn colId="2"><filters><filter val="30.00"/></filters></filterColumn>', [6]),
        ('<filterColumn colId="1"><filters blank="1"/></filterColumn>', [3, 4, 5, 6]),
        (
            '<filterColumn colId="1"><customFilters><customFilter val="乙*"/></customFilters></filterColumn>',
            [],
        ),
        (
            '<filterColumn colId="1"><filters><filter val="乙公司"/><filter val="甲公司"/></filters></filterColumn>'
            '<filterColumn colId="0"><filters><filter val="3"/></filters></filterColumn>',
            [3, 4, 6],
        ),
    ],
)
def test_rows_that_a_filter_refuses_are_hidden(first: Path, criterion: str, hidden: list[int]) -> None:
    sheet, _ = _refreshed(_filtered(first, criterion), _design(["丁公司", "乙公司", "甲公司", "最大公司"]))
    assert [row for row, look in sheet.row_dimensions.items() if look.hidden] == hidden
    assert sheet.tables["crm_list"].autoFilter.filterColumn


def _continued(before: dict[str, list[object]], after: dict[str, list[object]]) -> dict[int, int | None]:
    """Old row → new row, both counted from 1."""
    count = len(next(iter(before.values())))
    writer = CellWriter()
    old = OldRows(range(1, count + 1), lambda row, name: spelling(before[name][row - 1], writer))
    return new_rows(range(1, count + 1), old, NewRows(1, after, writer))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"名": ["a", "b"]}, {"名": ["b", "c"]}, {1: None, 2: 1}),
        ({"序": [1, 2], "名": ["a", "b"]}, {"序": [1, 2], "名": ["b", "a"]}, {1: 2, 2: 1}),
        ({"序": [1], "名": ["a"]}, {"序": [1], "名": ["b"]}, {1: None}),
        ({"编号": [1001, 1002]}, {"编号": [1002, 1001]}, {1: 2, 2: 1}),
        ({"编号": ["01", "1"]}, {"编号": ["1", "01"]}, {1: 2, 2: 1}),
        ({"名": ["a", "b"]}, {"名": ["a", "a"]}, {}),
        ({"名": ["a"]}, {"名": []}, {}),
        (
            {"名": ["a", "a", "b"], "月": ["1", "2", "1"]},
            {"名": ["b", "a", "a"], "月": ["1", "2", "3"]},
            {1: None, 2: 2, 3: 1},
        ),
    ],
)
def test_rows_are_known_by_what_names_them(
    before: dict[str, list[object]], after: dict[str, list[object]], expected: dict[int, int | None]
) -> None:
    assert _continued(before, after) == expected


def test_namesakes_are_told_apart_by_the_rest_of_their_rows() -> None:
    others = [f"客户{number}" for number in range(30)]
    before = {"名": ["星河", "星河", *others], "城": ["北京", "上海", *["深圳"] * 30], "天": [1] * 32}
    after = {"名": [*others, "星河", "星河"], "城": [*["深圳"] * 30, "上海", "北京"], "天": [2] * 32}
    found = _continued(before, after)
    assert (found[1], found[2]) == (32, 31)
    one_left = {"名": [*others, "星河"], "城": [*["深圳"] * 30, "上海"], "天": [2] * 31}
    found = _continued(before, one_left)
    assert (found[1], found[2]) == (None, 31)
    alike = {**before, "城": ["北京", "北京", *["深圳"] * 30]}
    assert _continued(alike, alike)[1] is None


def test_the_last_frozen_column_names_the_row(tmp_path: Path) -> None:
    """Two rows of different urgency: the urgency tells them apart as well, but it does not name them."""

    def design(names: Sequence[str]) -> Design:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            sheet = book.add_worksheet("名单")
            sheet.add_table(
                0, 0, 2, 2, {"columns": [{"header": "紧急"}, {"header": "客户"}, {"header": "负责"}]}
            )
            sheet.freeze_panes(1, 2)
        return Design(buffer.getvalue(), (Body(2, (["高", "低"], list(names), ["张", "李"])),))

    book = Workbook.open(plain_workbook(tmp_path / "user.xlsx"))
    book.put_sheet("list", "名单", design(["甲公司", "乙公司"]))
    book.save(tmp_path / "first.xlsx")
    sheet, _ = _refreshed(
        _typed(tmp_path / "first.xlsx", {2: _text("E2", "记甲")}), design(["乙公司", "甲公司"])
    )
    assert _rows(sheet) == {"甲公司": "记甲"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A7+B7", "A9+B9"),
        ("'a 7'!A7+表!B7", "'a 7'!A7+表!B7"),
        ('IF(A7="A7",LOG10(A7),T_7)', 'IF(A9="A7",LOG10(A9),T_7)'),
        ("表[[#This Row],[A7]]+A77+AB7", "表[[#This Row],[A7]]+A77+AB9"),
        ("SUM(表!A7:B7)", "SUM(表!A7:B7)"),
    ],
)
def test_only_references_to_the_row_follow(formula: str, expected: str) -> None:
    assert follow(formula, lambda row, column: (9 if row == 7 else row, column)) == expected


def test_filled_formulas_are_told_apart() -> None:
    assert shift('$A1&B$1&SUM(C1:D2)&"A1"', 2, 1) == '$A3&C$1&SUM(D3:E4)&"A1"'
