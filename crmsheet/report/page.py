"""The report as one HTML file: works without a network, in light and dark, on a phone, on A4."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from crmsheet.data import read_text, speaking
from crmsheet.report.cells import NUMERIC, table_cells, total_cells
from crmsheet.report.look import Look
from crmsheet.report.model import Figure, Figures, Part, Report
from crmsheet.report.options import Option, chart_option, chart_theme
from crmsheet.report.words import phrase, words
from crmsheet.view import Cards, TableBlock

_TEMPLATES = ("page.html.j2", "parts.html.j2", "page.css.j2")
# A browser would end a script or read a comment at these, whatever string they stand in.
_UNSAFE_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def html_page(report: Report) -> str:
    """The report as one self-contained page. Whatever customers are called is text in it, never markup."""
    with speaking(report.language):
        return _html_page(report)


def _html_page(report: Report) -> str:
    environment = _environment()
    figures = dict(_numbered(report))
    library = _library() if figures else Markup("")
    script = Markup(read_text("report/page.js"))
    data = {
        "charts": {name: chart_option(figure.chart) for name, figure in figures.items()},
        "themes": {"light": chart_theme("light"), "dark": chart_theme("dark")},
    }
    host = _Host(environment, {id(figure): name for name, figure in figures.items()})
    return environment.get_template("page.html.j2").render(
        report=report,
        words=words()["page"],
        style=_style(),
        policy=_policy(library, script),
        cards=host.parts.cards,
        draw=host.draw,
        data=Markup(_json(data)),
        library=library,
        script=script,
        footer=phrase("footer", as_of=report.as_of.isoformat()),
    )


class _Host:
    """Draws the parts of a section as HTML."""

    def __init__(self, environment: Environment, names: dict[int, str]) -> None:
        self.parts: Any = environment.get_template("parts.html.j2").module
        self._names = names

    def draw(self, part: Part) -> Markup:
        if isinstance(part, Cards):
            return Markup(self.parts.cards(part))
        if isinstance(part, Figures):
            drawn = [
                {"chart": figure.chart, "caption": figure.caption, "id": self._names[id(figure)]}
                for figure in part.figures
            ]
            return Markup(self.parts.figures(drawn, words()["page"]))
        return self._table(part)

    def _table(self, table: TableBlock) -> Markup:
        rows = table_cells(table)
        more = phrase("more_rows", n=len(rows))
        return Markup(self.parts.table(table, rows, total_cells(table), words()["page"], more))


def _numbered(report: Report) -> Iterator[tuple[str, Figure]]:
    for section in report.sections:
        for number, figure in enumerate(section.figures, start=1):
            yield f"{section.key}-chart{number}", figure


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({name: read_text(f"report/{name}") for name in _TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.globals["numeric"] = NUMERIC
    return environment


@cache
def _style() -> Markup:
    """Colours of both pages and the layout; nothing in it comes from a workbook."""
    sheet = _environment().get_template("page.css.j2")
    return Markup(sheet.render(light=_plain(Look.load("light")), dark=_plain(Look.load("dark"))))


def _plain(look: Look) -> dict[str, Any]:
    """A look whose colours and fonts need no escaping: they are this package's own data."""
    return {
        "colors": look.colors,
        "tones": look.tones,
        "font": Markup(look.font),
    }


@cache
def _library() -> Markup:
    """ECharts, without the one sequence that would end the script element."""
    return Markup(re.sub(r"</(?=script)", r"<\\/", read_text("report/echarts.min.js"), flags=re.IGNORECASE))


def _policy(*scripts: str) -> str:
    """Nothing may be loaded from anywhere, and only these scripts may run.

    Styles may stand in elements: charts and data bars set their own.
    """
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _json(data: Option) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "".join(_UNSAFE_IN_SCRIPT.get(letter, letter) for letter in text)
