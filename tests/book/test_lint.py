"""Planted faults: each is something that Excel repairs or refuses, and each is caught by its rule."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from designs import rich_design, streamed
from packages import rewritten
from users import MAKERS, busy

from crmsheet.book.lint import findings
from crmsheet.book.lint.formulas import fault
from crmsheet.book.package import Package
from crmsheet.book.workbook import Workbook
from crmsheet.errors import WouldDamage

BOOK, TYPES, STYLES = "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"
SHEET, TABLE = "xl/worksheets/sheet3.xml", "xl/tables/table2.xml"
SHEET_LINKS, BOOK_LINKS = "xl/worksheets/_rels/sheet3.xml.rels", "xl/_rels/workbook.xml.rels"
DRAWING, CHART = "xl/drawings/drawing3.xml", "xl/charts/chart3.xml"
LONG = "长" * 300
HEADER = f"<headerFooter><oddHeader>{LONG}</oddHeader></headerFooter>"
OVERRIDE = '<Override PartName="/x.xml" ContentType="a/b"/>'
STYLES_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
SECOND_STYLES = f'<Relationship Id="rId88" Type="{STYLES_KIND}" Target="theme/theme1.xml"/>'


def _swap(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replace the first match of the pattern ``old``, which has to be there."""

    def edit(data: bytes) -> bytes:
        text, count = re.subn(old, lambda match: match.expand(new), data.decode(), count=1, flags=re.S)
        assert count, f"nothing to plant the fault in: {old}"
        return text.encode()

    return edit


def _after(mark: str, new: str) -> Callable[[bytes], bytes]:
    return _swap(f"({mark})", r"\1" + new.replace("\\", r"\\"))


