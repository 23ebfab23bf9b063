"""Who would change tier if the rules changed? Ask before changing them.

    pip install .            # in the folder of this repository; nothing else is needed
    crmsheet new team.xlsx --example          # only if you have no workbook at hand
    python examples/compare_rule_sets.py team.xlsx
    python examples/compare_rule_sets.py team.xlsx --change rfm.monetary_high=200000 --change rfm.frequency_high=6

Compares the workbook's own rules (the shipped ones and what is changed on its settings sheet) with a changed set;
without ``--change`` a customer counts as recent for 60 days only. The keys are those of the last column of the settings
sheet. Nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import pandas as pd

import crmsheet as crm
from crmsheet.compare import list_setting_changes
from crmsheet.model import Setting

STRICTER = ["rfm.recency_high_days=60"]


def compare(workbook: Path, changes: list[str], as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What differs between the rules, and the customers who would move with the reasons side by side."""
    tables = crm.read_workbook(workbook)
    now = crm.Rules.load(settings=tables.settings)
    wanted = [
        Setting(key.strip(), value.strip(), "", "") for key, _, value in (c.partition("=") for c in changes)
    ]
    changed = crm.Rules.load(settings=[*tables.settings, *wanted])
    return list_setting_changes(now, changed), crm.compare_rules(tables, now, changed, as_of)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("workbook", type=Path)
    options.add_argument(
        "--change", action="append", metavar="KEY=VALUE", help="a rule to change; may be repeated"
    )
    options.add_argument("--as-of", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    given = options.parse_args()
    try:
        changes, moves = compare(given.workbook, given.change or STRICTER, given.as_of)
    except crm.CrmsheetError as error:
        options.exit(2, f"{error}\n")
    print(changes.to_string(index=False))
    print(f"\n{len(moves)} customers would move")
    for move in moves.itertuples():
        print(f"\n{move.customer_name}: {move.before_label} → {move.after_label}\n  {move.why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
