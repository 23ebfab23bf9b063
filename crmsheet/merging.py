"""Merging: look for customers entered more than once, show them, and merge those a person accepted (R-057)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from crmsheet.acceptance import Accepted
from crmsheet.amend import amend
from crmsheet.book.raw import RawBook
from crmsheet.book.workbook import Workbook
from crmsheet.checks.issues import Findings, issue_frame
from crmsheet.judging import Judged, Setup, judge
from crmsheet.model import Cleaned, Note
from crmsheet.recognize import recognize
from crmsheet.relate import keyed_tables, relate_customers
from crmsheet.repairs.decisions import split_silenced, with_decisions
from crmsheet.repairs.merge_edits import decided_merges, merge_edits
from crmsheet.repairs.records import with_records
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.tables.merges import customer_rows, propose_merges


def apply_merges(accepted: Accepted, setup: Setup, open_book: Callable[[RawBook], Workbook]) -> Accepted:
    """Merge the customers marked yes on the duplicates sheet; without such a mark nothing is looked for."""
    now = accepted.judged
    earlier = now.tables.earlier("duplicates")
    if "accept" not in earlier or not earlier["accept"].notna().any():
        return accepted
    keyed = keyed_tables(now.cleaned)
    customers = relate_customers(keyed, now.rules, now.day)
    proposed = decided_merges(propose_merges(now.cleaned, customers, now.rules), earlier, now.rules.labels)
    marked = proposed[proposed["accept"] == "yes"]
    if marked.empty:
        return accepted
    workbook = accepted.workbook or open_book(now.book)
    written = amend(workbook, now.book, list(merge_edits(marked, now.cleaned, keyed, customers, now.rules)))
    quality = now.tables.earlier("quality")
    judged = judge(written.book, recognize(written.book), setup, quality)
    done = (*accepted.done, *written.done)
    return Accepted(judged, workbook, done, (*accepted.notes, *written.notes))


def with_merges(result: Result, *, lazily: bool) -> Result:
    """The result with merges proposed and pointed out at their cells.

    Comparing all customers takes a fifth of a refresh, so ``lazily`` leaves it, with a note, where there are
    more than ``duplicates.on_refresh_up_to``; the duplicates sheet of the last full look then stays as it is.
    """
    limit = result.rules.duplicates.on_refresh_up_to
    if lazily and len(result.customers) > limit:
        facts = {"customers": f"{len(result.customers):,}", "limit": f"{limit:,}"}
        return replace(result, notes=(*result.notes, Note("duplicates_not_sought", facts)))
    merges, found = _sought(result.source, result.customers, result.rules)
    found, silenced = split_silenced(found)
    if found.empty and silenced.empty:
        return replace(result, merges=merges)
    issues = pd.concat([result.issues, found], ignore_index=True)
    quiet = pd.concat([result.silenced, silenced], ignore_index=True)
    return replace(result, merges=merges, issues=issues, silenced=quiet)


def found_issues(judged: Judged) -> pd.DataFrame:
    """Findings that still count, with possible duplicates where there are not too many customers to compare."""
    issues = judged.issues
    customers = relate_customers(keyed_tables(judged.cleaned), judged.rules, judged.day)
    if len(customers) <= judged.rules.duplicates.on_refresh_up_to:
        found = _sought(judged.cleaned, customers, judged.rules)[1]
        issues = pd.concat([issues, found], ignore_index=True) if len(found) else issues
    return split_silenced(issues)[0][list(judged.cleaned.issues.columns)]


def _sought(cleaned: Cleaned, customers: pd.DataFrame, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    proposed = propose_merges(cleaned, customers, rules)
    merges = decided_merges(proposed, cleaned.source.earlier("duplicates"), rules.labels)
    return merges, duplicate_issues(merges, cleaned, customers, rules)


def duplicate_issues(
    merges: pd.DataFrame, cleaned: Cleaned, customers: pd.DataFrame, rules: Rules
) -> pd.DataFrame:
    """A finding at the name of each customer that may be an earlier one; none where a person said no."""
    tables = cleaned.source
    findings = {table.sheet: Findings(code, table) for code, table in tables.tables.items()}
    asked = merges[(merges["relation"] == "same") & (merges["accept"] != "no")]
    for keep, merge, name in zip(asked["keep"], asked["merge"], asked["keep_name"], strict=True):
        here = next(customer_rows(cleaned, merge, customers), None)
        kept = next(customer_rows(cleaned, keep, customers), None)
        if here is not None and kept is not None:
            (table, row), (other, other_row) = here, kept
            place = f"{other.cell(other_row, 'customer_name')}\u201c{name}\u201d"
            findings[table.sheet].add([row], "customer_name", "possible_duplicate", detail=place)
    issues = issue_frame(list(findings.values()), rules.labels)
    return with_decisions(with_records(issues, tables), tables.earlier("quality"), rules)
