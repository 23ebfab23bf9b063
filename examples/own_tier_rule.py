"""A tier of one's own: "strategic" customers, called on every week.

    pip install .            # in the folder of this repository; nothing else is needed
    crmsheet new team.xlsx --example          # only if you have no workbook at hand
    python examples/own_tier_rule.py team.xlsx refreshed.xlsx

The tier is added by a rules file, and a cell of the RFM table leads to it: who bought lately, often and for much money
(HHH) is strategic. How often to call, and which play-book is printed beside the customer, follow from the file; no code
is needed beyond loading it. On the command line: ``crmsheet refresh team.xlsx --rules rules.toml``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import crmsheet as crm

RULES = """
[tiers.strategic]
label = "战略"
cadence_months = 0
cadence_days = 7
executive_visit_months = 1
weight = 5
strategy = "联合规划、高层互访"
actions = "每周例会，同步路线图；每月高层见面"
channel = "拜访、电话"

[rfm.table]
HHH = "strategic"

[priority]
urgent_tiers = ["strategic", "high_value"]
"""


def refresh_with_strategic_tier(workbook: Path, out: Path, as_of: str | None = None) -> dict[str, int]:
    """Refresh ``workbook`` into ``out`` with the extra tier; returns customers per tier, by its label."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(RULES, encoding="utf-8")
        result = crm.refresh(workbook, out=out, rules=file, as_of=as_of)
    tiers: dict[str, int] = result.summary()["tiers"]
    return {result.rules.tiers[code].label: tiers.get(code, 0) for code in result.rules.tiers}


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("workbook", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--as-of", metavar="YYYY-MM-DD", help="judge as of this day; default today")
    given = options.parse_args()
    try:
        tiers = refresh_with_strategic_tier(given.workbook, given.out, given.as_of)
    except crm.CrmsheetError as error:
        options.exit(2, f"{error}\n")
    for tier, count in tiers.items():
        print(f"{tier}: {count}")
    print(f"written: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
