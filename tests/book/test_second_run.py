"""Our sheets are redrawn in place, and what a user did to them in between stays."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from designs import plain_design, plain_workbook, rich_design
from packages import parts, rewritten, stored
from users import PIXEL

from crmsheet.book.design import Design
from crmsheet.book.draw import draw
from crmsheet.book.workbook import Workbook
from crmsheet.view import Block, Column, TableBlock, Text, View

PICTURE = (
    "<xdr:oneCellAnchor><xdr:from><xdr:col>20</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row>"
    '<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="9525" cy="9525"/><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="7" name="我的图"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
    '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId9"/>'
    "</xdr:blipFill><xdr:spPr/></xdr:pic><xdr:clientData/></xdr:oneCellAnchor>"
)
RELATION = (
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" {}/>'
)
OWN_TABLE = (
    '<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="90" name="我的表" '
    'displayName="我的表" ref="U1:U2"><autoFilter ref="U1:U2"/><tableColumns count="1">'
    '<tableColumn id="1" name="备注"/></tableColumns></table>'
)
NOTES = (
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author/></authors>'
    '<commentList><comment ref="B7" authorId="0"><text><t>记得回访</t></text></comment></commentList>'
    "</comments>"
)


@pytest.fixture
def refreshed(tmp_path: Path) -> Path:
    book = Workbook.open(plain_workbook(tmp_path / "user.xlsx"))
    book.put_sheet("tiers", "客户分层", rich_design())
    book.put_sheet("overview", "总览", rich_design(5, "总览"))
    book.save(tmp_path / "first.xlsx")
    return tmp_path / "first.xlsx"


def _edit_workbook(xml: bytes) -> bytes:
    """Excel renames a sheet everywhere it is spoken of."""
    return xml.replace("客户分层".encode(), "我的分层".encode())


def _edit_sheet(xml: bytes) -> bytes:
    text = xml.decode()
    text = text.replace('width="20.7109375"', 'width="44"')
    text = text.replace(
        "<dimension", '<sheetPr codeName="Sheet7"><tabColor rgb="FF00FF00"/></sheetPr><dimension', 1
    )
    text = text.replace('workbookViewId="0"', 'zoomScale="150" workbookViewId="0"', 1)
    right = '<c r="U7" s="2" t="str"><f>A7&amp;"!"</f><v>x!</v></c><c r="AA7"><v>8</v></c></row>'
    text = re.sub(r'(<row r="7".*?)</row>', lambda match: match[1] + right, text, count=1)
    text = re.sub(r'(<c r="C8".*?</c>)', r'\1<c r="D8" t="inlineStr"><is><t>夹缝</t></is></c>', text, count=1)
    text = text.replace("</sheetData>", '<row r="200"><c r="A200"><v>42</v></c></row></sheetData>')
    text = re.sub(r"(</sheetData>)", r'\1<mergeCells count="1"><mergeCell ref="V1:W1"/></mergeCells>', text)
    rule = '<cfRule type="containsBlanks" priority="1"><formula>LEN(U1)=0</formula></cfRule>'
    rule = f'<conditionalFormatting sqref="U1:U9">{rule}</conditionalFormatting>'
    text = text.replace("<dataValidations", rule + "<dataValidations", 1)
    text = text.replace("</hyperlinks>", '<hyperlink ref="X1" r:id="rId40"/></hyperlinks>')
    text = text.replace("<tableParts", '<legacyDrawing r:id="rId41"/><tableParts', 1)
    return text.replace("</tableParts>", '<tablePart r:id="rId43"/></tableParts>').encode()


def _edit_relations(xml: bytes) -> bytes:
    new = [
        RELATION.format("rId40", "hyperlink", 'Target="https://example.com/mine" TargetMode="External"'),
        RELATION.format("rId41", "vmlDrawing", 'Target="../drawings/vmlDrawing9.vml"'),
        RELATION.format("rId42", "comments", 'Target="../comments9.xml"'),
        RELATION.format("rId43", "table", 'Target="../tables/table90.xml"'),
    ]
    return xml.replace(b"</Relationships>", "".join(new).encode() + b"</Relationships>")


def _edit_table(xml: bytes) -> bytes:
    criterion = '<filterColumn colId="0"><filters><filter val="=客户3&lt;&amp;"/></filters></filterColumn>'
    filtered = re.sub(
        rb"<autoFilter ref=\"([^\"]*)\"/>", rb'<autoFilter ref="\1">%s</autoFilter>' % criterion.encode(), xml
    )
    return filtered.replace(b'"crm_tiers"', '"我的分层表"'.encode())


@pytest.fixture
def edited(refreshed: Path) -> Path:
    """The refreshed workbook after a user renamed, widened, filtered, noted, and pasted beside our table."""
    sheet, relations = "xl/worksheets/sheet2.xml", "xl/worksheets/_rels/sheet2.xml.rels"
    picture = RELATION.format("rId9", "image", 'Target="../media/mine.png"').encode()
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
    override = f'<Override PartName="/{{}}" ContentType="{content_type}"/>'
    types = override.format("xl/tables/table90.xml", "table") + override.format(
        "xl/comments9.xml", "comments"
    )
    types += (
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    )
    types += '<Default Extension="png" ContentType="image/png"/>'
    return rewritten(
        refreshed,
        refreshed.with_name("edited.xlsx"),
        {
            "xl/workbook.xml": _edit_workbook,
            sheet: _edit_sheet,
            relations: _edit_relations,
            "xl/tables/table1.xml": _edit_table,
            "xl/tables/table90.xml": OWN_TABLE.encode(),
            "xl/comments9.xml": NOTES.encode(),
            "xl/drawings/vmlDrawing9.vml": b"<xml/>",
            "xl/media/mine.png": PIXEL,
            "xl/drawings/drawing1.xml": lambda xml: xml.replace(
                b"</xdr:wsDr>", PICTURE.encode() + b"</xdr:wsDr>"
            ),
            "xl/drawings/_rels/drawing1.xml.rels": lambda xml: xml.replace(
                b"</Relationships>", picture + b"</Relationships>"
            ),
            "[Content_Types].xml": lambda xml: xml.replace(b"</Types>", types.encode() + b"</Types>"),
        },
    )


@pytest.fixture
def redrawn(edited: Path) -> dict[str, str]:
    """Parts, as text, after the next refresh, which has more rows."""
    book = Workbook.open(edited)
    assert book.put_sheet("tiers", "客户分层", rich_design(50)) == "我的分层"
    book.save(edited.with_name("redrawn.xlsx"))
    return {
        name: data.decode("utf-8", "replace")
        for name, data in parts(edited.with_name("redrawn.xlsx")).items()
    }


SHEET = "xl/worksheets/sheet2.xml"


def test_a_renamed_sheet_is_found_again(edited: Path, redrawn: dict[str, str]) -> None:
    before, after = Workbook.open(edited), Workbook.open(edited.with_name("redrawn.xlsx"))
    assert after.sheet_names == before.sheet_names == ("客户需求记录", "我的分层", "总览")
    assert "'我的分层'!$A$5:$C$55," in redrawn["xl/workbook.xml"]
    assert "<c:f>'我的分层'!" in redrawn["xl/charts/chart1.xml"]
    assert "location=\"'我的分层'!A1\"" in redrawn[SHEET]


@pytest.mark.parametrize(
    "kept",
    [
        'width="44"',
        '<sheetPr codeName="Sheet7"><tabColor rgb="FF00FF00"/></sheetPr>',
        'zoomScale="150"',
        '<c r="U7" s="2" t="str"><f>A7&amp;"!"</f><v>x!</v></c><c r="AA7"><v>8</v></c></row>',
        '<c r="D8" t="inlineStr"><is><t>夹缝</t></is></c><c r="J8"',
        '<row r="200"><c r="A200"><v>42</v></c></row>',
        '<mergeCell ref="V1:W1"/>',
        '<conditionalFormatting sqref="U1:U9"><cfRule type="containsBlanks"',
        '<hyperlink ref="X1" r:id="rId40"/>',
        '<legacyDrawing r:id="rId41"/>',
        '<tablePart r:id="rId43"/>',
        '<dimension ref="A1:AA200"/>',
    ],
)
def test_what_the_user_did_to_the_sheet_stays(redrawn: dict[str, str], kept: str) -> None:
    assert kept in redrawn[SHEET]


def test_notes_pictures_and_tables_of_the_user_stay(edited: Path, redrawn: dict[str, str]) -> None:
    before, after = stored(edited), stored(edited.with_name("redrawn.xlsx"))
    for part in (
        "xl/comments9.xml",
        "xl/drawings/vmlDrawing9.vml",
        "xl/tables/table90.xml",
        "xl/media/mine.png",
    ):
        assert before[part] == after[part]
    drawing = redrawn["xl/drawings/drawing1.xml"]
    assert re.findall(r'<xdr:cNvPr id="(\d+)" name="([^"]*)"', drawing) == [
        ("2", "crm:Chart 1"),
        ("7", "我的图"),
    ]
    assert 'r:embed="rId9"' in drawing


def test_a_table_keeps_the_name_the_user_gave_it_and_its_filter(redrawn: dict[str, str]) -> None:
    table = redrawn["xl/tables/table1.xml"]
    assert 'displayName="我的分层表"' in table
    assert 'ref="A5:C55"' in table
    assert '<filter val="=客户3&lt;&amp;"/>' in table


def test_our_rules_come_before_the_users(redrawn: dict[str, str]) -> None:
    rules = re.findall(r'<cfRule type="(\w+)"[^>]*priority="(\d+)"', redrawn[SHEET])
    assert sorted(rules, key=lambda rule: int(rule[1]))[-1][0] == "containsBlanks"
    assert len({priority for _, priority in rules}) == len(rules)


def test_the_next_refresh_after_that_changes_nothing(edited: Path, redrawn: dict[str, str]) -> None:
    once = edited.with_name("redrawn.xlsx")
    book = Workbook.open(once)
    book.put_sheet("tiers", "客户分层", rich_design(50))
    book.save(edited.with_name("again.xlsx"))
    assert once.read_bytes() == edited.with_name("again.xlsx").read_bytes()


def test_a_deleted_sheet_comes_back_at_the_end(refreshed: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(refreshed)
    del book["客户分层"]
    book.save(tmp_path / "deleted.xlsx")
    again = Workbook.open(tmp_path / "deleted.xlsx")
    assert set(again.own_sheets) == {"overview"}
    again.put_sheet("tiers", "客户分层", rich_design())
    again.save(tmp_path / "back.xlsx")
    assert Workbook.open(tmp_path / "back.xlsx").sheet_names[-1] == "客户分层"


def test_fifty_refreshes_leave_no_growth(refreshed: Path) -> None:
    size, names = refreshed.stat().st_size, list(stored(refreshed))
    for round_ in range(50):
        book = Workbook.open(refreshed)
        book.put_sheet("tiers", "客户分层", rich_design(30 + round_ % 3))
        book.put_sheet("overview", "总览", rich_design(5, "总览"))
        book.save(refreshed)
    assert list(stored(refreshed)) == names
    assert abs(refreshed.stat().st_size - size) < 200


def test_a_design_with_less_leaves_no_orphans(refreshed: Path, tmp_path: Path) -> None:
    book = Workbook.open(refreshed)
    book.put_sheet("tiers", "客户分层", plain_design())
    book.save(tmp_path / "less.xlsx")
    names = parts(tmp_path / "less.xlsx")
    assert not [name for name in names if name.startswith(("xl/charts/chart1.", "xl/tables/table1."))]
    reachable = Workbook.open(tmp_path / "less.xlsx")._package.reachable()
    content = {name for name in names if not name.endswith(".rels") and not name.startswith("[")}
    assert {name.lower() for name in content} == reachable


def list_view(rows: int, *, day: str = "2026-11-20", width: float = 10) -> Design:
    """A sheet with a list, or without any row a page of text."""
    frame = pd.DataFrame({"a": [f"客户{row}" for row in range(rows)], "b": range(rows)})
    columns = (Column("a", "客户", width=width), Column("b", "次数", "integer", width=9))
    block: Block = TableBlock("moves", frame, columns) if rows else Text(("还没有",))
    return draw(View("moves", "分层变动", "分层变动", "", (block,), back="总览"), footer=f"基准日 {day}")


def redraw(path: Path, design: Design) -> str:
    """The sheet's XML after ``design`` was put into the workbook at ``path``, which is made when missing."""
    book = Workbook.open(path if path.exists() else plain_workbook(path))
    book.put_sheet("moves", "分层变动", design)
    book.save(path)
    return parts(path)[SHEET].decode()


