"""A small valid workbook as a set of parts, and the changes odd ones need."""

from __future__ import annotations

import base64
import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.sheets import RECORD, RECORD_HEADERS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAW = "http://schemas.openxmlformats.org/drawingml/2006"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
SHEET, BOOK, TYPES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"
KIND = "application/vnd.openxmlformats-officedocument"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/": "http://purl.oclc.org/ooxml/spreadsheetml/",
    "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
    "http://schemas.openxmlformats.org/drawingml/2006/": "http://purl.oclc.org/ooxml/drawingml/",
}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" '
    'xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# The order of what may follow the cells of a sheet, as far as it is used here.
AFTER_CELLS = (
    "pageMargins",
    "drawing",
    "legacyDrawing",
    "oleObjects",
    "mc:AlternateContent",
    "tableParts",
    "extLst",
)


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def plain_sheet(inside: str) -> str:
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData><row r="1"><c r="A1">{inside}</c></row></sheetData>'
        "</worksheet>"
    )


def record_sheet() -> str:
    letters = "ABCDEFGHIJKLMNOP"
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            cell(f"{letter}{number}", str(v)) for letter, v in zip(letters, row, strict=True) if v is not None
        )
        + "</row>"
        for number, row in enumerate((RECORD_HEADERS, RECORD), start=1)
    )
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><dimension ref="A1:P2"/><sheetData>{rows}</sheetData></worksheet>'


def links_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


