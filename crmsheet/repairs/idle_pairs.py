"""Pairs of the owner mapping that name nobody: neither side stands in any cell of owners, so it is a slip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.clean.text import match_key
from crmsheet.model import Setting, Tables
from crmsheet.repairs.added_findings import added_finding, with_added
from crmsheet.rules import Rules

CODE = "mapping_idle"
KEY = "mapping.owner"
MOST_NAMED = 12  # owners that the message lists


def with_idle_pairs(issues: pd.DataFrame, tables: Tables, rules: Rules) -> pd.DataFrame:
    """The findings, and below them one for each pair of the settings sheet's owner mapping that names nobody.

    A pair whose other spelling has been tidied away since still names its owner, and is none of them.
    """
    setting = next((one for one in tables.settings if one.key == KEY and rules.mapping.owner), None)
    return with_added(issues, list(_idle(tables, rules, setting)) if setting else [])


def _idle(tables: Tables, rules: Rules, setting: Setting) -> Iterator[dict[str, Any]]:
    owners = _owners(tables)
    if not owners:
        return
    labels = rules.labels
    named = labels.join(list(owners.values())[:MOST_NAMED])
    for pair in rules.mapping.owner.items():
        if owners.keys() & set(map(match_key, pair)):
            continue
        word = "=".join(pair)
        message = labels.phrase(f"issue.{CODE}", value=word, detail=named)
        yield added_finding((setting.sheet, setting.cell), setting.label, CODE, (word, message))


def _owners(tables: Tables) -> dict[str, str]:
    """Names in the cells of owners, each once, by what it is compared by."""
    cells = (table.raw["owner"] for table in tables.tables.values() if "owner" in table.raw)
    names = (as_text(cell).strip() for column in cells for cell in column.unique() if not is_blank(cell))
    return {match_key(name): name for name in names}
