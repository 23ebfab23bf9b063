"""The cell function that checks a table: what is wrong in each row, in words."""

from __future__ import annotations

from pathlib import Path

from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.checks.tables import clean
from crmsheet.clean.headers import field_of
from crmsheet.errors import NoCustomerTable, UsageError
from crmsheet.excel.arrays import Grid, is_error
from crmsheet.model import CellError
from crmsheet.recognize import recognize
from crmsheet.recognize.seen import MOST_HEADERS, ROWS_LOOKED_AT
from crmsheet.rules import Rules

SHEET = "check"


def check(rules: Rules, range: Grid) -> Grid:
    """One line per row of ``range``, which starts with its header row: its findings, blank where there are none.

    The cells named are those of the range, counted from its first column and row.
    """
    rows = [[CellError(cell.strip()) if is_error(cell) else cell for cell in row] for row in range]
    book = RawBook(Path(SHEET), "xlsx", (RawSheet(SHEET, rows),), Fingerprint(0, ""))
    try:
        tables = recognize(book)
    except NoCustomerTable:
        raise UsageError(problem=_no_table(rows, rules)) from None
    issues = clean(tables, rules).issues
    found = issues.groupby("row", sort=False)["message"].agg(rules.labels.phrase("function_separator").join)
    header = max(table.header_row for table in tables.tables.values())
    title = rules.labels.phrase("function_check")
    return [[title if row == header else found.get(row, "")] for row, _ in enumerate(rows, start=1)]


def _no_table(rows: Grid, rules: Rules) -> str:
    """Why the range is no customer table: it has no header, or its header names too little."""
    known = (
        [cell for cell in row if isinstance(cell, str) and field_of(cell)] for row in rows[:ROWS_LOOKED_AT]
    )
    headers = max(known, key=len, default=[])
    if not headers:
        return rules.labels.phrase("function_check_header")
    return rules.labels.phrase("function_check_columns", headers=rules.labels.join(headers[:MOST_HEADERS]))
