"""Tells what people typed over computed cells of the analysis sheets: a refresh computes those anew.

It is listed on the repair log with the place where such a decision belongs; nothing typed is lost unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from crmsheet.book.host import Host
from crmsheet.book.typed_cells import TypedCell
from crmsheet.model import Note
from crmsheet.repairs.edits import Edit
from crmsheet.repairs.log import log_edits
from crmsheet.repairs.undo import TYPED_OVER
from crmsheet.result import Result

# Where to decide instead, by what the column says; anything else is changed where it is entered.
_DECIDED = {
    "tier": ("tier", "computed_tier", "manual_tier"),
    "priority": ("suggested_priority", "manual_priority", "final_priority", "top_priority"),
    "due": ("due", "reminder", "overdue_days", "next_plan"),
}


def note_typed_over(workbook: Host, result: Result) -> Result:
    """The result with a line of the repair log for every cell typed over since the last refresh."""
    found = workbook.typed_cells()
    if not found:
        return result
    labels = result.rules.labels
    reasons = {
        labels.column(code): labels.phrase(f"reason.typed_over_{kind}")
        for kind, codes in _DECIDED.items()
        for code in codes
    }
    fresh = log_edits([_edit(cell, reasons, result) for cell in found], result.as_of.isoformat(), labels)
    earlier = result.repairs
    repairs = pd.concat([fresh, earlier], ignore_index=True) if len(earlier) else fresh
    counts = Counter(cell.sheet for cell in found)
    notes = (Note("typed_over", {"sheet": sheet, "count": count}) for sheet, count in counts.items())
    return replace(result, repairs=repairs, notes=(*result.notes, *notes))


def _edit(cell: TypedCell, reasons: Mapping[str, str], result: Result) -> Edit:
    labels = result.rules.labels
    return Edit(
        cell.sheet,
        cell.row,
        cell.column,
        before=cell.text,
        after=labels.phrase("computed_value"),
        record=cell.named,
        field=cell.header,
        code=TYPED_OVER,
        reason=reasons.get(cell.header, labels.phrase("reason.typed_over")),
    )
