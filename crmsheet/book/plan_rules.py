"""The rules of a design: conditional formats and validations, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.areas import Area, parse_areas
from crmsheet.book.ooxml import TRANSITIONAL, attribute_is_true, child_named, elements, integer
from crmsheet.book.plan_looks import Font, read_fill, read_font


@dataclass(frozen=True, slots=True)
class Condition:
    """``kind``: cellIs, expression, dataBar or colorScale. ``formula`` without ``=``; colours ``RRGGBB``.

    A data bar has one colour, and the value that fills it where that is not the largest; a scale two, low to high.
    """

    areas: tuple[Area, ...]
    kind: str
    formula: str = ""
    font: Font = Font()
    fill: str = ""
    colors: tuple[str, ...] = ()
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """``kind``: list, or blank for a prompt without a check. ``source`` is the list as typed or a formula."""

    areas: tuple[Area, ...]
    kind: str
    source: str = ""
    prompt: tuple[str, str] = ("", "")
    error: tuple[str, str] = ("", "")
    strict: bool = True


def read_conditions(root: etree._Element, stylesheet: etree._Element) -> Iterator[Condition]:
    """Conditional formats in the order of their priority."""
    styles = list(elements(child_named(stylesheet, "dxfs")))
    found = [
        (integer(rule, "priority"), tuple(parse_areas(group.get("sqref", ""))), rule)
        for group in root.iter(TRANSITIONAL.q("conditionalFormatting"))
        for rule in group.iter(TRANSITIONAL.q("cfRule"))
    ]
    for _, areas, rule in sorted(found, key=lambda one: one[0]):
        style = styles[integer(rule, "dxfId")] if rule.get("dxfId") else None
        formula = child_named(rule, "formula")
        yield Condition(
            areas=areas,
            kind=rule.get("type", ""),
            formula="" if formula is None else formula.text or "",
            font=read_font(child_named(style, "font")),
            fill=read_fill(child_named(style, "fill")),
            colors=tuple(color.get("rgb", "")[-6:] for color in rule.iter(TRANSITIONAL.q("color"))),
            highest=_highest(rule),
        )


def _highest(rule: etree._Element) -> float | None:
    ends = [point.get("val", "") for point in rule.iter(TRANSITIONAL.q("cfvo")) if point.get("type") == "num"]
    return float(ends[1]) if len(ends) > 1 else None


def read_validations(root: etree._Element) -> Iterator[Validation]:
    """Dropdowns and prompts."""
    for rule in root.iter(TRANSITIONAL.q("dataValidation")):
        source = child_named(rule, "formula1")
        text = "" if source is None else source.text or ""
        yield Validation(
            areas=tuple(parse_areas(rule.get("sqref", ""))),
            kind=rule.get("type", ""),
            source=text[1:-1].replace('""', '"') if text.startswith('"') else text,
            prompt=(rule.get("promptTitle", ""), rule.get("prompt", "")),
            error=(rule.get("errorTitle", ""), rule.get("error", "")),
            strict=rule.get("errorStyle", "stop") == "stop" and attribute_is_true(rule, "showErrorMessage"),
        )
