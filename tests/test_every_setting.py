"""Every line of the settings sheet changes something a reader of the workbook sees.

The pipeline runs once; then each line is changed, and what reads its section is computed again from what it was given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from time import process_time
from typing import Any

import pandas as pd
import pytest

from crmsheet import auditing, merging, pipeline, steps
from crmsheet.checks.tables import clean
from crmsheet.errors import RulesInvalid
from crmsheet.model import Setting, Tables
from crmsheet.repairs.decisions import with_decisions
from crmsheet.repairs.records import with_records
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.settings import SettingLine, setting_lines
from crmsheet.views.sheets import VIEWS
from tests.settings_team import DAY, bare_team, settings_team
from tests.test_settings_sheet import TOGETHER

LINES = [line for line in setting_lines() if line.key != "as_of"]
SECTIONS = frozenset(Rules.model_fields) - {"labels"}
IN_PIPELINE = (
    "clean", "relate_customers", "explode_requirements", "list_moves", "choose_snapshot", "missing_facts",
    "rfm_notes", "forecast_customers",
)  # fmt: skip
# Words that stand somewhere in the team, where leaving out all words of a line would change nothing.
OTHER: dict[str, list[Any]] = {
    "cleaning.customer_id_pattern": [r"^K\d+$"],
    "cleaning.always": ["spaces"],
    "cleaning.expected_fields": ["对接人"],
    "cleaning.earliest_year": [1985],
    "trends.size_limits": ["3、150、500"],
    "migration.order": ["低价值、潜力、高价值、流失风险"],
    "mapping.industry": ["工控=制造业"],
    "mapping.owner": ["小李=李*"],
    "mapping.values": ["当前状态:洽谈=跟进中"],
    "vocabulary.status_words": ["lost=老客户；prospect=新面孔"],
    "followup.not_contacts": ["群发、邮件"],
    "duplicates.on_refresh_up_to": [0, 1],
    "agreement.levels_apart": [1],
    "rates.satisfaction_top": [10],
    "win_back.loss_if_lost": [0.95],
    "clv.margin": [0.5],
    "signals.poor_service.not_words": ["服务差"],
    "signals.trends.not_words": ["白皮书"],
    "signals.product_mismatch.not_words": ["产品不匹配"],
}
# Lines that count only beside another choice, which both sides of the comparison then have.
BESIDE = {
    "value_matrix.amount_at_least": {"value_matrix.cut": "固定金额"},
    "duplicates.score_at_least": {"duplicates.related_at_least": 0.1},
    "duplicates.related_at_least": {"duplicates.score_at_least": 0.99},
}


@dataclass(frozen=True)
class Stage:
    """A part of the program, what it was given, and which sections of the rules it reads."""

    name: str
    run: Callable[..., Any]
    given: tuple[Any, ...]
    options: dict[str, Any]
    reads: frozenset[str]
    given_out: str
    cost: float

    def under(self, rules: Rules) -> str:
        """What it gives under other rules, as text."""
        given = [_under(one, rules) for one in self.given]
        options = {name: _under(one, rules) for name, one in self.options.items()}
        return said(self.run(*given, **options))


class Watched(Rules):
    """Rules that remember which of their sections were asked for."""

    def __getattribute__(self, name: str) -> Any:
        if name in SECTIONS:
            SEEN.add(name)
        return super().__getattribute__(name)


SEEN: set[str] = set()


def _under(given: Any, rules: Rules) -> Any:
    if isinstance(given, Watched):
        return rules
    return replace(given, rules=rules) if isinstance(given, Result) else given


def said(value: Any) -> str:
    """All that a reader can see of ``value``."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return repr(value.to_dict())
    if isinstance(value, Rules) or callable(value):
        return ""
    return "".join(map(said, parts)) if (parts := _parts(value)) else repr(value)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Result):
        return value.issues, value.merges, value.notes
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, (list, tuple)):
        return value
    return [getattr(value, one.name) for one in fields(value)] if is_dataclass(value) else ()


