"""clean(): every recognised table becomes typed columns plus Issues. Rows and raw cells stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from crmsheet.checks.columns import as_days, read_column
from crmsheet.checks.deals import check_deals
from crmsheet.checks.issues import Findings, issue_frame
from crmsheet.checks.orders import check_orders
from crmsheet.checks.quantities import AS_TEXT
from crmsheet.checks.relations import check_relations
from crmsheet.checks.rows import check_rows
from crmsheet.collector import collector_paused
from crmsheet.fields import SHEETS, Field, readable_fields
from crmsheet.model import Cleaned, Tables
from crmsheet.rules import Rules
from crmsheet.stacked import apart
from crmsheet.workdays import Calendar

# Read first, because the other dates of a row are counted from it.
_OWN_DATE = {"records": "last_contact", "profiles": "last_contact", "interactions": "contacted_on"}
_EARLIEST = date(2000, 1, 1)
TYPELESS = frozenset({".csv", ".tsv", ".txt"})  # files in which every cell is a text


@collector_paused()
def clean(tables: Tables, rules: Rules, *, as_of: date | None = None) -> Cleaned:
    """Typed tables and issues of everything in ``tables`` (R-054 … R-062).

    ``as_of`` is the day incomplete dates are counted from where a record has no date of its own, and after
    which nothing can have happened; without it the latest full date of the table serves, and nothing is
    called future. Of several workbooks one below the other (:mod:`crmsheet.stacked`) each row is checked as if
    its workbook stood alone; they need the day.
    """
    calendar = Calendar.around(as_of or _EARLIEST, tables.holidays, years=3 if as_of else 60)
    frames: dict[str, pd.DataFrame] = {}
    told: dict[str, pd.DataFrame] = {}
    collected: list[Findings] = []
    for code in (sheet for sheet in SHEETS if sheet in tables and sheet != "holidays"):
        findings = Findings(code, tables.tables[code])
        frames[code] = _typed(findings, (rules, calendar), as_of)
        told[code] = _ids_apart(frames[code])
        check_rows(findings, told[code], rules, as_of)
        collected.append(findings)
    if tables.path is not None and tables.path.suffix.lower() in TYPELESS:
        collected = [part.without(AS_TEXT) for part in collected]
    by_sheet = {part.code: part for part in collected}
    check_orders(by_sheet, told, as_of)  # first: totals of doubtful orders are not proposed
    check_relations(by_sheet, told)
    check_deals(by_sheet, told, rules, as_of)
    return Cleaned(tables, frames, issue_frame(collected, rules.labels), tables.notes)


def _ids_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as its rows are related: an id means one customer within its workbook only."""
    return frame.assign(customer_id=apart(frame["customer_id"])) if "customer_id" in frame else frame


def _typed(findings: Findings, how: tuple[Rules, Calendar], as_of: date | None) -> pd.DataFrame:
    raw = findings.table.raw
    fields = {name: field for name, field in readable_fields(findings.code).items() if name in raw}
    columns: dict[str, pd.Series] = {}
    own = fields.get(_OWN_DATE.get(findings.code, ""))
    today = as_of or _latest_full_date(raw, fields)
    base: pd.Series | date = today
    if own is not None:
        columns |= read_column(findings, own, how, base)
        base = as_days(columns[own.code])
    for field in fields.values():
        if field is not own:
            columns |= read_column(findings, field, how, base, today)
    return pd.DataFrame(columns, index=raw.index)


def _latest_full_date(raw: pd.DataFrame, fields: Mapping[str, Field]) -> date:
    """The latest real date among cells that need no reading, as the day the table was kept up to."""
    days = [
        value.date() if isinstance(value, pd.Timestamp) or hasattr(value, "date") else value
        for code, field in fields.items()
        if field.kind in ("date", "moment") and field.past
        for value in raw[code].tolist()
        if isinstance(value, date) and not pd.isna(value)
    ]
    return max(days, default=_EARLIEST)
