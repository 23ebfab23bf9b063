"""The rules a cell function answers by are those of the workbook it stands in, wherever its settings stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crmsheet.book.raw import RawBook
from crmsheet.book.read import read_book
from crmsheet.book.template import template
from crmsheet.data import speaking
from crmsheet.labels import Labels
from crmsheet.recognize import recognize
from crmsheet.settings import setting_lines
from tests.excel import com

KEY = "value_tag.high_at_least"
HIGH = 60_000


@dataclass
class Cells:
    rows: list[list[Any]]

    def options(self, **_: object) -> Cells:
        return self

    @property
    def value(self) -> list[list[Any]]:
        return self.rows


@dataclass
class Sheet:
    name: str
    rows: list[list[Any]]

    @property
    def used_range(self) -> Cells:
        return Cells(self.rows)

    def range(self, first: tuple[int, int], last: tuple[int, int]) -> Cells:
        return Cells([row[: last[1]] for row in self.rows[: last[0]]])


@dataclass
class Book:
    """The little of an open workbook that is asked for the settings."""

    fullname: str
    sheets: list[Sheet]
    app: Any = field(default=None)

    @property
    def name(self) -> str:
        return Path(self.fullname).name


@pytest.fixture(scope="module", params=["zh", "en"])
def raw(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RawBook:
    """A new workbook in which somebody set the threshold of high value to 60 000."""
    with speaking(request.param):
        path = tmp_path_factory.mktemp("rules") / f"{request.param}.xlsx"
        path.write_bytes(template(labels=Labels.load(), rules_rows=setting_lines()))
        found, title = read_book(path), Labels.load().sheet("settings")
    rows = next(sheet for sheet in found.sheets if sheet.name == title).rows
    value_at = 2
    next(row for row in rows if KEY in row)[value_at] = HIGH
    return found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``CRM_VALUE_TAG`` as Excel calls it, from a given workbook."""
    com.windows_engine()
    import xlwings

    from crmsheet.excel import udfs, workbook_rules

    def answer(book: Book, *cells: Any, name: str = "CRM_VALUE_TAG") -> Any:
        workbook_rules._kept.clear()
        monkeypatch.setattr(xlwings.Book, "caller", lambda: book)
        return getattr(udfs, name)(*cells)

    yield answer
    workbook_rules._kept.clear()


def opened(raw: RawBook, names: dict[str, str] | None = None) -> Book:
    sheets = [Sheet((names or {}).get(one.name, one.name), one.rows) for one in raw.sheets]
    return Book(f"C:\\team\\{raw.path.name}", sheets)


def words(raw: RawBook) -> tuple[str, str, str]:
    """Name of the settings sheet, high and middle value, in the workbook's language."""
    labels = Labels.load("en" if raw.path.stem == "en" else "zh")
    return labels.sheet("settings"), labels.choice("value_tag", "high"), labels.choice("value_tag", "medium")


@pytest.mark.parametrize("renamed", ["", "我的门槛", "Sheet9"])
def test_the_threshold_is_that_of_the_workbooks_settings(raw: RawBook, answers: Any, renamed: str) -> None:
    settings, high, middle = words(raw)
    book = opened(raw, {settings: renamed} if renamed else None)
    assert (answers(book, HIGH), answers(book, HIGH - 1)) == (high, middle)


def test_behind_the_add_in_the_workbook_in_front_counts(raw: RawBook, answers: Any) -> None:
    addin = Book(r"C:\start\crmsheet.xlam", [Sheet("Sheet1", [[None]])])
    addin.app = SimpleNamespace(books=SimpleNamespace(active=opened(raw)))
    assert answers(addin, HIGH) == words(raw)[1]


def test_an_answer_speaks_the_language_of_the_workbook(raw: RawBook, answers: Any) -> None:
    labels = Labels.load("en" if raw.path.stem == "en" else "zh")
    assert answers(opened(raw), "xyz") == labels.phrase("function_number", value="xyz")


def test_a_wrong_setting_is_told_in_the_cell(raw: RawBook, answers: Any) -> None:
    settings, _, _ = words(raw)
    sheets = [
        replace(
            one, rows=[["?" if cell == HIGH and KEY in row else cell for cell in row] for row in one.rows]
        )
        for one in opened(raw).sheets
    ]
    told = answers(Book("C:\\team\\wrong.xlsx", sheets), HIGH)
    assert settings in told and "CRM_VALUE_TAG" not in told


def test_a_refresh_reads_a_renamed_settings_sheet_too(raw: RawBook) -> None:
    settings, _, _ = words(raw)
    renamed = [replace(one, name="我的门槛") if one.name == settings else one for one in raw.sheets]
    found = {one.key: one for one in recognize(replace(raw, sheets=tuple(renamed))).settings}
    assert found[KEY].value == HIGH and found[KEY].sheet == "我的门槛"