def recorded(tables: Tables) -> list[Stage]:
    """Every stage of one run over ``tables`` that reads rules."""
    stages: list[Stage] = []

    def watch(name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **options: Any) -> Any:
            before = set(SEEN)
            SEEN.clear()
            start = process_time()
            found = run(*given, **options)
            if SEEN:
                cost = process_time() - start
                stages.append(Stage(name, run, given, options, frozenset(SEEN), said(found), cost))
            SEEN.update(before)
            return found

        return watched

    rules = Watched.model_construct(**{name: getattr(Rules.load(), name) for name in Rules.model_fields})
    with pytest.MonkeyPatch.context() as patch:
        for name in steps.__all__:
            patch.setattr(steps, name, watch(name, getattr(steps, name)))
        for name in IN_PIPELINE:
            patch.setattr(pipeline, name, watch(name, getattr(pipeline, name)))
        result = pipeline.analyze(tables, rules, DAY)
    watch("decisions", _decided)(tables, rules)
    merged = watch("merges", _merged)(result)
    watch("draw", _drawn)(result)
    for view in VIEWS:
        watch(view.__name__, view)(merged)
    return stages


def _decided(tables: Tables, rules: Rules) -> pd.DataFrame:
    issues = with_records(clean(tables, rules, as_of=DAY).issues, tables)
    return with_decisions(issues, pd.DataFrame(), rules)


def _drawn(result: Result) -> tuple[pd.DataFrame, ...]:
    return steps.flag_evidence(result.customers, result.rules), auditing.draw(result, "2026-11").audit


def _merged(result: Result) -> Result:
    return merging.with_merges(result, lazily=True)


def candidates(line: SettingLine) -> Iterator[Any]:
    """Other values of a line, the more telling ones first; not every one need be allowed."""
    if line.key in OTHER:
        yield from OTHER[line.key]
    elif line.choices:
        yield from (word for word in line.choices if word != line.default)
    elif isinstance(line.default, str) or line.default is None:
        yield "低价值" if line.unit == "分层" else "别的说法"
    else:
        whole = isinstance(line.default, int)
        for value in (line.default * 1.5, line.default * 0.5, line.default + 1, line.default - 1):
            yield int(value) if whole else value


def changed(line: SettingLine) -> Iterator[Rules]:
    beside = BESIDE.get(line.key, {})
    if line.key in TOGETHER:
        yield _rules(TOGETHER[line.key])
    for value in candidates(line):
        try:
            yield _rules({**beside, line.key: value})
        except RulesInvalid:
            continue


def _rules(values: dict[str, Any]) -> Rules:
    return Rules.load(settings=[Setting(key, value, "配置", "C9") for key, value in values.items()])


def has_effect(line: SettingLine, stages: list[Stage], shown_by: Counter[tuple[str, str]]) -> bool:
    """Whether another value of the line changes what a stage gives; first asked are those that lines like it change."""
    section, leaf = line.key.partition(".")[0], line.key.rpartition(".")[2]
    kind = f"{section}.{leaf}" if section in ("tiers", "signals") else section
    concerned = [stage for stage in stages if section in stage.reads]
    concerned.sort(key=lambda stage: (-shown_by[kind, stage.name], stage.cost))
    beside = BESIDE.get(line.key)
    base = _rules(beside) if beside else None
    for rules in changed(line):
        if rules != (base or Rules.load()):
            for stage in concerned:
                before = stage.under(base) if base else stage.given_out
                if stage.under(rules) != before:
                    shown_by[kind, stage.name] += 1
                    return True
    return False


def test_every_line_changes_what_is_shown() -> None:
    stages = [*recorded(settings_team()), *recorded(bare_team())]
    assert len(LINES) > 200
    shown_by: Counter[tuple[str, str]] = Counter()
    assert [line.key for line in LINES if not has_effect(line, stages, shown_by)] == []
