"""The Word template of the report: built here, so that nobody has to trust a binary, and teams can restyle it.

It is an ordinary .docx: placeholders stand in its text alone, so Word opens, restyles and saves it.
``docs/report.md`` lists what may stand in them.
"""

from __future__ import annotations

import io
from typing import Any

from crmsheet.book.theme import Theme
from crmsheet.report.optional import library
from crmsheet.report.word_tables import PAGE_WIDTH
from crmsheet.report.words import phrase, words

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MARGIN_MM = 20


def build_template() -> bytes:
    """A .docx with headings, a table of contents and a place for everything a report holds."""
    document = library("docx").Document()
    _set_page(document)
    _set_styles(document)
    body = document.element.body
    for xml in _body():
        body.insert(len(body) - 1, library("docx.oxml").parse_xml(xml))  # the page's own set-up stays last
    _set_footer(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_page(document: Any) -> None:
    shared = library("docx.shared")
    section = document.sections[0]
    section.page_width, section.page_height = shared.Mm(210), shared.Mm(297)
    section.left_margin = section.right_margin = shared.Mm(_MARGIN_MM)
    section.top_margin = section.bottom_margin = shared.Mm(_MARGIN_MM)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = phrase("title"), "crmsheet", ""


def _set_styles(document: Any) -> None:
    theme, shared = Theme.load(), library("docx.shared")
    looks = {
        "Normal": (10.5, False, "ink"),
        "Title": (22, True, "band"),
        "Subtitle": (10, False, "muted"),
        "Heading 1": (16, True, "band"),
        "Heading 2": (12, True, "band"),
        "Caption": (9, False, "muted"),
    }
    for name, (size, bold, color) in looks.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = theme.font, shared.Pt(size), bold
        style.font.italic = False
        style.font.color.rgb = shared.RGBColor.from_string(theme.colors[color].removeprefix("#"))
        _set_chinese_font(style, theme.font)
        style.paragraph_format.keep_with_next = name.startswith("Heading")
    document.styles["Normal"].paragraph_format.space_after = shared.Pt(4)
    for level in (1, 2):
        _add_contents_style(document, level)


def _set_chinese_font(style: Any, font: str) -> None:
    """Word takes Chinese characters from a font of their own, and a theme's font before a named one."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    name = library("docx.oxml.ns").qn
    for theme_font in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(name(f"w:{theme_font}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(name(f"w:{script}"), font)


def _add_contents_style(document: Any, level: int) -> None:
    style = document.styles.add_style(f"toc {level}", library("docx.enum.style").WD_STYLE_TYPE.PARAGRAPH)
    style.element.styleId = f"TOC{level}"  # the name Word itself gives it
    style.base_style = document.styles["Normal"]
    shared, text = library("docx.shared"), library("docx.enum.text")
    style.paragraph_format.left_indent = shared.Mm(6 * (level - 1))
    style.paragraph_format.tab_stops.add_tab_stop(
        shared.Twips(PAGE_WIDTH), text.WD_TAB_ALIGNMENT.RIGHT, text.WD_TAB_LEADER.DOTS
    )


def _body() -> list[str]:
    """The paragraphs of the template, from top to bottom."""
    return [
        _paragraph("{{ report.title }}", "Title"),
        _paragraph("{{ report.subtitle }}", "Subtitle"),
        _paragraph("{{p report.cards }}"),
        *_contents(),
        _paragraph("{%p for section in sections %}"),
        _paragraph("{{ section.heading }}", "Heading1"),
        _paragraph("{%p for sentence in section.sentences %}"),
        _paragraph("{{ sentence }}"),
        _paragraph("{%p endfor %}"),
        _paragraph("{%p for part in section.parts %}"),
        _paragraph("{%p if part.title %}"),
        _paragraph("{{ part.title }}", "Heading2"),
        _paragraph("{%p endif %}"),
        _paragraph("{{p part.drawing }}"),
        _paragraph("{%p if part.note %}"),
        _paragraph("{{ part.note }}", "Caption"),
        _paragraph("{%p endif %}"),
        _paragraph("{%p endfor %}"),
        _paragraph("{%p endfor %}"),
        _paragraph("{%p if notes %}"),
        _paragraph("{{ notes_title }}", "Heading1"),
        _paragraph("{%p for note in notes %}"),
        _paragraph("{{ note }}", "ListBullet"),
        _paragraph("{%p endfor %}"),
        _paragraph("{%p endif %}"),
    ]


def _contents() -> list[str]:
    """A table of contents that Word brings up to date on opening; until then its entries are right."""
    opening = _field("begin") + _instruction(r'TOC \o "1-2" \h \z \u') + _field("separate")
    return [
        _paragraph(str(words()["page"]["contents"]), look="<w:b/>"),
        f"<w:p {_NS}>{opening}</w:p>",
        _paragraph("{%p for entry in contents %}"),
        _paragraph("{%p if entry.level == 1 %}"),
        _paragraph("{{ entry.heading }}", "TOC1"),
        _paragraph("{%p else %}"),
        _paragraph("{{ entry.heading }}", "TOC2"),
        _paragraph("{%p endif %}"),
        _paragraph("{%p endfor %}"),
        f"<w:p {_NS}>{_field('end')}</w:p>",
    ]


def _paragraph(text: str, style: str = "", *, look: str = "") -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p {_NS}>{styled}{_run(text, look)}</w:p>"


def _run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _field(kind: str) -> str:
    """One mark of a field; a dirty one is computed anew when Word opens the document."""
    dirty = ' w:dirty="true"' if kind == "begin" else ""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{dirty}/></w:r>'


def _instruction(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {text} </w:instrText></w:r>'


def _set_footer(document: Any) -> None:
    number = _field("begin") + _instruction("PAGE") + _field("separate") + _run("1") + _field("end")
    footer = document.sections[0].footer
    paragraph = library("docx.oxml").parse_xml(
        f'<w:p {_NS}><w:pPr><w:pStyle w:val="Caption"/><w:jc w:val="center"/></w:pPr>'
        f"{_run('{{ footer }}  ·  ')}{number}</w:p>"
    )
    own = footer.paragraphs[0]._p  # noqa: SLF001 - python-docx has no field of its own
    own.addnext(paragraph)
    own.getparent().remove(own)
