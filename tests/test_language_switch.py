"""A workbook refreshed in one language and then in the other: its settings hold, nothing people wrote is lost."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from python_calamine import CalamineWorkbook

import crmsheet as crm
from crmsheet.book.save import write_new
from crmsheet.book.tab_names import language_of, renamed_tabs, tabs_by_name, workbook_language
from crmsheet.book.template import template
from crmsheet.data import LANGUAGES, Language, speaking
from crmsheet.labels import Labels
from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.settings import changed_settings, setting_lines
from crmsheet.views.sheets import views_of

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


def _with_own_things(path: Path, language: Language) -> dict[str, str]:
    """A mark, remarks beside a list, formulas and a name of one's own; the remark of each customer."""
    labels = Labels.load(language)
    book, quality = _own(path, "quality", language)
    top, decision = _column(quality, labels.column("accept"))
    quality.cell(top + 1, decision, labels.choice("yes_no", "no"))
    calls = book[labels.sheet("followups")]
    top, place = _column(calls, labels.field("customer_name"))
    last = calls.max_column
    calls.cell(top, last + 1, "remark")
    remarks = {}
    for row in (top + 1, top + 4, top + 7):
        name = str(calls.cell(row, place).value)
        remarks[name] = f"remark {row}"
        calls.cell(row, last + 1, remarks[name])
    own = book.create_sheet("own")
    own["A1"] = f"={labels.sheet('overview')}!A1"
    own["A2"] = f"=COUNTA(crm_followups[{labels.field('customer_name')}])"
    book.defined_names["own"] = DefinedName("own", attr_text=f"{labels.sheet('tiers')}!$B$30")
    book.save(path)
    return remarks


def _own_things(path: Path, language: Language) -> tuple[dict[str, str], list[Any]]:
    labels = Labels.load(language)
    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book[labels.sheet("followups")].iter_rows(values_only=True))
    place = next(row.index(name) for row in rows for name in [labels.field("customer_name")] if name in row)
    remarks = {str(row[place]): str(one) for row in rows for one in row if str(one).startswith("remark ")}
    own = [row[0] for row in book["own"].iter_rows(max_row=2, values_only=True)]
    return remarks, [*own, book.defined_names["own"].attr_text]


def _tabs(path: Path) -> set[str]:
    return set(CalamineWorkbook.from_path(path).sheet_names)


def _dead_links(path: Path) -> set[str]:
    """Sheets that links lead to and that the workbook does not have."""
    names = _tabs(path)
    with zipfile.ZipFile(path) as archive:
        sheets = [
            archive.read(part).decode() for part in archive.namelist() if part.startswith("xl/worksheets/s")
        ]
    return {unescape(one) for text in sheets for one in re.findall(r"HYPERLINK\(\"#'([^']+)'", text)} - names


def test_back_and_forth_loses_nothing(tmp_path: Path) -> None:
    language: Language = "zh"
    path, other = _workbook(tmp_path / "book.xlsx", language), OTHER[language]
    with speaking(language):
        first = crm.refresh(path, as_of="2026-11-20", backup=False)
    remarks = _with_own_things(path, language)
    results = []
    for spoken, day in ((other, "2026-11-21"), (language, "2026-11-22")):
        with speaking(spoken):
            results.append(crm.refresh(path, as_of=day, backup=False))
        assert workbook_language(path) == spoken
        labels = Labels.load(spoken)
        kept, formulas = _own_things(path, spoken)
        assert kept == remarks
        assert formulas == [
            f"='{labels.sheet('overview')}'!A1",
            f"=COUNTA(crm_followups[{labels.field('customer_name')}])",
            f"'{labels.sheet('tiers')}'!$B$30",
        ]
        assert _dead_links(path) == set()
        entry = {Labels.load(language).sheet(code) for code in ("records", "profiles", "orders")}
        names = _tabs(path)
        assert entry | {labels.sheet(view.key) for view in views_of(results[-1])} <= names
        assert len(names) == len(results[-1].sheets) + 11
    there, back = results
    assert there.rules.labels.language == other
    assert len(there.silenced) == len(back.silenced) == 1
    tiers = [result.customers["tier"].tolist() for result in (first, there, back)]
    assert tiers[0] == tiers[1] == tiers[2]
    assert there.requirements["requirement_id"].tolist() == first.requirements["requirement_id"].tolist()
    kept_lists = back.source.source
    assert sorted(set(kept_lists.earlier("snapshots")["as_of"])) == ["2026-11-20", "2026-11-21"]
    assert len(kept_lists.earlier("figures")) == 2


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


def test_a_tab_that_somebody_renamed_keeps_its_name() -> None:
    own = {"overview": "总览", "tiers": "我的分层", "trends": "趋势分析"}
    taken = (*own.values(), "Trends")
    assert renamed_tabs(own, taken, Labels.load("en")) == {"总览": "Overview"}
    assert renamed_tabs(own, taken, Labels.load("zh")) == {}
    tabs = tabs_by_name(own, taken, Labels.load("zh"))
    assert (tabs["客户分层"], tabs["总览"], tabs["跟进清单"]) == ("我的分层", "总览", "跟进清单")


@pytest.mark.parametrize(
    ("sheets", "language"),
    [
        (["客户需求记录", "Overview", "Follow-ups", "Trends"], "en"),
        (["客户需求记录", "订单记录", "Trends"], "zh"),
        (["Sheet1"], None),
    ],
)
def test_analysis_sheets_tell_the_language(sheets: list[str], language: Language | None) -> None:
    assert language_of(sheets) == language
