"""Tag needs by a team's own words.

    python examples/own_tag_lexicon.py

The words of a tag are a rule like any other. A team that sells to laboratories adds its own ones; whatever it does not
mention stays as shipped. In a workbook the same words stand on the settings sheet.
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
words = ["耗材太贵", "预算", "折扣"]
"""

NEEDS = pd.DataFrame({"requirement": ["每季度上门校准一次", "耗材太贵，希望换一种", "支持批量导入样品编号"]})


def tag_needs(needs: pd.DataFrame) -> pd.DataFrame:
    """The needs with tags by the shipped words and by the team's own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(OWN_WORDS, encoding="utf-8")
        own = crm.Rules.load(file)
    shipped = crm.tag_requirements(needs, crm.Rules.load())["requirement_tags"]
    tagged = crm.tag_requirements(needs, own)["requirement_tags"]
    return needs.assign(shipped=shipped, own=tagged)


if __name__ == "__main__":
    print(tag_needs(NEEDS).to_string(index=False))
