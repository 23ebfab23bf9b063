"""Company names: the parse, and whether two names are one customer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.companies import CompanyName, parse_company
from crmsheet.clean.company_match import same_company

CASES = Path(__file__).parent.parent / "cases"


def _pairs(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t")[:3] for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", ["company_pairs.tsv", "company_pairs_more.tsv"])
def test_a_match_does_not_depend_on_the_order_of_the_names(name: str) -> None:
    wrong = [(a, b) for a, b, _ in _pairs(name) if same_company(a, b) != same_company(b, a)]
    assert wrong == []


PARSES = [
    # name, region, brand, trade, legal form, branch, is group
    ("A科技公司", "", "a", "科技", "公司", "", False),
    ("北京Ａ科技有限公司", "北京", "a", "科技", "有限公司", "", False),
    ("恒达（北京）科技有限公司", "北京", "恒达", "科技", "有限公司", "", False),
    ("恒达科技（北京）股份有限公司", "北京", "恒达", "科技", "股份有限公司", "", False),
    ("浙江省杭州市云创網絡科技有限責任公司", "杭州", "云创", "网络科技", "有限责任公司", "", False),
    ("上海浦东新区恒达贸易商行", "浦东", "恒达", "贸易", "商行", "", False),
    ("新东方教育科技（集团）有限公司", "", "新东方", "教育科技", "有限公司", "", True),
    ("北京恒达科技有限公司上海市分公司", "北京", "恒达", "科技", "有限公司", "上海分公司", False),
    ("恒达二分厂", "", "恒达", "", "", "2分厂", False),
    ("中国工商银行股份有限公司上海浦东支行", "", "工商银行", "", "股份有限公司", "浦东支行", False),
    ("江苏移动", "江苏", "中国移动", "", "", "", False),
    ("中国电信股份有限公司广东分公司", "广东", "中国电信", "", "股份有限公司", "", False),
    ("南京市鼓楼区人民政府", "鼓楼", "", "政府", "", "", False),
    ("青岛啤酒股份有限公司", "青岛", "", "啤酒", "股份有限公司", "", False),
    ("阿里巴巴（中国）有限公司", "中国", "阿里巴巴", "", "有限公司", "", False),
    ("上海滩餐饮", "", "上海滩", "餐饮", "", "", False),
    ("南京东路便利店", "", "南京东路", "便利店", "", "", False),
    ("恒达建材经营部", "", "恒达", "建材", "经营部", "", False),
    ("北京大酒店", "北京", "", "大酒店", "", "", False),
    ("1.杭州云创网络科技有限公司/王经理", "杭州", "云创", "网络科技", "有限公司", "", False),
    ("【重点】客户：恒达科技 13800138000", "", "恒达", "科技", "", "", False),
    ("BEIJING HENGDA TECHNOLOGY CO., LTD.", "北京", "hengda", "科技", "co ltd", "", False),
    ("昆山恒泰电子有限公司", "昆山", "恒泰", "电子", "有限公司", "", False),
    ("北京恒达科技有限公同", "北京", "恒达", "科技", "有限公司", "", False),
]


@pytest.mark.parametrize("case", PARSES, ids=lambda case: case[0])
def test_a_name_is_taken_apart(case: tuple[str | bool, ...]) -> None:
    c = parse_company(case[0])
    assert (c.region, c.brand, c.trade, c.legal_form, c.branch, c.is_group) == case[1:]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("XX科技有限公司", "masked"),
        ("某某贸易", "masked"),
        ("**科技", "masked"),
        ("恒*科技有限公司", "masked"),
        ("科技有限公司", "unnamed"),
        ("（上海）国际贸易有限公司", "unnamed"),
        ("有限公司", "unnamed"),
        ("张三", "person"),
        ("王经理", "person"),
        ("华为", "company"),
        ("恒达", "company"),
        ("待确认", "placeholder"),
        ("", "placeholder"),
        (None, "placeholder"),
        (float("nan"), "placeholder"),
    ],
)
def test_names_that_tell_nobody_apart_are_recognised(name: object, kind: str) -> None:
    assert parse_company(name).kind == kind


@pytest.mark.parametrize(
    "value", [None, float("nan"), 5, 1.5, True, object(), ["a"], "\ud800", "(" * 50, "公司", "）（"]
)
def test_any_value_is_read(value: object) -> None:
    assert isinstance(parse_company(value), CompanyName)


@given(st.text(max_size=60))
def test_any_text_is_read_and_equals_itself(text: str) -> None:
    name = parse_company(text)
    assert parse_company(text).key == name.key
    match = same_company(text, text)
    assert match.score >= 0.6


_WORDS = "北京 上海市 恒达 鑫源 云创 科技 贸易 集团 有限公司 股份 （中国） 分公司 第二 厂 a * ( ）"
_WORDS = "北京 上海市 恒达 鑫源 云创 科技 贸易 集团 有限公司 股份 （中国） 分公司 第二 厂 a * ( ）"
_PIECES = st.sampled_from([*_WORDS.split(), " "])


@given(st.lists(_PIECES, max_size=8).map("".join), st.lists(_PIECES, max_size=8).map("".join))
def test_a_score_is_a_share_and_symmetric(one: str, other: str) -> None:
    match = same_company(one, other)
    assert 0 <= match.score <= 1
    assert match == same_company(other, one)


HOSTILE = ["有限公司", "北京", "(", "（）", "科技", "第", "一", "区", "a ", "有", "1.", "恒达、", "\n"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_cell_is_read_at_once(piece: str) -> None:
    started = time.process_time()
    parse_company(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 0.1
