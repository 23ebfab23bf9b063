"""A design as values that any host can apply: cells, looks, sizes, rules, tables, charts.

XlsxWriter drew the sheet once; the file host grafts its parts, an open Excel is told what they say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from lxml import etree

from crmsheet.book.areas import Area, parse_areas
from crmsheet.book.cell_values import cut, serial
from crmsheet.book.design import Body, Design, Formula
from crmsheet.book.drawn import Drawn
from crmsheet.book.ooxml import TRANSITIONAL, attribute_is_true, child_named, elements, integer
from crmsheet.book.page_record import PageRecord
from crmsheet.book.plan_charts import ChartPlan, read_charts
from crmsheet.book.plan_looks import Look, read_looks
from crmsheet.book.plan_rules import Condition, Validation, read_conditions, read_validations
from crmsheet.book.territory import Territory

Cells = dict[tuple[int, int], object]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """An Excel table: its area with header and, if any, total row; headers; labels and sums of the total row."""

    name: str
    area: Area
    headers: tuple[str, ...]
    style: str
    totals: tuple[str, ...] | None = None

    @property
    def body(self) -> Area:
        """Header and rows, without the total row."""
        return Area(
            self.area.top, self.area.left, self.area.bottom - (self.totals is not None), self.area.right
        )


@dataclass(frozen=True)
class SheetPlan:
    """One sheet. Cells count from 1; days are Excel's numbers of days; ``heights`` and ``hidden`` are by row.

    ``widths`` are by column, in characters; ``frozen`` is the number of rows and columns kept in sight.
    """

    cells: Cells
    looks: Mapping[Look, Sequence[Area]]
    territory: Territory
    merges: tuple[Area, ...] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    hidden_rows: tuple[int, ...] = ()
    tables: tuple[TablePlan, ...] = ()
    conditions: tuple[Condition, ...] = ()
    validations: tuple[Validation, ...] = ()
    charts: tuple[ChartPlan, ...] = ()
    frozen: tuple[int, int] = (0, 0)
    tab: str = ""
    footer: str = ""
    repeated_row: int = 0
    one_page: bool = False
    portrait: bool = False
    locked: bool = False
    page: PageRecord = PageRecord()


def read_plan(design: Design) -> SheetPlan:
    """The plan of ``design``: what the file host would write into the sheet's cells and around them."""
    drawn = Drawn(design, TRANSITIONAL)
    cells, styles = _fixed_cells(drawn)
    stretches = [stretch for body in drawn.bodies for stretch in _spread(body, cells, styles)]
    root = drawn.root
    rows = list(root.iter(_q("row")))
    pane = next(root.iter(_q("pane")), None)
    setup = next(root.iter(_q("pageSetup")), None)
    return SheetPlan(
        cells=cells,
        looks=read_looks(drawn.stylesheet, styles, stretches),
        territory=drawn.territory,
        merges=tuple(area for one in root.iter(_q("mergeCell")) for area in parse_areas(one.get("ref", ""))),
        widths=dict(_widths(root)),
        heights=_heights(rows, drawn.bodies),
        hidden_rows=tuple(integer(row, "r") for row in rows if attribute_is_true(row, "hidden")),
        tables=tuple(_tables(drawn)),
        conditions=tuple(read_conditions(root, drawn.stylesheet)),
        validations=tuple(read_validations(root)),
        charts=tuple(read_charts(drawn)),
        frozen=(0, 0) if pane is None else (integer(pane, "ySplit"), integer(pane, "xSplit")),
        tab=_color(next(root.iter(_q("tabColor")), None)),
        footer=_text(next(root.iter(_q("oddFooter")), None)),
        repeated_row=drawn.bodies[-1].first_row - 1 if drawn.bodies else 0,
        one_page=setup is not None and setup.get("fitToHeight") != "0",
        portrait=setup is not None and setup.get("orientation") == "portrait",
        locked=next(root.iter(_q("sheetProtection")), None) is not None,
        page=drawn.page,
    )


