"""Own sheets come, are redrawn and go; everything else stays."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from designs import plain_workbook, rich_design

from crmsheet.book.workbook import Workbook


def test_second_put_of_the_same_design_gives_the_same_bytes(tmp_path: Path) -> None:
    user = plain_workbook(tmp_path / "user.xlsx")
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    for source, target in ((user, first), (first, second)):
        book = Workbook.open(source)
        book.put_sheet("tiers", "客户分层", rich_design())
        book.put_sheet("overview", "总览", rich_design(5, "总览"), first=True)
        book.save(target)
    assert first.read_bytes() == second.read_bytes()


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    book = Workbook.blank()
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(tmp_path / "new.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "new.xlsx")["客户分层"]
    assert sheet["A6"].value == "=客户0<&"
    assert sheet["A6"].data_type == "s"


def test_a_users_sheet_of_our_name_is_kept(tmp_path: Path) -> None:
    book = Workbook.open(plain_workbook(tmp_path / "user.xlsx", sheet="客户分层"))
    assert book.put_sheet("tiers", "客户分层", rich_design()) == "客户分层 (2)"
    book.save(tmp_path / "out.xlsx")
    written = Workbook.open(tmp_path / "out.xlsx")
    assert written.sheet_names == ("客户分层", "客户分层 (2)")
    assert written.own_sheets == {"tiers": "客户分层 (2)"}


@pytest.mark.parametrize("key", ["", "a b", "1a", "总览"])
def test_keys_that_excel_could_not_name_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Workbook.blank().put_sheet(key, "x", rich_design())
