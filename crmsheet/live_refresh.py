"""Brings the live columns of the record sheet up to date: tiers on file, cached values, formulas of new rows.

What a person typed over a formula gives way to the formula again and is listed on the repair log: the columns beside
it (manual priority, manual tier) are there to decide otherwise, and those always win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from crmsheet import live_rows
from crmsheet.book.days_off import day_cells
from crmsheet.book.design import Formula
from crmsheet.book.host import Host
from crmsheet.book.live_table import LiveChanges, LiveTable
from crmsheet.book.patch import Position
from crmsheet.checks.cell import as_text
from crmsheet.data import LANGUAGES, speaking
from crmsheet.day_numbers import day_numbers
from crmsheet.expressions import DAYS_OFF_NAME, TODAY_NAME, Rows, Spelling
from crmsheet.labels import Labels, labels_of_headers
from crmsheet.model import Note, Setting, Table, column_number
from crmsheet.recognize.words import standard_sheet
from crmsheet.relate import keyed_tables
from crmsheet.repairs.edits import Edit
from crmsheet.repairs.log import log_edits
from crmsheet.result import Result
from crmsheet.row_days import TIER_LIST_NAME, TIER_RANGES
from crmsheet.rules import Rules
from crmsheet.settings import setting_lines
from crmsheet.tier_names import in_language
from crmsheet.workdays import Calendar


def refresh_live(workbook: Host, result: Result) -> Result:
    """Renew the live columns of ``workbook`` where it has any; what was restored joins the result's repairs.

    The sheet's own language, that of its headers and dropdowns, words the formulas and their values.
    """
    table = result.source.source.tables.get(live_rows.SHEET)
    if table is None or table.vertical or table.sheet not in workbook.sheet_names:
        return result
    carried = workbook.live_table(table.sheet, _HEADERS)
    if carried is None or carried.area.top != table.header_row:
        return result
    live = {code: header for header, code in _HEADERS.items() if header in carried.columns}
    written = labels_of_headers({**table.headers, **live}).language
    with speaking(written):
        there = replace(result, rules=in_language(result.rules, written))
        cells, changes = _renewed(workbook, table, (carried, live), there)
    codes = {carried.columns[header]: code for code, header in live.items()}
    return _logged(result, table, changes.overwritten, {at: live[code] for at, code in codes.items()}, cells)


_HEADERS = {Labels.load(one).live(code): code for one in LANGUAGES for code in live_rows.COLUMNS}


def _renewed(
    workbook: Host, table: Table, columns: tuple[LiveTable, Mapping[str, str]], result: Result
) -> tuple[dict[Position, object], LiveChanges]:
    """Write the live ``columns``: their table, and the header of each by code; what each cell holds now."""
    carried, live = columns
    calendar = Calendar.around(result.as_of, result.source.source.holidays)
    has_calendar = _renew_calendar(workbook, result, calendar)
    places = {code: carried.columns[header] for code, header in live.items()}
    spelling = _spelling(workbook, table, carried, result, live)
    formulas = live_rows.formulas(spelling) if has_calendar else {}
    rows = _rows(workbook, table, carried)
    values = _values(table, rows, result, calendar)
    if len(rows) > live_rows.MOST_FORMULAS:
        formulas = {}
    cells = _cells(rows, values, places, formulas)
    recorded = {places[code]: text for code, text in formulas.items()}
    return cells, workbook.renew_live(table.sheet, carried, cells, recorded)


def _renew_calendar(workbook: Host, result: Result, calendar: Calendar) -> bool:
    """Write the day and the days off that formulas read; False when the workbook has no place for them."""
    names = workbook.names()
    if not {DAYS_OFF_NAME, TODAY_NAME} <= set(names):
        return False
    sheet = names[TODAY_NAME].rpartition("!")[0].replace("'", "")
    if sheet not in workbook.sheet_names or standard_sheet(sheet) != "holidays":
        return False
    workbook.renew_values(sheet, day_cells(calendar, result.as_of))
    return True


def _rows(workbook: Host, table: Table, carried: LiveTable) -> list[int]:
    """Rows of the table, grown to take in those typed right below it."""
    below = set(table.raw.index)
    last = carried.area.bottom
    while last + 1 in below:
        last += 1
    grown = last > carried.area.bottom and workbook.grow_table(table.sheet, table.header_row, last)
    return list(range(carried.rows.start, last + 1)) if grown else list(carried.rows)


def _spelling(
    workbook: Host, table: Table, carried: LiveTable, result: Result, live: Mapping[str, str]
) -> Spelling:
    """How this workbook's formulas name columns and settings; a setting ruled from elsewhere has no cell."""
    inside = range(carried.area.left, carried.area.right + 1)
    typed = {place: header for header, place in carried.columns.items() if place in inside}
    headers = {
        code: typed[place]
        for code, letters in table.letters.items()
        if (place := column_number(letters)) in typed and code in _INPUTS
    }
    names = _setting_names(workbook, result.source.source.settings, result.rules)
    return Spelling(carried.name, {**headers, **live}, result.rules, names)


