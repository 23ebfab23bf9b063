"""Which cells are ours, and how that survives in a defined name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crmsheet.book.areas import Area
from crmsheet.book.territory import MOST_AREAS, Territory
from crmsheet.book.user_cells import user_cells
from crmsheet.model import column_letters

CELLS = st.dictionaries(st.integers(1, 40), st.sets(st.integers(1, 30), min_size=1, max_size=8), max_size=12)
BODY = st.builds(lambda top, rows, width: Area(top, 1, top + rows, width), *[st.integers(1, 20)] * 3)


def _all(cells: dict[int, set[int]]) -> set[tuple[int, int]]:
    return {(row, column) for row, columns in cells.items() for column in columns}


@given(CELLS, st.lists(BODY, max_size=2))
def test_every_cell_we_write_is_ours(cells: dict[int, set[int]], bodies: list[Area]) -> None:
    territory = Territory.of_cells(cells, bodies)
    assert all(territory.owns(Area(row, column, row, column)) for row, column in _all(cells))
    assert all(territory.owns(body) for body in bodies)
    assert len(territory.areas) <= MOST_AREAS


@given(st.dictionaries(st.integers(1, 40), st.sets(st.integers(1, 30), min_size=1, max_size=2), max_size=9))
def test_of_few_cells_nothing_else_is_ours(cells: dict[int, set[int]]) -> None:
    territory = Territory.of_cells(cells, [])
    owned = {
        (row, column)
        for area in territory.areas
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
    assert owned == _all(cells)


@given(CELLS, st.text(min_size=1, max_size=20).filter(lambda name: name.strip("'") == name))
def test_the_defined_name_brings_it_back(cells: dict[int, set[int]], sheet: str) -> None:
    territory = Territory.of_cells(cells, [])
    name, again = Territory.parse(territory.reference(sheet))
    assert name == sheet
    assert again == territory or not territory.areas


@given(CELLS, CELLS)
def test_user_cells_are_all_cells_that_are_not_ours(
    present: dict[int, set[int]], ours: dict[int, set[int]]
) -> None:
    territory = Territory.of_cells(ours, [])
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column_letters(column)}{row}"/>' for column in sorted(present[row]))
        + "</row>"
        for row in sorted(present)
    )
    found = {
        (row, column) for row, columns in user_cells(rows.encode(), territory).items() for column in columns
    }
    expected = {
        (row, column) for row, column in _all(present) if not territory.owns(Area(row, column, row, column))
    }
    assert found == expected


def test_rows_out_of_order_lose_no_cell() -> None:
    rows = b'<row r="5"><c r="A5"/></row><row r="2"><c r="B2"/></row>'
    assert user_cells(rows, Territory((Area(5, 1, 5, 1),))) == {2: {2: b'<c r="B2"/>'}}
