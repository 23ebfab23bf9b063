"""A small sheet reads the same whether calamine reads all of it or each of its cells once."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import handmade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet.book import read
from crmsheet.book.condensed import condensed
from crmsheet.book.read import read_book
from crmsheet.model import column_letters

HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>head</t></is></c></row>'
CELLS = (
    't="inlineStr"><is><t>one</t></is></c>',
    't="inlineStr"><is><t>one</t></is></c>',
    's="1" t="inlineStr"><is><t>\u4e2d\u6587 \U0001f600</t></is></c>',
    't="inlineStr"><is><t></t></is></c>',
    't="inlineStr"><is><t> a </t></is></c>',
    't="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
    't="inlineStr"><is><t>R&amp;D &#20013; &lt;</t></is></c>',
    't="inlineStr"><is><t>a_x000D_b</t></is></c>',
    't="inlineStr"><is><t>a\r\nb</t></is></c>',
    "><v>5</v></c>",
    "><v>5.50</v></c>",
    's="1"><v>45366</v></c>',
    's="1"><v>45366</v></c>',
    's="3"><v>0.25</v></c>',
    's="4"><v>1.5</v></c>',
    't="b"><v>1</v></c>',
    't="e"><v>#N/A</v></c>',
    't="str"><f>A1&amp;"&gt;"</f><v></v></c>',
    't="str"><f>A1</f><v> x </v></c>',
    '><f t="shared" si="0"/><v>7</v></c>',
    's="1"/>',
    's="1"></c>',
)
ROWS = st.lists(st.lists(st.sampled_from((*CELLS, "")), max_size=30), max_size=6)


def sheet_of(rows: list[list[str]]) -> str:
    """Every third row and second column, so that some are missing; a blank text is no cell."""
    return HEADER + "".join(
        f'<row r="{3 * number}">'
        + "".join(
            f'<c r="{column_letters(2 * at)}{3 * number}" {cell}' for at, cell in enumerate(row, 1) if cell
        )
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )


def cells_of(path: Path) -> list[list[tuple[type, object]]]:
    return [[(type(cell), cell) for cell in row] for row in read_book(path).sheets[0].rows]


def reads_alike(path: Path, rows: str) -> None:
    path.write_bytes(handmade(rows))
    found = cells_of(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "condensed", lambda _: None)
        assert cells_of(path) == found


@given(rows=ROWS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_cell_once_gives_what_all_cells_give(tmp_path: Path, rows: list[list[str]]) -> None:
    sheet = sheet_of(rows)
    assert condensed(f"<sheetData>{sheet}</sheetData>".encode())
    reads_alike(tmp_path / "book.xlsx", sheet)


ODD = {
    "a texts' table": '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
    "no text at all": '<row r="1"><c r="A1"><v>1</v></c></row>',
    "rich text": HEADER
    + '<row r="2"><c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>',
    "a value that is none": HEADER + '<row r="2"><c r="A2"><v></v></c><c r="B2"><v>1</v></c></row>',
    "a text as a value": HEADER + '<row r="2"><c r="A2" t="inlineStr"><v>1</v></c></row>',
    "a sign of tags in a text": HEADER + '<row r="2"><c r="A2" t="inlineStr"><is><t>a > b</t></is></c></row>',
    "a comment": HEADER + '<row r="2"><!-- x --><c r="A2"><v>1</v></c></row>',
    "rows out of order": HEADER
    + '<row r="3"><c r="A3"><v>3</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "a cell twice": HEADER + '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
}


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD.keys())
def test_any_other_sheet_is_left_to_calamine(tmp_path: Path, rows: str) -> None:
    assert condensed(f"<sheetData>{rows}</sheetData>".encode()) is None
    if "A1" in rows and 't="s"' not in rows:
        reads_alike(tmp_path / "book.xlsx", rows)


def test_a_text_that_is_not_utf8_is_left_to_calamine() -> None:
    sheet = f"<sheetData>{HEADER}</sheetData>".encode()
    assert condensed(sheet)
    assert condensed(sheet.replace(b"head", b"he\xffd")) is None
