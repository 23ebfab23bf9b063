"""The report as a Word document: headings and contents Word understands, charts as pictures, any template."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from markupsafe import Markup

from crmsheet.data import speaking
from crmsheet.errors import UsageError
from crmsheet.report.chart_tables import chart_table
from crmsheet.report.model import Figure, Figures, Part, Report, Section
from crmsheet.report.optional import library
from crmsheet.report.pictures import Painter, has_chinese_font
from crmsheet.report.word_contents import number_contents
from crmsheet.report.word_tables import PAGE_WIDTH, cards_xml, figures_xml, table_xml
from crmsheet.report.word_template import build_template
from crmsheet.report.word_text import clean_text
from crmsheet.report.words import phrase
from crmsheet.view import Cards, TableBlock

_HALF, _WHOLE = (560, 300), (1120, 300)  # CSS pixels of a figure beside another, and alone
# What filling a team's own template may raise besides jinja2's errors.
_UNFILLED = (ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError, BadZipFile)
_GAP = 227  # twentieths of a point between a picture and the edge of its cell: 4 mm


def word_document(report: Report, template: Path | None = None, *, printed: bool = False) -> bytes:
    """The report as .docx, in this package's template or in the team's own.

    ``printed``: for LibreOffice to print, which fills no table of contents by itself. Every text is escaped, and a
    template runs in a sandbox: it can print a report, nothing else.
    """
    with speaking(report.language):
        return _word_document(report, template, printed=printed)


def _word_document(report: Report, template: Path | None, *, printed: bool) -> bytes:
    source = io.BytesIO(_own_template(template) if template else build_template())
    document = library("docxtpl").DocxTemplate(source)
    host = _Host(document)
    sandbox = library("jinja2.sandbox").SandboxedEnvironment(autoescape=True)
    try:
        document.render(host.context(report), jinja_env=sandbox, autoescape=True)
    except (library("jinja2").TemplateError, *_UNFILLED) as reason:
        raise UsageError(problem=phrase("template_broken", path=template, reason=reason)) from reason
    _require_tables_in_place(document.docx, template)
    for shape, title in zip(document.docx.inline_shapes, host.titles, strict=False):
        shape._inline.docPr.set("descr", title)  # noqa: SLF001 - python-docx cannot set a picture's description
    if printed:
        number_contents(document.docx)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _own_template(path: Path) -> bytes:
    """The file's bytes; one that is no Word file, whatever its name says, is refused."""
    data = path.read_bytes()
    try:
        with ZipFile(io.BytesIO(data)) as package:
            package.getinfo("word/document.xml")
    except (BadZipFile, KeyError):
        raise UsageError(problem=phrase("template_not_word", path=path)) from None
    return data


def _require_tables_in_place(document: Any, template: Path | None) -> None:
    """A table inside a line of text is what no program opens: ``{{ part.drawing }}`` without its ``p``."""
    name = library("docx.oxml.ns").qn
    for table in document.element.body.iter(name("w:tbl")):
        if table.getparent().tag in {name("w:t"), name("w:r"), name("w:p")}:
            raise UsageError(
                problem=phrase("template_broken", path=template, reason=phrase("template_inline"))
            )


class _Placed:
    """XML that is made when the template places it: a picture belongs to the part it stands in."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def __html__(self) -> str:
        return self._make()


class _Host:
    """Turns a report into what a template prints: plain text, and whole tables and rows of pictures."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._painter = Painter() if has_chinese_font() else None
        self.titles: list[str] = []

    def context(self, report: Report) -> dict[str, Any]:
        sections = [self._section(section) for section in report.sections]
        fontless = () if self._painter else (phrase("no_chinese_font"),)
        return {
            "report": {
                "title": clean_text(report.title),
                "subtitle": clean_text(report.subtitle),
                "as_of": report.as_of.isoformat(),
                "period": report.period.label,
                "cards": Markup(cards_xml(report.cards)),
            },
            "sections": sections,
            "contents": list(_contents(sections)),
            "notes": [clean_text(note) for note in (*fontless, *report.notes)],
            "notes_title": report.notes_title,
            "footer": phrase("footer", as_of=report.as_of.isoformat()),
        }

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "key": section.key,
            "heading": section.heading,
            "sentences": [clean_text(sentence) for sentence in section.sentences],
            "parts": [drawn for part in section.parts for drawn in self._part(part)],
        }

    def _part(self, part: Part) -> Iterator[dict[str, Any]]:
        if isinstance(part, Cards):
            yield _drawn(Markup(cards_xml(part)))
        elif isinstance(part, TableBlock):
            if not part.filterable:  # the lists of rows are in the workbook
                yield _titled(part)
        elif self._painter is not None:
            yield _drawn(_Placed(partial(self._figures, part, self._painter)))
        else:
            yield from (_titled(chart_table(figure.chart)) for figure in part.figures)

    def _figures(self, part: Figures, painter: Painter) -> str:
        size = _WHOLE if len(part.figures) == 1 else _HALF
        width = PAGE_WIDTH // len(part.figures)
        return figures_xml([self._figure(figure, painter, size, width) for figure in part.figures], width)

    def _figure(
        self, figure: Figure, painter: Painter, size: tuple[int, int], width: int
    ) -> tuple[str, str, str]:
        picture = io.BytesIO(painter.png(figure.chart, *size))
        self.titles.append(clean_text(f"{figure.chart.title} {figure.caption}").strip())
        inline = library("docxtpl").InlineImage(
            self._document, picture, width=library("docx.shared").Twips(width - _GAP)
        )
        return figure.chart.title, str(inline), figure.caption


def _titled(table: TableBlock) -> dict[str, Any]:
    note = phrase("see_workbook", sheet=table.see_all) if table.see_all else ""
    return _drawn(Markup(table_xml(table)), title=clean_text(table.title), note=note)


def _drawn(drawing: Markup | _Placed, *, title: str = "", note: str = "") -> dict[str, Any]:
    return {"title": title, "drawing": drawing, "note": note}


def _contents(sections: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Headings of the first two levels, in order."""
    for section in sections:
        yield {"heading": section["heading"], "level": 1}
        yield from ({"heading": part["title"], "level": 2} for part in section["parts"] if part["title"])
