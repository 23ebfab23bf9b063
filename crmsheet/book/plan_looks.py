"""The looks of a design's cells, read from the stylesheet that XlsxWriter wrote: each look and where it is worn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.ooxml import attribute_is_true, child_named, elements, integer, local

BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy-mm-dd",
}


@dataclass(frozen=True, slots=True)
class Font:
    name: str = ""
    size: float = 0.0
    bold: bool = False
    underlined: bool = False
    color: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One side's line: ``left``, ``right``, ``top`` or ``bottom``, ``thin`` … ``thick``, its colour."""

    side: str
    weight: str
    color: str


@dataclass(frozen=True, slots=True)
class Look:
    """How cells look: number format, font, fill colour (``RRGGBB``, blank for none), lines, alignment."""

    number_format: str = "General"
    font: Font = Font()
    fill: str = ""
    edges: tuple[Edge, ...] = ()
    horizontal: str = ""
    vertical: str = ""
    wrapped: bool = False
    shrunk: bool = False
    indent: int = 0


def read_looks(
    stylesheet: etree._Element, styles: Mapping[tuple[int, int], int], stretches: Iterable[tuple[int, Area]]
) -> dict[Look, list[Area]]:
    """Every look and the areas that wear it: of single cells in ``styles``, of whole ``stretches`` of a list."""
    places: dict[int, list[tuple[int, int]]] = {}
    for place, style in styles.items():
        places.setdefault(style, []).append(place)
    areas = {style: rectangles(cells) for style, cells in places.items()}
    for style, area in stretches:
        areas.setdefault(style, []).append(area)
    formats = list(elements(child_named(stylesheet, "cellXfs")))
    worn: dict[Look, list[Area]] = {}
    for style, where in areas.items():
        worn.setdefault(_look(stylesheet, formats[style]), []).extend(where)
    return worn


def rectangles(places: Iterable[tuple[int, int]]) -> list[Area]:
    """Cells as few rectangles: runs of columns in a row, joined where rows below have the same run.

    >>> [str(area) for area in rectangles([(1, 1), (1, 2), (2, 1), (2, 2), (4, 1)])]
    ['A1:B2', 'A4']
    """
    found: list[Area] = []
    above: dict[tuple[int, int], int] = {}
    row_above = 0
    for row, runs in _runs(sorted(set(places))):
        here: dict[tuple[int, int], int] = {}
        for run in runs:
            place = above.get(run) if row == row_above + 1 else None
            if place is None:
                place = len(found)
                found.append(Area(row, run[0], row, run[1]))
            else:
                found[place] = Area(found[place].top, run[0], row, run[1])
            here[run] = place
        above, row_above = here, row
    return found


def _runs(places: Sequence[tuple[int, int]]) -> Iterable[tuple[int, list[tuple[int, int]]]]:
    rows: dict[int, list[tuple[int, int]]] = {}
    for row, column in places:
        runs = rows.setdefault(row, [])
        if runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return rows.items()


def _look(stylesheet: etree._Element, xf: etree._Element) -> Look:
    alignment = child_named(xf, "alignment")
    align: Mapping[str, str] = (
        {} if alignment is None else {str(k): str(v) for k, v in alignment.attrib.items()}
    )
    return Look(
        number_format=_number_format(stylesheet, integer(xf, "numFmtId")),
        font=read_font(_nth(stylesheet, "fonts", integer(xf, "fontId"))),
        fill=read_fill(_nth(stylesheet, "fills", integer(xf, "fillId"))),
        edges=tuple(_edges(_nth(stylesheet, "borders", integer(xf, "borderId")))),
        horizontal=align.get("horizontal", ""),
        vertical=align.get("vertical", ""),
        wrapped=align.get("wrapText") == "1",
        shrunk=align.get("shrinkToFit") == "1",
        indent=int(align.get("indent", "0")),
    )


def _nth(stylesheet: etree._Element, kind: str, number: int) -> etree._Element:
    return list(elements(child_named(stylesheet, kind)))[number]


def _number_format(stylesheet: etree._Element, number: int) -> str:
    own = {
        integer(one, "numFmtId"): one.get("formatCode", "")
        for one in elements(child_named(stylesheet, "numFmts"))
    }
    return own.get(number) or BUILT_IN.get(number, "General")


def read_font(font: etree._Element | None) -> Font:
    """A font element; of a differential style only what it changes."""
    if font is None:
        return Font()
    name, size = child_named(font, "name"), child_named(font, "sz")
    return Font(
        name="" if name is None else name.get("val", ""),
        size=0.0 if size is None else float(size.get("val", "0")),
        bold=child_named(font, "b") is not None,
        underlined=child_named(font, "u") is not None,
        color=_rgb(child_named(font, "color")),
    )


def read_fill(fill: etree._Element | None) -> str:
    """Colour of a solid fill, blank for none. Differential styles keep it in the background colour."""
    pattern = child_named(fill, "patternFill")
    if pattern is None:
        return ""
    if pattern.get("patternType") == "solid":
        return _rgb(child_named(pattern, "fgColor"))
    return _rgb(child_named(pattern, "bgColor"))


def _edges(border: etree._Element) -> Iterable[Edge]:
    for side in elements(border):
        if side.get("style"):
            yield Edge(local(side), side.get("style", ""), _rgb(child_named(side, "color")))


def _rgb(color: etree._Element | None) -> str:
    return "" if color is None or attribute_is_true(color, "auto") else color.get("rgb", "")[-6:]
