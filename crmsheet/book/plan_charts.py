"""The charts of a design as values: kind, place, where their data stand, the colours of series and points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.drawn import Drawn
from crmsheet.book.ooxml import elements, local, parse
from crmsheet.book.workbook_part import relationship_id

EMU_PER_POINT = 12_700
_WHOLE = re.compile(r"-?\d{1,15}")


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner of a chart: row and column counted from 0, and the distance from that cell's corner in points."""

    row: int
    column: int
    down: float
    over: float


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """References without ``=``; ``colors`` are the series' own, or one per point; blank means automatic."""

    name: str
    categories: str
    values: str
    line: bool = False
    color: str = ""
    points: tuple[str, ...] = ()
    label_format: str = ""


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """``kind``: doughnut, column, bar, stacked_column, stacked_bar, line. A line among columns is a combo."""

    kind: str
    title: str
    top_left: Corner
    bottom_right: Corner
    series: tuple[SeriesPlan, ...]
    legend: str = ""


def read_charts(drawn: Drawn) -> Iterator[ChartPlan]:
    """The charts of the sheet, in their order on it."""
    for link in drawn.relationships.of_kind("drawing"):
        root = parse(drawn.read(link.part))
        parts = drawn.package.relationships(link.part)
        for anchor in elements(root):
            reference = chart_reference(anchor)
            target = None if reference is None else parts.get(relationship_id(reference))
            plan = None if target is None else chart_plan(parse(drawn.read(target.part)), anchor)
            if plan is not None:
                yield plan


def chart_reference(anchor: etree._Element) -> etree._Element | None:
    """What names the chart part in an anchor that holds a chart."""
    return next((one for one in anchor.iter("*") if local(one) == "chart"), None)


def chart_plan(root: etree._Element, anchor: etree._Element) -> ChartPlan | None:
    """The chart ``root`` between two corners of cells; None for one that holds no series of cells or floats."""
    plot = _first(root, "plotArea")
    groups = [one for one in elements(plot) if local(one).endswith("Chart")]
    corners = _corner(anchor, "from"), _corner(anchor, "to")
    if not groups or corners[0] is None or corners[1] is None:
        return None
    title, legend = _first(root, "title"), _first(root, "legendPos")
    return ChartPlan(
        kind=_kind(groups[0]),
        title=""
        if title is None
        else "".join(one.text or "" for one in title.iter("*") if local(one) == "t"),
        top_left=corners[0],
        bottom_right=corners[1],
        series=tuple(
            _series(one, line=local(group) == "lineChart")
            for group in groups
            for one in elements(group)
            if local(one) == "ser"
        ),
        legend="" if legend is None else legend.get("val", ""),
    )


def _kind(group: etree._Element) -> str:
    if local(group) != "barChart":
        return local(group).removesuffix("Chart")
    lying = _val(group, "barDir") == "bar"
    stacked = _val(group, "grouping") == "stacked"
    return ("stacked_" if stacked else "") + ("bar" if lying else "column")


def _series(one: etree._Element, *, line: bool) -> SeriesPlan:
    labels = next((child for child in elements(one) if local(child) == "dLbls"), None)
    shown = labels is not None and any(local(child) == "showVal" for child in elements(labels))
    number = None if labels is None else _first(labels, "numFmt")
    return SeriesPlan(
        name=_reference(one, "tx"),
        categories=_reference(one, "cat"),
        values=_reference(one, "val"),
        line=line,
        color=_solid(_child(one, "spPr")),
        points=tuple(_solid(_child(point, "spPr")) for point in elements(one) if local(point) == "dPt"),
        label_format=number.get("formatCode", "") if shown and number is not None else "",
    )


def _reference(series: etree._Element, name: str) -> str:
    part = _child(series, name)
    found = None if part is None else _first(part, "f")
    return "" if found is None else found.text or ""


def _solid(properties: etree._Element | None) -> str:
    color = None if properties is None else _first(properties, "srgbClr")
    return "" if color is None else color.get("val", "")


def _corner(anchor: etree._Element, name: str) -> Corner | None:
    part = _child(anchor, name)
    texts = ((local(one), one.text or "") for one in elements(part))
    numbers = {name: int(text) for name, text in texts if _WHOLE.fullmatch(text)}
    if not {"row", "col", "rowOff", "colOff"} <= set(numbers):
        return None
    return Corner(
        numbers["row"], numbers["col"], numbers["rowOff"] / EMU_PER_POINT, numbers["colOff"] / EMU_PER_POINT
    )


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in elements(parent) if local(one) == name), None)


def _first(parent: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in parent.iter("*") if local(one) == name), None)


def _val(parent: etree._Element, name: str) -> str:
    found = _first(parent, name)
    return "" if found is None else found.get("val", "")
