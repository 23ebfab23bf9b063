"""The guide's index leads to the analysis sheets once there are any, and stays what a user made of it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell

from crmsheet.book.guide_index import guide_titles
from crmsheet.book.template import template
from crmsheet.book.workbook import Workbook
from crmsheet.data import LANGUAGES, Language, read_toml, speaking
from crmsheet.labels import Labels
from crmsheet.settings import setting_lines
from tests.book.designs import rich_design
from tests.book.packages import parts, rewritten

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    spoken: Language = request.param
    return spoken


@pytest.fixture(scope="module")
def fresh(language: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guide") / "new.xlsx"
    with speaking(language):
        path.write_bytes(template(labels=Labels.load(), rules_rows=setting_lines()))
    return path


def _renewed(path: Path, target: Path, **tabs: str) -> Path:
    """The workbook with own sheets (key → name), and its index renewed."""
    book = Workbook.open(path)
    for key, name in tabs.items():
        book.put_sheet(key, name, rich_design(3, name=name, table=f"crm_{key}"))
    for title in guide_titles().intersection(book.sheet_names):
        book.renew_index(title, book.own_sheets)
    book.save(target)
    return target


def _line(path: Path, language: Language, code: str) -> tuple[Cell, Cell]:
    """Name and remark of a line of the index."""
    contents = read_toml(f"template.{language}.toml")["contents"][code]
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    cells = next(
        cells
        for row in sheet
        if (cells := [one for one in row if one.value])[1:2] and cells[1].value == contents
    )
    return cells[0], cells[2]


def _link(name: str) -> str:
    return f'=HYPERLINK("#\'{name}\'!A1","{name}")'


def test_a_line_leads_to_its_sheet_and_looks_like_those_that_are_ready(
    fresh: Path, language: Language, tmp_path: Path
) -> None:
    labels, words = Labels.load(language), read_toml(f"template.{language}.toml")["guide"]
    overview = labels.sheet("overview")
    path = _renewed(fresh, tmp_path / "a.xlsx", overview=overview)
    name, remark = _line(path, language, "overview")
    ready_name, ready_remark = _line(path, language, "orders")
    assert (name.value, remark.value) == (_link(overview), words["renewed"])
    assert (name._style_id, remark._style_id) == (ready_name._style_id, ready_remark._style_id)
    waiting = _line(path, language, "tiers")
    assert [one.value for one in waiting] == [labels.sheet("tiers"), words["own"]]
    assert waiting[0].font.color.rgb != ready_name.font.color.rgb


def test_a_renamed_tab_and_one_in_the_other_language_are_led_to_by_their_names(
    fresh: Path, language: Language, tmp_path: Path
) -> None:
    other = Labels.load(OTHER[language]).sheet("tiers")
    first = _renewed(fresh, tmp_path / "a.xlsx", overview="总'览", tiers=other)
    assert _line(first, language, "overview")[0].value == "=HYPERLINK(\"#'总''览'!A1\",\"总'览\")"
    assert _line(first, language, "tiers")[0].value == _link(other)
    # As Excel does when a person renames a tab: texts within formulas stay.
    by_hand = {
        "xl/workbook.xml": lambda xml: xml.replace("总''览".encode(), b"mine").replace(
            "总'览".encode(), b"mine"
        )
    }
    book = Workbook.open(rewritten(first, tmp_path / "by_hand.xlsx", by_hand))
    book.rename_sheets({other: Labels.load(language).sheet("tiers")})
    book.save(tmp_path / "b.xlsx")
    second = _renewed(tmp_path / "b.xlsx", tmp_path / "c.xlsx")
    assert _line(second, language, "overview")[0].value == _link("mine")
    assert _line(second, language, "tiers")[0].value == _link(Labels.load(language).sheet("tiers"))


def test_an_index_that_says_what_is_there_keeps_every_byte(fresh: Path, tmp_path: Path) -> None:
    first = _renewed(fresh, tmp_path / "a.xlsx", overview="总览")
    assert parts(_renewed(first, tmp_path / "b.xlsx")) == parts(first)


def test_a_sheet_that_went_is_told_as_one_to_come(fresh: Path, language: Language, tmp_path: Path) -> None:
    first = _renewed(fresh, tmp_path / "a.xlsx", overview="总览", tiers="客户分层")
    book = Workbook.open(first)
    assert book.remove_sheet("tiers")
    book.save(tmp_path / "b.xlsx")
    path = _renewed(tmp_path / "b.xlsx", tmp_path / "c.xlsx")
    (name, remark), waiting = _line(path, language, "tiers"), _line(path, language, "moves")
    words = read_toml(f"template.{language}.toml")["guide"]
    assert (name.value, remark.value) == (Labels.load(language).sheet("tiers"), words["own"])
    assert (name._style_id, remark._style_id) == tuple(one._style_id for one in waiting)


def test_what_a_user_wrote_into_the_guide_stays(fresh: Path, language: Language, tmp_path: Path) -> None:
    tabs = {code: Labels.load(language).sheet(code) for code in ("overview", "tiers", "moves", "trends")}
    wanted = {code: _line(fresh, language, code) for code in tabs}
    book = Workbook.open(fresh)
    guide = Labels.load(language).sheet("guide")
    typed = {
        wanted["overview"][0].coordinate: "老板看这张",
        wanted["tiers"][1].coordinate: "每周一看",
        wanted["moves"][0].coordinate: None,
    }
    places = {one: (openpyxl.utils.cell.coordinate_to_tuple(one)) for one in typed}
    book.update_cells(guide, {places[one]: text for one, text in typed.items()})
    book.save(tmp_path / "a.xlsx")
    path = _renewed(tmp_path / "a.xlsx", tmp_path / "b.xlsx", **tabs)
    sheets = [
        openpyxl.load_workbook(one, read_only=True).worksheets[0] for one in (path, tmp_path / "a.xlsx")
    ]
    after, before = (
        {cell.coordinate: cell.value for row in sheet for cell in row if cell.value} for sheet in sheets
    )
    changed = {place for place, value in after.items() if before.get(place) != value}
    assert changed == {one.coordinate for one in wanted["trends"]}


def test_a_workbook_without_the_guide_is_none_the_worse(
    fresh: Path, language: Language, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(fresh)
    del book[Labels.load(language).sheet("guide")]
    book.save(tmp_path / "a.xlsx")
    path = _renewed(tmp_path / "a.xlsx", tmp_path / "b.xlsx", overview="总览")
    assert "总览" in openpyxl.load_workbook(path).sheetnames
