"""A small sheet whose faults are all known: each is reported at its cell, with its repair where there is one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

import crmsheet as crm

CASES = Path(__file__).parent / "cases"


def lines(name: str) -> list[list[str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


FAULTS = lines("table_faults.tsv")[1:]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    rows = [[cell or None for cell in row] for row in lines("table_faults_sheet.tsv")]
    path = tmp_path_factory.mktemp("faults") / "faults.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("客户需求记录")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(place, column, cell)
    issues = crm.check(path, as_of="2024-04-01").to_dict("records")
    by_cell: dict[str, list[dict[str, str]]] = {}
    for issue in issues:
        by_cell.setdefault(issue["cell"], []).append(issue)
    return by_cell


@pytest.mark.parametrize(("cell", "column", "rule", "value", "repair"), FAULTS, ids=lambda text: text[:20])
def test_every_fault_is_reported_at_its_cell_with_its_repair(
    found: dict[str, list[dict[str, str]]], cell: str, column: str, rule: str, value: str, repair: str
) -> None:
    assert found.get(cell), f"{rule}: {column} {value}"
    assert not repair or any(repair in (one["suggestion"] + one["message"]) for one in found[cell])


def test_nothing_else_is_called_a_fault(found: dict[str, list[dict[str, str]]]) -> None:
    """O7 is right: counted from a contact that says 昨天, its plan lies in the past."""
    assert set(found) - {cell for cell, *_ in FAULTS} == {"O7"}
