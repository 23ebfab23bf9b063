"""What real files hold that programs stumble over; each case was met in a public test suite."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from designs import plain_design, plain_workbook, rich_design
from packages import lost_or_changed, parts, rewritten
from users import busy

from crmsheet.book.lint import findings
from crmsheet.book.ooxml import RELATIONSHIPS
from crmsheet.book.package import Package
from crmsheet.book.workbook import Workbook

TYPES, BOOK, LINKS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return plain_workbook(tmp_path / "user.xlsx")


def _refreshed(source: Path) -> dict[str, str]:
    """Parts, as text, after our sheet came; nothing is lost, nothing is faulty that was not before."""
    book = Workbook.open(source)
    book.put_sheet("tiers", "客户分层", rich_design())
    target = source.with_name("out.xlsx")
    book.save(target)
    assert lost_or_changed(source, target) == []
    return {name: data.decode("utf-8", "replace") for name, data in parts(target).items()}


def test_part_names_may_differ_in_case_from_their_declarations(user: Path, tmp_path: Path) -> None:
    odd = rewritten(
        user,
        tmp_path / "odd.xlsx",
        {},
        names=lambda name: name.replace("worksheets/sheet", "Worksheets/Sheet"),
    )
    after = _refreshed(odd)
    assert "xl/worksheets/sheet2.xml" in after


def test_backslashes_in_names(user: Path, tmp_path: Path) -> None:
    odd = rewritten(user, tmp_path / "odd.xlsx", {}, names=lambda name: name.replace("/", "\\"))
    assert Workbook.open(odd).sheet_names == ("客户需求记录",)
    assert "xl\\workbook.xml" in _refreshed(odd)


def test_absolute_targets(user: Path, tmp_path: Path) -> None:
    odd = rewritten(
        user, tmp_path / "odd.xlsx", {LINKS: lambda xml: xml.replace(b'Target="', b'Target="/xl/')}
    )
    assert "客户分层" in _refreshed(odd)[BOOK]


def test_dangling_relationships_do_not_come_alive(user: Path, tmp_path: Path) -> None:
    links = f'<Relationship Id="rId50" Type="{OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    odd = rewritten(
        user, tmp_path / "odd.xlsx", {LINKS: lambda xml: xml.replace(b"</Rel", links.encode() + b"</Rel")}
    )
    assert "xl/worksheets/sheet2.xml" not in _refreshed(odd)


def test_dangling_ids_do_not_come_alive(user: Path, tmp_path: Path) -> None:
    odd = rewritten(
        user,
        tmp_path / "odd.xlsx",
        {
            BOOK: lambda xml: xml.replace(
                b"</sheets>", '<sheet name="鬼" sheetId="7" r:id="rId5"/></sheets>'.encode()
            )
        },
    )
    assert Workbook.open(odd).sheet_names == ("客户需求记录",)
    _refreshed(odd)
    assert Workbook.open(tmp_path / "out.xlsx").sheet_names == ("客户需求记录", "客户分层")


def test_orphans_stay_and_their_names_are_not_taken(user: Path, tmp_path: Path) -> None:
    orphans = {
        "xl/worksheets/sheet2.xml": b"<x/>",
        "xl/charts/chart1.xml": b"<y/>",
        "xl/tables/table1.xml": b"<z/>",
    }
    after = _refreshed(rewritten(user, tmp_path / "odd.xlsx", dict(orphans)))
    assert {name: after[name].encode() for name in orphans} == orphans


def test_links_of_a_sheet_that_is_gone_do_not_bind_ours(user: Path, tmp_path: Path) -> None:
    stale = f'<Relationship Id="rId1" Type="{OFFICE}/drawing" Target="../drawings/drawing7.xml"/>'
    stale = f'<Relationships xmlns="{RELATIONSHIPS}">{stale}</Relationships>'
    odd = rewritten(user, tmp_path / "odd.xlsx", {"xl/worksheets/_rels/sheet2.xml.rels": stale.encode()})
    book = Workbook.open(odd)
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(tmp_path / "out.xlsx")
    assert "drawing7" not in parts(tmp_path / "out.xlsx")["xl/worksheets/_rels/sheet2.xml.rels"].decode()


@pytest.mark.parametrize(
    "section", ["fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"]
)
def test_stylesheets_may_lack_sections(user: Path, tmp_path: Path, section: str) -> None:
    pattern = rf"<{section}\b[^>]*?(?:/>|>.*?</{section}>)".encode()
    odd = rewritten(user, tmp_path / "odd.xlsx", {STYLES: lambda xml: re.sub(pattern, b"", xml, flags=re.S)})
    _refreshed(odd)
    assert list(findings(Package((tmp_path / "out.xlsx").read_bytes(), tmp_path))) == []


def test_the_stylesheet_may_be_missing(user: Path, tmp_path: Path) -> None:
    odd = rewritten(
        user,
        tmp_path / "odd.xlsx",
        {
            STYLES: None,
            LINKS: lambda xml: re.sub(rb"<Relationship [^>]*styles.xml\"/>", b"", xml),
            TYPES: lambda xml: re.sub(rb"<Override [^>]*styles\+xml\"/>", b"", xml),
        },
    )
    assert "<cellXfs" in _refreshed(odd)[STYLES]
    assert list(findings(Package((tmp_path / "out.xlsx").read_bytes(), tmp_path))) == []


def test_formats_are_appended_never_moved(user: Path) -> None:
    before = re.search(r"<cellXfs.*?>(.*)</cellXfs>", parts(user)[STYLES].decode(), re.S)
    after = re.search(r"<cellXfs.*?>(.*)</cellXfs>", _refreshed(user)[STYLES], re.S)
    assert before and after
    assert after[1].startswith(before[1])


@pytest.mark.parametrize("empty", [b"<sheetData/>", b"<sheetData></sheetData>", b"<sheetData />"])
def test_sheets_may_be_empty(user: Path, tmp_path: Path, empty: bytes) -> None:
    odd = rewritten(
        user, tmp_path / "odd.xlsx", {SHEET: lambda xml: re.sub(rb"<sheetData>.*</sheetData>", empty, xml)}
    )
    book = Workbook.open(odd)
    book.update_cells("客户需求记录", {(3, 2): "第一格"})
    book.save(tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["客户需求记录"]["B3"].value == "第一格"


def test_only_the_users_tab_is_selected(user: Path) -> None:
    after = _refreshed(user)
    selected = [name for name, xml in after.items() if "worksheets/" in name and 'tabSelected="1"' in xml]
    assert selected == [SHEET]


def test_a_first_tab_of_ours_leaves_the_window_where_it_was(user: Path, tmp_path: Path) -> None:
    book = Workbook.open(user)
    book.put_sheet("overview", "总览", rich_design(3, "总览"), first=True)
    book.save(tmp_path / "out.xlsx")
    written = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert written.sheetnames == ["总览", "客户需求记录"]
    assert written.active.title == "客户需求记录"


def test_local_names_follow_their_tabs(tmp_path: Path) -> None:
    busy(tmp_path / "user.xlsx")
    book = Workbook.open(tmp_path / "user.xlsx")
    book.put_sheet("overview", "总览", rich_design(3, "总览"), first=True)
    book.save(tmp_path / "out.xlsx")
    written = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert written["客户需求记录"].print_area == "'客户需求记录'!$A$1:$C$20"
    assert written["总览"].print_title_rows == "$5:$5"


def test_table_names_clash_with_tables_and_defined_names(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "user.xlsx") as book:
        book.add_worksheet("甲").add_table("A1:B3", {"name": "CRM_Tiers"})
        book.define_name("crm_tiers_2", "=甲!$A$1")
    after = _refreshed(tmp_path / "user.xlsx")
    assert 'displayName="crm_tiers_3"' in after["xl/tables/table2.xml"]
    assert 'id="2"' in after["xl/tables/table2.xml"]


def _strict(xml: bytes) -> bytes:
    for old, new in (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        (b"http://schemas.openxmlformats.org/drawingml/2006/", b"http://purl.oclc.org/ooxml/drawingml/"),
    ):
        xml = xml.replace(old, new)
    return xml


def test_strict_files_get_strict_parts(user: Path, tmp_path: Path) -> None:
    names = [name for name in parts(user) if name.endswith((".xml", ".rels")) and name != TYPES]
    after = _refreshed(rewritten(user, tmp_path / "odd.xlsx", dict.fromkeys(names, _strict)))
    for name in (
        "xl/worksheets/sheet2.xml",
        "xl/drawings/drawing1.xml",
        "xl/charts/chart1.xml",
        "xl/tables/table1.xml",
    ):
        assert "purl.oclc.org" in after[name]
        assert "schemas.openxmlformats.org" not in after[name].replace("markup-compatibility", "")[
            :600
        ].replace("schemas.openxmlformats.org//2006", "").replace("schemas.openxmlformats.org//", "").replace(
            "http://schemas.openxmlformats.org/2006", ""
        )
    assert f"{OFFICE}/drawing" not in after["xl/worksheets/_rels/sheet2.xml.rels"]


def test_controls_keep_their_place_on_our_sheet(user: Path, tmp_path: Path) -> None:
    control = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14"><controls/></mc:Choice></mc:AlternateContent>'
    )
    _refreshed(user)
    sheet = "xl/worksheets/sheet2.xml"
    rewritten(
        tmp_path / "out.xlsx",
        tmp_path / "odd.xlsx",
        {sheet: lambda xml: xml.replace(b"<tableParts", control.encode() + b"<tableParts")},
    )
    for source, target in (("odd.xlsx", "once.xlsx"), ("once.xlsx", "twice.xlsx")):
        book = Workbook.open(tmp_path / source)
        book.put_sheet("tiers", "客户分层", rich_design())
        book.save(tmp_path / target)
    once = parts(tmp_path / "once.xlsx")[sheet]
    assert re.search(rb"<drawing [^>]*/><mc:AlternateContent.*</mc:AlternateContent><tableParts", once)
    assert parts(tmp_path / "twice.xlsx")[sheet] == once


def test_old_calendars_shift_our_dates(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "user.xlsx", {"date_1904": True}) as book:
        book.add_worksheet("甲")
    _refreshed(tmp_path / "user.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["客户分层"]
    assert sheet["B6"].value.isoformat() == "2024-01-01T00:00:00"


def test_a_calculation_chain_stays_until_it_is_wrong(user: Path, tmp_path: Path) -> None:
    chain = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</calcChain>'
    _refreshed(user)
    for sheet_id, stays in ((1, True), (2, False)):
        odd = rewritten(
            tmp_path / "out.xlsx",
            tmp_path / "odd.xlsx",
            {
                "xl/calcChain.xml": chain % (b'<c r="A1" i="%d"/>' % sheet_id),
                LINKS: lambda xml: xml.replace(
                    b"</Rel",
                    f'<Relationship Id="rId60" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>'.encode()
                    + b"</Rel",
                ),
                TYPES: lambda xml: xml.replace(
                    b"</Types>",
                    b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
                    b'officedocument.spreadsheetml.calcChain+xml"/></Types>',
                ),
            },
        )
        book = Workbook.open(odd)
        book.put_sheet("tiers", "客户分层", rich_design())
        book.save(tmp_path / "again.xlsx")
        assert ("xl/calcChain.xml" in parts(tmp_path / "again.xlsx")) is stays


def test_a_digital_signature_is_said_to_become_invalid(user: Path, tmp_path: Path) -> None:
    odd = rewritten(user, tmp_path / "odd.xlsx", {"_xmlsignatures/origin.sigs": b""})
    assert [note.code for note in Workbook.open(odd).notes] == ["signature_invalid"]


def test_formulas_about_our_sheets_are_calculated_anew(user: Path, tmp_path: Path) -> None:
    quiet = {BOOK: lambda xml: xml.replace(b' fullCalcOnLoad="1"', b"")}
    _refreshed(rewritten(user, tmp_path / "quiet.xlsx", quiet))
    first = tmp_path / "out.xlsx"
    plain = Workbook.open(first)
    plain.put_sheet("tiers", "客户分层", rich_design(7))
    plain.save(tmp_path / "plain.xlsx")
    assert b"fullCalcOnLoad" not in parts(tmp_path / "plain.xlsx")[BOOK]
    cell = '<row r="9"><c r="A9"><f>SUM(客户分层!C6:C9)</f><v>1</v></c></row></sheetData>'
    odd = rewritten(
        first, tmp_path / "odd.xlsx", {SHEET: lambda xml: xml.replace(b"</sheetData>", cell.encode())}
    )
    book = Workbook.open(odd)
    assert book.mentions("客户分层") == [SHEET]
    assert not book.remove_sheet("tiers")
    book.put_sheet("tiers", "客户分层", rich_design(7))
    book.save(tmp_path / "again.xlsx")
    assert b'fullCalcOnLoad="1"' in parts(tmp_path / "again.xlsx")[BOOK]


def test_an_own_sheet_goes_without_a_trace(tmp_path: Path) -> None:
    busy(tmp_path / "user.xlsx")
    book = Workbook.open(tmp_path / "user.xlsx")
    book.put_sheet("tiers", "客户分层", rich_design(), first=True)
    book.save(tmp_path / "with.xlsx")
    book = Workbook.open(tmp_path / "with.xlsx")
    assert book.remove_sheet("tiers")
    assert not book.remove_sheet("tiers")
    book.save(tmp_path / "without.xlsx")
    before, after = parts(tmp_path / "user.xlsx"), parts(tmp_path / "without.xlsx")
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} <= {
        BOOK,
        STYLES,
        LINKS,
        TYPES,
        "docProps/app.xml",
    }


def test_the_last_visible_tab_stays() -> None:
    book = Workbook.blank()
    book.put_sheet("tiers", "客户分层", plain_design())
    assert not book.remove_sheet("tiers")


def test_a_blank_workbook_opens_on_its_first_visible_sheet(tmp_path: Path) -> None:
    book = Workbook.blank()
    book.put_sheet("history", "历史快照", plain_design(), hidden=True)
    book.put_sheet("tiers", "客户分层", rich_design())
    book.put_sheet("overview", "总览", rich_design(2, "总览"), first=True)
    book.save(tmp_path / "new.xlsx")
    written = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert written.sheetnames == ["总览", "历史快照", "客户分层"]
    assert written.active.title == "客户分层"
    assert list(findings(Package((tmp_path / "new.xlsx").read_bytes(), tmp_path))) == []


def test_the_list_of_sheets_in_the_properties_is_right(user: Path) -> None:
    properties = _refreshed(user)["docProps/app.xml"]
    assert "<vt:i4>2</vt:i4>" in properties
    assert "<vt:lpstr>客户需求记录</vt:lpstr><vt:lpstr>客户分层</vt:lpstr>" in properties
