"""Checks across the cells of a row and the rows of a table (R-056, R-057, R-062, R-063)."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.checks.belonging import check_nobody
from crmsheet.checks.expected import check_expected
from crmsheet.checks.issues import Findings
from crmsheet.clean.companies import parse_company
from crmsheet.entry_delay import EntryDelay
from crmsheet.fields import readable_fields
from crmsheet.rules import Rules
from crmsheet.stacked import places_of, row_of

LONGEST_VAGUE = 12  # a longer need says more than its vague word


def check_rows(findings: Findings, frame: pd.DataFrame, rules: Rules, as_of: date | None) -> None:
    """Everything that needs more than one cell; ``frame`` is the typed table."""
    _check_ids(findings, frame)
    check_nobody(findings, frame)
    _check_order_of_dates(findings, frame)
    _check_entry_delay(findings, frame, rules, as_of)
    _check_notes(findings, frame)
    check_expected(findings, rules)
    _check_size_and_budget(findings, frame, rules)
    _check_vague(findings, rules)
    if as_of is not None:
        _check_future(findings, frame, as_of)
        _check_updates(findings, frame, rules, as_of)


def _check_ids(findings: Findings, frame: pd.DataFrame) -> None:
    """One id is one customer: the same id under two names is an error; so is a repeated id among profiles."""
    if "customer_id" not in frame or findings.code not in {"records", "profiles"}:
        return
    ids = frame["customer_id"].where(frame["customer_id"].astype(bool))
    if findings.code == "profiles":
        _check_repeated_ids(findings, ids, frame.get("customer_name", pd.Series("", index=frame.index)))
    elif "customer_name" in frame:
        again = frame[frame["customer_id"].astype(bool) & ids.duplicated(keep=False)]
        shared = again[again["customer_name"].notna()]
        if len(shared):
            _check_shared_ids(findings, shared["customer_id"], shared["customer_name"])


def _check_repeated_ids(findings: Findings, ids: pd.Series, names: pd.Series) -> None:
    """A second profile of one customer, such as a merge leaves, is superfluous; one of another customer is wrong."""
    again = ids[ids.notna() & ids.duplicated()]
    brands = [parse_company(name).brand.casefold() if isinstance(name, str) else "" for name in names]
    brand_of = dict(zip(names.index, brands, strict=True))
    firsts = ids[ids.notna() & ~ids.duplicated()]
    first_row = dict(zip(firsts, firsts.index, strict=True))
    for row, value in zip(again.index, again, strict=True):
        above = first_row[value]
        if brand_of[row] and brand_of[row] == brand_of[above]:
            findings.add([row], "customer_id", "profile_repeated", detail=str(row_of(above)))
        else:
            findings.add([row], "customer_id", "id_repeated")


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


def _check_entry_delay(findings: Findings, frame: pd.DataFrame, rules: Rules, as_of: date | None) -> None:
    """R-063: a contact is written down within 24 hours; where cells carry days only, by the next day.

    Said of the last month alone: nobody can write down in time what is long past, and it would bury the rest.
    """
    if not {"entered_on", "contacted_on"} <= set(frame):
        return
    hours = EntryDelay.of(frame).hours
    limit = rules.timeliness.entry_hours
    late = hours > limit
    if as_of is not None:
        since = pd.Timestamp(as_of) - pd.DateOffset(months=rules.timeliness.update_months)
        late &= (frame["contacted_on"] > since) & (frame["entered_on"] <= pd.Timestamp(as_of))
    findings.add(frame.index[late], "entered_on", "entered_late", detail=f"{limit:g}")
    findings.add(frame.index[hours < 0], "entered_on", "entered_before")


def _check_updates(findings: Findings, frame: pd.DataFrame, rules: Rules, as_of: date) -> None:
    """R-063: an open need is looked after at least once a month; said once per customer, at the latest row.

    In a workbook that nobody has touched for a month it would be said of every row, and say nothing.
    """
    if findings.code != "records" or not {"last_contact", "customer_id", "status"} <= set(frame):
        return
    # A contact in the future is reported as such and says nothing about the past.
    known = frame.loc[frame["last_contact"] <= pd.Timestamp(as_of), ["last_contact", "customer_id", "status"]]
    oldest = pd.Timestamp(as_of) - pd.DateOffset(months=rules.timeliness.update_months)
    old = (known["last_contact"] < oldest).to_numpy()
    places = places_of(known.index)
    stale = old & np.isin(places, places[~old]) & known["status"].isin(["todo", "doing"]).to_numpy()
    stale &= _is_latest(known["last_contact"].to_numpy(), known["customer_id"])
    months = str(rules.timeliness.update_months)
    findings.add(known.index[stale], "last_contact", "update_due", detail=months)


def _is_latest(days: npt.NDArray[np.datetime64], ids: pd.Series) -> npt.NDArray[np.bool_]:
    """Rows with the latest day of their customer, the last of them; one without an id stands for itself."""
    codes, distinct = pd.factorize(ids)
    named = (codes >= 0) & ids.astype(bool).to_numpy()
    order = np.argsort(days, kind="stable")
    order = order[named[order]]
    last = np.full(len(distinct), -1)
    last[codes[order]] = order  # of several the one written last stays
    latest = ~named
    latest[last[last >= 0]] = True
    return latest


def _check_size_and_budget(findings: Findings, frame: pd.DataFrame, rules: Rules) -> None:
    """R-056: the budget per employee stays within what teams of that size spend."""
    if not {"headcount_high", "budget_low"} <= set(frame) or not {"company_size", "budget"} <= set(frame):
        return
    per_head = frame["budget_low"] / frame["headcount_high"].where(frame["headcount_high"] > 0)
    for row in per_head.index[per_head > rules.cleaning.budget_per_head]:
        findings.add([row], "company_size", "size_and_budget", detail=str(frame.at[row, "budget"]))


def _check_notes(findings: Findings, frame: pd.DataFrame) -> None:
    """R-009: what was said is required where a contact is recorded."""
    if {"contact_notes", "last_contact"} <= set(frame):
        silent = frame["last_contact"].notna() & frame["contact_notes"].isna()
        findings.add(frame.index[silent], "contact_notes", "notes_missing")


def _check_vague(findings: Findings, rules: Rules) -> None:
    """R-024, R-062: a need that only says "soon" or "efficient" is asked again."""
    words = [word for word in rules.cleaning.vague_words if word]
    for column in ("explicit_needs", "implicit_needs", "core_need"):
        if column not in findings.table.raw or not words:
            continue
        raw = findings.table.raw[column]
        cells = raw.tolist()
        texts = {cell: cell.strip() for cell in set(cells) if isinstance(cell, str)}
        short = {cell: text for cell, text in texts.items() if 0 < len(text) <= LONGEST_VAGUE}
        for word in words:
            vague = {cell for cell, text in short.items() if word in text}
            if vague:
                findings.add(raw.index[[cell in vague for cell in cells]], column, "vague", detail=word)


_OF_DAYS = frozenset({"date", "moment", "date_or_none"})


def _check_future(findings: Findings, frame: pd.DataFrame, as_of: date) -> None:
    """What has happened cannot lie in the future (ANALYTICS §0, §5); days that are plans may."""
    for column, field in readable_fields(findings.code).items():
        if field.past and field.kind in _OF_DAYS and column in frame:
            findings.add(frame.index[frame[column] > pd.Timestamp(as_of)], column, "date_future")
