"""Rules: shipped ones are sound, a team's own win, wrong ones are refused with their place and a way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crmsheet.errors import FileMissing, RulesInvalid
from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.settings import setting_lines


def _refused(*settings: Setting) -> str:
    with pytest.raises(RulesInvalid) as caught:
        Rules.load(settings=settings)
    return str(caught.value)


def _setting(key: str, value: object) -> Setting:
    return Setting(key, value, "配置", "C7")


def test_the_numbers_of_the_source_documents() -> None:
    rules = Rules.load()
    assert (rules.value_tag.high_at_least, rules.value_tag.medium_at_least) == (100_000, 50_000)
    assert (rules.churn.warning_after_days, rules.churn.risk_after_days) == (90, 180)
    assert (rules.value_score.historical, rules.value_score.potential, rules.value_score.strategic) == (
        40,
        40,
        20,
    )
    cadence = {code: (tier.cadence_months, tier.cadence_days) for code, tier in rules.tiers.items()}
    assert cadence["high_value"] == (1, 0)
    assert cadence["potential"] == (0, 14)
    assert cadence["churn_risk"] == (0, 7)


def test_a_users_file_overrides_by_key(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    vip = 'label = "VIP"\ncadence_months = 0\ncadence_days = 7\nexecutive_visit_months = 1\nweight = 5\n'
    text = '[rfm]\nrecency_high_days = 60\n[rfm.table]\nHHH = "vip"\n[tiers.vip]\n' + vip
    file.write_text(text + 'strategy = ""\nactions = ""\nchannel = ""\n', encoding="utf-8")
    rules = Rules.load(file)
    assert rules.rfm.recency_high_days == 60
    assert rules.rfm.recency_medium_days == 180
    assert rules.rfm.table["HHH"] == "vip"
    assert Rules.load().rfm.recency_high_days == 90


def test_the_settings_sheet_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[rfm]\nrecency_high_days = 60\n", encoding="utf-8")
    rules = Rules.load(file, settings=[_setting("rfm.recency_high_days", 45)])
    assert rules.rfm.recency_high_days == 45


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("cleaning.strict_privacy", "是", True),
        ("cleaning.strict_privacy", "否", False),
        ("intent.words", "采购、立项；招标", ("采购", "立项", "招标")),
        ("value_score.core_share", 0.1, 0.1),
        ("tiers.potential.cadence_days", 10.0, 10),
        ("lexicons.price.words", "便宜、打折", ("便宜", "打折")),
    ],
)
def test_values_are_read_as_people_type_them(key: str, value: object, read: object) -> None:
    found: object = Rules.load(settings=[_setting(key, value)])
    for part in key.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert found == read


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("rfm.recency_hihg_days", 60, "recency_high_days"),
        ("rmf.recency_high_days", 60, "rfm"),
        ("rfm.recency_high_days", 200, "从小到大"),
        ("rfm.recency_high_days", -1, "不小于 0"),
        ("rfm.recency_high_days", "很久", "整数"),
        ("rfm.frequency_medium", 9, "大于"),
        (
            "value_score.historical",
            50,
            "应为 100，现在 110（历史价值权重 50、潜在价值权重 40、战略价值权重 20）",
        ),
        ("rfm.method", "随便", "固定门槛"),
        ("rfm.table.HHH", "gold", "gold"),
        ("rfm.table.XYZ", "potential", "XYZ"),
        ("tiers.potential.cadence_days", 99999, "3650"),
        ("ice.impact_weight", 500, "100"),
        ("cleaning.strict_privacy", "也许", "是 或 否"),
        ("cleaning.customer_id_pattern", "([", "编号格式"),
        ("priority.urgent_tiers", "high_value、gold", "gold"),
    ],
)
def test_a_wrong_setting_names_its_cell_and_the_way_out(key: str, value: object, said: str) -> None:
    message = _refused(_setting(key, value))
    assert said in message
    assert "配置" in message


def test_all_problems_are_named_at_once() -> None:
    message = _refused(_setting("rfm.method", "x"), _setting("ice.method", "y"), _setting("nothing", 1))
    assert "rfm.method" in message and "ice.method" in message and "nothing" in message


def test_rules_that_do_not_go_together_name_each_cell_that_was_written() -> None:
    message = _refused(
        Setting("rfm.frequency_high", 9, "配置", "C5"),
        Setting("rfm.recency_medium_days", 80, "配置", "C6"),
        Setting("rfm.recency_high_days", 120, "配置", "C7"),
    )
    assert "配置!C6" in message and "配置!C7" in message and "配置!C5" not in message
    assert "“120”" in message and "“80”" in message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ice.impact_weight", float("nan")),
        ("trends.size_limits", "1、2"),
        ("trends.size_limits", "1、2、3、4"),
        ("rfm.recency_high_days", 1e300),
        ("rfm.recency_high_days", 1.5),
        ("tiers.potential.label", "长" * 40),
        ("tiers.potential.label", 5),
        ("vocabulary.preset", 3),
        ("mapping.industry", "甲、乙"),
    ],
)
def test_nothing_is_told_in_english(key: str, value: object) -> None:
    message = _refused(_setting(key, value))
    assert "配置!C7" in message
    said = message.split("，", maxsplit=1)[1].replace(key, "")
    assert not re.search("[a-z]{4,}", said), said


def test_all_three_weights_cannot_be_nothing() -> None:
    zero = [_setting(f"ice.{name}_weight", 0) for name in ("impact", "confidence", "ease")]
    assert "不能都是 0" in _refused(*zero)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[rfm\n", encoding="utf-8")
    with pytest.raises(RulesInvalid, match=r"my\.toml"):
        Rules.load(file)
    with pytest.raises(FileMissing):
        Rules.load(tmp_path / "none.toml")


def test_every_rule_has_a_line_on_the_settings_sheet_and_reads_back() -> None:
    lines = setting_lines()
    assert len(lines) > 100
    assert all(line.label for line in lines)
    typed = [
        _setting(line.key, line.value)
        for line in lines
        if line.key != "as_of" and line.value not in (None, "")
    ]
    assert Rules.load(settings=typed) == Rules.load()
