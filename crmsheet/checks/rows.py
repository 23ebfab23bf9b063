"""Checks across the cells of a row and the rows of a table (R-056, R-057, R-062, R-063)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.checks.issues import Findings
from crmsheet.clean.companies import parse_company
from crmsheet.rules import Rules

MAX_ENTRY_DAYS = 1  # within 24 hours; cells carry days, so one calendar day


def check_rows(findings: Findings, frame: pd.DataFrame, rules: Rules, as_of: date | None) -> None:
    """Everything that needs more than one cell; ``frame`` is the typed table."""
    _check_ids(findings, frame)
    _check_order_of_dates(findings, frame)
    _check_notes(findings, frame)
    _check_vague(findings, rules)
    if as_of is not None:
        _check_future(findings, frame, as_of)


def _check_ids(findings: Findings, frame: pd.DataFrame) -> None:
    """One id is one customer: the same id under two names is an error; so is a repeated id among profiles."""
    if "customer_id" not in frame or findings.code not in {"records", "profiles"}:
        return
    ids = frame["customer_id"].where(frame["customer_id"].astype(bool))
    if findings.code == "profiles":
        findings.add(frame.index[ids.notna() & ids.duplicated()], "customer_id", "id_repeated")
    elif "customer_name" in frame:
        shared = frame[ids.notna() & ids.duplicated(keep=False) & frame["customer_name"].notna()]
        _check_shared_ids(findings, shared["customer_id"], shared["customer_name"])


def _check_shared_ids(findings: Findings, ids: pd.Series, names: pd.Series) -> None:
    """Rows of one id must speak of one customer; spellings of one brand are no conflict."""
    brands = names.map(lambda name: parse_company(name).brand.casefold())
    first = brands.groupby(ids).transform("first")
    first_names = names.groupby(ids).transform("first")
    for row in names.index[brands != first]:
        findings.add([row], "customer_id", "id_conflict", detail=str(first_names.at[row]))


def _check_order_of_dates(findings: Findings, frame: pd.DataFrame) -> None:
    if {"next_date", "last_contact"} <= set(frame):
        early = frame["next_date"] < frame["last_contact"]
        findings.add(frame.index[early], "next_plan", "plan_before_contact")
    if {"entered_on", "contacted_on"} <= set(frame):
        late = (frame["entered_on"] - frame["contacted_on"]).dt.days > MAX_ENTRY_DAYS
        findings.add(frame.index[late], "entered_on", "entered_late")


def _check_notes(findings: Findings, frame: pd.DataFrame) -> None:
    """R-009: what was said is required where a contact is recorded."""
    if {"contact_notes", "last_contact"} <= set(frame):
        silent = frame["last_contact"].notna() & frame["contact_notes"].isna()
        findings.add(frame.index[silent], "contact_notes", "notes_missing")


def _check_vague(findings: Findings, rules: Rules) -> None:
    """R-024, R-062: a need that only says "soon" or "efficient" is asked again."""
    words = [word for word in rules.cleaning.vague_words if word]
    for column in ("explicit_needs", "core_need"):
        if column not in findings.table.raw or not words:
            continue
        texts = findings.table.raw[column].map(lambda value: value.strip() if isinstance(value, str) else "")
        short = texts[texts.str.len().between(1, 12)]
        for word in words:
            findings.add(short.index[short.str.contains(word, regex=False)], column, "vague", detail=word)


def _check_future(findings: Findings, frame: pd.DataFrame, as_of: date) -> None:
    """What has happened cannot lie in the future (ANALYTICS §0, §5)."""
    for column in ("last_contact", "contacted_on", "order_date", "given_on", "last_deal"):
        if column in frame:
            findings.add(frame.index[frame[column] > pd.Timestamp(as_of)], column, "date_future")
