"""A workbook refreshed in one language and then in the other: its settings hold, nothing people wrote is lost."""

from __future__ import annotations

import zipfile
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
    assert [sheet.title for sheet in book if sheet.title in Labels.load(other).words["sheets"].values()] == []
    texts = [str(cell.value) for row in quality.iter_rows() for cell in row if cell.value is not None]
    assert "remark of a person" in texts


MANUAL_TIER = {"zh": "高价值", "en": "High value"}


@pytest.fixture(scope="module", params=LANGUAGES)
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Language, Path]:
    """A workbook in each language; somebody decided the tier of its first customer."""
    language: Language = request.param
    path = _workbook(tmp_path_factory.mktemp("written") / "book.xlsx", language)
    book, profiles = _own(path, "profiles", language)
    top, place = _column(profiles, Labels.load(language).field("manual_tier"))
    profiles.cell(top + 1, place, MANUAL_TIER[language])
    book.save(path)
    return language, path


def test_words_of_the_sheets_own_language_are_no_faults(written: tuple[Language, Path]) -> None:
    language, path = written
    found = {}
    for spoken in LANGUAGES:
        with speaking(spoken):
            issues = crm.check(path, as_of="2026-11-20")
            found[spoken] = issues[["sheet", "cell", "code", "value", "suggestion"]]
            customers = crm.analyze_workbook(path, as_of="2026-11-20").customers
            assert "high_value" in customers["manual_tier"].tolist()
    assert found["zh"].equals(found["en"])


def test_the_record_sheet_stays_in_its_own_language(written: tuple[Language, Path], tmp_path: Path) -> None:
    """Formulas, their values, tiers and days off are those of a refresh in the language of the sheet, byte by byte."""
    language, path = written
    parts = {}
    for spoken in LANGUAGES:
        with speaking(spoken):
            crm.refresh(path, out=tmp_path / f"{spoken}.xlsx", as_of="2026-11-20", backup=False)
        names = openpyxl.load_workbook(tmp_path / f"{spoken}.xlsx", read_only=True).sheetnames
        with zipfile.ZipFile(tmp_path / f"{spoken}.xlsx") as archive:
            sheets = [names.index(Labels.load(language).sheet(key)) + 1 for key in ("records", "holidays")]
            parts[spoken] = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in sheets]
    assert parts["zh"] == parts["en"]
    assert b"2026" in parts["zh"][0] or b"463" in parts["zh"][0]
