"""Looks and rules of a sheet in an open Excel, told to its own objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.plan_looks import Edge, Look
from crmsheet.book.plan_rules import Condition, Validation
from crmsheet.book.sheet_plan import SheetPlan

Attempt = Callable[..., Any]
LONGEST_ADDRESS = 250

# Excel's numbers for words of the file format.
HORIZONTAL = {"left": -4131, "center": -4108, "right": -4152}
VERTICAL = {"center": -4108, "top": -4160}
SIDES = {"left": 7, "top": 8, "bottom": 9, "right": 10}
INSIDE = {"left": 11, "right": 11, "top": 12, "bottom": 12}
WEIGHTS = {"hair": 1, "thin": 2, "medium": -4138, "thick": 4}
CONTINUOUS, UNDERLINE_SINGLE = 1, 2
CELL_VALUE, EQUAL, EXPRESSION = 1, 3, 2
LIST, INPUT_ONLY, STOP, WARNING, BETWEEN = 3, 0, 1, 2, 1
NUMBER = 0


def color(rgb: str) -> int:
    """Excel's number of a colour.

    >>> color("FF0000"), color("1F3A5F")
    (255, 6240799)
    """
    red, green, blue = (int(rgb[place : place + 2], 16) for place in (0, 2, 4))
    return red + green * 256 + blue * 65_536


def addresses(areas: Iterable[Area]) -> Iterator[str]:
    """Areas as addresses that one call can take."""
    chunk = ""
    for area in areas:
        if chunk and len(chunk) + len(str(area)) + 1 > LONGEST_ADDRESS:
            yield chunk
            chunk = ""
        chunk += f",{area}" if chunk else str(area)
    if chunk:
        yield chunk


def draw_looks(sheet: Any, plan: SheetPlan, attempt: Attempt) -> None:
    """Every look on all cells that wear it."""
    for look, areas in plan.looks.items():
        for address in addresses(areas):
            cells = attempt(sheet.Range, address)
            for part, name, value in _properties(look):
                attempt(lambda p=part, n=name, v=value, c=cells: setattr(getattr(c, p) if p else c, n, v))
            inside = any(area.top < area.bottom or area.left < area.right for area in areas)
            for lines, edge in _lines(cells, look.edges, inside=inside):
                attempt(_draw_line, lines, edge)


def _properties(look: Look) -> Iterator[tuple[str, str, Any]]:
    if look.number_format != "General":
        yield "", "NumberFormat", look.number_format
    if look.font.name:
        yield "Font", "Name", look.font.name
        yield "Font", "Size", look.font.size
    if look.font.bold:
        yield "Font", "Bold", True
    if look.font.underlined:
        yield "Font", "Underline", UNDERLINE_SINGLE
    if look.font.color:
        yield "Font", "Color", color(look.font.color)
    if look.fill:
        yield "Interior", "Color", color(look.fill)
    if look.horizontal in HORIZONTAL:
        yield "", "HorizontalAlignment", HORIZONTAL[look.horizontal]
    if look.vertical in VERTICAL:
        yield "", "VerticalAlignment", VERTICAL[look.vertical]
    for name, wanted in (
        ("WrapText", look.wrapped),
        ("ShrinkToFit", look.shrunk),
        ("IndentLevel", look.indent),
    ):
        if wanted:
            yield "", name, wanted


def _lines(cells: Any, edges: Sequence[Edge], *, inside: bool) -> Iterator[tuple[Any, Edge]]:
    """Excel's objects for the lines of cells: all at once where the four sides are alike, else side by side."""
    alike = {(edge.weight, edge.color) for edge in edges}
    if len(edges) == len(SIDES) and len(alike) == 1:
        yield cells.Borders, edges[0]
        return
    for edge in edges:
        # Between the cells of one range Excel keeps lines of their own.
        for number in dict.fromkeys((SIDES[edge.side], INSIDE[edge.side]) if inside else (SIDES[edge.side],)):
            yield cells.Borders(number), edge


def _draw_line(lines: Any, edge: Edge) -> None:
    lines.LineStyle = CONTINUOUS
    lines.Weight = WEIGHTS.get(edge.weight, WEIGHTS["thin"])
    if edge.color:
        lines.Color = color(edge.color)


def draw_rules(sheet: Any, plan: SheetPlan, attempt: Attempt) -> None:
    """Conditional formats, dropdowns and prompts."""
    for condition in plan.conditions:
        for address in addresses(condition.areas):
            attempt(_draw_condition, sheet.Range(address), condition)
    for validation in plan.validations:
        for address in addresses(validation.areas):
            attempt(_draw_validation, sheet.Range(address), validation)


def _draw_condition(cells: Any, condition: Condition) -> None:
    rules = cells.FormatConditions
    if condition.kind == "dataBar":
        bar = rules.AddDatabar()
        bar.MinPoint.Modify(NUMBER, 0)
        if condition.highest is not None:
            bar.MaxPoint.Modify(NUMBER, condition.highest)
        bar.BarColor.Color = color(condition.colors[0])
        bar.BarFillType = 0
    elif condition.kind == "colorScale":
        scale = rules.AddColorScale(2)
        scale.ColorScaleCriteria(1).Type, scale.ColorScaleCriteria(1).Value = NUMBER, 0
        for place, rgb in enumerate(condition.colors[:2], start=1):
            scale.ColorScaleCriteria(place).FormatColor.Color = color(rgb)
    else:
        kind = (CELL_VALUE, EQUAL) if condition.kind == "cellIs" else (EXPRESSION, None)
        rule = rules.Add(*kind, f"={condition.formula}")
        if condition.font.color:
            rule.Font.Color = color(condition.font.color)
        if condition.font.bold:
            rule.Font.Bold = True
        if condition.fill:
            rule.Interior.Color = color(condition.fill)


def _draw_validation(cells: Any, validation: Validation) -> None:
    rule = cells.Validation
    rule.Delete()
    if validation.kind == "list":
        source = validation.source
        is_place = "$" in source
        rule.Add(LIST, STOP if validation.strict else WARNING, BETWEEN, f"={source}" if is_place else source)
        rule.ErrorTitle, rule.ErrorMessage = validation.error
    else:
        rule.Add(INPUT_ONLY)
    rule.InputTitle, rule.InputMessage = validation.prompt
