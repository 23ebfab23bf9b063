"""What words say of the settings follows them: names of tiers, and how many months make the year of deals."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from typing import Any

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.book.header_words import renamed_headers
from crmsheet.data import LANGUAGES, Language, speaking
from crmsheet.labels import NAMED, Labels
from crmsheet.model import Setting
from crmsheet.report.build import build_report
from crmsheet.report.model import Figures
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.steps import rank_win_back
from crmsheet.view import Cards, Charts, Links, TableBlock, Text
from crmsheet.views.sheets import views_of

AS_OF = date(2026, 11, 20)
CHANGED = {"orders.window_months": 7, "interviews.every_months": 5, "tiers.high_value.label": "VIP"}
# Months of charts and lists by the month are twelve, whatever makes a year's deals.
STALE: dict[Language, str] = {
    "zh": "近12个月(?!需求新增)|近 6 个月没有访谈|高价值",
    "en": "(?<!months of )past 12 months(?!: needs)|past 6 months|[Hh]igh[- ]value",
}


def _texts(value: Any) -> list[str]:
    """Every text of a block that is printed, values of tables among them."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, TableBlock):
        cells = (
            cell
            for column in value.columns
            if column.code in value.frame
            for cell in value.frame[column.code]
        )
        headers = (column.header for column in value.columns)
        return [value.title, value.empty, *headers, *(cell for cell in cells if isinstance(cell, str))]
    if isinstance(value, (list, tuple)):
        return list(chain.from_iterable(map(_texts, value)))
    if isinstance(value, (Cards, Charts, Links, Text, Figures)) or hasattr(value, "__dataclass_fields__"):
        return list(chain.from_iterable(_texts(getattr(value, name)) for name in value.__dataclass_fields__))
    return []


@pytest.fixture(scope="module", params=LANGUAGES)
def changed(request: pytest.FixtureRequest) -> tuple[Language, crm.Result]:
    language: Language = request.param
    with speaking(language):
        rules = Rules.load(settings=[Setting(key, value, "S", "C9") for key, value in CHANGED.items()])
        tables = sample_team(AS_OF, customers=60, faults=False).tables
        cleaned = crm.clean(crm.Tables.from_frames(**tables), rules, as_of=AS_OF)
        return language, crm.analyze(cleaned, rules, AS_OF)


def test_every_sheet_follows(changed: tuple[Language, crm.Result]) -> None:
    language, result = changed
    with speaking(language):
        texts = _texts([view for view in views_of(result) if not view.hidden])
    tags = result.rules.labels.choices("value_tag")  # which are no names of tiers
    assert [text for text in texts if re.search(STALE[language], text) and text not in tags] == []
    assert any("VIP" in text for text in texts)
    assert any(re.search("近7个月|past 7 months", text) for text in texts)


def test_the_report_follows(changed: tuple[Language, crm.Result]) -> None:
    language, result = changed
    texts = _texts(build_report(result))
    assert len(texts) > 50
    assert [text for text in texts if re.search(STALE[language], text)] == []
    assert any(re.search("近7个月|past 7 months", text) for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_unchanged_rules_keep_the_one_object_of_labels(language: Language) -> None:
    with speaking(language):
        assert Rules.load().labels is Labels.load()
    assert not NAMED.search(str(Labels.load(language).words))


def test_a_column_is_known_by_its_name_under_other_settings() -> None:
    before, after = ("近12个月成交", "我的", "其中高价值"), ("近6个月成交", "其中VIP客户")
    assert renamed_headers(before, after) == {before[0]: after[0], before[2]: after[1]}


def test_money_at_risk_is_a_years_whatever_the_period() -> None:
    table = pd.DataFrame({"churn_stage": ["risk"], "amount_12m": [50_000.0], "recency_days": [200]})
    settings = ([], [Setting("orders.window_months", 6, "S", "C9")])
    whole, half = (rank_win_back(table, Rules.load(settings=one))["money_at_risk"].iat[0] for one in settings)
    assert half == 2 * whole
