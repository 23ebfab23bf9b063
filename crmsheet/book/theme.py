"""One look for every sheet we draw: fonts, colours by name, number formats, from ``data/theme.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crmsheet.data import Language, read_toml, spoken


@dataclass(frozen=True)
class Theme:
    """Everything that decides how a sheet looks; ``words`` are the host's own few words in one language."""

    font: str
    size: float
    title_size: float
    heading_size: float
    card_value_size: float
    small_size: float
    row_height: float
    line_height: float
    colors: Mapping[str, str]
    tones: Mapping[str, Mapping[str, str]]
    charts: Mapping[str, Any]
    formats: Mapping[str, Mapping[str, Any]]
    words: Mapping[str, str]

    @staticmethod
    def load(language: Language | None = None) -> Theme:
        """The theme with its words in ``language``, or in the one spoken now.

        >>> Theme.load().formats["date"]["number"]
        'yyyy-mm-dd'
        """
        return _theme(language or spoken())

    def tone(self, name: str, part: str = "solid") -> str:
        """Colour of a tone: its ``fill``, ``text`` or ``solid`` part; an unknown tone is plain."""
        return self.tones.get(name, self.tones["plain"])[part]

    def text(self, **look: object) -> dict[str, object]:
        """XlsxWriter properties of a cell in the theme's font, changed by ``look``.

        >>> Theme.load().text(bold=True)["font_name"]
        '微软雅黑'
        """
        base = {"font_name": self.font, "font_size": self.size, "font_color": self.colors["ink"]}
        return {**base, "valign": "vcenter", **look}

    def value(self, kind: str, **look: object) -> dict[str, object]:
        """Properties of a cell that holds a value of format ``kind``, with the thin lines of a table."""
        printed = self.formats[kind]
        cell = {"num_format": printed["number"], "align": printed["align"], **self.lines()}
        if printed["align"] != "center":
            cell["indent"] = 1
        if kind in ("text", "wrap", "link", "choice"):
            cell["text_wrap"] = True
        if kind == "link":
            cell |= {"font_color": self.colors["link"], "underline": 1}
        return self.text(**{**cell, **look})

    def lines(self) -> dict[str, object]:
        """Properties of thin lines on all four sides."""
        return {"border": 1, "border_color": self.colors["line"]}

    def chart_font(self, **look: object) -> dict[str, object]:
        """XlsxWriter properties of text in a chart."""
        return {"name": self.font, "size": self.small_size, "color": self.colors["muted"], **look}


@cache
def _theme(language: Language) -> Theme:
    data = dict(read_toml("theme.toml"))
    formats = {**data["formats"], **data.pop("language_formats").get(language, {})}
    return Theme(**{**data, "formats": formats, "words": data["words"][language]})
