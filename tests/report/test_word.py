"""The Word report: what Word and LibreOffice understand, names that survive, a team's own template, PDF."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest

from crmsheet.errors import CrmsheetError, FileMissing, ProgramMissing, UsageError
from crmsheet.report import pictures, word
from crmsheet.report.build import build_report
from crmsheet.report.options import chart_option
from crmsheet.report.pictures import Painter, has_chinese_font
from crmsheet.report.word import word_document
from crmsheet.report.word_template import build_template
from crmsheet.report.write import write_report
from crmsheet.templates import new_workbook
from crmsheet.view import Chart, Series
from tests.report.teams import SEEN, bare_result, hostile_report, hostile_result, sample_report
from tests.sdk import sdk_findings

REPORT = sample_report()


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / "报告.docx"
    path.write_bytes(word_document(REPORT))
    return path


def texts(path: Path | io.BytesIO) -> list[str]:
    """Every paragraph of a document, those of its tables too."""
    name = docx.oxml.ns.qn
    opened = docx.Document(path)
    return [
        "".join(node.text or "" for node in paragraph.iter(name("w:t")))
        for paragraph in opened.element.body.iter(name("w:p"))
    ]


def test_it_holds_what_the_report_says(document: Path) -> None:
    said = texts(document)
    assert {REPORT.title, REPORT.subtitle} <= set(said)
    for section in REPORT.sections:
        assert set(section.sentences) <= set(said)
        assert {table.title for table in section.tables if not table.filterable} <= set(said)
        assert {figure.chart.title for figure in section.figures} <= set(said)
    assert not any("{{" in text or "{%" in text for text in said)


def test_headings_and_contents_are_words_own(document: Path) -> None:
    opened = docx.Document(document)
    headings = [paragraph.text for paragraph in opened.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[:4] == [section.heading for section in REPORT.sections]
    name = docx.oxml.ns.qn
    fields = [node.text for node in opened.element.body.iter(name("w:instrText"))]
    assert any(text.strip().startswith("TOC ") for text in fields)
    kinds = [node.get(name("w:fldCharType")) for node in opened.element.body.iter(name("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == 1
    entries = [paragraph.text for paragraph in opened.paragraphs if paragraph.style.name == "toc 1"]
    assert entries == headings[:4]


def test_every_chart_is_a_picture_with_a_description(document: Path) -> None:
    shapes = docx.Document(document).inline_shapes
    figures = [figure for section in REPORT.sections for figure in section.figures]
    assert len(shapes) == len(figures)
    described = [shape._inline.docPr.get("descr") for shape in shapes]
    assert all(figure.chart.title in text for figure, text in zip(figures, described, strict=True))
    widths = [shape.width.mm for shape in shapes]
    assert max(widths) <= 170 and min(widths) >= 70


@pytest.mark.slow
def test_the_sdk_finds_nothing_wrong(document: Path, tmp_path: Path) -> None:
    template = tmp_path / "template.docx"
    template.write_bytes(build_template())  # teams open it in Word to restyle it
    assert sdk_findings(document) == []
    assert sdk_findings(template) == []


def test_hostile_names_are_text() -> None:
    said = "\n".join(texts(io.BytesIO(word_document(hostile_report()))))
    assert all(part in said for part in SEEN)
    assert "49公司" not in said


@pytest.fixture
def libreoffice() -> None:
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        reason = "LibreOffice and pdftotext are needed"
        pytest.fail(reason) if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1" else pytest.skip(reason)


def test_for_printing_each_entry_of_the_contents_asks_for_the_page_of_its_heading() -> None:
    xml = docx.Document(io.BytesIO(word_document(REPORT, printed=True))).element.body.xml
    asked = re.findall(r"PAGEREF (_Toc[0-9]+) ", xml)
    marked = re.findall(r'<w:bookmarkStart [^>]*w:name="(_Toc[0-9]+)"', xml)
    assert len(asked) > len(REPORT.sections) and asked == marked
    assert "TOC " not in xml


@pytest.mark.slow
@pytest.mark.usefixtures("libreoffice")
def test_pdf_shows_the_report(tmp_path: Path) -> None:
    path = write_report(hostile_result(), tmp_path / "报告.pdf")
    text = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    flat = "".join(text.split())
    assert all("".join(part.split()) in flat for part in SEEN)
    sections = hostile_report().sections
    assert all("".join(section.heading.split()) in flat for section in sections)
    pages = re.findall(rf"{re.escape(sections[-1].heading)}\.*\s*([0-9]+)", text)
    assert [int(page) > 1 for page in pages] == [True]  # the contents know the page of the last section


def test_without_libreoffice_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="docx") as told:
        write_report(bare_result(), tmp_path / "报告.pdf")
    assert told.value.exit_code == 2
    assert not (tmp_path / "报告.pdf").exists()


def test_a_teams_own_template_is_filled(tmp_path: Path) -> None:
    own = docx.Document()
    own.add_paragraph("星河公司内部 {{ report.title }}")
    own.add_paragraph("{%p for section in sections %}")
    own.add_paragraph("{{ section.heading }}：{{ section.sentences | join(' ') }}")
    own.add_paragraph("{%p endfor %}")
    own.save(tmp_path / "模板.docx")
    path = write_report(bare_result(), tmp_path / "报告.docx", template=tmp_path / "模板.docx")
    said = texts(path)
    assert said[0] == "星河公司内部 客户需求分析报告" and len(said) == 5


@pytest.mark.parametrize(
    "text",
    [
        "{{ report.title",
        "{% nonsense %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ report.title | nothing }}",
        "{% for n in range(10**9) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ sections[0].parts[0].drawing }}",  # a table inside a line: no program opens it
    ],
)
def test_a_template_that_cannot_be_filled_is_named(tmp_path: Path, text: str) -> None:
    own = docx.Document()
    own.add_paragraph(text)
    own.save(tmp_path / "模板.docx")
    with pytest.raises(UsageError, match="模板.docx"):
        write_report(bare_result(), tmp_path / "报告.docx", template=tmp_path / "模板.docx")


@pytest.mark.parametrize("data", [b"", b"text", b"PK\x05\x06" + bytes(18)])
def test_a_template_that_is_no_word_file_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "模板.docx").write_bytes(data)
    with pytest.raises(UsageError, match=r"模板\.docx 不是"):
        write_report(bare_result(), tmp_path / "报告.docx", template=tmp_path / "模板.docx")


def test_wrong_files_are_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.docx").write_text("x")
    for target, template in (
        ("r.xlsx", None),
        ("r.html", "b.docx"),
        ("r.docx", "a.txt"),
        ("b.docx", "b.docx"),
    ):
        with pytest.raises(UsageError):
            write_report(bare_result(), tmp_path / target, template=template and tmp_path / template)
    with pytest.raises(FileMissing):
        write_report(bare_result(), tmp_path / "r.docx", template=tmp_path / "c.docx")
    with pytest.raises(CrmsheetError):
        write_report(bare_result(), tmp_path / "r.docx", template=tmp_path / "b.docx")


def test_the_template_can_be_had_and_used(tmp_path: Path) -> None:
    path = new_workbook(tmp_path / "报告模板.docx")
    filled = write_report(bare_result(), tmp_path / "报告.docx", template=path)
    assert texts(filled)[0] == "客户需求分析报告"


def test_without_a_chinese_font_charts_become_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "has_chinese_font", lambda: False)
    data = io.BytesIO(word_document(REPORT))
    opened = docx.Document(data)
    assert len(opened.inline_shapes) == 0
    said = texts(data)
    assert any("没有中文字体" in text for text in said)
    assert {figure.chart.title for section in REPORT.sections for figure in section.figures} <= set(said)


def test_a_missing_font_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    own = pictures._rasterized
    monkeypatch.setattr(pictures, "_rasterized", lambda svg, **look: own(svg, skip_system_fonts=True, **look))
    has_chinese_font.cache_clear()
    try:
        assert has_chinese_font() is False
    finally:
        has_chinese_font.cache_clear()


def test_pictures_and_page_draw_the_same_options() -> None:
    chart = Chart("column", "t", ("甲<b>", "乙"), (Series("数", (3.0, 5.0)),))
    svg = Painter().svg(chart, 400, 200)
    assert "甲&lt;b&gt;" in svg and ">5<" in svg
    assert chart_option(chart)["series"][0]["data"][1]["value"] == 5


def test_the_same_report_has_the_same_parts() -> None:
    one, other = (zipfile.ZipFile(io.BytesIO(word_document(build_report(bare_result())))) for _ in range(2))
    assert one.namelist() == other.namelist()
    assert all(one.read(name) == other.read(name) for name in one.namelist() if name != "docProps/core.xml")
