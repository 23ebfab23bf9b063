"""Checks of whose a row is: rows that name nobody, or a name that leads to no customer, count nowhere (C-21)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmsheet.checks.issues import Findings
from crmsheet.clean.companies import parse_company
from crmsheet.stacked import apart

_OF_CUSTOMERS = frozenset({"records", "profiles", "interactions", "orders", "feedback", "contracts"})
_UNNAMED = ("missing_required", "placeholder_required", "placeholder_needed", "placeholder")
_REFERRING = ("interactions", "orders", "feedback", "contracts")


def check_nobody(findings: Findings, frame: pd.DataFrame) -> None:
    """A row with neither id nor name belongs to nobody, so nothing in it counts; said once, at its first cell."""
    columns = [name for name in ("customer_id", "customer_name") if name in frame]
    if findings.code not in _OF_CUSTOMERS or not columns:
        return
    named = np.logical_or.reduce([frame[name].astype(bool) for name in columns])
    rows = frame.index[~named]
    if not len(rows):
        return
    said, nobody = {(code, name) for code in _UNNAMED for name in columns}, set(rows)
    kept = [one for one in findings.found if (one.code, one.field) not in said or one.row not in nobody]
    findings.found[:] = kept  # that a name is missing is the same fault
    findings.add(rows, columns[0], "row_of_nobody")


def check_names(findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame]) -> None:
    """Rows without an id whose name is that of no customer, or of several: they are left out like unknown ids."""
    known: pd.Index | None = None
    for code in _REFERRING:
        frame = frames.get(code)
        if frame is None or "customer_name" not in frame:
            continue
        named = frame["customer_name"].notna() & (frame["customer_name"] != "")
        names = name_keys(frame[named & ~has_id(frame)])
        if len(names):
            known = _leading_names(frames) if known is None else known
            findings[code].add(names.index[~names.isin(known)], "customer_name", "name_unknown")


def _leading_names(frames: Mapping[str, pd.DataFrame]) -> pd.Index:
    """Names that lead to one customer: those of a single id, and those of rows that have no id themselves."""
    tables = [frames[code] for code in ("records", "profiles") if "customer_name" in frames.get(code, ())]
    if not tables:
        return pd.Index([])
    ids = pd.concat([table["customer_id"].where(has_id(table)) if "customer_id" in table
                     else pd.Series(None, index=table.index, dtype=object) for table in tables])  # fmt: skip
    told = pd.DataFrame({"name": pd.concat(list(map(name_keys, tables))).to_numpy(), "id": ids.to_numpy()})
    by_name = told[told["name"] != ""].groupby("name")["id"]
    leads = (by_name.nunique() == 1) | (by_name.count() < by_name.size())
    return leads.index[leads]


def has_id(frame: pd.DataFrame) -> pd.Series:
    """Which rows name their customer by an id."""
    if "customer_id" not in frame:
        return pd.Series(data=False, index=frame.index)
    return frame["customer_id"].notna() & (frame["customer_id"] != "")


def name_keys(frame: pd.DataFrame) -> pd.Series:
    """What each row's customer name is known by within its workbook; blank where it tells nobody apart."""
    return apart(frame["customer_name"].map(_name_key).astype(object))


def _name_key(name: object) -> str:
    if not isinstance(name, str) or not name:
        return ""
    company = parse_company(name)
    return "" if company.kind == "masked" else company.key
