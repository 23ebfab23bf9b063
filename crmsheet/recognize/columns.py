"""Names for the columns of a table: a field code each, or the user's own header made unique."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from crmsheet.clean.headers import field_of, is_standard, second_meaning
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS


@dataclass(frozen=True, slots=True)
class Column:
    """One column (one row in a vertical form): ``place`` counts from 0, ``header`` is as typed."""

    name: str
    place: int
    header: str
    is_field: bool


def name_columns(headers: Mapping[int, str], sheet: str) -> list[Column]:
    """Columns by place, recognised fields first in the order of the standard sheet, then the user's own.

    Of two headers that mean one field the standard one wins, else the first; the other keeps its own name.

    >>> [c.name for c in name_columns({0: "手机号", 1: "联系方式", 2: "年费", 3: "年费"}, "records")]
    ['phone', '手机号', '年费', '年费 (2)']
    """
    fields = _assign(headers, sheet)
    known = [Column(field, place, headers[place], is_field=True) for field, place in fields.items()]
    order = {code: number for number, code in enumerate(_codes(sheet))}
    known.sort(key=lambda column: order[column.name])
    taken = set(_every_code())
    own = []
    for place in sorted(headers.keys() - set(fields.values())):
        name = _free_name(" ".join(headers[place].split()), taken)
        taken.add(name)
        own.append(Column(name, place, headers[place], is_field=False))
    return known + own


def _assign(headers: Mapping[int, str], sheet: str) -> dict[str, int]:
    """Field → place of the column that has it."""
    fields: dict[str, int] = {}
    meanings = {place: field_of(header, sheet=sheet) for place, header in headers.items()}
    allowed = set(_codes(sheet))
    standard = [
        place
        for home in _homes(sheet)
        for place, field in meanings.items()
        if field and is_standard(headers[place], field, sheet=home)
    ]
    for place in [*standard, *meanings]:
        if meanings[place] in allowed:
            fields.setdefault(meanings[place], place)
    for place in meanings.keys() - set(fields.values()):
        second = second_meaning(headers[place])
        if second in allowed:
            fields.setdefault(second, place)
    return fields


@cache
def _codes(sheet: str) -> tuple[str, ...]:
    """Fields that columns of ``sheet`` may be."""
    return tuple(dict.fromkeys(field.code for home in _homes(sheet) for field in SHEETS[home].fields))


def _homes(sheet: str) -> tuple[str, ...]:
    """Sheets whose fields may stand on ``sheet``: itself; for a table of customers also the other one."""
    return (sheet, *CUSTOMER_SHEETS) if sheet in CUSTOMER_SHEETS else (sheet,)


@cache
def _every_code() -> frozenset[str]:
    return frozenset(field.code for sheet in SHEETS.values() for field in sheet.fields)


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name
