"""How well the entry sheet is kept: per person in charge, and per field (R-054, R-063, R-064)."""

from __future__ import annotations

import pandas as pd

from crmsheet.checks.cell import is_blank
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS
from crmsheet.model import Cleaned, Table

OWNER_COLUMNS = ["owner", "rows", "blank_rate", "errors", "warnings", "stale", "quality_score"]
FIELD_COLUMNS = ["field", "rows", "blank_rate", "usefulness"]
RARELY_FILLED = 0.8  # share of blanks from which a field is better dropped or made simpler; ours
FEWEST_ROWS = 10  # fewer rows say nothing about a field


def measure_owners(cleaned: Cleaned, issues: pd.DataFrame) -> pd.DataFrame:
    """One line per person in charge: rows, share of blanks, errors, warnings, customers without news, score.

    ``quality_score`` is the share of rows, 0–100, without any error or warning; ``stale`` counts customers
    whose open need nobody noted anything about for a month.
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
    lines["blank_rate"] = _blanks(code, table).mean(axis=1).groupby(owners).mean()
    for name, part in counts.items():
        lines[name] = part["row"].map(owners).value_counts().reindex(lines.index).fillna(0).astype(int)
    lines["quality_score"] = sound.groupby(owners).mean() * 100
    ordered = lines.rename_axis("owner").reset_index().sort_values("quality_score", kind="stable")
    return ordered[OWNER_COLUMNS]


def measure_fields(cleaned: Cleaned) -> pd.DataFrame:
    """One line per column of the entry sheet, the emptiest first; ``usefulness`` ``rare`` or ``used`` (R-064)."""
    found = _entries(cleaned)
    if found is None:
        return pd.DataFrame(columns=FIELD_COLUMNS)
    code, table = found
    rates = _blanks(code, table).mean().sort_values(ascending=False, kind="stable")
    rare = (rates >= RARELY_FILLED) & (len(table.raw) >= FEWEST_ROWS)
    lines = {
        "field": rates.index,
        "rows": len(table.raw),
        "blank_rate": rates.to_numpy(),
        "usefulness": rare.map({True: "rare", False: "used"}).to_numpy(),
    }
    return pd.DataFrame(lines, columns=FIELD_COLUMNS)


def _entries(cleaned: Cleaned) -> tuple[str, Table] | None:
    tables = cleaned.source.tables
    return next(((code, tables[code]) for code in CUSTOMER_SHEETS if code in tables), None)


def _blanks(code: str, table: Table) -> pd.DataFrame:
    """Which cells of the standard columns hold nothing."""
    columns = [field.code for field in SHEETS[code].fields if field.code in table.raw]
    marks = {column: [is_blank(value) for value in table.raw[column].tolist()] for column in columns}
    return pd.DataFrame(marks, index=table.raw.index, dtype=bool)
