"""Regions: where addresses, company names and cells are, what stays open, and the laws of the reader."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.region_names import PATTERNS, names
from crmsheet.clean.regions import Kind, RegionReading, locate
from crmsheet.data import read_table

CASES = Path(__file__).parent.parent / "cases"
KINDS: tuple[Kind, ...] = ("company", "address", "cell")


def cases(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_table_has_every_province_once() -> None:
    provinces = [row["province"] for row in read_table("regions.tsv")]
    assert len(set(provinces)) == 34
    assert len({(row["province"], row["city"]) for row in read_table("regions.tsv")}) == len(provinces)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_name_is_always_located(kind: Kind) -> None:
    rows = [(row["province"], row["city"] or "") for row in read_table("regions.tsv")]
    assert [row for row in rows if locate("".join(row), kind=kind) != RegionReading(*row)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_county_behind_its_city_changes_nothing(kind: Kind) -> None:
    wrong = [
        (row["city"], county)
        for row in read_table("regions.tsv")
        for county in (row["counties"] or "").split()
        if locate(row["province"] + (row["city"] or "") + county, kind=kind)
        != RegionReading(row["province"], row["city"] or "")
    ]
    assert wrong == []


def test_counties_of_the_same_name_are_not_located() -> None:
    shared = [name for name, meant in names().items() if len({one.place.province for one in meant}) > 1]
    full = [name for name in shared if PATTERNS["plain_suffix"].search(name)]
    assert len(full) > 10
    assert {locate(name, kind="address").city for name in full} == {""}


@pytest.mark.parametrize("value", [None, float("nan"), True, 3.5, 518057, date(2024, 3, 1), "", [], object()])
@pytest.mark.parametrize("kind", KINDS)
def test_values_without_a_region_are_nowhere(value: object, kind: Kind) -> None:
    assert locate(value, kind=kind) == RegionReading()


@given(st.text(max_size=80), st.sampled_from(KINDS))
def test_no_text_breaks_the_reader(text: str, kind: Kind) -> None:
    got = locate(text, kind=kind)
    assert got.province or not got.city


@given(st.lists(st.sampled_from(sorted(names())), max_size=5).map("".join), st.sampled_from(KINDS))
def test_no_row_of_names_breaks_the_reader(text: str, kind: Kind) -> None:
    got = locate(text, kind=kind)
    assert got.province or not got.city


@pytest.mark.parametrize("piece", ["北京", "(", "-", "中国", "1", " ", "朝阳区", "分公司", "(北京"])
@pytest.mark.parametrize("kind", KINDS)
def test_huge_cells_take_no_time(piece: str, kind: Kind) -> None:
    locate("x", kind=kind)
    start = time.process_time()
    locate(piece * 50_000, kind=kind)
    assert time.process_time() - start < 0.1
