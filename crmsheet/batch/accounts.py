"""The account of the rows: what was read is written or reported, by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from crmsheet.batch.orders import OrderFile
from crmsheet.batch.result import COUNTED


def account(
    files: pd.DataFrame, orders: Sequence[OrderFile], written: Mapping[str, int], lost: Mapping[str, int]
) -> pd.DataFrame:
    """Rows that were read, written and reported, by table."""
    repeated = files.loc[files["state"] == "repeated", "row_counts"]
    lines = []
    for code in COUNTED:
        read = sum(counts.get(code, 0) for counts in files["row_counts"])
        read += sum(one.rows for one in orders) if code == "orders" else 0
        again = sum(counts.get(code, 0) for counts in repeated)
        unread = sum(counts.get(code, 0) for counts in files["unread_counts"])
        lines.append((code, read + unread, written.get(code, 0), again + unread + lost.get(code, 0)))
    return pd.DataFrame(lines, columns=["table", "read", "written", "reported"])
