"""What names a row, so that a decision or a log line finds its row again after people sorted the sheet."""

from __future__ import annotations

import pandas as pd

from crmsheet.checks.cell import as_text
from crmsheet.model import Table, Tables

# The first that is filled names the row.
NAMING = ("order_id", "requirement_id", "contract_id", "customer_id", "customer_name")


def row_records(table: Table) -> pd.Series:
    """Per row the id, or else the name, it goes by; blank when it has neither.

    >>> raw = pd.DataFrame({"customer_id": ["C2024001", None], "customer_name": ["甲", "乙"]}, index=[2, 3])
    >>> row_records(Table("s", raw, {}, {}, 1)).tolist()
    ['C2024001', '乙']
    """
    names = pd.Series("", index=table.raw.index, dtype=object)
    for column in NAMING:
        if column in table.raw and (names == "").any():
            texts = [as_text(value).strip() for value in table.raw[column].tolist()]
            names = names.where(names != "", pd.Series(texts, index=names.index, dtype=object))
    return names


def with_records(issues: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Add ``record``: what names the row of each finding."""
    records = pd.Series("", index=issues.index, dtype=object)
    for entity, part in issues.groupby("entity", sort=False):
        names = row_records(tables.tables[str(entity)])
        records[part.index] = names.reindex(part["row"]).fillna("").to_numpy()
    return issues.assign(record=records)


def same_record(one: object, other: object) -> bool:
    """Whether two names of a row are one; the case of an id is often the very thing that was repaired."""
    return as_text(one).strip().casefold() == as_text(other).strip().casefold()
