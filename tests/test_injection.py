"""What a customer typed stays text behind every door: never a formula, a link, a script, a field or an event."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
import xlsxwriter
from lxml import etree
from typer.testing import CliRunner

from crmsheet import exchange, teams
from crmsheet.analysis import analyze_workbook
from crmsheet.app import clean_workbook, refresh
from crmsheet.cli import app
from crmsheet.report.calendars import write_calendars
from crmsheet.report.followup_files import followup_text
from crmsheet.report.followups import select_followups
from crmsheet.report.write import write_report
from tests.sheets import RECORD, RECORD_HEADERS

AS_OF = "2024-03-18"
MARK = "zzq"  # in every hostile text, so that it is found wherever it went
HOSTILE = (
    "=zzq()", "+zzq", "-zzq", "@zzq", "\t=zzq()", "\u200b=zzq()", "＝zzq()", "=cmd|'/C zzq'!A0",
    '=HYPERLINK("http://zzq.test","x")',
    '"&zzq()&"', "'!zzq", "http://zzq.test/a", "mailto:zzq@zzq.test", "javascript:zzq()", "<script>zzq()</script>",
    '"><img src=x onerror=zzq()>', "</script><script>zzq()</script>", "{{ zzq }}", "{% zzq %}", "]]>zzq", "&zzq;",
    "[zzq](http://zzq.test)", "zzq\r\nBEGIN:VEVENT\r\nSUMMARY:zzq", "zzq;X-EVIL:1", "zzq'); DROP TABLE customers; --",
    '{"$type":"zzq"}', "-2+3+zzq",
)  # fmt: skip
FREE = ("客户名称", "对接人", "职位", "沟通要点", "显性需求", "隐性需求", "下次跟进计划", "备注")
FORMULA_TAGS = {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula"}
_LITERAL = re.compile(r'"(?:[^"]|"")*"')


@pytest.fixture(scope="module", name="hostile")
def _hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook as a web form or another system may fill it: hostile texts in all cells that take text."""
    path = tmp_path_factory.mktemp("hostile") / "客户.xlsx"
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("客户需求记录")
        sheet.write_row(0, 0, [*RECORD_HEADERS, "=zzq()自有列"])
        for number, text in enumerate(HOSTILE, start=1):
            row = dict(zip(RECORD_HEADERS, RECORD, strict=True)) | dict.fromkeys(FREE, text)
            row |= {"客户编号": f"C2024{number:03d}", "负责人": text if number % 5 == 0 else "李*"}
            sheet.write_row(number, 0, [*row.values(), text])
    return path


