"""Tasks of solutions for some requirements, in every state a task can be in."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

STEPS = (
    ("需求确认与调研", "需求确认函", 7),
    ("方案设计", "技术方案", 10),
    ("开发与联调", "测试版本", 21),
    ("上线培训", "培训记录", 7),
    ("客户验收", "验收确认书", 5),
)


def sample_tasks(requirements: pd.DataFrame, day: date, *, solutions: int = 6) -> pd.DataFrame:
    """Five tasks for each of the first requirements; later ones began later, every third lags behind."""
    rows = []
    needs = requirements.drop_duplicates("requirement_id").head(solutions)
    for number, (identity, customer) in enumerate(
        zip(needs["requirement_id"], needs["customer"], strict=True)
    ):
        start = day - timedelta(days=70 - 12 * number)
        for step, (task, deliverable, days) in enumerate(STEPS):
            end = start + timedelta(days=days)
            finished = end if end < day and (number % 3 or step < 2) else None
            rows.append(
                {
                    "requirement_id": identity,
                    "customer_id": customer,
                    "solution": ("基础版", "进阶版", "尊享版")[number % 3],
                    "task": task,
                    "owner": ("李*", "王*敏")[step % 2],
                    "starts_on": start,
                    "ends_on": end,
                    "deliverable": deliverable,
                    "finished_on": finished,
                    "accepted_on": finished if step == len(STEPS) - 1 else None,
                    "change_assessed": "是" if step == 2 and number < 3 else None,
                    "change_agreed": "是" if step == 2 and number == 1 else None,
                    "change_confirmed": "是" if step == 2 and number == 2 else None,
                }
            )
            start = end + timedelta(days=1)
    return pd.DataFrame(rows)
