"""Duplicate customers: which rows are paired, why, and what is never joined."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.clean.company_match import same_company
from crmsheet.clean.duplicate_slips import SlipTexts, slip_keys
from crmsheet.clean.duplicates import COLUMNS, find_duplicates
from crmsheet.clean.text_hashes import characters
from crmsheet.errors import UnknownColumn
from crmsheet.rules import Rules

ROOT = Path(__file__).parents[2]
RULES = Rules.load()


def _table(*rows: dict[str, object] | str, index: list[int] | None = None) -> pd.DataFrame:
    records = [row if isinstance(row, dict) else {"customer_name": row} for row in rows]
    return pd.DataFrame(records, index=index)


def _found(*rows: dict[str, object] | str) -> list[tuple[int, int, str, str]]:
    found = find_duplicates(_table(*rows), RULES)
    return list(found[["left", "right", "relation", "reason"]].itertuples(index=False, name=None))


def _cases() -> list[list[str]]:
    files = [ROOT / "tests/cases" / name for name in ("company_pairs.tsv", "company_pairs_more.tsv")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    return [line.split("\t")[:2] for line in lines if line]


def test_blocking_loses_no_pair_that_the_names_make() -> None:
    lost = []
    for one, other in _cases():
        match = same_company(one, other)
        found = find_duplicates(_table(one, other), RULES)
        expected = match.score >= RULES.duplicates.related_at_least and match.reason != "placeholder"
        if expected != (len(found) == 1) or (expected and found.at[0, "score"] != match.score):
            lost.append((one, other, match))
    assert lost == []


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_duplicates", ROOT / "benchmarks/duplicates.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("columns", [["customer_name"], ["customer_name", "phone", "email"]])
def test_pairs_of_a_labelled_table_are_found(benchmark: ModuleType, columns: list[str]) -> None:
    customers = benchmark.make_customers(3000, seed=11)
    truth = benchmark.true_pairs(customers["firm"])
    found = find_duplicates(customers[columns], RULES)
    same = found[found["relation"] == "same"]
    pairs = set(zip(same["left"], same["right"], strict=True))
    assert 2 * len(pairs & truth) / (len(pairs) + len(truth)) >= 0.97


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["北京恒达科技有限公司", "恒达（北京）科技公司"], [(0, 1, "same", "variant")]),
        (["北京恒达科技有限公司", "北京恒达科技有限公司"], [(0, 1, "same", "same_name")]),
        (["上海星河软件有限公司", "北京星河软件有限公司"], []),
        (["北京恒达科技有限公司", "北京恒达科技有限公司上海分公司"], [(0, 1, "related", "branch")]),
        (["北京恒达科技有限公司", "北京恒大科技有限公司"], [(0, 1, "related", "homophone")]),
        (["待确认", "待确认", "无", None, float("nan"), ""], []),
        (["张三", "张三"], [(0, 1, "related", "person")]),
    ],
)
def test_names_alone_decide(rows: list[str], expected: list[tuple[int, int, str, str]]) -> None:
    assert _found(*rows) == expected


def test_a_name_without_place_that_two_cities_claim_is_joined_to_neither() -> None:
    found = _found("恒达科技", "北京恒达科技有限公司", "上海恒达科技有限公司")
    assert found == [(0, 1, "related", "ambiguous_place"), (0, 2, "related", "ambiguous_place")]


def test_the_city_column_says_which_namesake_is_meant() -> None:
    rows = [
        {"customer_name": "恒达科技", "province": "北京市", "city": "北京市"},
        {"customer_name": "北京恒达科技有限公司", "province": None, "city": None},
        {"customer_name": "上海恒达科技有限公司", "province": None, "city": None},
        {"customer_name": "恒达科技", "province": None, "city": "上海"},
    ]
    assert _found(*rows) == [(0, 1, "same", "variant"), (2, 3, "same", "variant")]


PHONE = "13812345678"


@pytest.mark.parametrize(
    ("one", "other", "shared", "expected"),
    [
        ("北京恒达科技有限公司", "北京恒大科技有限公司", {"phone": PHONE}, [(0, 1, "same", "same_phone")]),
        ("北京恒达科技有限公司", "北京恒迖科技有限公司", {"phone": PHONE}, [(0, 1, "same", "same_phone")]),
        ("北京恒达科技有限公司", "恒达", {"email": "li@hengda.cn"}, [(0, 1, "same", "same_email")]),
        ("张三", "张三", {"phone": PHONE}, [(0, 1, "same", "same_phone")]),
        (
            "麦当劳（中国）有限公司",
            "金拱门（中国）有限公司",
            {"phone": PHONE},
            [(0, 1, "same", "same_phone")],
        ),
        ("北京恒达科技有限公司", "北京恒达科技上海分公司", {"phone": PHONE}, [(0, 1, "related", "branch")]),
        ("北京恒达科技有限公司", "上海恒达科技有限公司", {"phone": PHONE}, [(0, 1, "related", "same_phone")]),
        ("北京恒达科技有限公司", "北京云创贸易有限公司", {"phone": PHONE}, [(0, 1, "related", "same_phone")]),
        (
            "北京恒达科技有限公司",
            "北京云创贸易有限公司",
            {"email": "a@qq.com"},
            [(0, 1, "related", "same_email")],
        ),
        ("北京恒达科技有限公司", "恒达（北京）科技公司", {"customer_id": "C1"}, [(0, 1, "same", "variant")]),
        ("北京恒达科技有限公司", "北京恒达科技集团", {"customer_id": "C1"}, [(0, 1, "same", "same_id")]),
        (
            "北京恒达科技有限公司",
            "北京云创贸易有限公司",
            {"customer_id": "C1"},
            [(0, 1, "related", "same_id")],
        ),
        ("北京恒达科技有限公司", "北京云创贸易有限公司", {"phone": "138****5678"}, []),
        ("北京恒达科技有限公司", "北京云创贸易有限公司", {"customer_id": "待确认"}, []),
    ],
)
def test_what_rows_share_is_weighed_with_their_names(
    one: str, other: str, shared: dict[str, str], expected: list[tuple[int, int, str, str]]
) -> None:
    assert _found({"customer_name": one, **shared}, {"customer_name": other, **shared}) == expected


def test_a_company_domain_counts_and_a_public_one_does_not() -> None:
    names = ["北京恒达科技有限公司", "北京恒大科技有限公司"]
    own = [{"customer_name": name, "email": f"m{at}@hengda.cn"} for at, name in enumerate(names)]
    public = [{"customer_name": name, "email": f"m{at}@163.com"} for at, name in enumerate(names)]
    assert _found(*own) == [(0, 1, "same", "same_domain")]
    assert _found(*public) == [(0, 1, "related", "homophone")]


def test_a_telephone_that_many_share_is_no_evidence() -> None:
    brands = "恒云鑫宏中华天金博嘉瑞盛永隆海百智诚腾卓益康富"
    rows = [{"customer_name": f"北京{sign * 2}科技有限公司", "phone": "400-800-8000"} for sign in brands]
    assert _found(*rows) == []


def test_groups_are_transitive_but_not_through_related_pairs() -> None:
    company = ["北京恒达科技有限公司", "恒达（北京）科技", "北京市恒达科技公司"]
    rows = _table(*company, "北京恒达科技上海分公司", "恒达科技上海分公司", "云创科技")
    found = find_duplicates(rows, RULES)
    same = found[found["relation"] == "same"]
    assert same.groupby("group")[["left", "right"]].agg(
        lambda side: sorted(set(side))
    ).to_numpy().tolist() == [
        [[0, 1], [1, 2]],
        [[3], [4]],
    ]
    assert found.loc[found["relation"] == "related", "group"].isna().all()


def test_a_group_never_has_two_cities() -> None:
    rows = [
        {"customer_name": "北京恒达科技有限公司", "phone": PHONE},
        {"customer_name": "恒达科技", "phone": PHONE, "email": "a@hengda.cn"},
        {"customer_name": "上海恒达科技有限公司", "email": "a@hengda.cn"},
    ]
    found = find_duplicates(_table(*rows), RULES)
    assert found["group"].dropna().tolist() == [1]


def test_rows_are_named_by_their_index_and_come_in_a_fixed_order() -> None:
    rows = _table("云创科技", "北京恒达科技", "云创科技公司", "恒达（北京）科技", index=[5, 7, 9, 12])
    found = find_duplicates(rows, RULES)
    assert list(found.columns) == list(COLUMNS)
    assert found[["left", "right", "group"]].to_numpy().tolist() == [[5, 9, 1], [7, 12, 2]]
    assert found["left_name"].tolist() == ["云创科技", "北京恒达科技"]
    pd.testing.assert_frame_equal(found, find_duplicates(rows.copy(), RULES))


def test_the_table_is_not_changed_and_may_be_empty() -> None:
    rows = _table("云创科技", "云创科技公司")
    before = rows.copy()
    find_duplicates(rows, RULES)
    pd.testing.assert_frame_equal(rows, before)
    assert find_duplicates(rows.iloc[:0], RULES).empty
    with pytest.raises(UnknownColumn):
        find_duplicates(pd.DataFrame({"name": ["云创科技"]}), RULES)


def test_the_function_is_found_beside_the_parser() -> None:
    from crmsheet.clean import companies

    assert companies.find_duplicates is find_duplicates
    with pytest.raises(AttributeError):
        _ = companies.no_such_name


def test_a_thousand_equal_names_make_a_chain_not_a_million_pairs() -> None:
    found = find_duplicates(_table(*["北京恒达科技有限公司"] * 1000), RULES)
    assert len(found) == 999
    assert found["group"].unique().tolist() == [1]


_TYPED = (
    "恒达科技 北京恒达科技 上海恒达科技 恒达 北京恒达科技上海分公司 北京恒大科技 XX科技 张三 云创 恒达集团"
)
_NAMES = st.lists(st.sampled_from([*_TYPED.split(), "", None]), max_size=8)
_PHONES = st.sampled_from(["13812345678", "13987654321", ""])


@settings(max_examples=60, deadline=None)
@given(_NAMES, st.data())
def test_pairs_are_ordered_once_each_and_groups_have_one_city(
    names: list[str | None], data: st.DataObject
) -> None:
    phones = data.draw(st.lists(_PHONES, min_size=len(names), max_size=len(names)))
    found = find_duplicates(pd.DataFrame({"customer_name": names, "phone": phones}), RULES)
    pairs = list(zip(found["left"], found["right"], strict=True))
    assert all(left < right for left, right in pairs)
    assert len(pairs) == len(set(pairs))
    assert found["score"].between(RULES.duplicates.related_at_least, 1).all()
    assert found.loc[found["relation"] == "same", "group"].notna().all()
    for _, group in found[found["relation"] == "same"].groupby("group"):
        members = {*group["left_name"], *group["right_name"]}
        assert not {"北京恒达科技", "上海恒达科技"} <= members


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (["北京恒达通达001科技有限公司", "北京恒达通达002科技有限公司"], []),  # numbers tell customers apart
        (["北京恒达通达001科技有限公司", "北京恒达通大001科技有限公司"], ["homophone"]),
        (["北京明川博瑞科技有限公司", "北1明川博瑞科技有限公司"], ["typo"]),  # a digit in the place is a slip
        (["恒达通达001科技", "杭州恒达通达001科枝"], ["typo"]),  # one of them has no place
    ],
)
def test_slips_are_found_and_numbers_are_none(rows: list[str], reasons: list[str]) -> None:
    assert [found[3] for found in _found(*rows)] == reasons


def test_hashes_of_slips_are_those_of_the_text_that_is_left() -> None:
    texts = ["北京恒达通达科技", "京恒达通达科技", "北京恒达通达科", "北京恒达达科技"]
    start, end = np.zeros(len(texts), dtype=np.int64), np.full(len(texts), 8)
    owners, keys = slip_keys(SlipTexts(*characters(texts), start, end))
    whole = {number: keys[number] for number in range(len(texts))}  # the names as they are come first
    for number in range(1, len(texts)):
        assert whole[number] in keys[owners == 0]
    assert len(set(keys[owners == 0].tolist())) == len(texts[0]) + 1
