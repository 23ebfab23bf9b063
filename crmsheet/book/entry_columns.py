"""The columns of an entry sheet: what each holds, how it looks, what it accepts.

The record sheet ends with columns of the role ``computed``: live formulas, and what a refresh writes for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from crmsheet import live_rows
from crmsheet.book.choice_lists import list_of
from crmsheet.book.table_cells import header_width, word_width
from crmsheet.data import read_toml
from crmsheet.expressions import Spelling
from crmsheet.fields import SHEETS, Field, Sheet
from crmsheet.labels import Labels
from crmsheet.rules import Rules

Role = Literal["required", "optional", "extra", "computed", "own"]
OWN_WIDTH = 18


@dataclass(frozen=True)
class EntryColumn:
    """One column: ``choices`` names its list, ``tones`` the look of a choice, ``limits`` a score's range, and
    ``limit_names`` the settings cells that say its ends instead, blank where none does.

    ``formula`` is what a live column computes.
    """

    code: str
    header: str
    role: Role
    width: float
    format: str
    prompt: str = ""
    choices: str = ""
    tones: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[float, float] | None = None
    limit_names: tuple[str, str] = ("", "")
    hidden: bool = False
    formula: str = ""

    @property
    def folded(self) -> bool:
        """Whether it lies in the folded group on the right."""
        return self.role in ("extra", "computed")

    @property
    def shown(self) -> bool:
        """Whether a reader sees it before unfolding anything."""
        return not self.folded and not self.hidden


def own_columns(sheet: Sheet, frame: pd.DataFrame | None, labels: Labels) -> tuple[EntryColumn, ...]:
    """The users' own columns among those of ``frame``, under their own headers (R-053); the one that tells where a
    row of a team comes from is not shown.
    """
    fields = {one.code for one in sheet.printed}
    known = {one.code: labels.field(one.code, sheet.code) for one in sheet.fields}
    hidden = labels.phrase("team_row")
    names = [str(name) for name in frame.columns if name not in fields] if frame is not None else []
    return tuple(
        EntryColumn(
            name, known.get(name, name), "own", OWN_WIDTH, _own_format(frame[name]), hidden=name == hidden
        )
        for name in names
        if frame is not None
    )


def _own_format(cells: pd.Series) -> str:
    """Days must be shown as days; whatever else somebody typed shows itself."""
    return "date" if any(isinstance(value, date) for value in cells.dropna()) else "text"


def entry_columns(
    sheet: Sheet, labels: Labels, tiers: Mapping[str, str], rules: Rules
) -> tuple[EntryColumn, ...]:
    """Columns of ``sheet`` in the order of the template. ``tiers`` gives the label of each tier code."""
    computed = _computed_columns(labels, rules) if sheet.code == live_rows.SHEET else ()
    standard = [index for index, one in enumerate(sheet.printed) if not one.extra]
    fields = (
        _column(sheet.code, one, _role(one, after_standard=index > standard[-1]), labels, tiers)
        for index, one in enumerate(sheet.printed)
    )
    return (*fields, *computed)


def _computed_columns(labels: Labels, rules: Rules) -> tuple[EntryColumn, ...]:
    layout = read_toml("template.toml")
    headers = {
        field.code: labels.field(field.code, live_rows.SHEET) for field in SHEETS[live_rows.SHEET].fields
    }
    headers |= {code: labels.live(code) for code in live_rows.COLUMNS}
    spelling = Spelling(f"crm_{live_rows.SHEET}", headers, rules, live_rows.named_settings())
    formulas = live_rows.formulas(spelling)
    prompts = read_toml(f"prompts.{labels.language}.toml")["live"]
    bars = {"ice": (0.0, 10.0)}
    return tuple(
        EntryColumn(
            code=code,
            header=headers[code],
            role="computed",
            width=max(header_width(headers[code], layout["widths"]["default"]), word_width(headers[code])),
            format=layout["live_formats"][code],
            prompt=prompts[code],
            tones=_live_tones(code, labels, rules),
            limits=bars.get(code),
            formula=formulas.get(code, ""),
        )
        for code in live_rows.COLUMNS
    )


def _live_tones(code: str, labels: Labels, rules: Rules) -> dict[str, str]:
    tones = read_toml("template.toml")["tones"]
    if code == "tier":
        return {tier.label: tones["tier"].get(one, "plain") for one, tier in rules.tiers.items()}
    levels = tones["level"] if code == "suggested_priority" else {}
    return {labels.choice("level", level): tone for level, tone in levels.items()}


def _role(one: Field, *, after_standard: bool) -> Role:
    if one.required:
        return "required"
    return "extra" if one.extra and after_standard else "optional"


def _column(sheet: str, one: Field, role: Role, labels: Labels, tiers: Mapping[str, str]) -> EntryColumn:
    layout = read_toml("template.toml")
    widths = {**layout["widths"], **layout["sheet_widths"].get(sheet, {})}
    width = widths.get(one.code, widths["default"])
    limits = layout["ranges"].get(one.code)
    low, high = layout["range_settings"].get(one.code, ("", ""))
    names = limit_settings()
    header = labels.field(one.code, sheet)
    return EntryColumn(
        code=one.code,
        header=header,
        role=role,
        width=max(header_width(header, width), word_width(header)),
        format=layout["kind_formats"].get(one.kind, "text"),
        prompt=read_toml(f"prompts.{labels.language}.toml").get(sheet, {}).get(one.code, ""),
        choices=list_of(one),
        tones=_tones(one, labels, tiers),
        limits=(limits[0], limits[1]) if limits else None,
        limit_names=(names.get(low, ""), names.get(high, "")),
    )


def limit_settings() -> dict[str, str]:
    """Settings that say the range of a score, and the name of each one's cell.

    >>> limit_settings()["rates.satisfaction_top"]
    'crm_rates_satisfaction_top'
    """
    keys = {key for ends in read_toml("template.toml")["range_settings"].values() for key in ends if key}
    return {key: f"crm_{key.replace('.', '_')}" for key in sorted(keys)}


def _tones(one: Field, labels: Labels, tiers: Mapping[str, str]) -> dict[str, str]:
    layout = read_toml("template.toml")
    if one.kind == "tier":
        return {label: layout["tones"]["tier"].get(code, "plain") for code, label in tiers.items()}
    tones = layout["field_tones"].get(one.code) or layout["tones"].get(one.vocabulary, {})
    return {labels.choice(one.vocabulary, code): tone for code, tone in tones.items()}
