"""A workbook refreshed in one language and then in the other: its settings hold, nothing people wrote is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import crmsheet as crm
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.data import LANGUAGES, Language, speaking
from crmsheet.labels import Labels
from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.settings import changed_settings, setting_lines

CHANGED = {
    "zh": {
        "rfm.method": "三等分",
        "rfm.table.LLL": "潜力",
        "vocabulary.preset": "S3",
        "cleaning.always": "多余空格",
        "followup.not_contacts": "群发、邮件",
        "timeliness.update_months": 2,
    },
    "en": {
        "rfm.method": "Thirds",
        "rfm.table.LLL": "Potential",
        "vocabulary.preset": "S3",
        "cleaning.always": "Stray spaces",
        "followup.not_contacts": "Bulk message, Email",
        "timeliness.update_months": 2,
    },
}
OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


def _lines(language: Language, changes: dict[str, Any]) -> list[Setting]:
    """A settings sheet as it is written in ``language``, with some of its values changed."""
    with speaking(language):
        lines = setting_lines()
    filled = [(line.key, changes.get(line.key, line.value)) for line in lines if line.key != "as_of"]
    return [Setting(key, value, "S", f"C{row}") for row, (key, value) in enumerate(filled, start=5) if value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_of_defaults_says_nothing_in_any_language(language: Language) -> None:
    for spoken in LANGUAGES:
        with speaking(spoken):
            assert changed_settings(_lines(language, {})) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_settings_typed_in_one_language_hold_in_the_other(language: Language) -> None:
    typed = _lines(language, CHANGED[language])
    loaded = {}
    for spoken in LANGUAGES:
        with speaking(spoken):
            loaded[spoken] = Rules.load(settings=changed_settings(typed))
            assert loaded[spoken].labels.language == spoken
    for section in ("rfm", "churn", "orders", "ice", "priority", "followup", "timeliness", "value_tag"):
        assert getattr(loaded["zh"], section) == getattr(loaded["en"], section), section
    assert loaded["zh"].tiers["potential"].label == "潜力客户"
    assert loaded["en"].tiers["potential"].label == "Potential"
    for rules in loaded.values():
        assert rules.rfm.method == "quantile"
        assert rules.rfm.table["LLL"] == "potential"
        assert rules.cleaning.always == ("spaces",)
        assert rules.timeliness.update_months == 2


def test_a_name_of_the_other_language_is_kept_where_somebody_chose_it() -> None:
    typed = _lines("zh", {"tiers.potential.label": "Potential"})
    assert Rules.load(settings=changed_settings(typed)).tiers["potential"].label == "Potential"


def _workbook(path: Path, language: Language) -> Path:
    with speaking(language):
        labels = Labels.load()
        team = sample_team(date(2026, 11, 20), customers=12).tables
        write_new(path, template(labels=labels, rules_rows=setting_lines(), tables=team, macros=None))
    return path


def _own(path: Path, key: str, language: Language) -> tuple[Any, Any]:
    """The workbook, and its sheet ``key`` under the name the language gave it."""
    book = openpyxl.load_workbook(path)
    return book, book[Labels.load(language).sheet(key)]


def _column(sheet: Any, *headers: str) -> tuple[int, int]:
    """Header row and place of the column that has one of these headers."""
    return next((c.row, c.column) for row in sheet.iter_rows() for c in row if c.value in headers)


def test_back_and_forth_loses_nothing(tmp_path: Path) -> None:
    language: Language = "zh"
    path, other = _workbook(tmp_path / "book.xlsx", language), OTHER[language]
    headers = {name: [Labels.load(each).column(name) for each in LANGUAGES] for name in ("accept",)}
    with speaking(language):
        first = crm.refresh(path, as_of="2026-11-20", backup=False)
    book, quality = _own(path, "quality", language)
    top, decision = _column(quality, *headers["accept"])
    quality.cell(top + 1, decision, Labels.load(language).choice("yes_no", "no"))
    quality.cell(top + 1, decision + 8, "remark of a person")
    book.save(path)
    results = []
    for spoken, day in ((other, "2026-11-21"), (language, "2026-11-22")):
        with speaking(spoken):
            results.append(crm.refresh(path, as_of=day, backup=False))
    there, back = results
    assert there.rules.labels.language == other
    assert len(there.silenced) == len(back.silenced) == 1
    assert (
        there.customers["tier"].tolist()
        == first.customers["tier"].tolist()
        == back.customers["tier"].tolist()
    )
    assert there.requirements["requirement_id"].tolist() == first.requirements["requirement_id"].tolist()
    kept = back.source.source
    assert sorted(set(kept.earlier("snapshots")["as_of"])) == ["2026-11-20", "2026-11-21"]
    assert len(kept.earlier("figures")) == 2
    book, quality = _own(path, "quality", language)
    texts = [str(cell.value) for row in quality.iter_rows() for cell in row if cell.value is not None]
    assert "remark of a person" in texts
