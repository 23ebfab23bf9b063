"""How long the steps take on 10,000, 100,000 and 1,000,000 orders (a tenth as many customers), step by step.

    python benchmarks/steps.py [--write] [ORDERS ...]

Each size runs in a process of its own, which also tells its peak memory. Seconds are of the processor, so that
other programs on the machine do not count. ``per 1,000 orders`` shows how cost grows. ``--write`` puts the
figures into docs/methods.md.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pages import write_section

from crmsheet import steps
from crmsheet.collector import collector_paused
from crmsheet.rules import Rules
from crmsheet.steps.clv_facts import fit_models, forecast_customers, purchase_history
from crmsheet.steps.order_book import read_orders
from crmsheet.workdays import Calendar

AS_OF = date(2026, 11, 20)
SIZES = (10_000, 100_000, 1_000_000)
PAGE = Path(__file__).parent.parent / "docs/methods.md"
TITLES = ("采购总监", "采购经理", "生产经理", "IT经理", "总经理", "行政专员")
TALKS = (
    "客户提到竞品报价低10%",
    "系统响应慢，催了两次",
    "例行回访，一切正常",
    "近期有采购计划，要报价",
    "售后报错，不会用",
)
NEEDS = ("希望支持Excel导出", "需要对接ERP系统", "预算控制在10万元以内", "提供技术培训", "支持实时数据监控")


def make_tables(orders: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Customers, orders, contacts (two per customer), requirements (one per customer); the same each time."""
    random, n = np.random.default_rng(20261122), orders // 10
    ids = np.array([f"C2024{i:06d}" for i in range(n)], dtype=object)
    today = pd.Timestamp(AS_OF)
    rate = random.gamma(1.5, 1.0, n)
    buyer = random.choice(n, orders, p=rate / rate.sum())
    silent = np.where(random.random(n) < 0.3, random.integers(120, 500, n), 0)[buyer]
    bought = today - pd.to_timedelta(silent + random.integers(0, 720, orders), unit="D")
    amount = (random.lognormal(8.5, 0.6, n)[buyer] * random.lognormal(0, 0.5, orders)).round(2)
    book = pd.DataFrame(
        {"customer": ids[buyer], "order_date": bought, "amount": amount, "profit": amount * 0.3}
    )
    customers = pd.DataFrame(
        {
            "customer_id": ids,
            "customer": ids,
            "customer_name": ids,
            "job_title": np.array(TITLES, dtype=object)[random.integers(0, len(TITLES), n)],
            "contact_notes": np.array(TALKS, dtype=object)[random.integers(0, len(TALKS), n)],
            "last_contact": today - pd.to_timedelta(random.integers(0, 90, n), unit="D"),
            **{
                name: random.integers(1, 6, n) * 1.0
                for name in ("influence", "upsell_likelihood", "benchmark_value")
            },
        },
        index=pd.Index(ids, name="customer"),
    )
    speaker = random.integers(0, n, 2 * n)
    log = pd.DataFrame(
        {
            "customer": ids[speaker],
            "contacted_on": today - pd.to_timedelta(random.integers(0, 300, 2 * n), unit="D"),
            "contact_notes": np.array(TALKS, dtype=object)[random.integers(0, len(TALKS), 2 * n)],
            "sentiment": random.choice(["positive", "neutral", "negative"], 2 * n),
            "executive_visit": random.random(2 * n) < 0.05,
        }
    )
    needs = pd.DataFrame(
        {
            "customer": ids,
            "requirement_id": [f"{one}-01" for one in ids],
            "requirement": np.array(NEEDS, dtype=object)[random.integers(0, len(NEEDS), n)],
            "status": random.choice(["todo", "doing", "done", "paused"], n),
            "raised_on": today - pd.to_timedelta(random.integers(0, 200, n), unit="D"),
            **{name: random.integers(1, 11, n) * 1.0 for name in ("impact", "confidence", "ease")},
        }
    )
    return customers, book, log, needs


