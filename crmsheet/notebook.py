"""How results look in a notebook, and ``result.report()``: methods given to Result and Report here, at the door."""

from __future__ import annotations

from html import escape
from importlib import import_module
from os import PathLike
from pathlib import Path

import pandas as pd

from crmsheet.report.build import build_report
from crmsheet.report.model import Report
from crmsheet.report.optional import library
from crmsheet.report.words import in_its_words, words
from crmsheet.result import Result
from crmsheet.views.labelled import label_table

ROWS = 5
_CUSTOMERS = ["customer_id", "customer_name", "tier", "tier_reason", "amount_12m", "owner"]
_NEEDS = ["requirement_id", "requirement", "final_priority", "priority_reason", "status", "owner"]
_FOLLOWUPS = ["reminder", "overdue_days", "due", "customer_name", "tier", "next_plan", "owner"]
_CARD = "border:1px solid #8884;border-radius:6px;padding:4px 12px"


def report(
    result: Result,
    path: str | PathLike[str] | None = None,
    *,
    period: str | None = None,
    template: str | PathLike[str] | None = None,
) -> Report | Path:
    """The report of a result: shown in a notebook, or written to ``path`` (.html, .docx, .pdf).

    ``period`` is ``2026Q3``, ``2026-10``, ``2026H1`` or ``2026``; ``template`` the team's own Word file.
    """
    if path is None:
        return build_report(result, period)
    write = import_module("crmsheet.report.write")  # it writes files, which a browser has not
    return Path(write.write_report(result, path, period=period, template=template))


@in_its_words
def result_html(result: Result) -> str:
    """A result at a glance: counts, and the first rows of three tables in words."""
    summary, labels = result.summary(), result.rules.labels
    said = words()
    counts = {
        said["cards"]["customers"]: summary["customers"],
        said["series"]["needs"]: summary["requirements"],
        said["cards"]["overdue"]: summary["overdue"],
        said["cards"]["issues"]: len(result.issues),
        labels.column("as_of"): summary["as_of"],
    }
    cards = "".join(f'<div style="{_CARD}">{escape(name)}<br><b>{n}</b></div>' for name, n in counts.items())
    tables = (
        ("followups", result.followups, _FOLLOWUPS),
        ("tiers", result.customers.sort_values("value_rank", kind="stable"), _CUSTOMERS),
        ("requirements", result.requirements, _NEEDS),
    )
    shown = "".join(_table_html(result, labels.sheet(key), table, columns) for key, table, columns in tables)
    notes = "".join(f"<li>{escape(note)}</li>" for note in summary["notes"])
    return f'<div><div style="display:flex;gap:8px;flex-wrap:wrap">{cards}</div>{shown}<ul>{notes}</ul></div>'


def _table_html(result: Result, title: str, table: pd.DataFrame, columns: list[str]) -> str:
    known = [code for code in columns if code in table]
    shown = label_table(table[known].head(ROWS), result.rules)
    filled = shown.astype(object).where(shown.notna(), "")
    rows = filled.to_html(index=False, border=0, escape=True, justify="left", float_format="{:,.0f}".format)
    return f"<h4>{escape(title)} ({len(table):,})</h4>{rows}"


def report_html(shown: Report) -> str:
    """The page in a frame of its own: its styles and scripts stay inside."""
    page = escape(str(library("crmsheet.report.page").html_page(shown)), quote=True)
    return (
        f'<iframe srcdoc="{page}" sandbox="allow-scripts" style="width:100%;height:720px;border:0"></iframe>'
    )


Result.report = report
Result._repr_html_ = result_html
Report._repr_html_ = report_html
