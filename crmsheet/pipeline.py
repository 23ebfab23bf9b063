"""analyze(): the steps, called one after another. Read it top to bottom to know what the program computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from crmsheet import steps
from crmsheet.checks.tables import clean
from crmsheet.collector import collector_paused
from crmsheet.model import Cleaned, Note, Tables
from crmsheet.relate import keyed_tables, list_contacts, relate_customers
from crmsheet.requirements import explode_requirements
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.stacked import within
from crmsheet.steps._contact_texts import contact_texts
from crmsheet.steps.clv import ClvModels
from crmsheet.steps.clv_facts import fit_models, forecast_customers, purchase_history
from crmsheet.steps.order_book import OrderBook, read_orders
from crmsheet.steps.order_facts import rescore_rfm, rfm_notes
from crmsheet.steps.rfm import RfmCuts
from crmsheet.tables.facts import Facts
from crmsheet.tables.migration import list_moves
from crmsheet.tables.notes import missing_facts
from crmsheet.tables.snapshots import choose_snapshot
from crmsheet.workdays import Calendar, read_day


@dataclass(frozen=True)
class Related:
    """What is judged together with the customers: tables of the same customers, and the days off."""

    history: pd.DataFrame | None
    requirements: pd.DataFrame
    log: pd.DataFrame | None
    tasks: pd.DataFrame | None
    feedback: pd.DataFrame | None
    before: pd.DataFrame | None
    calendar: Calendar


@dataclass(frozen=True)
class Population:
    """What judging one customer needs to know of all of them; None: what those at hand say."""

    models: ClvModels | None = None
    per_buyer: float | None = None
    cuts: RfmCuts | None = None


@collector_paused()
def analyze(tables: Tables | Cleaned, rules: Rules, as_of: date | str) -> Result:
    """Everything the program computes from a workbook's tables, as seen on the day ``as_of`` (also an ISO text)."""
    as_of = read_day(as_of)
    cleaned = tables if isinstance(tables, Cleaned) else clean(tables, rules, as_of=as_of)
    keyed = _in_use(keyed_tables(cleaned))
    if "contracts" in keyed:
        keyed = {**keyed, "contracts": _without_future(keyed["contracts"], as_of, "renewed_on")}
    calendar = Calendar.around(as_of, cleaned.source.holidays)
    before = choose_snapshot(cleaned.source.earlier("snapshots"), rules, as_of)

    orders, book = read_order_table(keyed, as_of)
    customers = rate_customers(keyed, book, rules, as_of)
    history = purchase_history(book, as_of)
    models, model_notes = fit_models(history)
    requirements = gather_requirements(keyed, cleaned.source.earlier("requirement_ids"), rules)
    log, tasks = prepare_log(keyed, rules, as_of), prepare_tasks(keyed, rules, as_of, calendar)
    related = Related(history, requirements, log, tasks, keyed.get("feedback"), before, calendar)
    customers, requirements = judge_customers(customers, related, rules, as_of, Population(models))
    requirements = steps.score_demand(requirements, rules)

    tables_of = {**keyed, "interactions": _or_empty(log), "tasks": _or_empty(tasks)}
    facts = Facts.of(customers, requirements, orders, tables_of)
    return Result(
        as_of=as_of,
        rules=rules,
        source=cleaned,
        customers=customers,
        requirements=requirements,
        orders=facts.orders,
        interactions=facts.interactions,
        tasks=facts.tasks,
        facts=facts,
        moves=list_moves(customers, before, rules),
        issues=cleaned.issues,
        notes=(
            *cleaned.notes,
            *_notes(cleaned, calendar, as_of),
            *rfm_notes(book, rules, as_of),
            *model_notes,
            *missing_facts(facts, before, rules),
        ),
    )