_INPUTS = frozenset(
    ("impact", "confidence", "ease", "urgency", "affects_renewal", "last_contact", "next_plan",
     "explicit_needs", "implicit_needs")
)  # fmt: skip


def _setting_names(workbook: Host, typed: tuple[Setting, ...], rules: Rules) -> dict[str, str]:
    """Named cells whose setting stands on the sheet with the value that is in force."""
    known = set(workbook.names())
    in_force = {line.key: line.value for line in setting_lines(rules)}
    on_sheet = {setting.key for setting in typed if in_force.get(setting.key) == setting.value}
    names = {}
    for key, name in live_rows.named_settings().items():
        needed = [key]
        if key in TIER_RANGES.values():
            field = key.rpartition(".")[2]
            needed = [f"tiers.{code}.{one}" for code in rules.tiers for one in (field, "label")]
        if name in known and TIER_LIST_NAME in known and on_sheet.issuperset(needed):
            names[key] = name
    return names


def _values(table: Table, rows: list[int], result: Result, calendar: Calendar) -> dict[str, list[object]]:
    """Value of each live column, row by row."""
    raw = table.raw.reindex(rows)
    on_file = _on_file(rows, result)
    today = float(day_numbers(pd.Series([pd.Timestamp(result.as_of)]))[0])
    seen = Rows(live_rows.as_seen(raw, result.rules, on_file), result.rules, today, calendar)
    labels, tiers = result.rules.labels, result.rules.tiers
    never = labels.phrase("never_contacted")
    known = [_known(value, never) for value in on_file["known_contact"]]
    return {
        "tier": [tiers[code].label if code in tiers else None for code in on_file["tier"]],
        "known_contact": known,
        **live_rows.live_values(seen),
    }


def _known(day: float, never: str) -> object:
    if np.isnan(day):
        return None
    return live_rows.day_of(day) if day else never


def _on_file(rows: list[int], result: Result) -> pd.DataFrame:
    """Tier of each row's customer; on its latest record the last contact, 0 when there was none."""
    customers = result.customers
    keys = keyed_tables(result.source)[live_rows.SHEET]["customer"].reindex(rows)
    tiers = keys.map(customers["tier"])
    latest = customers.dropna(subset=["record_row"])
    days = pd.Series(day_numbers(latest["last_contact"]), index=latest["record_row"].astype(int))
    return pd.DataFrame(
        {
            "tier": tiers.where(tiers.notna(), None).astype(object),
            "known_contact": days[~days.index.duplicated()].reindex(rows).to_numpy(),
        },
        index=rows,
    )


def _cells(
    rows: list[int],
    values: Mapping[str, list[object]],
    places: Mapping[str, int],
    formulas: Mapping[str, str],
) -> dict[Position, object]:
    cells: dict[Position, object] = {}
    for code, place in places.items():
        text = formulas.get(code)
        for row, value in zip(rows, values[code], strict=True):
            cells[row, place] = Formula(text, value) if text else value or None
    return cells


def _logged(
    result: Result,
    table: Table,
    overwritten: Mapping[Position, str],
    headers: Mapping[int, str],
    cells: Mapping[Position, object],
) -> Result:
    """The result with one line of the repair log for each formula restored."""
    labels = result.rules.labels
    edits: list[Edit] = []
    for (row, place), before in overwritten.items():
        header = headers[place]
        typed = before or _typed(table, row, header)
        cell = cells[row, place]
        if isinstance(cell, Formula) and typed == as_text(cell.value):
            continue
        edits.append(
            Edit(
                table.sheet,
                row,
                place,
                before=typed,
                after=labels.phrase("formula_restored"),
                record="",
                field=header,
                code="formula_restored",
                reason=labels.phrase("reason.formula_restored"),
            )
        )
    if not edits:
        return result
    fresh = log_edits(edits, result.as_of.isoformat(), labels)
    earlier = result.repairs
    repairs = pd.concat([fresh, earlier], ignore_index=True) if len(earlier) else fresh
    note = Note("formulas_restored", {"sheet": table.sheet, "count": len(edits)})
    return replace(result, repairs=repairs, notes=(*result.notes, note))


def _typed(table: Table, row: int, header: str) -> str:
    names = [name for name, text in table.headers.items() if text == header]
    return as_text(table.raw[names[0]].get(row)) if names else ""