FAULTS: list[tuple[str, str, Callable[[bytes], bytes] | bytes | None]] = [
    # rows and cells
    ("row_order", SHEET, _swap('<row r="7"', '<row r="5"')),
    ("row_order", SHEET, _swap('<row r="35"', '<row r="1048577"')),
    ("row_height", SHEET, _swap('<row r="7"', '<row r="7" ht="500" customHeight="1"')),
    ("outline_level", SHEET, _swap('<row r="7"', '<row r="7" outlineLevel="8"')),
    ("style_index", SHEET, _swap('<row r="7"', '<row r="7" s="999" customFormat="1"')),
    ("style_index", SHEET, _swap('<c r="B7" s="\\d+"', '<c r="B7" s="999"')),
    ("style_index", SHEET, _swap('<col min="1"', '<col style="999" min="1"')),
    ("cell_address", SHEET, _swap('<c r="B7"', '<c r="B8"')),
    ("cell_address", SHEET, _swap('<c r="B7"', '<c r="XFE7"')),
    ("cell_order", SHEET, _swap('<c r="B7"', '<c r="A7"')),
    ("cell_type", SHEET, _swap('(<c r="A7"[^>]*)t="inlineStr"', r'\1t="text"')),
    ("number", SHEET, _swap(r'(<c r="C7"[^>]*><v>)[^<]*', r"\1nan")),
    ("number", SHEET, _swap(r'(<c r="C7"[^>]*><v>)[^<]*', r"\1INF")),
    ("boolean", SHEET, _swap(r'(<c r="C7"[^>]*)><v>[^<]*', r'\1 t="b"><v>TRUE')),
    ("error_value", SHEET, _swap(r'(<c r="C7"[^>]*)><v>[^<]*', r'\1 t="e"><v>#BAD')),
    ("shared_string", SHEET, _swap(r'(<c r="C7"[^>]*)><v>[^<]*', r'\1 t="s"><v>99999')),
    ("inline_string", SHEET, _swap(r'(<c r="C7"[^>]*)><v>', r'\1 t="inlineStr"><v>')),
    ("text_length", SHEET, _swap(r'(<c r="A7"[^>]*><is><t>)', r"\1" + "x" * 32768)),
    ("malformed_xml", SHEET, _swap(r'(<c r="A7"[^>]*><is><t>)', "\\1\x01")),
    ("malformed_xml", SHEET, _swap("</worksheet>", "")),
    ("formula", SHEET, _swap(r'(<c r="C7"[^>]*>)<v>', r"\1<f>SUM(A1</f><v>")),
    ("formula", SHEET, _swap(r'(<c r="C7"[^>]*>)<v>', r"\1<f>=A1</f><v>")),
    ("formula", SHEET, _swap(r'(<c r="C7"[^>]*>)<v>', r"\1<f>XLOOKUP(1,A:A,B:B)</f><v>")),
    ("shared_formula", SHEET, _swap(r'(<c r="C7"[^>]*>)<v>', r'\1<f t="shared" si="4"/><v>')),
    # the rest of a sheet
    ("element_order", SHEET, _swap("(<sheetViews.*?</sheetViews>)(<sheetFormatPr[^>]*>)", r"\2\1")),
    ("element_twice", SHEET, _after("<dimension[^>]*>", '<dimension ref="A1"/>')),
    ("dimension", SHEET, _swap('<dimension ref="[^"]*"', '<dimension ref="A0:B2"')),
    ("column_range", SHEET, _after("<cols>", '<col min="1" max="3" width="9"/>')),
    ("column_width", SHEET, _swap('width="20.7109375"', 'width="300"')),
    ("merge_area", SHEET, _after("</sheetData>", '<mergeCells count="1"><mergeCell ref="E1"/></mergeCells>')),
    (
        "merge_overlap",
        SHEET,
        _after(
            "</sheetData>",
            '<mergeCells count="2"><mergeCell ref="E1:F2"/><mergeCell ref="F2:G3"/></mergeCells>',
        ),
    ),
    (
        "merge_in_table",
        SHEET,
        _after("</sheetData>", '<mergeCells count="1"><mergeCell ref="A7:B7"/></mergeCells>'),
    ),
    ("count", SHEET, _swap('<tableParts count="1"', '<tableParts count="2"')),
    ("count", SHEET, _swap('<dataValidations count="1"', '<dataValidations count="7"')),
    ("zoom", SHEET, _swap('workbookViewId="0"', 'zoomScale="900" workbookViewId="0"')),
    ("pane", SHEET, _swap('topLeftCell="B6"', 'topLeftCell="6B"')),
    ("selection", SHEET, _swap('sqref="B1"', 'sqref="B1:"')),
    ("hyperlink_area", SHEET, _swap('<hyperlink ref="H2"', '<hyperlink ref="H1"')),
    ("hyperlink_address", SHEET, _swap('location="[^"]*"', f'location="{"x" * 2100}"')),
    ("relationship_missing", SHEET, _swap('<drawing r:id="[^"]*"', '<drawing r:id="rId77"')),
    ("relationship_kind", SHEET, _swap('<drawing r:id="[^"]*"', '<drawing r:id="rId1"')),
    ("table_parts", SHEET, _swap('<tableParts count="1">.*?</tableParts>', "")),
    ("print_scale", SHEET, _after("<pageMargins[^>]*>", '<pageSetup scale="5"/>')),
    ("header_length", SHEET, _after("<pageMargins[^>]*>", HEADER)),
    ("filter_in_table", SHEET, _after("</sheetData>", '<autoFilter ref="A5:C9"/>')),
    (
        "filter_column",
        SHEET,
        _after("</sheetData>", '<autoFilter ref="M5:N9"><filterColumn colId="4"/></autoFilter>'),
    ),
    ("filter_area", SHEET, _after("</sheetData>", '<autoFilter ref="M5:"/>')),
    # conditional formats and validations
    ("condition_area", SHEET, _swap('(<conditionalFormatting sqref=)"[^"]*"', r'\1""')),
    ("condition_priority", SHEET, _swap('priority="2"', 'priority="1"')),
    ("condition_type", SHEET, _swap('type="cellIs"', 'type="cellIsNot"')),
    ("condition_formula", SHEET, _swap(r"<formula>[^<]*</formula>", "<formula>LEN(A1</formula>")),
    ("condition_thresholds", SHEET, _swap('<cfvo type="max"/>', "")),
    ("dxf_index", SHEET, _swap(r'dxfId="\d+"', 'dxfId="99"')),
    ("validation_area", SHEET, _swap('(<dataValidation [^>]*)sqref="[^"]*"', r'\1sqref="A0"')),
    ("validation_type", SHEET, _swap('<dataValidation type="list"', '<dataValidation type="lists"')),
    ("validation_text", SHEET, _swap("<dataValidation ", f'<dataValidation prompt="{LONG}" ')),
    ("validation_text", SHEET, _swap("<dataValidation ", f'<dataValidation promptTitle="{LONG[:33]}" ')),
    ("list_length", SHEET, _swap('<formula1>"[^"]*"', f'<formula1>"{LONG}"')),
    ("validation_formula", SHEET, _swap('<formula1>"[^"]*"', "<formula1>INDIRECT((A1)")),
    # tables
    ("table_header", SHEET, _swap(r'(<c r="B5"[^>]*><is><t>)[^<]*', r"\1另一个")),
    ("table_header", SHEET, _swap(r'<c r="B5".*?</c>', "")),
    ("table_id", TABLE, _swap(r'<table ([^>]*)id="\d+"', r'<table \1id="1"')),
    ("table_name_taken", TABLE, _swap('displayName="[^"]*"', 'displayName="CRM_TIERS"')),
    ("table_name_taken", TABLE, _swap('displayName="[^"]*"', 'displayName="状态表"')),
    ("table_name", TABLE, _swap('displayName="[^"]*"', 'displayName="客户 表"')),
    ("table_name", TABLE, _swap('displayName="[^"]*"', 'displayName="AB12"')),
    ("table_area", TABLE, _swap(' ref="A5:C35"', ' ref="A5:C5"')),
    ("table_width", TABLE, _swap(' ref="A5:C35"', ' ref="A5:D35"')),
    ("table_column_name", TABLE, _swap('name="日期"', 'name="客户"')),
    ("table_column_id", TABLE, _swap('<tableColumn id="2"', '<tableColumn id="1"')),
    ("table_filter", TABLE, _swap('<autoFilter ref="[^"]*"', '<autoFilter ref="A6:C35"')),
    (
        "filter_column",
        TABLE,
        _swap('<autoFilter ref="([^"]*)"/>', r'<autoFilter ref="\1"><filterColumn colId="3"/></autoFilter>'),
    ),
    ("dxf_index", TABLE, _swap("<tableColumn ", '<tableColumn dataDxfId="99" ')),
    (
        "table_total",
        TABLE,
        _swap('(<table )(.*?)(<tableColumn id="1" )', r'\1totalsRowCount="1" \2\3totalsRowLabel="合计" '),
    ),
    # the workbook
    ("sheet_name", BOOK, _swap('name="客户分层"', f'name="{LONG[:32]}"')),
    ("sheet_name", BOOK, _swap('name="客户分层"', 'name="a/b"')),
    ("sheet_name_twice", BOOK, _swap('name="客户分层"', 'name="状态"')),
    ("sheet_id", BOOK, _swap('sheetId="4"', 'sheetId="1"')),
    ("sheet_relationship", BOOK, _swap('(name="客户分层"[^>]*r:id=)"[^"]*"', r'\1"rId1"')),
    ("no_visible_sheet", BOOK, lambda xml: re.sub(rb"<sheet ", b'<sheet state="hidden" ', xml)),
    ("active_tab", BOOK, _swap("<workbookView ", '<workbookView activeTab="44" ')),
    ("defined_name", BOOK, _swap('name="_crm.tiers"', 'name="A1"')),
    ("defined_name", BOOK, _swap('name="_crm.tiers"', 'name="a b"')),
    ("defined_name_twice", BOOK, _swap('name="_crm.tiers"', 'name="状态表"')),
    ("defined_name_scope", BOOK, _swap('localSheetId="\\d+"', 'localSheetId="9"')),
    ("defined_name_formula", BOOK, _swap("'客户分层'!\\$A\\$1:[^<]*", "SUM('客户分层'!A1")),
    ("element_order", BOOK, _swap("(<sheets>.*?</sheets>)(<definedNames>.*?</definedNames>)", r"\2\1")),
    # the package
    ("content_type_missing", TYPES, _swap('<Default Extension="png"[^>]*>', "")),
    ("content_type_without_part", TYPES, _swap("(<Override [^>]*>)", r"\1" + OVERRIDE)),
    ("content_type_twice", TYPES, _swap("(<Override [^>]*>)", r"\1\1")),
    ("relationship_target", SHEET_LINKS, _swap("table2.xml", "table77.xml")),
    ("relationship_target", CHART, None),
    ("relationship_id", SHEET_LINKS, _swap('Id="rId2"', 'Id="rId1"')),
    ("part_twice", BOOK_LINKS, _swap("(<Relationship [^>]*styles.xml\"/>)", r"\1" + SECOND_STYLES)),
    # formats
    ("count", STYLES, _swap(r'<cellXfs count="\d+"', '<cellXfs count="1"')),
    ("element_order", STYLES, _swap("(<fonts.*?</fonts>)(<fills.*?</fills>)", r"\2\1")),
    ("element_order", STYLES, _swap("<dxf>", "<dxf><border/><fill/>")),
    ("format_index", STYLES, _swap(r'(<cellXfs.*?)fontId="\d+"', r'\1fontId="99"')),
    ("format_index", STYLES, _swap(r'(<cellXfs.*?)xfId="\d+"', r'\1xfId="99"')),
    ("number_format_missing", STYLES, _swap(r"<numFmts.*?</numFmts>", "")),
    ("number_format_id", STYLES, _swap("(<numFmt [^>]*>)", r"\1\1")),
    ("number_format_code", STYLES, _swap('formatCode="yyyy-mm-dd"', 'formatCode="0&quot;"')),
    ("first_fill", STYLES, _swap('patternType="none"', 'patternType="solid"')),
    # drawings and charts
    ("shape_id", DRAWING, _swap("(<xdr:twoCellAnchor.*?</xdr:twoCellAnchor>)", r"\1\1")),
    ("anchor", DRAWING, _swap("</xdr:wsDr>", "<xdr:sp/></xdr:wsDr>")),
    ("anchor_place", DRAWING, _swap("<xdr:to><xdr:col>\\d+", "<xdr:to><xdr:col>1")),
    ("relationship_missing", DRAWING, _swap('r:id="rId1"', 'r:id="rId9"')),
    ("chart_range", CHART, _swap("<c:f>[^<]*", "<c:f>没有!$A$1:$A$9")),
    ("chart_axis", CHART, _swap('<c:crossAx val="[^"]*"', '<c:crossAx val="5"')),
    ("chart_series", CHART, _swap("(<c:ser>.*?</c:ser>)", r"\1\1")),
]  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lint")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = Workbook.open(busy(folder / "user.xlsx"))
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(folder / "good.xlsx")
    return folder / "good.xlsx"


