"""The first sheet of the template: three steps, an index with links, what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence

from crmsheet.book.canvas import Pen
from crmsheet.book.draw_page import set_up_paper
from crmsheet.book.entry_sheet import TemplateContext, draw_band, header_look
from crmsheet.book.grid import Grid, Span, shared_grid
from crmsheet.book.measure import line_count, row_height

WIDTH = 150.0
STEPS = (50.0, 50.0, 50.0)
# Index: sheet, contents, needed; a gap; legend: sample, meaning.
BLOCKS = (16.0, 52.0, 16.0, 6.0, 16.0, 44.0)
FIRST_STEP_ROW = 3
BUTTON_STEP = "2"  # number of the step that refreshes


def draw_guide_sheet(context: TemplateContext, *, has_buttons: bool = False) -> None:
    """Draw the guide; it prints on one page. ``has_buttons``: the step of refreshing speaks of the button."""
    pen = context.add_sheet("guide")
    grid = shared_grid(WIDTH, [STEPS, BLOCKS])
    for column, width in enumerate(grid.widths):
        pen.sheet.set_column(column, column, width)
    draw_band(context, pen, "guide", len(grid.widths))
    pen.sheet.set_row(FIRST_STEP_ROW - 1, 8)
    guide = context.words["guide"]
    steps = [
        guide["button_step"] if has_buttons and step[0] == BUTTON_STEP else step for step in guide["steps"]
    ]
    row = _draw_steps(context, pen, grid, steps)
    spans = grid.spans(BLOCKS)
    after_index = _draw_index(context, pen, spans, row)
    after_legend = _draw_legend(context, pen, spans, row)
    last = _draw_tips(context, pen, grid, max(after_index, after_legend) + 1)
    _set_up_page(context, pen, grid, last)


def _draw_steps(context: TemplateContext, pen: Pen, grid: Grid, steps: Sequence[Sequence[str]]) -> int:
    theme, guide, row = context.theme, context.words["guide"], FIRST_STEP_ROW
    _heading(context, pen, row, 0, guide["steps_title"])
    panel = theme.text(bg_color=theme.colors["panel"], indent=1, align="left", **theme.lines())
    big = {**panel, "font_size": theme.heading_size + 2, "bold": True, "font_color": theme.colors["band"]}
    spans = grid.spans(STEPS)
    texts = [text for _, _, text in steps]
    lines = max(line_count(text, grid.span_width(span)) for text, span in zip(texts, spans, strict=True))
    pen.sheet.set_row(row + 1, 30)
    pen.sheet.set_row(row + 2, row_height(lines, theme) + 8)
    for (number, title, text), span in zip(steps, spans, strict=True):
        pen.write_span(
            row + 1, span, f"{number}  {title}", {**big, "top": 5, "top_color": theme.tone("accent")}
        )
        pen.write_span(row + 2, span, text, {**panel, "text_wrap": True, "valign": "top"})
    pen.sheet.set_row(row + 3, 8)
    return row + 4


def _draw_index(context: TemplateContext, pen: Pen, spans: tuple[Span, ...], row: int) -> int:
    theme, words = context.theme, context.words
    guide = words["guide"]
    _heading(context, pen, row, spans[0][0], guide["index_title"])
    for header, span in zip(guide["index_headers"], spans[:3], strict=True):
        pen.write_span(row + 1, span, header, header_look(theme, "required"))
    row += 2
    for code in (*guide["entry_sheets"], *guide["analysis_sheets"]):
        _draw_index_line(context, pen, spans, row, code)
        row += 1
    return row


def _draw_index_line(
    context: TemplateContext, pen: Pen, spans: tuple[Span, ...], row: int, code: str
) -> None:
    theme, words = context.theme, context.words
    guide, name = words["guide"], context.labels.sheet(code)
    if code in guide["analysis_sheets"]:
        # No link: the sheet does not exist before the first refresh.
        pen.write_span(row, spans[0], name, theme.value("text", font_color=theme.colors["muted"]))
        need, look = guide["own"], theme.value("choice", font_color=theme.colors["muted"])
    else:
        pen.link(row, spans[0], name, name, theme.value("link"))
        required, look_up = code in guide["required_sheets"], code in guide["look_up_sheets"]
        need = guide["required"] if required else guide["look_up"] if look_up else guide["optional"]
        look = theme.value("choice", bold=required)
    pen.write_span(row, spans[1], words["contents"][code], theme.value("text"))
    pen.write_span(row, spans[2], need, look)


def _draw_legend(context: TemplateContext, pen: Pen, spans: tuple[Span, ...], row: int) -> int:
    theme = context.theme
    _heading(context, pen, row, spans[4][0], context.words["guide"]["legend_title"])
    row += 1
    for look, (sample, meaning) in context.words["legend"].items():
        pen.write_span(row, spans[4], sample, _sample_look(context, look))
        pen.write_span(row, spans[5], meaning, theme.value("text"))
        row += 1
    return row


def _sample_look(context: TemplateContext, look: str) -> dict[str, object]:
    theme = context.theme
    if look in ("required", "optional", "extra", "computed"):
        return header_look(theme, look)
    if look in theme.tones:
        colors = {"bg_color": theme.tone(look, "fill"), "font_color": theme.tone(look, "text")}
        return theme.value("choice", **colors)
    return theme.value("choice", bg_color=theme.colors[look])


def _draw_tips(context: TemplateContext, pen: Pen, grid: Grid, row: int) -> int:
    theme, guide = context.theme, context.words["guide"]
    _heading(context, pen, row, 0, guide["tips_title"])
    for tip in guide["tips"]:
        row += 1
        pen.write_span(row, (0, grid.last), f"•  {tip}", theme.text(align="left", indent=1, text_wrap=True))
    return row


def _heading(context: TemplateContext, pen: Pen, row: int, column: int, text: str) -> None:
    theme = context.theme
    pen.sheet.set_row(row, 26)
    look = theme.text(bold=True, font_size=theme.heading_size, font_color=theme.colors["band"])
    pen.write(row, column, text, look)


def _set_up_page(context: TemplateContext, pen: Pen, grid: Grid, last: int) -> None:
    sheet = pen.sheet
    set_up_paper(sheet, context.theme.words["page"], context.words["properties"]["title"])
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, last, grid.last)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(context.theme.tone("accent"))
