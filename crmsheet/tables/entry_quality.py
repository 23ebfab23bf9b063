"""How well the entry sheet is kept: per person in charge, and per field (R-054, R-063, R-064)."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from crmsheet.checks.cell import is_blank
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS
from crmsheet.model import Cleaned, Table

OWNER_COLUMNS = ["owner", "rows", "blank_rate", "errors", "warnings", "stale", "quality_score"]
FIELD_COLUMNS = ["field", "rows", "blank_rate", "usefulness"]
RARELY_FILLED = 0.8  # share of blanks from which a field is better dropped or made simpler; ours
FEWEST_ROWS = 10  # fewer rows say nothing about a field


def measure_owners(
    cleaned: Cleaned, issues: pd.DataFrame, blanks: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One line per person in charge: rows, share of blanks, errors, warnings, customers without news, score.

    ``quality_score`` is the share of rows, 0–100, without any error or warning; ``stale`` counts customers
    whose open need nobody noted anything about for a month. ``blanks`` are the :func:`blank_cells`, when known.
    """
    found = _entries(cleaned)
    if found is None or "owner" not in cleaned[found[0]]:
        return pd.DataFrame(columns=OWNER_COLUMNS)
    code, table = found
    owners = cleaned[code]["owner"].where(cleaned[code]["owner"].notna(), "")
    own = issues[issues["entity"] == code]
    grave = own[own["severity"].isin(["error", "warning"])]
    sound = pd.Series(~owners.index.isin(grave["row"]), index=owners.index)
    counts = {
        "errors": own[own["severity"] == "error"],
        "warnings": own[own["severity"] == "warning"],
        "stale": own[own["code"] == "update_due"],
    }
    lines = pd.DataFrame({"rows": owners.groupby(owners).size()})
    lines["blank_rate"] = (
        (blank_cells(cleaned) if blanks is None else blanks).mean(axis=1).groupby(owners).mean()
    )
    for name, part in counts.items():
        lines[name] = part["row"].map(owners).value_counts().reindex(lines.index).fillna(0).astype(int)
    lines["quality_score"] = sound.groupby(owners).mean() * 100
    ordered = lines.rename_axis("owner").reset_index().sort_values("quality_score", kind="stable")
    return ordered[OWNER_COLUMNS]


def measure_fields(
    cleaned: Cleaned, blanks: pd.DataFrame | None = None, *, needed: Collection[str] = ()
) -> pd.DataFrame:
    """One line per printed column of the entry sheet, the emptiest first (R-064).

    ``usefulness`` is ``rare`` for a column hardly anybody fills, ``wanting`` when it is one of those that should be
    filled (``needed``, besides the required ones), else ``used``.
    """
    found = _entries(cleaned)
    if found is None:
        return pd.DataFrame(columns=FIELD_COLUMNS)
    code, table = found
    rates = (
        (blank_cells(cleaned) if blanks is None else blanks)
        .mean()
        .sort_values(ascending=False, kind="stable")
    )
    rare = (rates >= RARELY_FILLED) & (len(table.raw) >= FEWEST_ROWS)
    asked = {*needed, *(field.code for field in SHEETS[code].fields if field.required)}
    usefulness = rare.map({True: "rare", False: "used"})
    lines = {
        "field": rates.index,
        "rows": len(table.raw),
        "blank_rate": rates.to_numpy(),
        "usefulness": usefulness.mask(rare & rates.index.isin(asked), "wanting").to_numpy(),
    }
    return pd.DataFrame(lines, columns=FIELD_COLUMNS)


def _entries(cleaned: Cleaned) -> tuple[str, Table] | None:
    tables = cleaned.source.tables
    return next(((code, tables[code]) for code in CUSTOMER_SHEETS if code in tables), None)


def blank_cells(cleaned: Cleaned) -> pd.DataFrame:
    """Which cells of the entry sheet's printed columns hold nothing; optional ones are filled where they help."""
    found = _entries(cleaned)
    if found is None:
        return pd.DataFrame()
    code, table = found
    columns = [field.code for field in SHEETS[code].fields if not field.extra and field.code in table.raw]
    marks = {column: _are_blank(table.raw[column]) for column in columns}
    return pd.DataFrame(marks, index=table.raw.index, dtype=bool)


def _are_blank(cells: pd.Series) -> pd.Series:
    codes, distinct = pd.factorize(cells)  # -1: nothing at all
    blank = np.array([*map(is_blank, distinct.tolist()), True], dtype=bool)
    return pd.Series(blank[codes], index=cells.index)
