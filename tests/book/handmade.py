"""One-sheet workbooks made part by part, for what no library would write."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# Cell formats: 0 general, 1 a date, 2 and 5 Chinese built-in dates, 3 a percentage, 4 elapsed time
FORMATS = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 31, 10, 170, 57))
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts>'
    f"<cellXfs>{FORMATS}</cellXfs></styleSheet>"
)


def with_strings(data: bytes, table: str) -> bytes:
    """The workbook ``data`` with a string table."""
    source = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: source.read(name).decode() for name in source.namelist()}
    link = (
        f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace("</Relationships>", link)
    return zipped({**parts, "xl/sharedStrings.xml": table})


def handmade(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    workbook: str = "",
    sheet: str | None = None,
    prefix: str = "",
) -> bytes:
    """A one-sheet workbook with exactly that XML in its sheet."""
    colon = f"{prefix}:" if prefix else ""
    xmlns = f"xmlns:{prefix}" if prefix else "xmlns"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet
        or f'<{colon}worksheet {xmlns}="{MAIN}">{before}<{colon}sheetData>{rows}</{colon}sheetData>{after}'
        f"</{colon}worksheet>",
    }  # fmt: skip
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