@collector_paused()  # as pipeline.analyze runs them
def run(orders: int) -> dict[str, float]:
    """Seconds of each step."""
    customers, rows, log, needs = make_tables(orders)
    rules, calendar = Rules.load(), Calendar.around(AS_OF)
    seconds: dict[str, float] = {}

    def timed(name: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        start = time.process_time()
        result = call(*arguments, **more)
        seconds[name] = seconds.get(name, 0.0) + time.process_time() - start
        return result

    rows = rows.assign(customer_id=rows["customer"])
    book = timed("read_orders", read_orders, rows, as_of=AS_OF, step="analyze")
    timed("prepare_orders", steps.prepare_orders, rows, as_of=AS_OF, book=book)
    table = timed("add_order_facts", steps.add_order_facts, customers, book, rules, AS_OF)
    for name in ("tag_value", "tag_status"):
        table = timed(name, getattr(steps, name), table, rules)
    table = timed("assign_tiers", steps.assign_tiers, table, rules, AS_OF)
    table = timed("score_value", steps.score_value, table, rules)
    history = timed("purchase_history", purchase_history, book, AS_OF)
    models, _ = timed("fit_models", fit_models, history)
    table = timed("add_clv", forecast_customers, table, history, rules, models)
    table = timed("stage_lifecycle", steps.stage_lifecycle, table, rules, AS_OF)
    for name in (
        "tag_purchase_behavior",
        "place_in_matrix",
        "compare_judgements",
        "word_tiers",
        "rank_win_back",
        "band_sizes",
    ):
        table = timed(name, getattr(steps, name), table, rules)
    people = timed("suggest_decision_role", steps.suggest_decision_role, customers, rules)
    table = timed("find_decision_makers", steps.find_decision_makers, table, people, rules)
    table = timed("find_signals", steps.find_signals, table, log, rules, AS_OF)
    table = timed("flag_complaint_risk", steps.flag_complaint_risk, table, log, None, rules, AS_OF)

    needs = needs.assign(tier=needs["customer"].map(table["tier"]))
    for name in (
        "tag_requirements", "classify_requirements", "score_ice", "suggest_priority", "link_sub_requirements",
        "flag_discussion", "assess_feasibility", "gate_plan", "score_demand",
    ):  # fmt: skip
        needs = timed(name, getattr(steps, name), needs, rules)
    needs = timed("age_requirements", steps.age_requirements, needs, None, rules, AS_OF, calendar)

    table = timed("add_requirement_tags", steps.add_requirement_tags, table, needs, rules)
    table = timed("add_open_needs", steps.add_open_needs, table, needs)
    table = timed("plan_followups", steps.plan_followups, table, rules, AS_OF, calendar)
    table = timed("plan_visits", steps.plan_visits, table, log, rules, AS_OF, calendar)
    table = timed("plan_interviews", steps.plan_interviews, table, log, rules, AS_OF)
    table = timed("check_updates", steps.check_updates, table, rules, AS_OF)
    timed("add_playbook", steps.add_playbook, table, rules)
    return seconds


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        seconds = run(int(sys.argv[2]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        for name, value in seconds.items():
            print(name, value)
        return
    write = "--write" in sys.argv[1:]
    sizes = [int(size) for size in sys.argv[1:] if size.isdecimal()] or list(SIZES)
    figures = {}
    for size in sizes:
        lines = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        figures[size] = (float(lines[0]), {name: float(value) for name, value in map(str.split, lines[1:])})
    table = lines_of(figures)
    print("\n".join(table))
    if write:
        write_section(PAGE, "steps", "\n".join(["```text", *table, "```"]))


def lines_of(figures: dict[int, tuple[float, dict[str, float]]]) -> list[str]:
    """The figures as a table: a line per step, then the sums."""
    sizes = list(figures)
    totals = {size: sum(seconds.values()) for size, (_, seconds) in figures.items()}
    lines = [f"{'orders':24}" + "".join(f"{size:>12,}" for size in sizes)]
    for name in figures[sizes[0]][1]:
        lines.append(f"{name:24}" + "".join(f"{figures[size][1][name]:>10.2f} s" for size in sizes))
    lines.append(f"{'all steps':24}" + "".join(f"{totals[size]:>10.2f} s" for size in sizes))
    lines.append(
        f"{'per 1,000 orders':24}" + "".join(f"{1e6 * totals[size] / size:>9.2f} ms" for size in sizes)
    )
    lines.append(f"{'peak memory':24}" + "".join(f"{figures[size][0]:>9.0f} MB" for size in sizes))
    return lines


if __name__ == "__main__":
    main()
