"""Odd cells, rows, kinds and names of sheets."""

from __future__ import annotations

from xml.sax.saxutils import escape

from odd_parts import BOOK, MAIN, OFFICE, SHEET, Odd, cell, odd_thing, plain_sheet

VENDOR = "application/vnd.ms-excel"
MS = "http://schemas.microsoft.com/office"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


# Cells and rows of the entry sheet


@odd_thing
def sixteen_thousand_columns(odd: Odd) -> None:
    far = '<c r="XFD2" t="inlineStr"><is><t>最远</t></is></c></row>'
    odd.edit(SHEET, "</row></sheetData>", f"{far}</sheetData>")
    odd.edit(SHEET, '<dimension ref="A1:P2"/>', '<dimension ref="A1:XFD2"/>')


@odd_thing
def row_and_column_attributes(odd: Odd) -> None:
    odd.edit(
        SHEET,
        '<row r="2">',
        '<row r="2" spans="1:16" s="1" customFormat="1" ht="33.75" customHeight="1" outlineLevel="1" thickTop="1" '
        'thickBot="1" ph="1">',
    )
    columns = '<col min="1" max="2" width="13.5" style="1" customWidth="1"/>'
    columns += '<col min="3" max="3" width="9" hidden="1" outlineLevel="1" bestFit="1" collapsed="0"/>'
    columns += '<col min="17" max="16384" width="3.25" style="1" phonetic="1" customWidth="1"/>'
    odd.edit(SHEET, "<sheetData>", f"<cols>{columns}</cols><sheetData>")


@odd_thing
def inline_strings_with_runs(odd: Odd) -> None:
    rich = '<is><r><rPr><b/><sz val="11"/><rFont val="宋体"/></rPr><t xml:space="preserve"> A科技 </t></r>'
    rich += '<r><t>公司</t></r><rPh sb="0" eb="1"><t>ke</t></rPh><phoneticPr fontId="0"/></is>'
    odd.edit(SHEET, "<is><t>A科技公司</t></is>", rich)


@odd_thing
def preserved_blanks(odd: Odd) -> None:
    odd.edit(
        SHEET,
        "<is><t>A科技公司</t></is>",
        '<is><t xml:space="preserve">  A科技公司&#10; 二行_x000D_\t</t></is>',
    )
    odd.edit(SHEET, "<worksheet ", '<worksheet xml:space="preserve" ')


@odd_thing
def shared_formulas_across_our_columns(odd: Odd) -> None:
    first = '<c r="Q2"><f t="shared" ref="Q2:T2" si="0">LEN(B2)</f><v>5</v></c>'
    more = "".join(f'<c r="{column}2"><f t="shared" si="0"/><v>1</v></c>' for column in "RST")
    odd.edit(SHEET, "</row></sheetData>", f"{first}{more}</row></sheetData>")


@odd_thing
def dynamic_arrays(odd: Odd) -> None:
    odd.part(
        "xl/metadata.xml",
        f'<metadata xmlns="{MAIN}" xmlns:xda="{MS}/spreadsheetml/2017/dynamicarray"><metadataTypes count="1">'
        '<metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1" '
        'splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/>'
        '</metadataTypes><futureMetadata name="XLDAPR" count="1"><bk><extLst><ext '
        'uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext>'
        '</extLst></bk></futureMetadata><cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml",
        BOOK, f"{OFFICE}/sheetMetadata",
    )  # fmt: skip
    spilled = '<c r="R2" cm="1"><f t="array" ref="R2:S2">_xlfn._xlws.SORT(A2:B2,1,1,TRUE)</f><v>1</v></c>'
    odd.edit(SHEET, "</row></sheetData>", f'{spilled}<c r="S2"><v>2</v></c></row></sheetData>')


@odd_thing
def rich_data_types_and_images_in_cells(odd: Odd) -> None:
    rich = f"{MS}/spreadsheetml/2017/richdata"
    odd.part(
        "xl/metadata.xml",
        f'<metadata xmlns="{MAIN}" xmlns:xlrd="{rich}"><metadataTypes count="1"><metadataType name="XLRICHVALUE" '
        'minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1" splitFirst="1" rowColShift="1" '
        'clearFormats="1" clearComments="1" assign="1" coerce="1"/></metadataTypes><futureMetadata name="XLRICHVALUE" '
        'count="1"><bk><extLst><ext uri="{3e2802c4-a4d2-4d8b-9148-e3be6c30e623}"><xlrd:rvb i="0"/></ext></extLst></bk>'
        '</futureMetadata><valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml",
        BOOK, f"{OFFICE}/sheetMetadata",
    )  # fmt: skip
    related = f"{MS}/2017/06/relationships"
    odd.part("xl/richData/rdrichvalue.xml", f'<rvData xmlns="{rich}" count="1"><rv s="0"><v>0</v><v>5</v></rv></rvData>',
             f"{VENDOR}.rdrichvalue+xml", BOOK, f"{related}/rdRichValue")  # fmt: skip
    odd.part(
        "xl/richData/rdrichvaluestructure.xml",
        f'<rvStructures xmlns="{rich}" count="1"><s t="_localImage"><k n="_rvRel:LocalImageIdentifier" t="i"/>'
        '<k n="CalcOrigin" t="i"/></s></rvStructures>',
        f"{VENDOR}.rdrichvaluestructure+xml", BOOK, f"{related}/rdRichValueStructure",
    )  # fmt: skip
    odd.part(
        "xl/richData/richValueRel.xml",
        f'<richValueRels xmlns="{MS}/spreadsheetml/2022/richvaluerel" xmlns:r="{OFFICE}"><rel r:id="rId1"/>'
        "</richValueRels>",
        f"{VENDOR}.richvaluerel+xml", BOOK, f"{MS}/2022/10/relationships/richValueRel",
    )  # fmt: skip
    odd.image("xl/media/image1.png", "xl/richData/richValueRel.xml")
    odd.edit(SHEET, "</row></sheetData>", '<c r="R2" t="e" vm="1"><v>#VALUE!</v></c></row></sheetData>')


