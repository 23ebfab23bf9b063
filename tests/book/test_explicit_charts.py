"""Our charts look the same whatever version of Excel wrote the workbook they go into."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree

from crmsheet.book.draw import draw
from crmsheet.book.explicit_charts import CHART
from crmsheet.view import Chart, Charts, Series, View

C = {"c": CHART}


def chart_xml(chart: Chart) -> etree._Element:
    package = draw(View("overview", "总览", "总览", "", (Charts((chart,)),))).package
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        return etree.fromstring(parts.read("xl/charts/chart1.xml"))


def example(kind: str) -> Chart:
    series = (Series("成交", (3, 1, 0)), Series("互动", (2, 2, 9), line=True, secondary=True))
    return Chart(kind, "图", ("甲", "乙", "丙"), series[:1] if kind == "doughnut" else series)


@pytest.mark.parametrize(
    "kind", ["doughnut", "column", "bar", "stacked_column", "stacked_bar", "line", "combo"]
)
def test_nothing_is_left_to_the_reader(kind: str) -> None:
    root = chart_xml(example(kind))
    assert root.xpath("string(//c:plotVisOnly/@val)", namespaces=C) == "0"
    assert root.xpath("string(/c:chartSpace/c:roundedCorners/@val)", namespaces=C) == "0"
    for labels in root.iterfind(".//c:dLbls", C):
        shown = [etree.QName(child).localname for child in labels if child.get("val") == "1"]
        assert shown == ["showVal"]
    for parent, child in (
        ("title", "overlay"),
        ("legend", "overlay"),
        ("valAx", "delete"),
        ("catAx", "delete"),
    ):
        for element in root.iterfind(f".//c:{parent}", C):
            assert element.find(f"c:{child}", C) is not None, (parent, child)
    for line in root.iterfind(".//c:lineChart/c:ser", C):
        assert line[-1].tag == f"{{{CHART}}}smooth" and line[-1].get("val") == "0"
    for bars in root.iterfind(".//c:barChart", C):
        assert bars.find("c:varyColors", C).get("val") == "0"
