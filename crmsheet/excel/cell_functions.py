"""Cell functions that read one cell: amounts, telephone numbers, personal data, industry, region, names."""

from __future__ import annotations

from datetime import date
from typing import Any

from crmsheet.checks.cell import as_text, plain_amount
from crmsheet.clean.amounts import parse_money
from crmsheet.clean.companies import parse_company
from crmsheet.clean.industry import classify_industry
from crmsheet.clean.industry_names import translated
from crmsheet.clean.phones import classify_phone
from crmsheet.clean.privacy import find_sensitive, mask
from crmsheet.clean.regions import locate
from crmsheet.excel.functions import NOT_AVAILABLE
from crmsheet.rules import Rules


def amount(rules: Rules, text: list[Any]) -> list[Any]:
    """Yuan of an amount; a range or a foreign currency is told in words, since neither is one amount."""
    return [_amount(cell, rules) for cell in text]


def _amount(cell: Any, rules: Rules) -> Any:
    reading = parse_money(cell if isinstance(cell, int | float) else as_text(cell))
    if reading is None:
        return NOT_AVAILABLE
    low, high = ("" if bound is None else plain_amount(bound) for bound in (reading.low, reading.high))
    if reading.low is None or reading.low != reading.high:
        return rules.labels.phrase("function_range", low=low, high=high)
    return reading.low if reading.unit == "CNY" else f"{low} {reading.unit}"


def phone_kind(rules: Rules, text: list[Any]) -> list[Any]:
    """Kind of a telephone number in words; a yes or no is a number that cannot be."""
    cells = (as_text(cell) if isinstance(cell, bool) else cell for cell in text)
    return [rules.labels.choice("phone_kind", classify_phone(cell).kind) for cell in cells]


def sensitive(rules: Rules, text: list[Any]) -> list[Any]:
    """Kinds of personal data in a text, each once; blank when there is none."""
    kinds = (dict.fromkeys(found.kind for found in find_sensitive(cell)) for cell in text)
    return [rules.labels.join(rules.labels.choice("sensitive", kind) for kind in found) for found in kinds]


def masked(rules: Rules, text: list[Any]) -> list[Any]:
    """The text with personal data masked; a number that hides nothing stays a number."""
    return [cell if not isinstance(cell, str) and not find_sensitive(cell) else mask(cell) for cell in text]


def industry(rules: Rules, text: list[Any]) -> list[Any]:
    """Standard name of the section; what spans several is asked, what is unknown is #N/A."""
    readings = [
        # A day looks like the number of a class: 2024-03-18 is none.
        classify_industry("" if isinstance(cell, date) else cell, mapping=rules.mapping.industry)
        for cell in text
    ]
    ask, said = rules.labels, translated(rules.labels.language)
    return [
        said.get(one.name, one.name)
        if one.certain
        else ask.phrase("function_industry", names=ask.join(said.get(n, n) for n in one.candidates))
        if one.candidates
        else NOT_AVAILABLE
        for one in readings
    ]


def region(rules: Rules, text: list[Any]) -> list[Any]:
    """Province and city that a region, a company's name or an address says; #N/A where it is left open."""
    return [_region(cell) for cell in text]


def _region(cell: Any) -> str:
    readings = (locate(cell, kind="cell"), locate(cell, kind="company"), locate(cell, kind="address"))
    place = next((one for one in readings if one.province), None)
    return " ".join(filter(None, (place.province, place.city))) if place else NOT_AVAILABLE


def company_key(rules: Rules, name: list[Any]) -> list[Any]:
    """The same for spellings of one company's name: without legal form, brackets, order and width."""
    return [parse_company(cell).key for cell in name]
