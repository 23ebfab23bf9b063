"""Results that report tests look at: the sample team, and a workbook full of hostile names."""

from __future__ import annotations

from functools import cache

import pandas as pd

import crmsheet as crm
from crmsheet.report.build import build_report
from crmsheet.report.model import Report
from crmsheet.result import Result
from crmsheet.sample import sample_team

DAY = "2026-11-20"
HOSTILE = (
    "<script>window.stolen=1</script>",
    "</script><img src=x onerror=window.stolen=1>",
    '=HYPERLINK("http://example.com","点我")',
    "{{7*7}}",
    "{% for x in y %}",
    "]]>",
    "&<>\"'",
    "+1-800<!--",
)
# The parts that must be read on the page as they were typed.
SEEN = ("<script>", "</script>", "=HYPERLINK(", "{{7*7}}", "{% for x in y %}", "]]>", "&<>\"'", "<!--")


@cache
def sample_result() -> Result:
    """The sample team of 200 customers as of ``DAY``."""
    from datetime import date

    frames = sample_team(date.fromisoformat(DAY)).tables
    return crm.analyze(crm.Tables.from_frames(**frames), crm.Rules.load(), DAY)


@cache
def sample_report() -> Report:
    return build_report(sample_result())


@cache
def hostile_report() -> Report:
    return build_report(hostile_result())


@cache
def hostile_result() -> Result:
    """One customer per hostile text, which stands in every cell that a report or a message prints."""
    rows = [
        {
            "customer_id": f"C2024{number:03d}",
            "customer_name": f"甲{text}公司",
            "owner": f"张{text}",
            "last_contact": pd.Timestamp("2026-09-01"),
            "contact_notes": f"客户投诉 {text}",
            "explicit_needs": f"需要{text}报表",
            "next_plan": f"2026-11-10回访{text}",
            "status": "待跟进",
            "phone": "13800138000",
        }
        for number, text in enumerate(HOSTILE, start=1)
    ]
    orders = [
        {
            "customer_id": row["customer_id"],
            "order_date": pd.Timestamp("2026-03-02"),
            "amount": 10_000.0 * number,
        }
        for number, row in enumerate(rows, start=1)
    ]
    tables = crm.Tables.from_frames(records=pd.DataFrame(rows), orders=pd.DataFrame(orders))
    return crm.analyze(tables, crm.Rules.load(), DAY)


@cache
def bare_result() -> Result:
    """One customer, nothing else: what can be said must be said, the rest must not be invented."""
    records = pd.DataFrame({"customer_id": ["C2024001"], "customer_name": ["甲公司"]})
    return crm.analyze(crm.Tables.from_frames(records=records), crm.Rules.load(), DAY)
