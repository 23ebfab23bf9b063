"""Tag needs by a team's own words.

    pip install .            # in the folder of this repository; nothing else is needed
    python examples/own_tag_lexicon.py

The words of a tag are a rule like any other. A team that sells to laboratories gives its own ones; tags it does not
mention keep the shipped words. In a workbook the same words stand on the settings sheet, one cell per tag.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

import crmsheet as crm

OWN_WORDS = """
[lexicons.service]
words = ["校准", "计量", "上门维护", "备件"]
[lexicons.price]
words = ["耗材太贵", "套餐", "折扣"]
"""

NEEDS = pd.DataFrame(
    {
        "requirement": [
            "耗材太贵，希望换一种",
            "想按套餐采购，一年结一次",
            "备件最好常年有货",
            "支持批量导入样品编号",
        ]
    }
)


def tag_needs(needs: pd.DataFrame) -> pd.DataFrame:
    """The needs with tags by the shipped words and by the team's own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(OWN_WORDS, encoding="utf-8")
        own = crm.Rules.load(file)
    shipped = crm.Rules.load()
    return needs.assign(shipped=_tags(needs, shipped), own=_tags(needs, own))


def _tags(needs: pd.DataFrame, rules: crm.Rules) -> pd.Series:
    tagged = crm.tag_requirements(needs, rules)
    return crm.label_table(tagged[["requirement_tags"]], rules).iloc[:, 0]


if __name__ == "__main__":
    for need in tag_needs(NEEDS).itertuples():
        print(
            f"{need.requirement}\n  shipped words: {need.shipped or '-'}\n  own words:     {need.own or '-'}"
        )
