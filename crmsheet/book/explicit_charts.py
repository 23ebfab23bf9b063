"""Charts that say everything. XlsxWriter leaves out what Excel 2007 takes for granted.

In a workbook of a later version the same silence means the opposite: labels with series and category, legends
over the plot, smoothed lines, hidden data not shown. Our charts go into workbooks of any version.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lxml import etree

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
PARTS = "xl/charts/chart"

# Parent → children in the order of the schema; those with a value are added where they are missing.
ORDERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "chartSpace": (("date1904", None), ("lang", None), ("roundedCorners", "0")),
    "chart": (
        ("title", None), ("autoTitleDeleted", "0"), ("plotArea", None), ("legend", None), ("plotVisOnly", "0"),
        ("dispBlanksAs", "gap"),
    ),
    "title": (("tx", None), ("layout", None), ("overlay", "0")),
    "legend": (("legendPos", None), ("legendEntry", None), ("layout", None), ("overlay", "0")),
    "barChart": (("barDir", None), ("grouping", None), ("varyColors", "0")),
    "lineChart": (("grouping", None), ("varyColors", "0")),
    "catAx": (
        ("axId", None), ("scaling", None), ("delete", "0"), ("axPos", None), ("majorGridlines", None),
        ("title", None), ("numFmt", None), ("majorTickMark", None), ("minorTickMark", None),
        ("tickLblPos", None), ("spPr", None), ("txPr", None), ("crossAx", None), ("crosses", None),
        ("auto", "0"), ("lblAlgn", None), ("lblOffset", None), ("tickLblSkip", None), ("noMultiLvlLbl", "0"),
    ),
    "valAx": (("axId", None), ("scaling", None), ("delete", "0")),
    "dLbls": (
        ("dLbl", None), ("numFmt", None), ("spPr", None), ("txPr", None), ("dLblPos", None),
        ("showLegendKey", "0"), ("showVal", "0"), ("showCatName", "0"), ("showSerName", "0"),
        ("showPercent", "0"), ("showBubbleSize", "0"),
    ),
    "bar ser": (("idx", None), ("order", None), ("tx", None), ("spPr", None), ("invertIfNegative", "0")),
    "bar dPt": (("idx", None), ("invertIfNegative", "0"), ("bubble3D", "0")),
    "line ser": (
        ("idx", None), ("order", None), ("tx", None), ("spPr", None), ("marker", None), ("dPt", None),
        ("dLbls", None), ("cat", None), ("val", None), ("smooth", "0"),
    ),
}  # fmt: skip


def explicit_charts(package: bytes) -> bytes:
    """The workbook with every default of its charts written out; the same bytes where it has no chart."""
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        if not any(name.startswith(PARTS) for name in given.namelist()):
            return package
        result = io.BytesIO()
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as made:
            for entry in given.infolist():
                data = given.read(entry)
                made.writestr(entry, explicit_chart(data) if entry.filename.startswith(PARTS) else data)
    return result.getvalue()


def explicit_chart(xml: bytes) -> bytes:
    """One chart part with its defaults written out.

    >>> b"plotVisOnly" in explicit_chart(f'<c:chart xmlns:c="{CHART}"/>'.encode())
    True
    """
    root = etree.fromstring(xml)
    for element in list(root.iter(f"{{{CHART}}}*")):
        kind = _kind(element)
        if kind in ORDERS and not (kind == "dLbls" and _child(element, "delete") is not None):
            _complete(element, ORDERS[kind])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _kind(element: etree._Element) -> str:
    """Key of ``ORDERS``: a series or point by the kind of chart it belongs to."""
    name = etree.QName(element).localname
    if name not in ("ser", "dPt"):
        return name
    chart = next(_charts_around(element), "")
    return f"{chart.removesuffix('Chart')} {name}"


def _charts_around(element: etree._Element) -> Iterator[str]:
    names = (etree.QName(parent).localname for parent in element.iterancestors())
    return (name for name in names if name.endswith("Chart"))


def _complete(element: etree._Element, order: tuple[tuple[str, str | None], ...]) -> None:
    place = 0
    for name, value in order:
        found = [index for index, child in enumerate(element) if child.tag == f"{{{CHART}}}{name}"]
        if found:
            place = found[-1] + 1
        elif value is not None:
            element.insert(place, etree.Element(f"{{{CHART}}}{name}", {"val": value}))
            place += 1


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return element.find(f"{{{CHART}}}{name}")
