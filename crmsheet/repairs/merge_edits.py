"""Accepted merges as edits: every row of the other customer goes to the kept one; no row is ever deleted (R-057)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.labels import Labels
from crmsheet.model import Cleaned, Table
from crmsheet.repairs.edits import Edit, cell_position
from crmsheet.repairs.records import row_records, same_record
from crmsheet.rules import Rules
from crmsheet.tables.merges import FACTS, customer_facts, customer_rows

MERGED = "merge"  # code of log lines


def decided_merges(proposed: pd.DataFrame, earlier: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Add ``accept`` (yes, no or blank): what a person marked beside the same two customers last time, and
    ``odd_mark``: the words of a mark that means nothing.

    Customers are known by their id, or else their name; it does not matter which of the two was kept.
    """
    needed = {"keep_id", "keep_name", "merge_id", "merge_name", "accept"}
    if not needed <= set(earlier):
        return proposed.assign(accept="", odd_mark="")
    marks: dict[frozenset[str], tuple[str, str]] = {}
    for line in earlier.to_dict("records"):
        word = "" if is_blank(line["accept"]) else as_text(line["accept"]).strip()
        code = labels.choice_code("accept", word) or ""
        marks[_pair(line)] = {"always": "yes"}.get(code, code), "" if code else word
    lines = proposed.to_dict("records")
    none = ("", "")
    decided = [marks.get(_pair(line), none) if line["relation"] == "same" else none for line in lines]
    return proposed.assign(accept=[code for code, _ in decided], odd_mark=[word for _, word in decided])


def _pair(line: Mapping[Any, Any]) -> frozenset[str]:
    return frozenset(
        as_text(line[f"{side}_id"]).casefold() or as_text(line[f"{side}_name"]).casefold()
        for side in ("keep", "merge")
    )


def merge_edits(
    accepted: pd.DataFrame,
    cleaned: Cleaned,
    keyed: Mapping[str, pd.DataFrame],
    customers: pd.DataFrame,
    rules: Rules,
) -> Iterator[Edit]:
    """Edits of the accepted lines: id and name of every row of the other customer, and blanks of the kept one."""
    labels_of = {code: table for code, table in cleaned.source.tables.items() if code in keyed}
    rows = {code: keyed[code].groupby("customer").groups for code in labels_of}
    for line in accepted.to_dict("records"):
        for code, table in labels_of.items():
            for row in rows[code].get(line["merge"], ()):
                yield from _moved_row(table, code, int(row), line)
        yield from _filled(cleaned, line, customers, rules)


def _moved_row(table: Table, entity: str, row: int, line: Mapping[Any, Any]) -> Iterator[Edit]:
    labels = Labels.load()
    name = row_records(_one_row(table, row)).iat[0]
    by_customer = same_record(name, line["merge_id"] or line["merge_name"])
    record = (line["keep_id"] or line["keep_name"]) if by_customer else name
    for column, kept in (("customer_id", line["keep_id"]), ("customer_name", line["keep_name"])):
        before = table.raw.at[row, column] if column in table.raw else kept
        if kept and as_text(before) != kept:
            where = cell_position(table, row, column)
            field = labels.field(column, entity)
            yield Edit(table.sheet, *where, before, kept, as_text(record), field, MERGED, _reason(line))


def _filled(
    cleaned: Cleaned, line: Mapping[Any, Any], customers: pd.DataFrame, rules: Rules
) -> Iterator[Edit]:
    """Blank facts of the kept customer's first table, from the other customer."""
    known = customer_facts(cleaned, line["keep"], customers, rules)
    own = customer_facts(cleaned, line["merge"], customers, rules)
    place = next(customer_rows(cleaned, line["keep"], customers), None)
    if place is None:
        return
    table, row = place
    entity = next(code for code, one in cleaned.source.tables.items() if one is table)
    record = as_text(row_records(_one_row(table, row)).iat[0])
    for code in FACTS:
        if code in own and code not in known and code in table.letters:
            where, before = cell_position(table, row, code), table.raw.at[row, code]
            field = Labels.load().field(code, entity)
            yield Edit(table.sheet, *where, before, own[code], record, field, MERGED, _reason(line))


def _one_row(table: Table, row: int) -> Table:
    return Table(
        table.sheet, table.raw.loc[[row]], table.letters, table.headers, table.header_row, table.vertical
    )


def _reason(line: Mapping[Any, Any]) -> str:
    kept = f"{line['keep_id']} {line['keep_name']}".strip()
    other = f"{line['merge_id']} {line['merge_name']}".strip()
    return Labels.load().phrase("merge_reason", kept=kept, other=other)