def _q(name: str) -> str:
    return TRANSITIONAL.q(name)


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(str(piece) for piece in element.itertext())


def _color(element: etree._Element | None) -> str:
    return "" if element is None else element.get("rgb", "")[-6:]


def _fixed_cells(drawn: Drawn) -> tuple[Cells, dict[tuple[int, int], int]]:
    texts = [_text(one) for one in drawn.strings()]
    cells: Cells = {}
    styles: dict[tuple[int, int], int] = {}
    for cell in drawn.root.iter(_q("c")):
        place = Area.parse(cell.get("r", ""))
        if place is not None:
            cells[place.top, place.left] = _value(cell, texts)
            styles[place.top, place.left] = integer(cell, "s")
    return cells, styles


def _value(cell: etree._Element, texts: Sequence[str]) -> object:
    value, formula = child_named(cell, "v"), child_named(cell, "f")
    text = "" if value is None else value.text or ""
    kind = cell.get("t", "n")
    shown: object
    if kind == "s":
        shown = texts[int(text)]
    elif kind == "b":
        shown = text == "1"
    elif kind == "n":
        shown = float(text) if text else None
    else:
        shown = text
    return shown if formula is None else Formula(formula.text or "", shown)


def _spread(body: Body, cells: Cells, styles: dict[tuple[int, int], int]) -> Iterator[tuple[int, Area]]:
    """Put the rows of a list in place of its pattern row; yields the style of each stretch of columns."""
    rows = range(body.first_row, body.first_row + len(body))
    for column, values in enumerate(body.columns, start=1):
        for row, value in zip(rows, values, strict=False):
            cells[row, column] = stored(value)
    worn = [styles.pop((body.first_row, column), 0) for column in range(1, len(body.columns) + 1)]
    for style, run in groupby(enumerate(worn, start=1), key=itemgetter(1)):
        columns = [column for column, _ in run]
        if rows:
            yield style, Area(rows[0], columns[0], rows[-1], columns[-1])


def stored(value: object) -> object:
    """A value as a cell stores it: days as numbers, text within Excel's limit."""
    if value is None or type(value) in (int, float):  # most cells of a list
        return value
    if isinstance(value, Formula):
        return Formula(value.text, stored(value.value))
    if isinstance(value, dt.date):
        try:
            return serial(value)
        except ValueError:  # before Excel's calendar
            return value.isoformat()
    return cut(value) if isinstance(value, str) else value


def _widths(root: etree._Element) -> Iterator[tuple[int, float]]:
    for one in root.iter(_q("col")):
        for column in range(integer(one, "min"), integer(one, "max") + 1):
            # The file counts five pixels of padding that Excel's own measure leaves out.
            yield column, round(float(one.get("width", "9")) - 5 / 7, 2)


def _heights(rows: Sequence[etree._Element], bodies: Sequence[Body]) -> dict[int, float]:
    heights = {integer(row, "r"): float(row.get("ht", "0")) for row in rows if row.get("ht")}
    for body in bodies:
        every = body.row_height
        for place in range(len(body)):
            row = body.first_row + place
            heights.pop(row, None)
            if every is not None:
                heights[row] = every if isinstance(every, int | float) else every[place]
    return heights


def _tables(drawn: Drawn) -> Iterator[TablePlan]:
    for link in drawn.relationships.of_kind("table"):
        root = drawn.package.xml(link.part)
        area = Area.parse(root.get("ref", ""))
        columns = list(elements(child_named(root, "tableColumns")))
        style = child_named(root, "tableStyleInfo")
        totals = tuple(one.get("totalsRowFunction", "") or one.get("totalsRowLabel", "") for one in columns)
        if area is not None:
            yield TablePlan(
                name=root.get("name", ""),
                area=area,
                headers=tuple(one.get("name", "") for one in columns),
                style="" if style is None else style.get("name", ""),
                totals=totals if root.get("totalsRowCount") == "1" else None,
            )