def _rules(path: Path) -> set[str]:
    return {finding.rule for finding in findings(Package(path.read_bytes(), path))}


def test_what_we_write_has_no_faults(good: Path) -> None:
    assert list(findings(Package(good.read_bytes(), good))) == []


@pytest.mark.parametrize(
    ("rule", "part", "edit"), FAULTS, ids=[f"{number} {fault[0]}" for number, fault in enumerate(FAULTS)]
)
def test_a_planted_fault_is_caught(
    good: Path, tmp_path: Path, rule: str, part: str, edit: Callable[[bytes], bytes] | None
) -> None:
    assert rule in _rules(rewritten(good, tmp_path / "bad.xlsx", {part: edit}))


def test_there_are_fifty_kinds_of_faults() -> None:
    assert len({rule for rule, _, _ in FAULTS}) >= 50


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.filterwarnings("ignore")
def test_good_files_of_others_have_no_faults(make: Callable[[Path], Path], tmp_path: Path) -> None:
    assert _rules(make(tmp_path / "user.xlsx")) == set()


def test_a_fault_of_ours_stops_the_save(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = good.read_bytes()
    book = Workbook.open(good)
    book.put_sheet("tiers", "客户分层", rich_design())
    root = book._package.xml(BOOK)
    root.find("{*}sheets")[0].set("name", "a:b")
    book._package.edited(BOOK)
    with pytest.raises(WouldDamage) as caught:
        book.save(good)
    assert (caught.value.part, caught.value.rule, caught.value.found) == (BOOK, "sheet_name", "a:b")
    assert good.read_bytes() == before


def test_a_fault_the_file_had_before_does_not(good: Path, tmp_path: Path) -> None:
    bad = rewritten(good, tmp_path / "bad.xlsx", {BOOK: _swap('name="客户需求记录"', f'name="{LONG[:40]}"')})
    book = Workbook.open(bad)
    book.put_sheet("overview", "总览", rich_design(5, "总览"), first=True)
    book.save(bad)
    assert len(Workbook.open(bad).sheet_names) == 5


@pytest.mark.parametrize(
    "formula",
    [
        'IF(A1="","(",SUM(B1:B3))',
        "SUM('a(b'!A1)",
        "表[[#This Row],[影响]]*2",
        '_xlfn.TEXTJOIN(",",TRUE,A1:A3)',
        "{1,2;3,4}",
        'HYPERLINK("#\'客户\'!A"&MATCH(1,A:A,0),"看")',
    ],
)
def test_formulas_that_load_have_no_fault(formula: str) -> None:
    assert fault(formula) == ""


@pytest.mark.parametrize("rows", [2_000, 4_000, 9_000, 20_000])
def test_long_sheets_are_looked_at_by_sample(rows: int) -> None:
    """Whatever the length, the sample has no seam, and a fault in the last row is seen."""
    book = Workbook.blank()
    book.put_sheet("long", "长", streamed([f"第{row}行的一段文字" for row in range(rows)], list(range(rows))))
    assert list(findings(book._package, written_only=True, thorough=False)) == []
    part = book._names.own_sheets()["long"].part
    xml = book._package.read(part)
    book._package.put(part, xml.replace(b'<c r="B%d"' % (rows + 1), b'<c r="A%d"' % (rows + 1)))
    faults = list(findings(book._package, written_only=True, thorough=False))
    assert [fault.rule for fault in faults] == ["cell_order"]


def test_a_broken_part_elsewhere_does_not_stop_the_save(good: Path, tmp_path: Path) -> None:
    """A table of a sheet we never look at."""
    broken = rewritten(good, tmp_path / "broken.xlsx", {"xl/tables/table1.xml": b"<table"})
    book = Workbook.open(broken)
    book.update_cells("状态", {(5, 5): "x"})
    book.save(tmp_path / "out.xlsx")
    assert "malformed_xml" in _rules(tmp_path / "out.xlsx")


def test_the_quick_look_at_a_long_sheet_stands_a_last_row_longer_than_itself(tmp_path: Path) -> None:
    long = "长" * 30_000
    book = Workbook.open(busy(tmp_path / "busy.xlsx"))
    book.put_sheet("long", "长表", streamed(*[[long] * 8 for _ in range(6)], name="长表"))
    assert list(findings(book._package, written_only=True, thorough=False)) == []


@pytest.mark.parametrize("place", ["above the rows", "below the rows"])
def test_the_quick_look_reads_whole_what_has_long_ends(place: str) -> None:
    """Columns or page ends longer than the ends that are kept: no fault is seen, and none overlooked."""
    book = Workbook.blank()
    book.put_sheet(
        "long", "长", streamed([f"第{row}行的一段文字" for row in range(9_000)], list(range(9_000)))
    )
    part = book._names.own_sheets()["long"].part
    xml = book._package.read(part)
    columns = b"".join(
        b'<col min="%d" max="%d" width="9.5" customWidth="1"/>' % (n, n) for n in range(1, 9_001)
    )
    breaks = b"".join(b'<brk id="%d" max="16383" man="1"/>' % row for row in range(1, 8_001))
    if place == "above the rows":
        xml = xml.replace(b"<sheetData>", b"<cols>" + columns + b"</cols><sheetData>")
    else:
        xml = xml.replace(b"<tableParts", b'<rowBreaks count="8000">' + breaks + b"</rowBreaks><tableParts")
    book._package.put(part, xml)
    assert list(findings(book._package, written_only=True, thorough=False)) == []
    book._package.put(part, xml.replace(b'<c r="B5"', b'<c r="A5"'))
    assert [one.rule for one in findings(book._package, written_only=True, thorough=False)] == ["cell_order"]
