"""Who would change tier if the rules changed? Ask before changing them.

    python examples/compare_rule_sets.py WORKBOOK

Compares the shipped rules with stricter ones: a customer is recent only for 60 days. Nothing is written.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pandas as pd

import crmsheet as crm
from crmsheet.compare import list_setting_changes
from crmsheet.model import Setting


def compare(workbook: Path, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What differs between the rules, and the customers who would move with the reasons side by side."""
    now = crm.Rules.load()
    stricter = crm.Rules.load(settings=[Setting("rfm.recency_high_days", 60, "", "")])
    tables = crm.read_workbook(workbook)
    return list_setting_changes(now, stricter), crm.compare_rules(tables, now, stricter, as_of)


if __name__ == "__main__":
    day = date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else date.today()
    changes, moves = compare(Path(sys.argv[1]), day)
    print(changes.to_string(index=False))
    print(f"\n{len(moves)} customers would move")
    print(moves[["customer_name", "before_label", "after_label", "why"]].head(10).to_string(index=False))
