"""A remark whose row is gone is kept below everything, and covers nothing that was kept before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.live_remarks import Remarks, write_remarks


class Grid:
    """As much of an open sheet as remarks need: cells by place."""

    def __init__(self, cells: dict[tuple[int, int], Any]) -> None:
        self.cells = cells

    @property
    def used_range(self) -> Any:
        bottom, right = (max(place[axis] for place in self.cells) for axis in (0, 1))
        rows = [
            tuple(self.cells.get((row, column), "") for column in range(1, right + 1))
            for row in range(1, bottom + 1)
        ]
        return SimpleNamespace(row=1, column=1, formula=tuple(rows))

    def range(self, place: tuple[int, int]) -> Any:
        return Cell(self.cells, place)


class Cell:
    def __init__(self, cells: dict[tuple[int, int], Any], place: tuple[int, int]) -> None:
        self.cells, self.place = cells, place

    def clear_contents(self) -> None:
        self.cells.pop(self.place, None)

    @property
    def formula(self) -> Any:
        return self.cells.get(self.place, "")

    @formula.setter
    def formula(self, value: Any) -> None:
        self.cells[self.place] = value


def _list(*names: str) -> dict[tuple[int, int], Any]:
    rows = enumerate([("name", "n"), *((name, float(len(name))) for name in names)], start=1)
    return {(row, column): value for row, line in rows for column, value in enumerate(line, start=1)}


def test_a_remark_without_its_row_goes_below_those_kept_before():
    remarks = {(3, 4): "about Robert", (5, 4): "kept from an earlier day"}
    area = Area(1, 1, 4, 2)
    table = SimpleNamespace(area=area, body=area, headers=["name", "n"])
    ours = SimpleNamespace(areas=[area])
    drawn = _list("Ann", "Daniela", "Ci")
    plan: Any = SimpleNamespace(tables=[table], cells=drawn, territory=ours)
    sheet = Grid({**drawn, **remarks})
    old: Any = ours
    assert write_remarks(sheet, Remarks(remarks, _list("Ann", "Robert", "Ci")), plan, old) == 1
    assert {place: text for place, text in sheet.cells.items() if place not in drawn} == {
        (5, 4): "kept from an earlier day",
        (6, 4): "about Robert",
    }
