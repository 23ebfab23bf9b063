"""Every part of a user's file that we did not write stays byte for byte, whatever the file holds."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from designs import rich_design
from packages import lost_or_changed, stored
from users import MAKERS

from crmsheet.book.workbook import Workbook
from crmsheet.errors import StructureLocked

CORPUS = sorted(path for path in (Path(__file__).parents[1] / "corpus").iterdir() if path.suffix != ".md")
LOCKED = "locked_structure_buttons.xlsm"
OPEN = [path for path in CORPUS if path.name != LOCKED]


def _corpus(path: Path) -> Callable[[Path], Path]:
    def copy(target: Path) -> Path:
        target = target.with_suffix(path.suffix)
        target.write_bytes(path.read_bytes())
        return target

    return copy


SOURCES = {**MAKERS, **{path.name: _corpus(path) for path in OPEN}}


def _refreshed(source: Path, target: Path, clash: str) -> Path:
    book = Workbook.open(source)
    book.put_sheet("tiers", clash, rich_design())
    book.put_sheet("overview", "总览", rich_design(5, "总览"), first=True)
    book.put_sheet("history", "历史快照", rich_design(0, "历史快照"), hidden=True)
    book.save(target)
    return target


@pytest.fixture(params=SOURCES, name="files")
def _files(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A user's workbook, and the same with our sheets, one of which has the name of a sheet there."""
    source = SOURCES[request.param](tmp_path / "user.xlsx")
    clash = Workbook.open(source).sheet_names[0]
    return source, _refreshed(source, tmp_path / ("out" + source.suffix), clash)


def test_no_part_is_lost_or_changed(files: tuple[Path, Path]) -> None:
    assert lost_or_changed(*files) == []


def test_a_second_refresh_gives_the_same_bytes(files: tuple[Path, Path]) -> None:
    source, once = files
    clash = Workbook.open(source).sheet_names[0]
    twice = _refreshed(once, once.with_stem("twice"), clash)
    assert stored(once) == stored(twice)
    assert once.read_bytes() == twice.read_bytes()


def test_the_users_sheets_keep_their_order_and_names(files: tuple[Path, Path]) -> None:
    source, once = files
    before = Workbook.open(source).sheet_names
    after = Workbook.open(once)
    ours = set(after.own_sheets.values())
    assert tuple(name for name in after.sheet_names if name not in ours) == before
    assert after.sheet_names[0] == after.own_sheets["overview"]


def _by_calamine(path: Path, sheet: str) -> list[list[object]]:
    return python_calamine.load_workbook(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _by_openpyxl(path: Path, sheet: str) -> list[list[object]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].rows]


@pytest.mark.parametrize("read", [_by_calamine, _by_openpyxl])
def test_readers_load_the_result_where_they_loaded_the_original(
    files: tuple[Path, Path], read: Callable[[Path, str], list[list[object]]]
) -> None:
    source, once = files
    try:
        read(source, Workbook.open(source).sheet_names[0])
    except Exception:
        return  # the reader does not load the original either
    rows = read(once, Workbook.open(once).own_sheets["tiers"])
    assert rows[5][0] == "=客户0<&"
    assert rows[6][2] == pytest.approx(1 / 3)


def test_one_cell_changes_and_nothing_else(files: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = files
    book = Workbook.open(source)
    sheet = next(entry for entry in book._workbook.sheets() if entry.kind == "worksheet")
    book.update_cells(sheet.name, {(900, 40): "新", (901, 41): 7})
    target = tmp_path / ("cell" + source.suffix)
    book.save(target)
    assert set(lost_or_changed(source, target)) <= {sheet.part}
    rows = (
        python_calamine.load_workbook(target).get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    )
    assert rows[899][39] == "新"
    assert rows[900][40] == 7


def test_a_locked_structure_is_respected(tmp_path: Path) -> None:
    source = _corpus(next(path for path in CORPUS if path.name == LOCKED))(tmp_path / "locked.xlsx")
    before = source.read_bytes()
    with pytest.raises(StructureLocked):
        Workbook.open(source).put_sheet("tiers", "客户分层", rich_design())
    assert source.read_bytes() == before
