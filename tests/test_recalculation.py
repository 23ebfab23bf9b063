"""Formulas hold the values they would calculate, and none is an error, on every sheet of the example workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import crmsheet as crm
from crmsheet.templates import new_workbook
from tests.recalculate import recalculated

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*extension is not supported")]

Cells = dict[tuple[str, str], object]


def formulas(path: Path) -> dict[tuple[str, str], str]:
    """Every formula of a workbook by sheet and cell."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def values(path: Path) -> Cells:
    """Every value of a workbook as saved."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return (one or "") == (other or "")


def test_cached_values_are_what_is_calculated(tmp_path: Path) -> None:
    path = tmp_path / "示例.xlsx"
    new_workbook(path, example=True, as_of="2026-11-20")
    crm.refresh(path, as_of="2026-09-28", backup=False)
    crm.refresh(path, as_of="2026-11-20", backup=False)
    ours, theirs = values(path), values(recalculated(path, tmp_path / "again"))
    live = formulas(path)
    assert len({sheet for sheet, _ in live}) > 9
    wrong = {place: (live[place], ours.get(place), theirs.get(place)) for place in live
             if not same(ours.get(place), theirs.get(place))}  # fmt: skip
    assert not wrong, dict(list(wrong.items())[:5])
    assert not {
        place: value
        for place, value in theirs.items()
        if str(value).startswith(("#N", "#V", "#R", "#D", "Err:"))
    }


def test_a_stale_value_is_noticed(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("一").write_formula("A1", "=1+1", None, 3)
    again = recalculated(path, tmp_path / "again")
    assert (values(path)["一", "A1"], values(again)["一", "A1"]) == (3, 2)