@dataclass
class Odd:
    """The parts by name; ``suffix`` of the file."""

    parts: dict[str, str | bytes] = field(default_factory=dict)
    suffix: str = ".xlsx"
    last_sheet: str = SHEET

    @classmethod
    def plain(cls) -> Odd:
        """A team's record sheet with one customer."""
        odd = cls()
        odd.parts[TYPES] = (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        )
        main = f"{KIND}.spreadsheetml"
        odd.part(BOOK, f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr/><sheets></sheets></workbook>',
                 f"{main}.sheet.main+xml", "", f"{OFFICE}/officeDocument")  # fmt: skip
        odd.part("xl/styles.xml", STYLES, f"{main}.styles+xml", BOOK, f"{OFFICE}/styles")
        odd.sheet("客户需求记录", record_sheet())
        return odd

    def edit(self, part: str, old: str, new: str) -> None:
        """Replace ``old``, which is there."""
        content = self.parts[part]
        assert isinstance(content, str) and old in content, (part, old)
        self.parts[part] = content.replace(old, new, 1)

    def part(
        self, name: str, content: str | bytes, kind: str, owner: str, relation: str, *, rid: str = ""
    ) -> str:  # fmt: skip
        """Add a part, declare it and link it from its owner; returns the link's id."""
        self.parts[name] = HEAD + content if isinstance(content, str) else content
        if kind:
            self.edit(TYPES, "</Types>", f'<Override PartName="/{name}" ContentType="{kind}"/></Types>')
        return self.link(owner, relation, self._target(owner, name), rid=rid)

    def link(self, owner: str, relation: str, target: str, *, rid: str = "", external: bool = False) -> str:
        links = links_of(owner)
        empty = f'<Relationships xmlns="{PACKAGE}/relationships"></Relationships>'
        xml = str(self.parts.setdefault(links, empty))
        rid = rid or f"rId{xml.count('<Relationship ') + 1}"
        mode = ' TargetMode="External"' if external else ""
        self.edit(links, "</Relationships>", f'<Relationship Id="{rid}" Type="{relation}" Target="{target}"{mode}/>'
                  "</Relationships>")  # fmt: skip
        return rid

    def _target(self, owner: str, name: str) -> str:
        return posixpath.relpath(name, posixpath.dirname(owner) or ".")

    def sheet(
        self, name: str, content: str, *, state: str = "", part: str = "", kind: str = "worksheet", content_type: str = ""
    ) -> str:  # fmt: skip
        """Add a sheet of any kind; returns its part."""
        number = str(self.parts[BOOK]).count("<sheet ") + 1
        part = part or f"xl/worksheets/sheet{number}.xml"
        relation = kind if "/" in kind else f"{OFFICE}/{kind}"
        rid = self.part(part, content, content_type or f"{KIND}.spreadsheetml.{kind}+xml", BOOK, relation)
        shown = f' state="{state}"' if state else ""
        quoted = escape(name, {'"': "&quot;"})
        self.edit(
            BOOK, "</sheets>", f'<sheet name="{quoted}" sheetId="{number}"{shown} r:id="{rid}"/></sheets>'
        )
        self.last_sheet = part
        return part

    def image(self, part: str, owner: str) -> str:
        if 'Extension="png"' not in str(self.parts[TYPES]):
            self.edit(TYPES, "<Default ", '<Default Extension="png" ContentType="image/png"/><Default ')
        return self.part(part, PIXEL, "", owner, f"{OFFICE}/image")

    def extension(self, part: str, uri: str, namespace: str, inside: str, prefix: str) -> None:
        """Add to the extensions at the end of a sheet or the workbook."""
        ext = f'<ext uri="{uri}" xmlns:{prefix}="{namespace}">{inside}</ext>'
        end = "</workbook>" if part == BOOK else "</worksheet>"
        if "</extLst>" + end in str(self.parts[part]):
            self.edit(part, "</extLst>" + end, f"{ext}</extLst>{end}")
        else:
            self.edit(part, end, f"<extLst>{ext}</extLst>{end}")

    def table(
        self, name: str, *, sheet: str, columns: tuple[str, ...], extra: str = "", field: str = ""
    ) -> None:
        """A sheet with a table of one row."""
        letters = "ABCDEFGH"
        rows = "".join(
            f'<row r="{number}">' + "".join(cell(f"{letter}{number}", text) for letter, text in zip(letters, row, strict=False))
            + "</row>"
            for number, row in enumerate((columns, columns), start=1)
        )  # fmt: skip
        part = self.sheet(
            sheet, f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{rows}</sheetData></worksheet>'
        )
        end = letters[len(columns) - 1]
        named = "".join(
            f'<tableColumn id="{n}" name="{text}" {field % n if field else ""}/>'
            for n, text in enumerate(columns, 1)
        )
        rid = self.part(
            "xl/tables/table1.xml", f'<table xmlns="{MAIN}" id="1" name="{name}" displayName="{name}" ref="A1:{end}2" '
            f'{extra}totalsRowShown="0"><autoFilter ref="A1:{end}2"/><tableColumns count="{len(columns)}">{named}'
            '</tableColumns></table>', f"{KIND}.spreadsheetml.table+xml", part, f"{OFFICE}/table",
        )  # fmt: skip
        self.edit(
            part, "</worksheet>", f'<tableParts count="1"><tablePart r:id="{rid}"/></tableParts></worksheet>'
        )

    def shapes(self, owner: str = SHEET) -> None:
        """The old drawing that notes and controls need."""
        if any(part.endswith(".vml") for part in self.parts):
            return
        self.edit(TYPES, "<Default ", f'<Default Extension="vml" ContentType="{KIND}.vmlDrawing"/><Default ')
        shape = "".join(
            f'<v:shape id="_x0000_s{number}" type="#_x0000_t201" style="position:absolute"><x:ClientData ObjectType="{kind}">'
            "<x:Anchor>1,1,1,1,2,2,2,2</x:Anchor><x:Row>1</x:Row><x:Column>1</x:Column></x:ClientData></v:shape>"
            for number, kind in ((1025, "Note"), (1026, "Pict"))
        )
        rid = self.part(
            "xl/drawings/vmlDrawing1.vml", '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
            f'xmlns:x="urn:schemas-microsoft-com:office:excel">{shape}</xml>', "", owner, f"{OFFICE}/vmlDrawing",
        )  # fmt: skip
        if owner == SHEET:
            self.edit(SHEET, "</worksheet>", f'<legacyDrawing r:id="{rid}"/></worksheet>')

    def comments(self, author: str, text: str) -> None:
        self.shapes()
        self.part(
            "xl/comments1.xml", f'<comments xmlns="{MAIN}"><authors><author>{author}</author></authors><commentList>'
            f'<comment ref="B2" authorId="0"><text><t>{text}</t></text></comment></commentList></comments>',
            f"{KIND}.spreadsheetml.comments+xml", SHEET, f"{OFFICE}/comments",
        )  # fmt: skip

    def controls(self, rid: str, name: str) -> None:
        """A control on the first sheet, as newer Excels write it."""
        self.shapes()
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        place = "<xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        anchor = f'<anchor moveWithCells="1"><from>{place}</from><to>{place}</to></anchor>'
        control = f'<control shapeId="1025" r:id="{rid}" name="{name}"'
        self.edit(
            SHEET, "</worksheet>", f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="x14" xmlns:x14="{X14}" '
            f'xmlns:xdr="{DRAW}/spreadsheetDrawing"><controls><mc:AlternateContent><mc:Choice Requires="x14">{control}>'
            f'<controlPr defaultSize="0" autoFill="0">{anchor}</controlPr></control></mc:Choice></mc:AlternateContent>'
            "</controls></mc:Choice></mc:AlternateContent></worksheet>",
        )  # fmt: skip

    def order(self, part: str) -> None:
        """Put what follows the cells into the order the schema wants."""
        head, tail = str(self.parts[part]).split("</sheetData>")
        found = {
            name: "".join(re.findall(rf"<{name}\b(?:[^>]*/>|.*</{name}>)", tail, re.DOTALL))
            for name in AFTER_CELLS
        }
        self.parts[part] = f"{head}</sheetData>{''.join(found.values())}</worksheet>"

    def drawing_with_chart(self, owner: str, *, absolute: bool = False, newer: bool = False) -> None:
        """A chart on a sheet; ``newer`` of the kind that Excel 2016 brought."""
        part = f"xl/drawings/drawing{len([p for p in self.parts if p.startswith('xl/drawings/drawing')]) + 1}.xml"
        frame = _frame("http://schemas.microsoft.com/office/drawing/2014/chartex" if newer else f"{DRAW}/chart",
                       "cx:chart" if newer else "c:chart")  # fmt: skip
        place = (
            "<xdr:col>{0}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{0}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        )
        corners = f"<xdr:from>{place.format(3)}</xdr:from><xdr:to>{place.format(9)}</xdr:to>"
        if newer:
            frame = (
                '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
                '<mc:Choice xmlns:cx1="http://schemas.microsoft.com/office/drawing/2015/9/8/chartex" Requires="cx1">'
                f"{frame}</mc:Choice><mc:Fallback>{_frame(f'{DRAW}/chart', 'c:chart')}</mc:Fallback></mc:AlternateContent>"
            )
        anchor = (
            f'<xdr:absoluteAnchor><xdr:pos x="0" y="0"/><xdr:ext cx="9" cy="9"/>{frame}<xdr:clientData/></xdr:absoluteAnchor>'
            if absolute
            else f"<xdr:twoCellAnchor>{corners}{frame}<xdr:clientData/></xdr:twoCellAnchor>"
        )
        xml = f'<xdr:wsDr xmlns:xdr="{DRAW}/spreadsheetDrawing" xmlns:a="{DRAW}/main" xmlns:r="{OFFICE}">{anchor}</xdr:wsDr>'
        rid = self.part(part, xml, f"{KIND}.drawing+xml", owner, f"{OFFICE}/drawing")
        if newer:
            self.part("xl/charts/chartEx1.xml", NEWER_CHART, "application/vnd.ms-office.chartex+xml", part,
                      "http://schemas.microsoft.com/office/2014/relationships/chartEx")  # fmt: skip
        else:
            number = sum(name.startswith("xl/charts/chart") for name in self.parts) + 1
            self.part(
                f"xl/charts/chart{number}.xml", CHART, f"{KIND}.drawingml.chart+xml", part, f"{OFFICE}/chart"
            )
        if owner == SHEET:
            self.edit(SHEET, "</worksheet>", f'<drawing r:id="{rid}"/></worksheet>')
            self.order(SHEET)

    def rename(self, old: str, new: str) -> None:
        """Give a part another name, in its declaration and the workbook's links too."""
        self.parts[new] = self.parts.pop(old)
        self.edit(TYPES, f'PartName="/{old}"', f'PartName="/{new}"')
        self.edit(
            links_of(BOOK), f'Target="{old.removeprefix("xl/")}"', f'Target="{new.removeprefix("xl/")}"'
        )

    def strict(self) -> None:
        """The same in the namespaces of ISO 29500 Strict."""
        for part, content in self.parts.items():
            if isinstance(content, str):
                for old, new in STRICT.items():
                    content = content.replace(old, new)  # noqa: PLW2901
                self.parts[part] = content
        self.edit(BOOK, "<workbook ", '<workbook conformance="strict" ')

    def archive(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in self.parts.items():
                made.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content, zipfile.ZIP_DEFLATED)
        return target.getvalue()


def _frame(namespace: str, element: str) -> str:
    prefix = element.partition(":")[0]
    return (
        '<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="图 1"/><xdr:cNvGraphicFramePr/>'
        '</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData '
        f'uri="{namespace}"><{element} xmlns:{prefix}="{namespace}" r:id="rId1"/></a:graphicData></a:graphic>'
        "</xdr:graphicFrame>"
    )


CHART = (
    f'<c:chartSpace xmlns:c="{DRAW}/chart" xmlns:a="{DRAW}/main" xmlns:r="{OFFICE}"><c:chart><c:plotArea><c:layout/>'
    '<c:pieChart><c:varyColors val="1"/><c:ser><c:idx val="0"/><c:order val="0"/><c:val><c:numRef><c:f>客户需求记录!$B$1:$B$2'
    '</c:f></c:numRef></c:val></c:ser></c:pieChart></c:plotArea><c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
)
NEWER_CHART = (
    '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chartData><cx:data id="0">'
    '<cx:numDim type="val"><cx:f>客户需求记录!$B$2</cx:f></cx:numDim></cx:data></cx:chartData><cx:chart><cx:plotArea>'
    '<cx:plotAreaRegion><cx:series layoutId="treemap"><cx:dataId val="0"/></cx:series></cx:plotAreaRegion></cx:plotArea>'
    "</cx:chart></cx:chartSpace>"
)

Change = Callable[[Odd], object]
ODD: dict[str, Change] = {}


def odd_thing(change: Change) -> Change:
    """Enter what makes a plain workbook odd under its own name."""
    ODD[change.__name__.replace("_", " ").strip()] = change
    return change
