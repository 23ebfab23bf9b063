"""A report as a value: sections with sentences, figures and tables. It knows no file format."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from crmsheet.data import Language
from crmsheet.report.period import Period
from crmsheet.view import Cards, Chart, TableBlock


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and the one sentence that says what to see in it; blank when there is nothing to say."""

    chart: Chart
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures side by side."""

    figures: tuple[Figure, ...]

    def with_data(self) -> Figures:
        """The figures whose charts show anything: axes without a bar say nothing."""
        return Figures(tuple(figure for figure in self.figures if _shows_anything(figure.chart)))


def _shows_anything(chart: Chart) -> bool:
    values = (value for series in chart.series for value in series.values)
    return any(value and not math.isnan(value) for value in values)


Part = Cards | Figures | TableBlock


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its heading, the sentences it opens with, and what it shows from top to bottom.

    A filterable table is the list of the rows behind the section's numbers: shown on request where that is
    possible, left to the workbook elsewhere.
    """

    key: str
    heading: str
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def tables(self) -> tuple[TableBlock, ...]:
        return tuple(part for part in self.parts if isinstance(part, TableBlock))

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for part in self.parts if isinstance(part, Figures) for figure in part.figures)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report as of one day over one period."""

    _repr_html_: ClassVar[Callable[[Report], str]]  # given by ``crmsheet.notebook``

    title: str
    subtitle: str
    as_of: date
    period: Period
    cards: Cards
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    notes_title: str = ""
    language: Language = "zh"

    def section(self, key: str) -> Section:
        return next(section for section in self.sections if section.key == key)
