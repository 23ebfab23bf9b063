"""Follow-up list: whom to contact, when, why, and what to say (R-093, R-110)."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.view import Card, Cards, Column, Link, TableBlock, View
from crmsheet.views.layout import column, printable, relevant, view
from crmsheet.views.words import (
    ACCESS_TONES,
    AGEING_TONES,
    PRIORITY_TONES,
    REMINDER_TONES,
    percent,
    tier_tones,
    tier_words,
    toned,
    worded,
)


def followups_view(result: Result) -> View:
    """One line per customer with a due date, whom to contact first in front."""
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "reminder", "choice", 8, tones=toned(labels, "reminder", REMINDER_TONES)),
        column(labels, "overdue_days", "nonzero", 7, bar=True, bar_tone="bad"),
        column(labels, "due", "date", 11),
        column(labels, "customer_name", "link", 22),
        column(labels, "tier", "choice", 8, tones=tier_tones(rules)),
        column(labels, "top_priority", "choice", 7, tones=toned(labels, "level", PRIORITY_TONES)),
        column(labels, "decision_access", "choice", 7, tones=toned(labels, "decision_access", ACCESS_TONES)),
        column(labels, "top_need", "wrap", 22),
        column(labels, "next_plan", "wrap", 18),
        column(labels, "contact_notes", "wrap", 22),
        column(labels, "last_contact", "date", 11),
        column(labels, "owner", "text", 7),
        column(labels, "phone", "text", 15),
        column(labels, "strategy", "wrap", 24),
        column(labels, "due_reason", "wrap", 29),
    )
    frame = followup_lines(result, columns)
    block = TableBlock(
        "followups",
        printable(frame, columns, "customer_id"),
        columns,
        key=("customer_name",),
        links=customer_links(result, frame),
        total={"customer_name": labels.phrase("total_customers", n=len(frame))} if len(frame) else {},
        empty=labels.phrase("empty.followups"),
        frozen=4,
    )
    blocks = (_cards(result), block) if len(frame) else (block,)
    return view(
        result, "followups", blocks, subtitle=_subtitle(result), back=labels.sheet("overview"), tab="bad"
    )


def _subtitle(result: Result) -> str:
    """The day, and what the order of the list goes by."""
    rules, labels = result.rules, result.rules.labels
    return labels.phrase(
        "view.followups",
        as_of=result.as_of.isoformat(),
        tier=rules.tiers["churn_risk"].label,
        days=rules.followup.stale_after_workdays,
        win_back=labels.sheet("win_back"),
    )


def _cards(result: Result) -> Cards:
    """How long the follow-ups are overdue, in workdays."""
    labels, due = result.rules.labels, result.due_lines(result.customers[["ageing"]])
    counts = due.loc[due["ageing"] != "not_due", "ageing"].value_counts()
    cards = []
    for code, tone in AGEING_TONES.items():
        if code != "not_due":
            count = int(counts.get(code, 0))
            note = labels.phrase("card.ageing_note", share=percent(count / max(int(counts.sum()), 1)))
            cards.append(Card(labels.choice("ageing", code), f"{count:,}", note, tone))
    return Cards(tuple(cards))


def followup_lines(result: Result, columns: tuple[Column, ...] = ()) -> pd.DataFrame:
    """The follow-up list in words; with ``columns`` only what a list of those needs."""
    rules, labels = result.rules, result.rules.labels
    due = result.due_lines(relevant(result.customers, columns)) if columns else result.followups
    return due.assign(
        reminder=worded(due, "reminder", labels, "reminder"),
        top_priority=worded(due, "top_priority", labels, "level"),
        decision_access=worded(due, "decision_access", labels, "decision_access"),
        strategy=_strategies(due, rules),
        tier=tier_words(due, rules),
    )


def _strategies(due: pd.DataFrame, rules: Rules) -> pd.Series:
    """What the tier asks for; before it, to meet who decides where nobody has yet."""
    first = due["decision_reason"].where(due["decision_access"] == "not_reached", "")
    strategies = due["tier"].map({code: tier.strategy for code, tier in rules.tiers.items()}).fillna("")
    separator = rules.labels.phrase("clause_separator")
    return first.where(first == "", first + separator) + strategies


def customer_links(result: Result, frame: pd.DataFrame, code: str = "customer_name") -> tuple[Link, ...]:
    """Links from a customer's name to the customer's first row on the record sheet, when ids are typed there."""
    table = result.source.source.tables.get("records")
    if table is None or table.vertical or "customer_id" not in table.letters or "customer_id" not in frame:
        return ()
    return (Link(code, table.sheet, "customer_id", table.letters["customer_id"]),)
