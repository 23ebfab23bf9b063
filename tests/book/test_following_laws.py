"""Laws of the redraw, on random lists: every remark is there once, beside its customer if the customer is there."""

from __future__ import annotations

import tempfile
from pathlib import Path

import openpyxl
from designs import plain_workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from test_following import _design, _text, _typed

from crmsheet.book.workbook import Workbook

NAMES = st.lists(st.sampled_from([f"客户{number}" for number in range(8)]), unique=True, max_size=8)


@settings(max_examples=40, deadline=None)
@given(before=NAMES, after=NAMES, titles=st.integers(1, 4), extra=st.booleans(), data=st.data())
def test_remarks_are_never_lost_nor_given_to_others(
    before: list[str], after: list[str], titles: int, *, extra: bool, data: st.DataObject
) -> None:
    rows = data.draw(st.sets(st.integers(1, len(before) + 8), max_size=6))
    column = data.draw(st.sampled_from("DEH"))
    remarks = {row: f"记{row}" for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        book = Workbook.open(plain_workbook(Path(folder) / "user.xlsx"))
        book.put_sheet("list", "名单", _design(before))
        book.save(Path(folder) / "first.xlsx")
        typed = _typed(Path(folder) / "first.xlsx", {r: _text(f"{column}{r}", t) for r, t in remarks.items()})
        again = Workbook.open(typed)
        again.put_sheet("list", "名单", _design(after, title_rows=titles, extra=extra))
        again.save(Path(folder) / "again.xlsx")
        sheet = openpyxl.load_workbook(Path(folder) / "again.xlsx")["名单"]
        cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("记")]
    assert sorted(cell.value for cell in cells) == sorted(remarks.values())
    owners = {f"记{row}": before[row - 3] for row in rows if 3 <= row < len(before) + 3}
    for cell in cells:
        name = sheet.cell(cell.row, 2).value
        if owners.get(cell.value) in after:
            assert name == owners[cell.value]
        else:
            assert name not in after
