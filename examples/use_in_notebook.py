# %% [markdown]
# # crmsheet in a notebook
# The marks `# %%` are cells in VS Code, PyCharm and Jupyter (with jupytext). Steps work on any DataFrame, through
# `df.crm.<step>()`, and never change what they are given.

# %%
"""Use the steps on DataFrames, without a workbook: cell by cell, or as a whole.

    pip install .            # in the folder of this repository; nothing else is needed
    python examples/use_in_notebook.py

No file is read or written.
"""

from datetime import date

import pandas as pd

import crmsheet as crm
from crmsheet.sample import sample_team

pd.options.display.unicode.east_asian_width = True  # columns of Chinese line up
pd.options.display.width, pd.options.display.precision = 160, 1

rules = crm.Rules.load()
as_of = date(2026, 11, 20)

# %% Scores and priorities of needs
needs = pd.DataFrame(
    {
        "requirement": ["支持报表导出", "系统响应速度慢", "界面风格调整"],
        "impact": [9, 8, 3],
        "confidence": [8, 7, 5],
        "ease": [7, 3, 2],
        "urgency": ["high", "high", None],
        "tier": ["high_value", "potential", "low_value"],
    }
)
scored = needs.crm.score_ice(rules).crm.suggest_priority(rules).crm.tag_requirements(rules)
print(scored[["requirement", "ice", "suggested_priority", "priority_reason"]].to_string(index=False))

# %% From orders to tiers
orders = pd.DataFrame(
    {
        "customer_id": ["C2024001"] * 5 + ["C2024002"],
        "order_date": pd.to_datetime(
            ["2026-01-10", "2026-03-02", "2026-06-18", "2026-09-01", "2026-11-02", "2025-10-01"]
        ),
        "amount": [30_000.0, 42_000, 18_000, 26_000, 31_000, 8_000],
    }
)
customers = pd.DataFrame({"customer_name": ["晟拓软件", "璟禾仪表"]}, index=["C2024001", "C2024002"])
orders = orders.assign(customer=orders["customer_id"])
tiers = crm.assign_tiers(crm.add_order_facts(customers, orders, rules, as_of), rules, as_of)
print(tiers[["customer_name", "tier", "tier_reason"]].to_string())

# %% Everything at once, of an invented team; `crm.analyze_workbook("team.xlsx")` does the same with a file
team = sample_team(as_of, customers=30)
result = crm.analyze(crm.Tables.from_frames(**team.tables), rules, as_of)
result  # noqa: B018 - in a notebook this line shows counts and the first rows of each list

# %% In the words of the workbook instead of codes
columns = ["reminder", "overdue_days", "customer_name", "tier", "due_reason"]
print(crm.label_table(result.followups[columns].head(5), rules).to_string(index=False))
