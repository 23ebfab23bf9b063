"""Industry labels: the list with known answers, labels beyond it, and what must stay a question."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.industry import UNKNOWN, classify_industry
from crmsheet.data import read_table


def test_the_standard_has_20_sections_and_97_divisions_in_order() -> None:
    rows = read_table("industries.tsv")
    assert "".join(dict.fromkeys(row["section"] for row in rows)) == "ABCDEFGHIJKLMNOPQRST"
    assert [row["division"] for row in rows] == [f"{number:02}" for number in range(1, 98)]


def test_every_official_name_and_code_means_itself() -> None:
    exceptions = {"农业"}  # in a cell, the whole section
    for row in read_table("industries.tsv"):
        assert classify_industry(row["section_name"]).section == row["section"]
        assert classify_industry(row["section"]).name == row["section_name"]
        for label in (row["division"], row["section"] + row["division"]):
            assert (classify_industry(label).section, classify_industry(label).division) == (
                row["section"],
                row["division"],
            )
        reading = classify_industry(row["division_name"])
        if row["division_name"] not in exceptions:
            assert (reading.division, reading.section) == (row["division"], row["section"])


def test_official_names_are_written_as_they_are() -> None:
    assert classify_industry("汽车制造业").name == "汽车制造业"
    assert classify_industry("汽配").name == "制造业"


def test_every_alias_belongs_to_a_division_of_its_section_or_asks() -> None:
    sections = {row["division"]: row["section"] for row in read_table("industries.tsv")}
    for row in read_table("industry_aliases.tsv"):
        reading = classify_industry(row["alias"])
        assert reading.certain is bool(row["section"]), row
        assert sections.get(reading.division, reading.section) == reading.section == row["section"], row


@pytest.mark.parametrize(
    "label", ["服务业", "其他", "科技", "", None, "待确认", "I99", "C64", "A类", "2024", "互联网/餐饮"]
)
def test_what_spans_sections_or_names_none_is_asked(label: object) -> None:
    reading = classify_industry(label)
    assert (reading.section, reading.division, reading.name, reading.certain) == ("", "", "", False)


def test_a_question_names_what_is_likely() -> None:
    assert "批发和零售业" in classify_industry("快消品").candidates
    assert classify_industry("某某某") == UNKNOWN


@pytest.mark.parametrize(
    ("target", "section", "division"),
    [
        ("L", "L", ""),
        ("72", "L", "72"),
        ("商务服务业", "L", "72"),
        ("互联网", "I", "64"),
        ("i64", "I", "64"),
        ("没有", "", ""),
    ],
)
def test_a_teams_own_mapping_wins(target: str, section: str, division: str) -> None:
    reading = classify_industry("服 务業", mapping={"服务业": target})
    assert (reading.section, reading.division) == (section, division)
    assert classify_industry("软件", mapping={"服务业": target}).division == "65"


@given(
    st.text()
    | st.text(alphabet="制造业和服务(/-)、I64软件互联网+公司批发")
    | st.none()
    | st.floats()
    | st.booleans()
    | st.dates()
)
def test_any_value_is_read_without_an_error(value: object) -> None:
    reading = classify_industry(value)
    assert bool(reading.section) is reading.certain is bool(reading.name)


@pytest.mark.parametrize("unit", ["公司", "制造业-", "服务/", "(", "I6", "智能"])
def test_a_hostile_cell_of_100_kb_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    classify_industry(unit * (100_000 // len(unit.encode())))
    classify_industry((unit * 40)[:40])
    assert time.process_time() - started < 1.0
