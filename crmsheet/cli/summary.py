"""The summary of a result, for people or programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crmsheet.cli.shell import SummaryFormat

if TYPE_CHECKING:
    from crmsheet.result import Result


def print_summary(result: Result, form: SummaryFormat) -> None:
    """Print the summary in the result's own language."""
    summary = result.summary()
    if form is SummaryFormat.json:
        print(json.dumps(summary, ensure_ascii=False, indent=1))
        return
    labels = result.rules.labels
    tiers = labels.join(f"{name} {n}" for name, n in summary["tier_labels"].items())
    tiers = labels.phrase("summary_tiers", tiers=tiers) if tiers else ""
    issues = labels.join(f"{labels.choice('severity', code)} {n}" for code, n in summary["issues"].items())
    facts = {**summary, "tiers": tiers, "issues": issues, "sheets": labels.join(summary["sheets"])}
    print(labels.phrase("summary", **facts))
    if summary["repaired"]:
        print(labels.phrase("summary_repairs", **facts))
    for note in summary["notes"]:
        print(labels.phrase("summary_note", note=note))
