"""Colours and fonts of a report: the theme of the workbook, and a dark page beside the light one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from crmsheet.book.theme import Theme
from crmsheet.data import read_toml

Mode = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Look:
    """One page's colours by name, the tones of its cells, and its fonts."""

    colors: Mapping[str, str]
    tones: Mapping[str, Mapping[str, str]]
    font: str
    chart_font: str

    @staticmethod
    @cache
    def load(mode: Mode = "light") -> Look:
        """The look of the light or the dark page.

        >>> Look.load("dark").colors["page"]
        '#12171D'
        """
        data = read_toml("report/look.toml")
        tones = data["dark_tones"] if mode == "dark" else Theme.load().tones
        return Look(data[mode], tones, data["font"], data["chart_font"])


def luminance(color: str) -> float:
    """Relative luminance of ``#RRGGBB`` (WCAG 2.1)."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 … 21 (WCAG 2.1).

    >>> round(contrast("#FFFFFF", "#000000"), 1)
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(color: str) -> str:
    """White or the theme's ink, whichever reads better on ``color``.

    >>> readable_on("#1F3A5F")
    '#FFFFFF'
    """
    return max(("#FFFFFF", Theme.load().colors["ink"]), key=lambda ink: contrast(ink, color))
