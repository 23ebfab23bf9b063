"""A team in which every line of the settings sheet matters: one customer, or one need, per line that needs its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from crmsheet.model import Tables
from crmsheet.rules import Rules
from crmsheet.sample.team import sample_team
from crmsheet.tables.snapshots import rules_mark

DAY = date(2026, 11, 20)
OLD = date(1989, 5, 1)
RULES = Rules.load()
DAYS = {"last_contact": "2026-11-02", "raised_on": "2026-10-20"}
Rows = dict[str, list[dict[str, Any]]]
# Needs whose tag, kind or urgency hangs on one list of the lexicons.
NEEDS = (
    "价格不是问题 预算充足 送货慢 会员卡 技术培训模板 付款审批 案例分享 不需要培训 价格无所谓 培训费用 别的说法 "
    "不需要质保 质保无所谓 经常死机 不符合要求 担心泄密 尽快 支持导出 支持导出功能 售后部 系统 效果 不用担心 需求量"
)
# Where what is taken out is only a part of what would count.
DENIED = {"person_changed": "没有更换决策人", "budget_cut": "预算没有缩减预算"}
FIRST = RULES.lexicons.model_dump()


def settings_team() -> Tables:
    """The invented team, with a customer for every line that its own customers leave without effect."""
    team = sample_team(DAY, customers=24, faults=False)
    frames = {name: frame for name, frame in team.tables.items() if name not in ("holidays", "settings")}
    rows: Rows = {name: [] for name in frames}
    for part in (_needs, _titles, _signals, _interviews, _customers, _audited, _odd_cells):
        part(rows)
    for name, more in rows.items():
        frames[name] = (
            pd.concat([frames[name], pd.DataFrame(more)], ignore_index=True) if more else frames[name]
        )
    return Tables.from_frames(**frames, snapshots=_snapshots())


def bare_team() -> Tables:
    """Customers of whom nobody knows what they bought."""
    facts = {"last_contact": "2026-11-02", "explicit_needs": "支持导出", "urgency": "高", "owner": "李*"}
    return Tables.from_frames(
        records=pd.DataFrame([{"customer_id": "C2026001", "customer_name": "青禾科技有限公司", **facts}])
    )


def _record(rows: Rows, number: int, name: str, **cells: Any) -> None:
    facts: dict[str, Any] = {
        "status": "跟进中",
        "owner": "李*",
        "contact": "张*",
        "last_contact": "2026-11-02",
        "raised_on": "2026-10-20",
    }
    rows["records"].append({"customer_id": f"C2030{number:03}", "customer_name": name, **facts, **cells})


def _needs(rows: Rows) -> None:
    words: Iterator[str] = (
        word.replace("…", "很").replace("{n}", "3")
        for name, lists in FIRST.items()
        for part in lists.values()
        for word in part[:2]
        if name != "decision"
    )
    texts = [*NEEDS.split(), *dict.fromkeys(words)]
    for place, text in enumerate(texts):
        _record(rows, 100 + place, f"需求{place:03}科技有限公司", explicit_needs=text)


def _titles(rows: Rows) -> None:
    """Contacts whose part in a purchase hangs on the first words of one list."""
    for place, (part, words) in enumerate(FIRST["decision"].items()):
        before = {"decides_not": "总经理", "no_role": "采购"}.get(part, "")
        for second, word in enumerate(words[:2]):
            number = 360 + 2 * place + second
            _record(rows, number, f"职位{number}科技有限公司", job_title=f"{before}{word}")


def _contact(rows: Rows, number: int, name: str, note: str, ago: int, **cells: Any) -> None:
    rows["interactions"].append(
        {
            "customer_id": f"C2030{number:03}", "customer_name": name, "contacted_on": DAY - timedelta(days=ago),
            "contact_method": "电话", "contact_notes": note, **cells,
        }
    )  # fmt: skip


def _signals(rows: Rows) -> None:
    """Each signal given as often and as long ago as its lines ask for, and another one that is taken back."""
    for place, (code, rule) in enumerate(RULES.signals.items()):
        number, name = 400 + place, f"信号{place}科技有限公司"
        _record(rows, number, name)
        for time in range(rule.at_least):
            _contact(rows, number, name, f"客户说{rule.words[0]}", rule.within_days * 3 // 4 - time)
        denied = DENIED.get(code) or (rule.not_words or rule.words)[0]
        _record(rows, number + 50, f"否认{place}科技有限公司")
        for time in range(rule.at_least):
            _contact(rows, number + 50, f"否认{place}科技有限公司", denied, 3 + time)


def _interviews(rows: Rows) -> None:
    for number, note in ((470, "深度访谈"), (471, "安排访谈")):
        name = f"访谈{number}科技有限公司"
        _record(rows, number, name)
        _bought(rows, number, name, (30, 60, 90, 120, 150), 60_000.0)
        _contact(rows, number, name, note, 20, executive_visit="是")
    _record(rows, 472, "邮件往来科技有限公司", last_contact="2026-08-02")
    _contact(rows, 472, "邮件往来科技有限公司", "不满意，没有认可", 4, contact_method="邮件")
    _record(rows, 473, "没有投诉科技有限公司")
    _contact(rows, 473, "没有投诉科技有限公司", "客户没有投诉", 4)
    _record(rows, 474, "高层拜访科技有限公司")
    _bought(rows, 474, "高层拜访科技有限公司", (30, 60, 90, 120, 150), 60_000.0)
    _contact(rows, 474, "高层拜访科技有限公司", "拜访", 75, executive_visit="是", contact_method="拜访")


def _bought(rows: Rows, number: int, name: str, days: tuple[int, ...], amount: float) -> None:
    for ago in days:
        rows["orders"].append(
            {
                "customer_id": f"C2030{number:03}", "customer_name": name,
                "order_date": DAY - timedelta(days=ago), "amount": amount,
            }
        )  # fmt: skip


def _audited(rows: Rows) -> None:
    """The same notes three times, and a tier raised by hand."""
    names = [f"抽查{number}科技有限公司" for number in (476, 477, 478)]
    for number, name in enumerate(names, start=476):
        _record(rows, number, name, owner="钱*", contact_notes="客户有合作意愿，继续沟通")
    rows["profiles"].append({"customer_id": "C2030476", "customer_name": names[0], "manual_tier": "高价值"})


def _customers(rows: Rows) -> None:
    """Values between thresholds, promises, sizes, a renewal late by the grace, a pair that may be one."""
    bought = {
        480: ((20, 50), 60_000.0), 481: ((30, 40), 30_000.0), 482: ((250,), 90_000.0), 483: ((10, 900), 500.0),
        484: ((210, 400, 600, 800, 1000, 1200), 20_000.0), 485: ((430,), 90_000.0), 486: ((130,), 90_000.0),
    }  # fmt: skip
    for number, (days, amount) in bought.items():
        _bought(rows, number, f"成交{number}科技有限公司", days, amount)
        late = {483: "2026-06-01", 480: "2026-09-01", 481: "2026-09-20"}.get(number, "2026-11-10")
        _record(
            rows,
            number,
            f"成交{number}科技有限公司",
            last_contact=late,
            explicit_needs="对接系统",
            priority="高",
        )
    _bought(rows, 490, "规模490科技有限公司", (12,), 900.0)
    for number, size in ((490, "5-8人"), (491, "200-280人"), (492, "800-900人")):
        name = f"规模{number}科技有限公司"
        rows["profiles"].append(
            {
                "customer_id": f"C2030{number:03}", "customer_name": name, "company_size": size,
                "budget": "2万" if number == 490 else "", "source": "转介绍", "influence": 4, "cooperation": "合作中",
            }
        )  # fmt: skip
    rows["contracts"].append(
        {
            "customer_id": "C2030490", "customer_name": "规模490科技有限公司", "contract_id": "HT1",
            "due_on": "2026-08-01", "due_amount": 10_000, "renewed": "是", "renewed_on": "2026-09-08",
            "renewed_amount": 12_000,
        }
    )  # fmt: skip
    for number, name in (
        (495, "上海晨曦机械有限公司"),
        (496, "上海晨熙机械有限公司"),
        (497, "上海晨曦机械设备有限公司"),
        (498, "晨曦机械集团"),
    ):
        _record(rows, number, name)
    rows["tasks"].append(
        {
            "customer_id": "C2030480", "requirement_id": "C2030480-01", "solution": "基础版", "task": "上线",
            "starts_on": "2026-02-01", "ends_on": "2026-03-10", "finished_on": "2026-03-20",
            "accepted_on": "2026-03-25",
        }
    )  # fmt: skip


def _odd_cells(rows: Rows) -> None:
    judged = {"impact": "高", "confidence": "中", "ease": "低"}
    _record(rows, 500, "评分高中低科技有限公司", explicit_needs="支持导出", **judged)
    _record(rows, 501, "几人打分科技有限公司", explicit_needs="接口开放", impact="9/4", confidence=6, ease=6)
    _record(rows, 502, "不合规科技有限公司", explicit_needs="报表", compliance="不合规")
    _record(
        rows,
        503,
        "多余 空格科技有限公司 ",
        explicit_needs="报表",
        industry="工控",
        owner="小李",
        status="洽谈",
    )
    _record(rows, 504, "没有说明科技有限公司", explicit_needs="尽快", contact="待定")
    _record(rows, 505, "私人手机科技有限公司", phone="13800138000", contact=None)
    # Whom to call first hangs on how fast a delay counts: 28 workdays late for nothing, or 2 for an urgent need.
    _record(rows, 506, "拖久科技有限公司", last_contact="2026-10-12", next_plan="2026-10-13回访")
    urgent = {"explicit_needs": "导出报表", "priority": "高", "manual_priority": "高"}
    _record(rows, 507, "急事科技有限公司", last_contact="2026-11-10", next_plan="2026-11-18回访", **urgent)
    rows["orders"].append(
        {
            "customer_id": "C2030503",
            "customer_name": "多余空格科技有限公司",
            "order_date": date(1989, 5, 1),
            "amount": 900.0,
        }
    )


def _snapshots() -> pd.DataFrame:
    lines = [
        {
            "as_of": day, "customer": f"C2030{number}", "customer_name": f"成交{number}科技有限公司", "tier": tier,
            "computed_tier": tier, "value_score": 50.0, "rules": rules_mark(RULES),
        }
        for day, tier in (("2026-06-30", "potential"), ("2026-09-30", "high_value"), ("2026-10-31", "low_value"))
        for number in (480, 481, 482, 483, 485)
    ]  # fmt: skip
    return pd.DataFrame(lines)
