"""Industries: what people type, what must be asked, and the laws of the reader."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.industry import IndustryReading, classify_industry
from crmsheet.clean.industry_words import section_of_division, standard_names
from crmsheet.data import read_table

CASES = Path(__file__).parent.parent / "cases"


def wrong_rows(name: str) -> tuple[int, list[tuple[str, str, str]]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    read = [(row, classify_industry(row["input"])) for row in rows]
    wanted = [
        (row["input"], row["section"] + row["division"], got.section + got.division) for row, got in read
    ]
    return len(rows), [row for row in wanted if row[1] != row[2]]


@pytest.mark.parametrize("name", ["industry.tsv", "industry_more.tsv"])
def test_industries_of_the_list_are_read_as_expected(name: str) -> None:
    count, wrong = wrong_rows(name)
    assert len(wrong) <= 0.02 * count, wrong


def test_the_standard_has_all_sections_and_divisions() -> None:
    assert "".join(sorted(set(section_of_division().values()))) == "ABCDEFGHIJKLMNOPQRST"
    assert sorted(section_of_division()) == [f"{number:02}" for number in range(1, 98)]


@pytest.mark.parametrize("code", standard_names())
def test_codes_and_standard_names_are_read(code: str) -> None:
    name = standard_names()[code]
    assert classify_industry(code).section == classify_industry(name).section == code[0]
    assert classify_industry(f"{code} {name}").section == code[0]


def test_every_alias_stands_once_for_known_codes() -> None:
    rows = read_table("industry_aliases.tsv")
    assert len({row["label"] for row in rows}) == len(rows) >= 600
    assert {code for row in rows for code in row["codes"].split()} <= set(standard_names())


def test_a_reading_is_certain_or_asks() -> None:
    asked = classify_industry("旅游")
    assert asked == IndustryReading(candidates=("商务服务业", "公共设施管理业"))
    known = classify_industry("汽配")
    assert known == IndustryReading("C", "36", certain=True, name="汽车制造业")
    assert classify_industry("医疗和教育").candidates == ("卫生", "教育")


@pytest.mark.parametrize(
    "text", ["北京某某软件有限公司", "非制造业", "客户想了解一下我们能不能做电商", "2024-03-15", "0"]
)
def test_doubtful_text_is_never_certain(text: str) -> None:
    assert not classify_industry(text).certain


@pytest.mark.parametrize("meant", ["N78", "78", "公共设施管理业"])
def test_a_teams_own_mapping_wins(meant: str) -> None:
    assert classify_industry("互联网", mapping={"互 联 网": meant}).division == "78"
    assert classify_industry("软件", mapping={"互联网": meant}).division == "65"
    assert classify_industry("某行", mapping={"某行": "C"}).name == "制造业"


@pytest.mark.parametrize("value", [None, float("nan"), True, 3.5, date(2024, 3, 1), "", [], object()])
def test_values_without_an_industry_are_unknown(value: object) -> None:
    assert classify_industry(value) == IndustryReading()


def test_numbers_that_excel_made_of_codes_are_read() -> None:
    assert classify_industry(64).division == classify_industry(64.0).division == "64"


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    got = classify_industry(text)
    assert got.certain == bool(got.section) == bool(got.name)
    assert not (got.certain and got.candidates)


@pytest.mark.parametrize("piece", ["制造", "(", "-", "/", "1", " ", "业", "a和"])
def test_huge_cells_take_no_time(piece: str) -> None:
    start = time.perf_counter()
    classify_industry(piece * 50_000)
    assert time.perf_counter() - start < 0.1
