"""Views: analysis sheets as values. The file host, the open-Excel host and the report draw the same view.

A view is a title and blocks from top to bottom. It holds values and the *names* of looks (``"high"``,
``"overdue"``), never colours, fonts or cell addresses: those are the host's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

Format = Literal[
    "text",
    "wrap",
    "integer",
    "nonzero",
    "decimal",
    "score",
    "money",
    "wan",
    "date",
    "percent",
    "link",
    "choice",
    "span",
    "plain_score",
]
Tone = Literal["plain", "good", "watch", "bad", "info", "accent", "strong"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table block: where its values are, its header, how it looks.

    ``tones`` maps a cell's text to a tone (``{"高": "bad"}``); ``bar`` draws a data bar in ``bar_tone``, which is
    full at ``highest`` or else at the largest value; ``heat`` shades the cell by its value, on one scale with
    the other heat columns of the table. Of a ``span`` only the tone is seen: neighbours make the bars of a
    Gantt chart. ``width`` is counted in characters, a Chinese one as two; a host may widen it for
    the contents. ``note`` explains the header.
    """

    code: str
    header: str
    format: Format = "text"
    width: float = 12
    tones: Mapping[str, Tone] = field(default_factory=dict)
    bar: bool = False
    bar_tone: Tone = "info"
    highest: float | None = None
    heat: bool = False
    choices: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Makes the cells of the column ``code`` lead to a row of ``sheet``, wherever sorting has moved that row.

    ``key`` names the column of the frame that holds the row's key as typed on that sheet (it need not be
    printed), ``letters`` says in which column of that sheet the keys stand. With a ``target``, every line has
    a place of its own: ``sheet``, ``letters`` and ``target`` then name columns of the frame, which say on which
    sheet and in which column the key stands and which column to lead to; a line with a blank key leads to the
    cell ``target``, or has no link without one.
    """

    code: str
    sheet: str
    key: str
    letters: str = "A"
    target: str = ""


@dataclass(frozen=True)
class TableBlock:
    """A table. ``frame`` holds one column per ``Column.code``, values ready to print.

    A filterable table is the sheet's list: it sets the sheet's columns, and there should be one, last. A
    table that is not filterable is a short list inside the page; it takes its place among the other blocks.
    ``total`` gives a line below, by column code; ``empty`` is said when there are no rows. ``see_all`` names
    the sheet that holds the full list; ``frozen`` is the number of columns that stay when scrolling sideways.
    ``key`` are the columns that name a row of a list: by them the next refresh finds what was typed over it.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    title: str = ""
    links: tuple[Link, ...] = ()
    total: Mapping[str, float | str] = field(default_factory=dict)
    empty: str = ""
    filterable: bool = True
    see_all: str = ""
    frozen: int = 0
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure: label, value as printed, a small line below, and its tone."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Cards:
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: a name and a value per category; ``tone`` picks its colour.

    ``line`` and ``secondary`` (its own axis on the right) count in a combo chart.
    """

    name: str
    values: tuple[float | None, ...]
    tone: str = ""
    line: bool = False
    secondary: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart: its categories and series. ``tones`` optionally names a tone per category.

    Categories run from left to right, in bar charts from the top down. ``highest`` ends the axis of values
    where that is known, as 100 of percentages. A ``headline`` that says what the chart shows stands in the place of
    the title, which then describes the chart to those who do not see it.
    """

    kind: Literal["doughnut", "column", "bar", "stacked_column", "stacked_bar", "line", "combo"]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    tones: tuple[str, ...] = ()
    number_format: str = "#,##0"
    highest: float | None = None
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Charts:
    """Charts side by side, at most three; those without any value are left out, ``empty`` is said without any."""

    charts: tuple[Chart, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text; ``tone`` colours them."""

    lines: tuple[str, ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Links:
    """Links to other sheets, in one row."""

    sheets: tuple[str, ...]


Block = Cards | Charts | Links | TableBlock | Text


@dataclass(frozen=True)
class View:
    """One analysis sheet. ``key`` is its identity across refreshes, ``name`` the sheet's name.

    ``back`` names the sheet that the title links back to; ``locked`` guards a sheet without anything to fill
    in against slips of the hand (no password).
    """

    key: str
    name: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    hidden: bool = False
    tab: Tone = "info"
    back: str = ""
    locked: bool = False


def linked_to(view: View, tabs: Mapping[str, str]) -> View:
    """The view with its links leading to the names that tabs really have: by standard name."""

    def block(one: Block) -> Block:
        if isinstance(one, Links):
            return replace(one, sheets=tuple(tabs.get(sheet, sheet) for sheet in one.sheets))
        if isinstance(one, TableBlock) and one.see_all:
            return replace(one, see_all=tabs.get(one.see_all, one.see_all))
        return one

    back = tabs.get(view.back, view.back)
    return replace(view, back=back, blocks=tuple(block(one) for one in view.blocks))