def _parts(path: Path) -> Iterator[tuple[str, etree._Element]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                yield name, etree.fromstring(archive.read(name))


def _active(path: Path) -> list[str]:
    """Formulas, links and parts of a workbook or document that hold the mark where it would do something."""
    found = []
    for part, root in _parts(path):
        assert not re.search(r"externalLink|embeddings|activeX|afchunk", part), part
        for element in root.iter("{*}*"):
            tag, text = etree.QName(element).localname, element.text or ""
            leads_away = re.search(r'HYPERLINK\("(?![#"])', text)
            if tag in FORMULA_TAGS and (leads_away or MARK in _LITERAL.sub("", text).lower()):
                found.append(f"{part}: {text}")
            if tag in ("instrText", "Relationship", "hyperlink", "fldSimple"):
                values = [text, *map(str, element.attrib.values())]
                found += [f"{part}: {tag} {value}" for value in values if MARK in value.lower()]
            if tag in ("ddeLink", "oleLink", "altChunk"):
                found.append(f"{part}: {tag}")
    return found


def _cells(text: str) -> Iterator[str]:
    for row in csv.reader(text.splitlines(keepends=True)):
        yield from row


def _calculated(text: str) -> list[str]:
    """Cells of CSV with the mark that a spreadsheet may calculate: a rule of its own, stricter than the program's."""
    return [
        cell
        for cell in _cells(text)
        if MARK in cell and (cell[:1] in "\t\r\n" or cell.strip(" \u200b\ufeff")[:1] in "=+-@＝＋－＠")
    ]


def _scripted(page: str) -> list[str]:
    """Elements and attributes that only a hostile text can have put into a page."""
    root = lxml.html.fromstring(page)
    found = [
        element.tag
        for element in root.iter("img", "iframe", "object", "embed")
        if MARK in str(element.attrib)
    ]
    for element in root.iter():
        if isinstance(element.tag, str):
            found += [
                f"{element.tag} {name}={value}"
                for name, value in element.attrib.items()
                if MARK in value.lower() and (name.startswith("on") or name in ("href", "src", "action"))
            ]
    for script in root.iter("script"):
        text = script.text or ""
        if script.get("type") == "application/json":
            json.loads(text)
        elif re.search(r"(?:^|[;}\n])\s*zzq\s*\(", text):
            found.append("script")
    return found


def test_every_hostile_text_would_be_found(tmp_path: Path) -> None:
    """The check itself: the same texts, written by a program that lets spreadsheets and pages run them."""
    with xlsxwriter.Workbook(tmp_path / "bad.xlsx") as book:
        book.add_worksheet().write_column(0, 0, HOSTILE)
    assert len(_active(tmp_path / "bad.xlsx")) >= 5
    assert len(_calculated("\n".join(text for text in HOSTILE if text.isprintable()))) >= 8
    assert len(_scripted(f"<p>{''.join(HOSTILE)}</p>")) >= 2


@pytest.fixture(scope="module", name="refreshed")
def _refreshed(hostile: Path) -> Path:
    out = hostile.with_name("refreshed.xlsx")
    refresh(hostile, out=out, as_of=AS_OF)
    return out


def test_analysis_sheets_hold_no_active_text(refreshed: Path) -> None:
    assert _active(refreshed) == []


def test_a_second_refresh_and_repairs_hold_none(refreshed: Path, tmp_path: Path) -> None:
    clean_workbook(refreshed, tmp_path / "clean.xlsx", accept="all", as_of=AS_OF)
    assert _active(tmp_path / "clean.xlsx") == []


def test_copies_and_merged_workbooks_hold_none(hostile: Path, tmp_path: Path) -> None:
    copies = [copy.path for copy in teams.split(hostile, tmp_path / "copies").copies]
    assert all(path.parent == tmp_path / "copies" for path in copies)
    teams.merge([*copies, hostile], tmp_path / "merged.xlsx")
    assert [found for path in [*copies, tmp_path / "merged.xlsx"] for found in _active(path)] == []


def test_imports_and_exports_hold_none(hostile: Path, tmp_path: Path) -> None:
    exchange.import_export(hostile, tmp_path / "imported.xlsx", table="records")
    assert _active(tmp_path / "imported.xlsx") == []
    exchange.export_workbook(hostile, tmp_path / "tables", to="csv", as_of=AS_OF, headers="label")
    for path in (tmp_path / "tables").iterdir():
        assert _calculated(path.read_text(encoding="utf-8-sig")) == []
    exchange.export_workbook(hostile, tmp_path / "tables.sqlite", to="sqlite", as_of=AS_OF)
    with sqlite3.connect(tmp_path / "tables.sqlite") as base:
        assert base.execute("select count(*) from customers").fetchone() == (len(HOSTILE),)


def test_what_check_prints_is_no_formula(hostile: Path) -> None:
    told = CliRunner().invoke(app, ["check", str(hostile), "--format", "csv", "--as-of", AS_OF])
    assert MARK in told.output
    assert _calculated(told.output) == []


def test_lists_pages_and_calendars_hold_none(hostile: Path, tmp_path: Path) -> None:
    result = analyze_workbook(hostile, as_of=AS_OF)
    lines = select_followups(result, owner=None, days=300)
    assert len(lines) > 9
    assert _calculated(followup_text(result, lines, "csv", days=300)) == []
    assert _scripted(followup_text(result, lines, "html", days=300)) == []
    assert len(json.loads(followup_text(result, lines, "json", days=300))) == len(lines)
    for path in write_calendars(result, tmp_path / "calendars", days=300):
        assert path.parent == tmp_path / "calendars"
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^(?:X-EVIL|SUMMARY:zzq$)", text, re.M)
        assert len(re.findall(r"^BEGIN:VEVENT", text, re.M)) == len(re.findall(r"^UID:", text, re.M))


def test_reports_hold_none(hostile: Path, tmp_path: Path) -> None:
    result = analyze_workbook(hostile, as_of=AS_OF)
    write_report(result, tmp_path / "report.html")
    assert _scripted((tmp_path / "report.html").read_text(encoding="utf-8")) == []
    write_report(result, tmp_path / "report.docx")
    assert _active(tmp_path / "report.docx") == []
