"""A tier of one's own: "strategic" customers, called on every week.

    python examples/own_tier_rule.py WORKBOOK OUT

The tier is added by a rules file, and a cell of the RFM table leads to it. What a customer is, how often to call and
which play-book is printed beside it all follow from the file; no code is needed beyond loading it.
"""

from __future__ import annotations

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
    """Refresh ``workbook`` into ``out`` with the extra tier; returns customers per tier."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(RULES, encoding="utf-8")
        result = crm.refresh(workbook, out=out, rules=file, as_of=as_of)
    tiers: dict[str, int] = result.summary()["tiers"]
    return tiers


if __name__ == "__main__":
    for tier, count in refresh_with_strategic_tier(
        Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
    ).items():
        print(f"{tier}: {count}")
