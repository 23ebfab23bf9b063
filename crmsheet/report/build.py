"""From a Result to a Report: the four sections of the 客户需求分析报告 (R-102 … R-106, S0 step six)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from crmsheet.labels import wan
from crmsheet.report.actions import actions_section
from crmsheet.report.care import care_section
from crmsheet.report.model import Figures, Report, Section
from crmsheet.report.needs import needs_section
from crmsheet.report.parts import card
from crmsheet.report.progress import progress_section
from crmsheet.report.rates import rate_text
from crmsheet.report.scope import Scope
from crmsheet.report.words import card_note, in_its_words, phrase
from crmsheet.result import Result
from crmsheet.view import Cards


@in_its_words
def build_report(result: Result, period: str | None = None) -> Report:
    """The report of a result over ``period`` (``2026Q3``, ``2026-10``, ``2026H1``, ``2026``).

    Without a period it counts every need on record and the rates of the months the rules ask for. Every
    number comes from a table of the result; the lists of rows are part of the report.
    """
    scope = Scope.of(result, period)
    return Report(
        title=phrase("title"),
        subtitle=_subtitle(scope),
        as_of=result.as_of,
        period=scope.period,
        cards=_cards(scope),
        sections=tuple(
            _without_empty_charts(make(scope))
            for make in (needs_section, progress_section, care_section, actions_section)
        ),
        notes=_notes(scope),
        notes_title=phrase("notes_title"),
        language=result.rules.labels.language,
    )


def _without_empty_charts(section: Section) -> Section:
    parts = (part.with_data() if isinstance(part, Figures) else part for part in section.parts)
    return replace(
        section, parts=tuple(part for part in parts if not isinstance(part, Figures) or part.figures)
    )


def _subtitle(scope: Scope) -> str:
    period = scope.period
    return phrase(
        "subtitle",
        label=period.label,
        first=period.first_day.isoformat(),
        last=period.last_day.isoformat(),
        as_of=scope.result.as_of.isoformat(),
    )


def _cards(scope: Scope) -> Cards:
    customers = scope.result.customers
    amount = customers["amount_12m"].sum(min_count=1)
    met = scope.rate("need_satisfaction")
    reminders = customers["reminder"].value_counts()
    high = int((customers["tier"] == "high_value").sum())
    open_needs = scope.open_needs
    pressing = int((open_needs["final_priority"] == "high").sum())
    traded = not pd.isna(amount)
    return Cards(
        (
            card("customers", f"{len(customers):,}", card_note("customers", n=high), "strong"),
            card(
                "amount",
                wan(float(amount)) if traded else phrase("no_value"),
                card_note("amount", n=float(customers["frequency"].sum())) if traded else "",
                "info",
            ),
            card("open_needs", f"{len(open_needs):,}", card_note("open_needs", n=pressing), "watch"),
            card(
                "satisfied",
                rate_text(met["rate_value"], "share") or phrase("no_value"),
                card_note("satisfied", total=met["numerator"], base=met["denominator"]),
                "good",
            ),
            card(
                "overdue",
                f"{int(reminders.get('overdue', 0)):,}",
                card_note("overdue", n=int(reminders.get("today", 0))),
                "bad",
            ),
        )
    )


def _notes(scope: Scope) -> tuple[str, ...]:
    """What the reader should know: what was left out, and what could not be computed."""
    labels, own = scope.result.rules.labels, []
    if scope.period.chosen:
        own.append(phrase("note.status_now"))
    if scope.undated:
        own.append(phrase("note.undated", n=scope.undated))
    told = (labels.phrase(f"note.{note.code}", **note.facts) for note in scope.result.notes)
    return (*own, *told)
