"""Charts as PNG pictures, without a browser: ECharts draws SVG in QuickJS, resvg turns it into pixels."""

from __future__ import annotations

import json
import struct
import zlib
from functools import cache
from typing import Any

from crmsheet.data import read_text
from crmsheet.report.look import Look
from crmsheet.report.optional import library
from crmsheet.report.options import chart_option, chart_theme
from crmsheet.report.words import phrase
from crmsheet.view import Chart

SHARPNESS = 2  # pixels per CSS pixel: about 300 dots per inch on paper
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    '<text x="4" y="32" font-size="30" font-family="{font}">{text}</text></svg>'
)
# What ECharts expects of a browser even when it only writes text.
_BROWSER = "var setTimeout = () => 0, clearTimeout = () => {}, console = {log() {}, warn() {}, error() {}};"
_DRAW = """
function draw(option, theme, width, height) {
  const chart = echarts.init(null, JSON.parse(theme), {renderer: "svg", ssr: true, width, height});
  chart.setOption(JSON.parse(option));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
"""


class Painter:
    """Draws charts; holds one JavaScript engine with ECharts loaded (0.1 s), so draw many with one."""

    def __init__(self) -> None:
        self._engine: Any = library("quickjs").Context()
        self._engine.eval(_BROWSER)
        self._engine.eval(read_text("report/echarts.min.js"))
        self._engine.eval(_DRAW)
        self._theme = json.dumps(chart_theme("light"))

    def svg(self, chart: Chart, width: int, height: int) -> str:
        """The chart as SVG of that size in CSS pixels."""
        option = json.dumps(chart_option(chart), ensure_ascii=False, allow_nan=False)
        return str(self._engine.get("draw")(option, self._theme, width, height))

    def png(self, chart: Chart, width: int, height: int) -> bytes:
        """The same picture as PNG on white."""
        return _rasterized(self.svg(chart, width, height), background="#FFFFFF", zoom=SHARPNESS)


@cache
def has_chinese_font() -> bool:
    """Whether this machine can draw Chinese characters; without a font they would silently be missing.

    A character without a font leaves the picture as empty as no text at all.
    """
    font = Look.load().chart_font
    blank, drawn = (_rasterized(_PROBE.format(font=font, text=text)) for text in ("", phrase("title")[0]))
    return _pixels(drawn) != _pixels(blank)


def _rasterized(svg: str, **look: Any) -> bytes:
    family = Look.load().chart_font.split(",")[0]
    return bytes(library("resvg_py").svg_to_bytes(svg_string=svg, sans_serif_family=family, **look))


def _pixels(png: bytes) -> bytes:
    """The image data of a PNG, unpacked."""
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    return zlib.decompress(data)
