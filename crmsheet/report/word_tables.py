"""Tables, key figures and rows of pictures as WordprocessingML, for a template to place as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from crmsheet.book.measure import text_width
from crmsheet.book.theme import Theme
from crmsheet.report.cells import NUMERIC, Cell, table_cells, total_cells
from crmsheet.report.look import Look
from crmsheet.report.word_text import clean_text
from crmsheet.report.words import words
from crmsheet.view import Card, Cards, Column, TableBlock

PAGE_WIDTH = 9638  # twentieths of a point between the margins: 170 mm
_SMALL, _LARGE = 18, 32  # half-points
# Twentieths of a point: a digit of a table's text, what a bold Latin letter has more, both margins of a cell.
_DIGIT, _BOLD, _MARGINS = 93, 32, 230
_BOLD_SHARE = 7  # twentieths of a point of a bold digit per half-point of its size
_TEXTS = ("text", "wrap")
_HEAD_ROW = "<w:cantSplit/><w:tblHeader/>"
_ROW = "<w:cantSplit/>"
_GAP = '<w:p><w:pPr><w:spacing w:before="0" w:after="80"/></w:pPr></w:p>'  # adjoining tables would become one


def cards_xml(cards: Cards) -> str:
    """Key figures side by side."""
    colors, tones = Theme.load().colors, Look.load().tones
    width = PAGE_WIDTH // max(len(cards.cards), 1)
    cells = [
        _cell(
            _paragraph(card.label, color=colors["muted"], align="center")
            + _key_figure(card, width, tones[card.tone]["text"])
            + _paragraph(card.note, color=colors["muted"], align="center"),
            width,
            fill=colors["panel"],
        )
        for card in cards.cards
    ]
    return _table([width] * len(cells), [_row(cells)], lines=False)


def _key_figure(card: Card, width: int, color: str) -> str:
    """The number of a card, at a size at which it stays on one line."""
    fits = (width - _MARGINS) // (_BOLD_SHARE * max(text_width(card.value), 1))
    size = max(_SMALL, min(_LARGE, fits))
    return _paragraph(card.value, size=size, color=color, align="center", bold=True)


def figures_xml(drawn: Sequence[tuple[str, str, str]], width: int) -> str:
    """Pictures side by side: of each its title, the run that shows it, and its caption."""
    muted = Theme.load().colors["muted"]
    cells = [
        _cell(
            _paragraph(title, size=21, bold=True)
            + f"<w:p><w:r><w:t>{picture}</w:t></w:r></w:p>"
            + _paragraph(caption, color=muted),
            width,
        )
        for title, picture, caption in drawn
    ]
    return _table([width] * len(cells), [_row(cells)], lines=False)


def table_xml(table: TableBlock) -> str:
    """A table with its header repeated on every page; a sentence where it has no rows."""
    rows = table_cells(table)
    if not rows:
        return _paragraph(table.empty or str(words()["page"]["empty"])) + _GAP
    widths = column_widths(table, rows)
    light = Theme.load().colors["light"]
    aligns = ["right" if column.format in NUMERIC else "left" for column in table.columns]
    places = list(zip(widths, aligns, strict=True))
    head = [
        _cell(_paragraph(column.header, align=align, bold=True), width, fill=light)
        for column, (width, align) in zip(table.columns, places, strict=True)
    ]
    lines = [_row(head, _HEAD_ROW), *(_row(_cells(row, places)) for row in rows)]
    if table.total:
        lines.append(_row(_cells(total_cells(table), places, fill=light, bold=True)))
    return _table(widths, lines, lines=True)


def column_widths(table: TableBlock, rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Widths of the columns in twentieths of a point, together the width of the page.

    Numbers, days and choices stay on one line, heads too where there is room, else their words do; columns of text
    share what is left as the table asks.
    """
    held = [[row[place].text for row in rows] for place in range(len(table.columns))]
    least = [
        _least_width(column, texts, [column.header])
        for column, texts in zip(table.columns, held, strict=True)
    ]
    if sum(least) > PAGE_WIDTH:
        least = [
            _least_width(column, texts, column.header.split())
            for column, texts in zip(table.columns, held, strict=True)
        ]
    flexible = [column.width if column.format in _TEXTS else 0.0 for column in table.columns]
    shares = flexible if any(flexible) else [column.width for column in table.columns]
    spare = PAGE_WIDTH - sum(least)
    if spare < 0:
        return [int(width * PAGE_WIDTH / sum(least)) for width in least]
    return [int(width + spare * share / sum(shares)) for width, share in zip(least, shares, strict=True)]


def _least_width(column: Column, texts: Sequence[str], head: Sequence[str]) -> int:
    held = () if column.format in _TEXTS else texts
    widest = max(map(text_width, held), default=0) * _DIGIT
    return max(widest, max(map(_bold_width, head), default=0)) + _MARGINS


def _bold_width(text: str) -> int:
    return text_width(text) * _DIGIT + sum(map(str.isascii, text)) * _BOLD


def _cells(
    row: Iterable[Cell], places: Sequence[tuple[int, str]], *, fill: str = "", bold: bool = False
) -> list[str]:
    tones, ink = Look.load().tones, Theme.load().colors["ink"]
    plain = {"fill": fill, "text": ink}
    cells = []
    for cell, (width, align) in zip(row, places, strict=True):
        tone = tones.get(cell.tone, plain)
        content = _paragraph(cell.text, color=tone["text"], align=align, bold=bold)
        cells.append(_cell(content, width, fill=tone["fill"]))
    return cells


def _table(widths: Sequence[int], rows: Iterable[str], *, lines: bool) -> str:
    color = _hex(Theme.load().colors["line"])
    sides = ("top", "bottom", "insideH") if lines else ()
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{color}"/>' for side in sides)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        + (f"<w:tblBorders>{borders}</w:tblBorders>" if lines else "")
        + f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>{_GAP}'
    )


def _row(cells: Iterable[str], properties: str = _ROW) -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(content: str, width: int, *, fill: str = "") -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_hex(fill)}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{content}</w:tc>'


def _paragraph(
    text: str, *, size: int = _SMALL, color: str = "", align: str = "left", bold: bool = False
) -> str:
    look = "<w:b/>" if bold else ""
    look += f'<w:color w:val="{_hex(color)}"/>' if color else ""
    look += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    return (
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(clean_text(text), quote=False)}</w:t></w:r></w:p>'
    )


def _hex(color: str) -> str:
    return color.removeprefix("#")
