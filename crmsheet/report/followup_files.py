"""The follow-up list as text, JSON, CSV or a page."""

from __future__ import annotations

import csv
import io
import json
from typing import Literal

import pandas as pd

from crmsheet.delimited import guarded
from crmsheet.report.digest import digests
from crmsheet.report.followups import COLUMNS, by_owner, message_words, records
from crmsheet.report.model import Report, Section
from crmsheet.report.optional import library
from crmsheet.report.period import Period
from crmsheet.report.words import in_its_words
from crmsheet.result import Result
from crmsheet.tables.facts import Span
from crmsheet.view import Card, Cards, Column, Format, TableBlock
from crmsheet.views.words import PRIORITY_TONES, REMINDER_TONES, tier_tones, toned, worded

FollowupFormat = Literal["text", "json", "csv", "html"]

_PAGE_COLUMNS: tuple[tuple[str, Format, float], ...] = (
    ("reminder", "choice", 8), ("overdue_days", "integer", 8), ("due", "date", 12), ("customer_name", "text", 26),
    ("tier", "choice", 10), ("top_priority", "choice", 8), ("top_need", "wrap", 26), ("next_plan", "wrap", 24),
    ("contact_notes", "wrap", 28), ("last_contact", "date", 12), ("contact", "text", 8), ("phone", "text", 16),
    ("decision_reason", "wrap", 20), ("due_reason", "wrap", 30),
)  # fmt: skip


@in_its_words
def followup_text(result: Result, lines: pd.DataFrame, form: FollowupFormat, *, days: int) -> str:
    """The list in one of its forms."""
    if form == "json":
        return json.dumps(records(lines), ensure_ascii=False, indent=1) + "\n"
    if form == "csv":
        return _csv(result, lines)
    if form == "html":
        return str(library("crmsheet.report.page").html_page(followup_report(result, lines, days)))
    bodies = [message.body for message in digests(lines, result.as_of, days=days)]
    nobody = message_words()["nobody" if len(result.customers) else "no_customers"]
    return "\n\n".join(bodies or [nobody]) + "\n"


def _csv(result: Result, lines: pd.DataFrame) -> str:
    labels = result.rules.labels
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(labels.column(code) for code in COLUMNS)
    shown = lines.assign(reminder=worded(lines, "reminder", labels, "reminder"))
    for line in records(shown):
        writer.writerow(guarded(line[code]) for code in COLUMNS)
    return buffer.getvalue()


@in_its_words
def followup_report(result: Result, lines: pd.DataFrame, days: int) -> Report:
    """The list as a report: one section per owner, its counts in a sentence."""
    said, as_of = message_words(), result.as_of.isoformat()
    reminders = lines["reminder"].value_counts()
    labels = result.rules.labels
    cards = tuple(
        Card(labels.choice("reminder", code), f"{int(reminders.get(code, 0)):,}", "", tone)
        for code, tone in REMINDER_TONES.items()
        if code != "later" or reminders.get(code, 0)
    )
    last = pd.Timestamp(result.as_of) + pd.Timedelta(days=days)
    period = Period(said["page_period"].format(days=days), Span(pd.Timestamp(result.as_of), last), months=0)
    return Report(
        title=said["page_title"],
        subtitle=said["page_subtitle"].format(as_of=as_of, days=days),
        as_of=result.as_of,
        period=period,
        cards=Cards(cards),
        sections=tuple(
            _section(result, number, owner, own) for number, (owner, own) in enumerate(by_owner(lines))
        ),
        language=labels.language,
    )


def _section(result: Result, number: int, owner: str, own: pd.DataFrame) -> Section:
    labels = result.rules.labels
    tones = {
        "reminder": toned(labels, "reminder", REMINDER_TONES),
        "top_priority": toned(labels, "level", PRIORITY_TONES),
        "tier": tier_tones(result.rules),
    }
    columns = tuple(
        Column(code, labels.column(code), kind, width, tones=tones.get(code, {}))
        for code, kind, width in _PAGE_COLUMNS
    )
    frame = own.assign(reminder=worded(own, "reminder", labels, "reminder"))
    table = TableBlock(f"owner{number}", frame, columns, filterable=False)
    return Section(f"owner{number}", owner, (), (table,))