@odd_thing
def the_1904_date_system(odd: Odd) -> None:
    odd.edit(BOOK, "<workbookPr/>", '<workbookPr date1904="1"/>')
    odd.edit(SHEET, cell("G2", "2024-03-15"), '<c r="G2" s="2"><v>43905</v></c>')


@odd_thing
def many_cell_formats(odd: Odd) -> None:
    count = 63_500
    formats = "".join(
        f'<xf numFmtId="{n % 5}" fontId="0" fillId="0" borderId="0" xfId="0"><alignment indent="{n // 5 % 250}" '
        f'textRotation="{n // 1250}"/></xf>'
        for n in range(count)
    )
    odd.edit("xl/styles.xml", '<cellXfs count="3">', f'<cellXfs count="{count + 3}">')
    odd.edit("xl/styles.xml", "</cellXfs>", f"{formats}</cellXfs>")


@odd_thing
def many_equal_cell_formats(odd: Odd) -> None:
    count = 60_000
    formats = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * count
    odd.edit("xl/styles.xml", '<cellXfs count="3">', f'<cellXfs count="{count + 3}">')
    odd.edit("xl/styles.xml", "</cellXfs>", f"{formats}</cellXfs>")


# Sheets of other kinds and names


@odd_thing
def very_hidden_sheets(odd: Odd) -> None:
    odd.sheet("深藏", plain_sheet("<f>1+1</f><v>2</v>"), state="veryHidden")
    odd.sheet("藏", plain_sheet("<v>2</v>"), state="hidden")


@odd_thing
def chart_sheets(odd: Odd) -> None:
    part = "xl/chartsheets/sheet1.xml"
    odd.sheet(
        "图", f'<chartsheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        '<drawing r:id="rId1"/></chartsheet>', part=part, kind="chartsheet",
    )  # fmt: skip
    odd.drawing_with_chart(part, absolute=True)


@odd_thing
def dialog_sheets(odd: Odd) -> None:
    odd.sheet(
        "对话框", f'<dialogsheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetViews><sheetView showRowColHeaders="0" '
        'showZeros="0" showOutlineSymbols="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        '<legacyDrawing r:id="rId1"/></dialogsheet>', part="xl/dialogsheets/sheet1.xml", kind="dialogsheet",
    )  # fmt: skip
    odd.shapes("xl/dialogsheets/sheet1.xml")


@odd_thing
def macro_sheets(odd: Odd) -> None:
    odd.suffix = ".xlsm"
    odd.edit("[Content_Types].xml", "spreadsheetml.sheet.main+xml", "MACRO")
    odd.edit("[Content_Types].xml", "application/vnd.openxmlformats-officedocument.MACRO",
             f"{VENDOR}.sheet.macroEnabled.main+xml")  # fmt: skip
    xm = f"{MS}/excel/2006/main"
    odd.sheet(
        "宏表", f'<xm:macrosheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:xm="{xm}"><sheetData><row r="1"><c r="A1">'
        '<f>RETURN()</f><v>0</v></c></row></sheetData></xm:macrosheet>',
        part="xl/macrosheets/sheet1.xml", kind=f"{MS}/2006/relationships/xlMacrosheet",
        content_type=f"{VENDOR}.macrosheet+xml", state="veryHidden",
    )  # fmt: skip
    odd.edit(BOOK, "</workbook>", '<definedNames><definedName name="Auto_Run" xlm="1">宏表!$A$1</definedName>'
             "</definedNames></workbook>")  # fmt: skip


@odd_thing
def names_with_quotes_and_emoji(odd: Odd) -> None:
    for name in ('O\'Brien & 张 "一"', "📈 2026‑Q3 客户", "x" * 31, "A1", "R1C1", "真TRUE"):
        odd.sheet(name, plain_sheet("<v>1</v>"))
    quoted = "'O''Brien &amp; 张 \"一\"'!$A$1"
    names = f'<definedName name="引号">{quoted}</definedName><definedName name="表情">\'📈 2026‑Q3 客户\'!$A$1</definedName>'
    odd.edit(BOOK, "</workbook>", f"<definedNames>{names}</definedNames></workbook>")
    odd.edit(SHEET, "</row></sheetData>", f'<c r="R2"><f>{escape(quoted.replace("&amp;", "&"))}+\'A1\'!A1</f><v>2</v></c>'
             "</row></sheetData>")  # fmt: skip


@odd_thing
def broken_and_long_defined_names(odd: Odd) -> None:
    names = [
        ("坏", "", "#REF!"), ("坏表", "", "#REF!$A$1:$B$2"), ("失效", "", "不在!$A$1"), ("公式", "", 'SUM(1,"&lt;")'),
        ("名" * 255, "", "客户需求记录!$A$1"), ("_xlnm.Print_Area", ' localSheetId="0"', "客户需求记录!$A$1:$P$2"),
        ("_xlnm._FilterDatabase", ' localSheetId="0" hidden="1"', "客户需求记录!$A$1:$P$2"), ("crm_客户", "", "客户需求记录!$B:$B"),
    ]  # fmt: skip
    lines = "".join(f'<definedName name="{name}"{more}>{text}</definedName>' for name, more, text in names)
    odd.edit(BOOK, "</workbook>", f"<definedNames>{lines}</definedNames></workbook>")