def test_the_day_at_the_foot_of_a_page_is_that_of_the_refresh_but_a_users_foot_stays(tmp_path: Path) -> None:
    path = tmp_path / "foot.xlsx"
    redraw(path, list_view(3, day="2026-09-28"))
    assert "基准日 2026-11-20" in redraw(path, list_view(3))
    mine = rewritten(
        path, tmp_path / "mine.xlsx", {SHEET: lambda xml: xml.replace("基准日".encode(), b"ACME")}
    )
    assert "ACME 2026-11-20" in redraw(mine, list_view(3, day="2026-12-01"))


def test_a_column_follows_the_design_until_a_user_sets_its_width(tmp_path: Path) -> None:
    path = tmp_path / "width.xlsx"
    redraw(path, list_view(3))
    assert 'min="1" max="1" width="30.7' in redraw(path, list_view(3, width=30))
    mine = {SHEET: lambda xml: xml.replace(b'max="1" width="30.7109375"', b'max="1" width="44"')}
    mine_path = rewritten(path, tmp_path / "mine.xlsx", mine)
    after = redraw(mine_path, list_view(3, width=20))
    assert 'max="1" width="44"' in after and 'min="2" max="2" width="9.7' in after


def test_a_page_of_text_that_becomes_a_list_takes_the_columns_and_pages_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "first.xlsx"
    before = redraw(path, list_view(0))
    after = redraw(path, list_view(40))
    assert 'fitToHeight="0"' in after and 'fitToHeight="0"' not in before
    assert 'min="1" max="1" width="10.7' in after
