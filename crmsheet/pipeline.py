"""analyze(): the steps, called one after another. Read it top to bottom to know what the program computes."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.checks.tables import clean
from crmsheet.model import Cleaned, Note, Tables
from crmsheet.relate import keyed_tables, relate_customers
from crmsheet.requirements import explode_requirements
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.steps.customer_needs import add_open_needs, add_requirement_tags
from crmsheet.steps.followup import plan_followups
from crmsheet.steps.ice import score_ice
from crmsheet.steps.order_facts import add_order_facts
from crmsheet.steps.orders import prepare_orders
from crmsheet.steps.priority import suggest_priority
from crmsheet.steps.requirement_tags import tag_requirements
from crmsheet.steps.status_tag import tag_status
from crmsheet.steps.tiers import assign_tiers
from crmsheet.steps.value_score import score_value
from crmsheet.steps.value_tag import tag_value
from crmsheet.workdays import Calendar


def analyze(tables: Tables | Cleaned, rules: Rules, as_of: date) -> Result:
    """Everything the program computes from a workbook's tables, as seen on the day ``as_of``."""
    cleaned = tables if isinstance(tables, Cleaned) else clean(tables, rules, as_of=as_of)
    keyed = keyed_tables(cleaned)
    orders = _orders(keyed.get("orders"), as_of)
    calendar = Calendar.around(as_of, cleaned.source.holidays)

    customers = relate_customers(keyed, rules, as_of)
    customers = add_order_facts(customers, orders, rules, as_of)
    customers = tag_value(customers, rules)
    customers = tag_status(customers, rules)
    customers = assign_tiers(customers, rules, as_of)
    customers = score_value(customers, rules)

    requirements = explode_requirements(keyed)
    requirements = requirements.assign(tier=requirements["customer"].map(customers["tier"]))
    requirements = tag_requirements(requirements, rules)
    requirements = score_ice(requirements, rules)
    requirements = suggest_priority(requirements, rules)

    customers = add_requirement_tags(customers, requirements, rules)
    customers = add_open_needs(customers, requirements)
    customers = plan_followups(customers, rules, as_of, calendar)

    return Result(
        as_of=as_of,
        rules=rules,
        source=cleaned,
        customers=customers,
        requirements=requirements,
        orders=orders if orders is not None else pd.DataFrame(),
        interactions=keyed.get("interactions", pd.DataFrame()),
        issues=cleaned.issues,
        notes=(*cleaned.notes, *_notes(cleaned, calendar, as_of)),
    )


def _orders(orders: pd.DataFrame | None, as_of: date) -> pd.DataFrame | None:
    if orders is None or not {"order_date", "amount"} <= set(orders):
        return None
    keyed = orders.assign(customer_id=orders["customer"].where(orders["customer"] != ""))
    return prepare_orders(keyed, as_of=as_of)


def _notes(cleaned: Cleaned, calendar: Calendar, as_of: date) -> tuple[Note, ...]:
    """What could not be computed, and why."""
    notes = [Note(f"no_{code}") for code in ("orders", "interactions") if code not in cleaned]
    years = [year for year in calendar.unpublished if as_of.year <= year <= as_of.year + 1]
    notes += [Note("holidays_unpublished", {"year": year}) for year in years]
    return tuple(notes)
