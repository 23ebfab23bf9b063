"""What came of audits: the list kept from month to month, and how each person's customers fared (R-061)."""

from __future__ import annotations

import pandas as pd

from crmsheet.labels import Labels
from crmsheet.steps.audit_draw import known_as
from crmsheet.steps.columns import optional, text

FILLED = ("audit_result", "evidence", "audited_by", "audited_on", "remark")  # by people
LINE_COLUMNS = (
    "audit_month", "owner", "customer_id", "customer_name", "tier", "last_contact", "contact_notes", "needs_evidence",
    "evidence_reason", "audit_reason", *FILLED,
)  # fmt: skip
RESULTS = ("verified", "untrue", "unverifiable")


def read_audits(earlier: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """The lines of the last run's list as they stand, results in today's words; what nobody understands stays."""
    lines = pd.DataFrame({name: optional(earlier, name, None) for name in LINE_COLUMNS}, dtype=object)
    lines = lines.where(lines.notna(), None)
    months = text(lines["audit_month"]).str.strip()
    words = {name: _retold(lines[name], vocabulary, labels) for name, vocabulary in _VOCABULARIES.items()}
    return lines.assign(audit_month=months, **words)[months != ""].reset_index(drop=True)


_VOCABULARIES = {"needs_evidence": "yes_no", "audit_result": "audit_result"}


def _retold(words: pd.Series, vocabulary: str, labels: Labels) -> pd.Series:
    codes = [labels.choice_code(vocabulary, word) if word else None for word in text(words)]
    told = [
        labels.choice(vocabulary, code) if code else word for code, word in zip(codes, words, strict=True)
    ]
    return pd.Series(told, index=words.index, dtype=object)


def with_drawn(lines: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """The list with the lines of ``drawn`` customers that it lacks, the latest month first, by person within."""
    have = set(zip(lines["audit_month"], known_as(lines), strict=True))
    new = [pair not in have for pair in zip(drawn["audit_month"], known_as(drawn), strict=True)]
    fresh = drawn.loc[new].reindex(columns=lines.columns).astype(object)
    fresh = fresh.assign(**dict.fromkeys(FILLED))
    whole = pd.concat([lines, fresh], ignore_index=True) if len(lines) else fresh.reset_index(drop=True)
    order = whole.assign(owner=text(whole["owner"])).sort_values("owner", kind="stable")
    return whole.loc[order.sort_values("audit_month", ascending=False, kind="stable").index]


def count_audits(lines: pd.DataFrame, month: str, labels: Labels) -> pd.DataFrame:
    """One line per person: drawn and still waiting in ``month``, and of every month on the list how many were
    ``audited`` with which result; ``untrue_share`` of those audited. Whoever told the most untruths stands first.
    """
    found = text(lines["audit_result"]).map(lambda word: labels.choice_code("audit_result", word) or "")
    now = lines["audit_month"] == month
    marks = {"month_drawn": now, "month_waiting": now & (found == ""), "audited": found != ""}
    marks |= {code: found == code for code in RESULTS}
    counts = pd.DataFrame(marks).groupby(text(lines["owner"])).sum()
    counts["untrue_share"] = counts["untrue"] / counts["audited"].where(counts["audited"] > 0)
    order = counts.rename_axis("owner").reset_index()
    return order.sort_values(["untrue", "month_waiting"], ascending=False, kind="stable", ignore_index=True)
