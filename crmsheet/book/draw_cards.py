"""Key figures and lines of text."""

from __future__ import annotations

from crmsheet.book.canvas import Canvas
from crmsheet.book.grid import Span
from crmsheet.book.measure import line_count, row_height, text_width
from crmsheet.view import Card, Cards, Text

MOST_IN_A_ROW = 6
LABEL_HEIGHT = 24
VALUE_HEIGHT = 32
NOTE_HEIGHT = 22
NOTE_MARGIN = 1.5  # characters: the indent


def card_rows(cards: Cards) -> list[tuple[Card, ...]]:
    """The cards in rows of nearly equal number.

    >>> [len(row) for row in card_rows(Cards((Card("a", "1"),) * 8))]
    [4, 4]
    """
    count = len(cards.cards)
    rows = -(-count // MOST_IN_A_ROW)
    per_row = -(-count // max(rows, 1))
    return [cards.cards[start : start + per_row] for start in range(0, count, max(per_row, 1))]


def draw_cards(canvas: Canvas, cards: Cards) -> None:
    """Each card is a panel with a coloured upper edge: label, figure, small line."""
    for row_of_cards in card_rows(cards):
        top = canvas.take(LABEL_HEIGHT)
        canvas.take(VALUE_HEIGHT)
        canvas.take(NOTE_HEIGHT)
        spans = canvas.grid.spans([canvas.grid.width / len(row_of_cards)] * len(row_of_cards))
        for card, span in zip(row_of_cards, spans, strict=True):
            _draw_card(canvas, card, top, span)
        canvas.space()


def draw_text(canvas: Canvas, text: Text) -> None:
    """Lines over the whole width, on as many sheet lines as they need."""
    theme = canvas.theme
    color = theme.colors["muted"] if text.tone == "plain" else theme.tone(text.tone, "text")
    look: dict[str, object] = {"font_color": color, "text_wrap": True, "indent": 1}
    if text.tone != "plain":
        look["bg_color"] = theme.tone(text.tone, "fill")
    for line in text.lines:
        row = canvas.take(row_height(line_count(line, canvas.grid.width - 2), theme))
        canvas.pen.write_span(row, canvas.whole, line, theme.text(**look))
    canvas.space()


def _draw_card(canvas: Canvas, card: Card, top: int, span: Span) -> None:
    theme, pen = canvas.theme, canvas.pen
    sides: dict[str, object] = {
        "bg_color": theme.colors["panel"], "align": "left", "indent": 1, "left": 1, "right": 1,
        "left_color": theme.colors["line"], "right_color": theme.colors["line"],
    }  # fmt: skip
    muted = theme.text(**sides, font_size=theme.small_size, font_color=theme.colors["muted"])
    edge = theme.tone("strong" if card.tone == "plain" else card.tone)
    figure = theme.text(**sides, font_size=theme.card_value_size, bold=True, font_color=edge, shrink=True)
    pen.write_span(top, span, card.label, {**muted, "top": 5, "top_color": edge})
    pen.write_span(top + 1, span, card.value, figure)
    foot: dict[str, object] = {"bottom": 1, "bottom_color": theme.colors["line"], "valign": "top"}
    if text_width(card.note) * theme.small_size / theme.size + NOTE_MARGIN > canvas.grid.span_width(span):
        foot |= {"shrink": True, "indent": 0}
    pen.write_span(top + 2, span, card.note, {**muted, **foot})
