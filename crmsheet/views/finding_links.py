"""Where a finding's link leads: the row is found after sorting by a cell that no other row has, if there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from functools import cache

import pandas as pd

from crmsheet.model import Table, Tables
from crmsheet.view import Link

MOST_LINKS = 15_000  # longer lists are written without links
LONGEST_KEY = 100
LINK_COLUMNS = ("link_sheet", "link_key", "link_letters", "link_target")
FINDING_LINK = Link("go", "link_sheet", "link_key", "link_letters", target="link_target")
FIRST = ("order_id", "requirement_id", "contract_id", "customer_id", "customer_name")


def with_links(findings: pd.DataFrame, tables: Tables, word: str) -> pd.DataFrame:
    """Add per finding the sheet, a key that only its row has, the key's column and the faulty one; else its cell.

    ``go`` is what the link says: a cell of its own, because programs that do not calculate drop what formulas
    show, and the address and the id must stay readable.
    """
    blank = findings.assign(**dict.fromkeys(("go", *LINK_COLUMNS), ""))
    if len(findings) > MOST_LINKS or findings.empty:
        return blank

    faulty = {str(entity): set(rows) for entity, rows in findings.groupby("entity")["row"]}

    @cache
    def keys(entity: str) -> dict[int, tuple[str, str]]:
        return _keys(tables.tables[entity], faulty[entity])

    def place(entity: str, row: int, column: str) -> tuple[str, str, str, str]:
        table = tables.tables.get(entity)
        if table is None or table.vertical or column not in table.letters:
            return "", "", "", ""
        if row not in keys(entity):  # the next best: where it stands now
            return table.sheet, "", "", f"{table.letters[column]}{row}"
        name, key = keys(entity)[row]
        return table.sheet, key, table.letters[name], table.letters[column]

    rows = zip(findings["entity"], findings["row"], findings["column"], strict=True)
    places = [place(str(entity), int(row), str(column)) for entity, row, column in rows]
    columns = dict(zip(LINK_COLUMNS, map(list, zip(*places, strict=True)), strict=True))
    return findings.assign(**columns, go=[word if target else "" for *_, target in places])


def _keys(table: Table, wanted: Set[int]) -> dict[int, tuple[str, str]]:
    """For each wanted row the column and the text that only this row has there, ids first; not where none has."""
    found: dict[int, tuple[str, str]] = {}
    rows = table.raw.index.tolist()
    asked = set(rows) & wanted
    others = (name for name in table.letters if name not in FIRST)
    for name in (*(name for name in FIRST if name in table.letters), *others):
        if len(found) == len(asked):
            break
        values = table.raw[name].tolist() if name in table.raw else []
        counts = Counter(value.casefold() for value in values if isinstance(value, str))
        for row, value in zip(rows, values, strict=False):
            if row in asked and row not in found and _is_usable(value) and counts[value.casefold()] == 1:
                found[row] = name, value
    return found


def _is_usable(key: object) -> bool:
    return isinstance(key, str) and bool(key.strip()) and len(key) <= LONGEST_KEY and key.isprintable()
