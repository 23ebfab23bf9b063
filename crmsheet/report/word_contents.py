"""Page numbers in the table of contents of a printed report.

The contents of the Word file are a field that Word fills with page numbers when it opens the file. LibreOffice, which
prints, leaves such a field as it is, but knows the page of a bookmark: the field goes, and its entries ask for theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crmsheet.report.optional import library

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HEADINGS = ("Heading1", "Heading2")
_ENTRIES = ("TOC1", "TOC2")
_FIRST_ID = 9000  # bookmarks of a team's own template count from 0


def number_contents(document: Any) -> None:
    """Let each entry of the contents show the page of its heading, as whoever prints the document counts it.

    Entries and headings are paired in order by their text, in a team's own template too.
    """
    for run in _contents_field(document):
        run.getparent().remove(run)
    entries = _paragraphs(document, _ENTRIES)
    place = 0
    for number, heading in enumerate(_paragraphs(document, _HEADINGS), start=_FIRST_ID):
        rest = range(place, len(entries))
        found = next((n for n in rest if entries[n].text == heading.text), None)
        if found is not None and heading.runs:
            _bookmark(heading, number)
            _ask_for_page(entries[found], number)
            place = found + 1


def _contents_field(document: Any) -> list[Any]:
    """The runs that make a field of the contents: its beginning, what it asks for, and its end; not its entries."""
    open_fields: list[list[Any]] = []
    for run in document.element.body.iter(_name("r")):
        kinds = [mark.get(_name("fldCharType")) for mark in run.iter(_name("fldChar"))]
        if "begin" in kinds:
            open_fields.append([])
        if open_fields and (kinds or run.find(_name("instrText")) is not None):
            open_fields[-1].append(run)
        if "end" in kinds and open_fields:
            field = open_fields.pop()
            if any(word.startswith("TOC") for word in _instructions(field)):
                return field
    return []


def _instructions(runs: list[Any]) -> Iterator[str]:
    for run in runs:
        yield from ((text.text or "").strip() for text in run.iter(_name("instrText")))


def _paragraphs(document: Any, styles: tuple[str, ...]) -> list[Any]:
    return [paragraph for paragraph in document.paragraphs if paragraph.style.style_id in styles]


def _bookmark(heading: Any, number: int) -> None:
    first, last = heading.runs[0]._r, heading.runs[-1]._r  # noqa: SLF001 - python-docx has no bookmarks
    first.addprevious(_xml(f'<w:bookmarkStart {_NS} w:id="{number}" w:name="_Toc{number}"/>'))
    last.addnext(_xml(f'<w:bookmarkEnd {_NS} w:id="{number}"/>'))


def _ask_for_page(entry: Any, number: int) -> None:
    pieces = (
        "<w:tab/>",
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> PAGEREF _Toc{number} \\h </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    for piece in pieces:
        entry._p.append(_xml(f"<w:r {_NS}>{piece}</w:r>"))  # noqa: SLF001 - python-docx has no fields


def _name(tag: str) -> str:
    return str(library("docx.oxml.ns").qn(f"w:{tag}"))


def _xml(text: str) -> Any:
    return library("docx.oxml").parse_xml(text)
