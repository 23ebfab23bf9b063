"""Write one follow-up list per owner, ready to mail: who is due, since when, why, and what to do.

    pip install .            # in the folder of this repository; nothing else is needed
    crmsheet new team.xlsx --example          # only if you have no workbook at hand
    python examples/export_followups.py team.xlsx lists

The workbook is only read. Each CSV opens in Excel with its Chinese intact, the longest overdue first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import crmsheet as crm

COLUMNS = [
    "reminder", "due", "overdue_days", "customer_id", "customer_name", "contact", "phone", "tier", "top_need",
    "due_reason", "actions",
]  # fmt: skip
FULL_WIDTH = str.maketrans(
    '\\/:*?"<>|', "＼／：＊？＂＜＞｜"
)  # a masked name such as 李* is no name of a file


def export_followups(workbook: Path, out: Path, as_of: str | None = None) -> dict[Path, int]:
    """Write the lists of everybody with something overdue, due today or soon; returns the lines of each file."""
    result = crm.analyze_workbook(workbook, as_of=as_of)
    due = result.followups[result.followups["reminder"].isin(["overdue", "today", "soon"])]
    due = due.assign(overdue_days=due["overdue_days"].astype("Int64"))
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    for owner, rows in due.groupby(due["owner"].fillna("unassigned")):
        path = out / f"{str(owner).translate(FULL_WIDTH)}.csv"
        lines = crm.label_table(rows[COLUMNS], result.rules)
        lines.to_csv(path, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")
        written[path] = len(lines)
    return written


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("workbook", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--as-of", metavar="YYYY-MM-DD", help="judge as of this day; default today")
    given = options.parse_args()
    try:
        written = export_followups(given.workbook, given.out, given.as_of)
    except crm.CrmsheetError as error:
        options.exit(2, f"{error}\n")
    for path, count in written.items():
        print(f"{path}: {count} customers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
