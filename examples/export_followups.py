"""Write one follow-up list per owner, ready to mail: who is due, since when, and why.

    python examples/export_followups.py WORKBOOK OUT_FOLDER

The workbook is only read. Each CSV opens in Excel with its Chinese intact.
"""

from __future__ import annotations

import sys
from pathlib import Path

import crmsheet as crm

COLUMNS = ["customer_id", "customer_name", "reminder", "due", "overdue_days", "due_reason", "actions"]


def export_followups(workbook: Path, out: Path, as_of: str | None = None) -> dict[str, int]:
    """Write the lists of everybody with something overdue, due today or soon; returns lines per owner."""
    out.mkdir(parents=True, exist_ok=True)
    customers = crm.analyze_workbook(workbook, as_of=as_of).customers
    due = customers[customers["reminder"].isin(["overdue", "today", "soon"])]
    due = due.sort_values(["overdue_days", "due"], ascending=[False, True])
    written = {}
    for owner, rows in due.groupby(due["owner"].fillna("unassigned")):
        name = str(owner).replace("*", "x")
        rows[COLUMNS].to_csv(out / f"{name}.csv", index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")
        written[str(owner)] = len(rows)
    return written


if __name__ == "__main__":
    for who, count in export_followups(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]).items():
        print(f"{who}: {count}")
