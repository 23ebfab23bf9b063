"""Every kind of workbook the program writes, in both languages: the Open XML SDK finds nothing wrong, and LibreOffice
calculates what is saved, with no error.
"""

from __future__ import annotations

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

import crmsheet
from crmsheet.book.read import read_book
from crmsheet.data import LANGUAGES, Language
from tests.recalculate import recalculated
from tests.sdk import sdk_findings
from tests.written import REPEATING, WRITERS, write_every_kind

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*extension is not supported")]

Cells = dict[tuple[str, int, int], object]

# Module that puts a file on the disk → the kinds of workbook it writes; why there are none, where there are none.
WRITTEN_BY: dict[str, tuple[str, ...] | str] = {
    "templates": ("template", "buttons", "demo", "template of the report"),
    "batch/parts": "Parquet",
    "batch/reading": "state of a run",
    "batch/saving": "Parquet, and state of a run",
    "batch/setup": "state of a run",
    "batch/summary": ("batch",),
    "cli/followups": "text, CSV, HTML",
    "excel/addin": ("add-in",),
    "excel/project": "VBA that is shipped, at build time",
    "excel/upgrade": ("upgraded",),
    "exchange/imports": ("imported",),
    "exchange/sources": "the mapping, as TOML",
    "report/word": ("report",),
    "report/word_template": "bytes for templates",
    "report/write": ("report",),
    "report/calendars": "calendars",
    "teams/merge": ("merged",),
    "teams/split": ("masked copy",),
    "teams/write": ("merged",),
    "writing": (
        "refreshed", "values", "plain", "csv", "written into", "cleaned", "undone", "buttons refreshed", "audited",
    ),
}  # fmt: skip
WRITING = {"write_new", "write_file", "save"}


# All of them are in Excel 2010, which Excel 2016 and WPS contain.
FUNCTIONS = {
    "AND", "COUNTA", "DATEVALUE", "EDATE", "EXP", "HYPERLINK", "IF", "IFERROR", "INDEX", "INT", "ISLOGICAL",
    "ISNUMBER", "LEFT", "LN", "MATCH", "MAX", "MID", "MIN", "N", "NA", "NETWORKDAYS.INTL", "NOT", "OR", "ROUND",
    "SUBTOTAL", "SUMPRODUCT", "WORKDAY.INTL",
}  # fmt: skip
_FORMULA = re.compile(r"<(?:\w+:)?(f|formula\d?|calculatedColumnFormula|definedName)\b[^>]*>([^<]*)<")
_TEXT = re.compile(r"&quot;.*?&quot;|\"[^\"]*\"")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_workbook_is_sound_and_holds_what_it_calculates(language: Language, tmp_path: Path) -> None:
    made = write_every_kind(tmp_path, language)
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(made, pool.map(sdk_findings, made.values()), strict=True))
    assert {kind: findings for kind, findings in found.items() if findings} == {}
    assert {kind: names for kind, path in made.items() if (names := _functions(path) - FUNCTIONS)} == {}
    books = {kind: path for kind, path in made.items() if path.suffix == ".xlsx" and kind not in REPEATING}
    again = recalculated(list(books.values()), tmp_path / "again")
    wrong, formulas = {}, 0
    for (kind, path), new in zip(books.items(), again, strict=True):
        live = {(sheet.name, *place) for sheet in read_book(path).sheets for place in sheet.formulas}
        ours, theirs = _values(path), _values(new)
        formulas += len(live)
        pairs = {place: (ours.get(place, ""), theirs.get(place, "")) for place in live}
        wrong |= {(kind, *place): pair for place, pair in pairs.items() if not _same(*pair)}
        assert [value for value in theirs.values() if str(value).startswith(("#", "Err:"))] == []
    assert wrong == {}
    assert formulas > 1000


def _functions(path: Path) -> set[str]:
    """Functions of cells, table columns, names, rules of cells."""
    with ZipFile(path) as package:
        parts = [package.read(name).decode() for name in package.namelist() if re.match(r"xl/.*\.xml$", name)]
    texts = [_TEXT.sub("", text) for part in parts for _, text in _FORMULA.findall(part)]
    return {name for text in texts for name in re.findall(r"([A-Za-z_][\w.]*)\(", text)}


def _values(path: Path) -> Cells:
    book = CalamineWorkbook.from_path(path)
    return {
        (name, row, column): value
        for name in book.sheet_names
        for row, cells in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1)
        for column, value in enumerate(cells, start=1)
        if value != ""
    }


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return one == other


def test_a_stale_value_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("一").write_formula("A1", "=DATE(2026,1,1)+1", None, 3)
    (again,) = recalculated([path], tmp_path / "again")
    assert not _same(_values(path)["一", 1, 1], _values(again)["一", 1, 1])
    assert _values(again)["一", 1, 1] in (46024.0, date(2026, 1, 2))


def test_no_module_writes_files_that_nobody_judges() -> None:
    root = Path(crmsheet.__file__).parent
    writing = {
        str(path.relative_to(root).with_suffix("")).replace("\\", "/")
        for path in root.rglob("*.py")
        if path.parent.name != "book"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _called(node.func) in WRITING
    }
    assert writing == set(WRITTEN_BY)
    kinds = {kind for kinds in WRITTEN_BY.values() if isinstance(kinds, tuple) for kind in kinds}
    assert kinds <= set(WRITERS)


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
