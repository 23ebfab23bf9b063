"""Cell functions about needs: ICE, priority, tags, mood."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmsheet import steps
from crmsheet.excel.texts import told, words_of
from crmsheet.excel.typed_columns import tier_problems, typed
from crmsheet.rules import Rules


def ice(rules: Rules, **points: list[Any]) -> list[Any]:
    """``score_ice`` of impact, confidence and ease."""
    table, problems = typed(points, rules)
    return told(steps.score_ice(table, rules)["ice"], problems)


def priority(rules: Rules, tier: list[Any], **cells: list[Any]) -> list[Any]:
    """``suggest_priority``: 高, 中 or 低; a manual priority wins."""
    tiers, unknown = typed({"manual_tier": tier}, rules, entity="profiles")
    table, problems = typed(cells, rules)
    scored = steps.score_ice(table.assign(tier=tiers["manual_tier"].fillna("")), rules)
    level = steps.suggest_priority(scored, rules)["final_priority"]
    return told(
        words_of(level, "level", rules),
        [a or b for a, b in zip(problems, tier_problems(unknown, rules), strict=True)],
    )


def tags(rules: Rules, text: list[Any]) -> list[Any]:
    """``tag_requirements``: the tags of a text, in their order."""
    found = steps.tag_requirements(pd.DataFrame({"requirement": text}), rules)["requirement_tags"]
    labels = rules.labels
    said = {each: labels.join(labels.choice("requirement_tag", tag) for tag in each) for each in set(found)}
    return [said[each] for each in found]


def sentiment(rules: Rules, text: list[Any]) -> list[Any]:
    """``score_sentiment``: positive, neutral or negative."""
    table = steps.score_sentiment(pd.DataFrame({"contact_notes": text}), rules)
    return told(words_of(table["sentiment"], "sentiment", rules))