def _in_use(keyed: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """The tables without an order sheet that nobody has filled: it does not say that nobody bought."""
    return {code: table for code, table in keyed.items() if code != "orders" or len(table)}


def read_order_table(
    keyed: Mapping[str, pd.DataFrame], as_of: date
) -> tuple[pd.DataFrame | None, OrderBook | None]:
    """The orders with what each row counts for, and the book that every count is made from; None without them."""
    orders = keyed.get("orders")
    if orders is None or not {"order_date", "amount"} <= set(orders):
        return None, None
    named = orders.assign(customer_id=orders["customer"].where(orders["customer"] != ""))
    founded = keyed.get("profiles", pd.DataFrame())
    if {"customer", "founded"} <= set(founded):
        since = _without_future(founded, as_of, "founded").groupby("customer")["founded"].min()
        named["founded"] = since.reindex(named["customer"]).to_numpy()  # map fails where there are no orders
    book = read_orders(named, as_of=as_of, step="analyze", warn=False)  # the checks said what cannot be read
    return steps.prepare_orders(named, as_of=as_of, book=book), book


def rate_customers(
    keyed: Mapping[str, pd.DataFrame], book: OrderBook | None, rules: Rules, as_of: date
) -> pd.DataFrame:
    """The customers with what they bought and their value score; none of it looks at others but for the rank."""
    customers = relate_customers(keyed, rules, as_of)
    contacts = steps.suggest_decision_role(list_contacts(keyed), rules)
    customers = steps.suggest_decision_role(customers, rules)
    customers = steps.find_decision_makers(customers, contacts, rules)
    customers = steps.band_sizes(customers, rules)
    customers = steps.add_order_facts(customers, book, rules, as_of)
    return steps.score_value(customers, rules)


def judge_customers(
    customers: pd.DataFrame, related: Related, rules: Rules, as_of: date, population: Population
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers and requirements after every other step but the demand, which counts all customers."""
    requirements, calendar, log = related.requirements, related.calendar, related.log
    if population.cuts is not None:
        customers = rescore_rfm(customers, population.cuts)
    customers = steps.tag_value(customers, rules)
    customers = steps.tag_status(customers, rules)
    customers = steps.assign_tiers(customers, rules, as_of)
    customers = steps.hold_downgrades(customers, related.before, rules)
    customers = steps.stage_lifecycle(customers, rules, as_of)
    customers = steps.tag_purchase_behavior(customers, rules)
    customers = forecast_customers(customers, related.history, rules, population.models)
    customers = steps.place_in_matrix(customers, rules, per_buyer=population.per_buyer)
    customers = steps.compare_judgements(customers, rules)
    customers = steps.word_tiers(customers, rules)
    texts = contact_texts(customers, log, as_of)
    customers = steps.find_signals(customers, log, rules, as_of, texts=texts)
    customers = steps.flag_complaint_risk(customers, log, related.feedback, rules, as_of, texts=texts)
    customers = steps.rank_win_back(customers, rules).copy()  # joins the columns so far: each came by itself

    tiers = customers[["tier", "tier_label", "churn_flag"]].reindex(requirements["customer"])
    requirements = requirements.assign(**tiers.set_axis(requirements.index))
    requirements = _without_future(requirements, as_of, "solved_on")
    requirements = steps.tag_requirements(requirements, rules)
    requirements = steps.classify_requirements(requirements, rules)
    requirements = steps.score_ice(requirements, rules)
    requirements = steps.flag_discussion(requirements, rules)
    requirements = steps.suggest_priority(requirements, rules)
    requirements = steps.assess_feasibility(requirements, rules)
    requirements = steps.gate_plan(requirements, rules)
    requirements = steps.age_requirements(requirements, related.tasks, rules, as_of, calendar)

    customers = steps.add_requirement_tags(customers, requirements, rules)
    customers = steps.add_open_needs(customers, requirements)
    customers = steps.plan_followups(customers, rules, as_of, calendar)
    customers = steps.plan_visits(customers, log, rules, as_of, calendar)
    customers = steps.plan_interviews(customers, log, rules, as_of)
    customers = steps.check_updates(customers, rules, as_of)
    return steps.add_playbook(customers, rules), requirements


def _without_future(table: pd.DataFrame, as_of: date, *columns: str) -> pd.DataFrame:
    """Nothing was done on a day to come; the checks point at it."""
    tomorrow = pd.Timestamp(as_of) + pd.Timedelta(days=1)  # the day itself counts to its last minute
    dated = [name for name in columns if name in table]
    return table.assign(**{name: table[name].where(table[name] < tomorrow) for name in dated})


def gather_requirements(
    keyed: Mapping[str, pd.DataFrame], earlier: pd.DataFrame, rules: Rules
) -> pd.DataFrame:
    """One row per requirement, numbered and linked to the one it is a part of."""
    needs = explode_requirements(keyed, earlier)
    if "parent_requirement" not in needs or needs["parent_requirement"].isna().all():
        return steps.link_sub_requirements(needs, rules)
    return within(needs, needs["row"], lambda own: steps.link_sub_requirements(own, rules))


def prepare_log(tables: Mapping[str, pd.DataFrame], rules: Rules, as_of: date) -> pd.DataFrame | None:
    """The contact log with the delay of each entry and its mood."""
    interactions = tables.get("interactions")
    if interactions is None:
        return None
    interactions = _without_future(interactions, as_of, "entered_on", "entered_on_moment")
    log = steps.check_entry_delay(interactions, rules)
    return steps.score_sentiment(log, rules) if "contact_notes" in log else log


def prepare_tasks(
    tables: Mapping[str, pd.DataFrame], rules: Rules, as_of: date, calendar: Calendar
) -> pd.DataFrame | None:
    """The tasks with their state and that of their changes."""
    tasks = tables.get("tasks")
    if tasks is None:
        return None
    tasks = _without_future(tasks, as_of, "finished_on", "confirmed_on", "accepted_on")
    return steps.track_changes(steps.track_tasks(tasks, rules, as_of, calendar), rules)


def _or_empty(table: pd.DataFrame | None) -> pd.DataFrame:
    return pd.DataFrame() if table is None else table


def _filled(cleaned: Cleaned, code: str) -> bool:
    return code in cleaned and len(cleaned[code]) > 0


def _notes(cleaned: Cleaned, calendar: Calendar, as_of: date) -> tuple[Note, ...]:
    """What could not be computed, and why."""
    notes = [Note(f"no_{code}") for code in ("orders", "interactions") if not _filled(cleaned, code)]
    years = [year for year in calendar.unpublished if as_of.year <= year <= as_of.year + 1]
    notes += [Note("holidays_unpublished", {"year": year}) for year in years]
    return tuple(notes)
