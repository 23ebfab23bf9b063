"""The audit list: customers drawn at random, why evidence is wanted, what people found (R-061)."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.tables.audit import count_audits, read_audits, with_drawn
from crmsheet.view import Block, TableBlock, Text, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import column, printable, sums, view
from crmsheet.views.words import percent, tier_words

MOST_OWNERS = 30  # the list's header is looked for near the top of the sheet
_COUNTED = ("month_drawn", "month_waiting", "audited", "verified", "untrue", "unverifiable")


def is_audited(result: Result) -> bool:
    """Whether there is an audit list to write: one drawn now, or one of an earlier run."""
    return len(result.audit) > 0 or len(result.source.source.earlier("audit")) > 0


def audit_view(result: Result) -> View:
    """One line per customer and month drawn, the latest month first; above, the results of each person."""
    labels, rules = result.rules.labels, result.rules.audit
    lines = audit_lines(result)
    blocks: tuple[Block, ...] = (_list(result, lines),)
    month = shown_month(result, lines)
    if len(lines):
        how = labels.phrase("audit_how", results=" / ".join(labels.choices("audit_result")))
        blocks = (Text((how,)), _owners(result, lines, month), *blocks)
    subtitle = labels.phrase(
        "view.audit", as_of=result.as_of.isoformat(), month=month, n=int((lines["audit_month"] == month).sum()),
        share=percent(rules.share), least=rules.least, most=rules.most,
    )  # fmt: skip
    return view(result, "audit", blocks, subtitle=subtitle, back=labels.sheet("overview"), tab="watch")


def audit_lines(result: Result) -> pd.DataFrame:
    """The list in words: what stood there, and below each month whoever was drawn now."""
    labels = result.rules.labels
    lines = _named(read_audits(result.source.source.earlier("audit"), labels), result.customers)
    if result.audit.empty:
        return lines
    flagged = result.audit["needs_evidence"].astype(bool)
    yes = pd.Series(labels.choice("yes_no", "yes"), index=flagged.index, dtype=object).where(flagged, "")
    drawn = result.audit.assign(tier=tier_words(result.audit, result.rules), needs_evidence=yes)
    return with_drawn(lines, drawn)


def _named(lines: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """The lines with the names that some programs drop when they save a cell that is a link."""
    names = customers.drop_duplicates("customer_id").set_index("customer_id")["customer_name"]
    lost = lines["customer_name"].isna()
    return lines.assign(
        customer_name=lines["customer_name"].where(~lost, lines["customer_id"].map(names.to_dict()))
    )


def shown_month(result: Result, lines: pd.DataFrame) -> str:
    """The month drawn now, else the latest on the list; blank where there is none."""
    months = result.audit["audit_month"] if len(result.audit) else lines["audit_month"]
    return str(months.max()) if len(months) else ""


def owner_counts(result: Result) -> pd.DataFrame:
    """How each person's customers fared, see :func:`crmsheet.tables.audit.count_audits`."""
    lines = audit_lines(result)
    return count_audits(lines, shown_month(result, lines), result.rules.labels)


def _owners(result: Result, lines: pd.DataFrame, month: str) -> TableBlock:
    labels = result.rules.labels
    counts = count_audits(lines, month, labels)
    columns = (
        column(labels, "owner", "text", 9),
        *(column(labels, code, "nonzero", 10) for code in _COUNTED),
        column(labels, "untrue_share", "percent", 10),
    )
    frame = counts.assign(owner=counts["owner"].replace("", labels.phrase("no_owner"))).head(MOST_OWNERS)
    return TableBlock(
        "audit_owners",
        printable(frame, columns),
        columns,
        title=labels.phrase("audit_owners"),
        total={"owner": labels.column("sum"), **sums(counts, _COUNTED)},
        filterable=False,
    )


def _list(result: Result, lines: pd.DataFrame) -> TableBlock:
    labels = result.rules.labels
    columns = (
        column(labels, "audit_month", "text", 9),
        column(labels, "owner", "text", 8),
        column(labels, "customer_id", "text", 11),
        column(labels, "customer_name", "link", 24),
        column(labels, "tier", "text", 9),
        column(labels, "last_contact", "date", 11),
        column(labels, "contact_notes", "wrap", 26),
        column(labels, "needs_evidence", "choice", 7, tones={labels.choice("yes_no", "yes"): "watch"}),
        column(labels, "evidence_reason", "wrap", 26),
        column(labels, "audit_reason", "wrap", 20),
        column(labels, "audit_result", "choice", 10, choices=labels.choices("audit_result")),
        column(labels, "evidence", "wrap", 22),
        column(labels, "audited_by", "text", 9),
        column(labels, "audited_on", "date", 11),
        column(labels, "remark", "wrap", 18),
    )
    return TableBlock(
        "audit",
        printable(lines, columns),
        columns,
        links=customer_links(result, lines),
        empty=labels.phrase("empty.audit"),
        frozen=4,
    )
