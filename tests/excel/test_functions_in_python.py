"""Cell functions are the steps and readers of Python: the whole list, each against what Python answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.checks.tables import clean
from crmsheet.clean.amounts import parse_money
from crmsheet.clean.companies import parse_company
from crmsheet.clean.dates import parse_date
from crmsheet.clean.industry import classify_industry
from crmsheet.clean.phones import classify_phone
from crmsheet.clean.privacy import find_sensitive, mask
from crmsheet.clean.regions import locate
from crmsheet.excel.functions import FUNCTIONS, function
from crmsheet.model import Tables
from crmsheet.rules import Rules
from crmsheet.steps.clv import simple_clv
from crmsheet.workdays import Calendar

RULES = Rules.load()
LABELS = RULES.labels
DAY = datetime(2024, 3, 18)

CHECKED = ("customer_id", "customer_name", "status", "owner", "impact")
CHECKED_ROWS = [
    ["C2024001", "甲科技有限公司", "跟进中", "李*", 8],
    ["C2024002", "乙科技有限公司", "跟进中", "李*", 11],
]


def checked() -> list[list[str]]:
    """The messages of each row, as checking its table says them."""
    frame = pd.DataFrame(CHECKED_ROWS, columns=list(CHECKED), dtype=object)
    issues = clean(Tables.from_frames(records=frame), RULES).issues
    rows = issues.groupby("row")["message"].agg(LABELS.phrase("function_separator").join)
    return [[rows.get(row, "")] for row in range(2, 2 + len(frame))]


def days(*texts: str) -> list[pd.Series]:
    return [pd.Series(pd.to_datetime([text])) for text in texts]


def tier_of(recency: int, count: int, amount: float) -> str:
    """The tier that a refresh gives a customer with such orders."""
    last = pd.Timestamp("2026-11-20") - pd.Timedelta(days=recency)
    orders = pd.DataFrame({"order_date": pd.date_range(end=last, periods=count, freq="D")})
    orders = orders.assign(customer="A", customer_id="A", amount=amount / count)
    day = date(2026, 11, 20)
    facts = crm.add_order_facts(pd.DataFrame(index=["A"]), crm.prepare_orders(orders, as_of=day), RULES, day)
    # A first order of a few weeks ago makes a new customer, which days, count and amount cannot tell.
    return RULES.tiers[crm.assign_tiers(facts.assign(first_order=pd.NaT), RULES, day).iloc[0]["tier"]].label


PYTHON: dict[str, tuple[tuple[Any, ...], Any]] = {
    "CRM_ICE": (
        (8, 6, 5),
        lambda: crm.score_ice(pd.DataFrame({"impact": [8.0], "confidence": [6.0], "ease": [5.0]}), RULES)[
            "ice"
        ].iloc[0],
    ),
    "CRM_PRIORITY": (
        (2, 6, 5),
        lambda: LABELS.choice(
            "level",
            crm.suggest_priority(pd.DataFrame({"ice": [13 / 3]}), RULES)["suggested_priority"].iloc[0],
        ),
    ),
    "CRM_TAGS": (
        ("报表慢，价格高",),
        lambda: LABELS.join(
            LABELS.choice("requirement_tag", tag)
            for tag in crm.tag_requirements(pd.DataFrame({"requirement": ["报表慢，价格高"]}), RULES)[
                "requirement_tags"
            ].iloc[0]
        ),
    ),
    "CRM_SENTIMENT": (
        ("合作愉快",),
        lambda: LABELS.choice(
            "sentiment",
            crm.score_sentiment(pd.DataFrame({"contact_notes": ["合作愉快"]}), RULES)["sentiment"].iloc[0],
        ),
    ),
    "CRM_VALUE_TAG": (
        (60_000,),
        lambda: LABELS.choice(
            "value_tag",
            crm.tag_value(pd.DataFrame({"amount_12m": [60_000.0], "order_count": [2.0]}), RULES)[
                "value_tag"
            ].iloc[0],
        ),
    ),
    "CRM_CLV": ((800, 2, 0.5, 4), lambda: float(simple_clv(800, 2, margin=0.5, years=4))),
    "CRM_NEXT_DATE": (
        ("月底前给方案", DAY),
        lambda: datetime.combine(
            parse_date("月底前给方案", base=DAY.date(), prefer="future").start, datetime.min.time()
        ),
    ),
    "CRM_DUE": (
        ("潜力", DAY),
        lambda: crm.plan_followups(
            pd.DataFrame({"tier": ["potential"], "last_contact": [pd.Timestamp(DAY)]}),
            RULES,
            DAY.date(),
            Calendar.around(DAY.date()),
        )["due"].iloc[0],
    ),
    "CRM_RFM_TIER": ((12, 5, 182_000), lambda: tier_of(12, 5, 182_000)),
    "CRM_TIER": (
        ([[12, 5, 182_000], [400, 1, 100]],),
        lambda: [[tier_of(12, 5, 182_000)], [tier_of(400, 1, 100)]],
    ),
    "CRM_WORKDAYS": (
        ("2025-09-26", "2025-10-20"),
        lambda: Calendar.around(date(2025, 10, 1)).workdays_between(*days("2025-09-26", "2025-10-20"))[0],
    ),
    "CRM_AMOUNT": (("1.2亿元",), lambda: parse_money("1.2亿元").low),
    "CRM_PHONE_KIND": (
        ("400-820-8820",),
        lambda: LABELS.choice("phone_kind", classify_phone("400-820-8820").kind),
    ),
    "CRM_SENSITIVE": (
        ("请打 138-0013-8000",),
        lambda: LABELS.choice("sensitive", find_sensitive("请打 138-0013-8000")[0].kind),
    ),
    "CRM_REGION": (
        ("浙江宁波",),
        lambda: " ".join((locate("浙江宁波", kind="cell").province, locate("浙江宁波", kind="cell").city)),
    ),
    "CRM_CHECK": (
        ([[LABELS.field(code) for code in CHECKED], *CHECKED_ROWS],),
        lambda: [[LABELS.phrase("function_check")], *checked()],
    ),
    "CRM_MASK": (("微信 abc12345",), lambda: mask("微信 abc12345")),
    "CRM_INDUSTRY": (("软件开发",), lambda: classify_industry("软件开发").name),
    "CRM_COMPANY_KEY": (("XX科技有限公司",), lambda: parse_company("XX科技有限公司").key),
}


def test_every_function_is_compared() -> None:
    assert set(PYTHON) == {one.name for one in FUNCTIONS}


@pytest.mark.parametrize("name", PYTHON)
def test_a_function_is_the_step_of_python(name: str) -> None:
    cells, python = PYTHON[name]
    assert function(name)(*cells) == python()
