"""How well and how fast duplicate customers are found.

    python benchmarks/duplicates.py [--names 1000000] [--labelled 10000] [--seed 1]

Makes customers as sales teams type them (corrupted copies, and namesakes, sister firms and branches that only
look like copies), and prints precision, recall and F1 over pairs, then the time and memory for many names.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import pandas as pd

from crmsheet.clean.duplicates import find_duplicates
from crmsheet.rules import Rules

CITIES = {
    "北京": "北京", "上海": "上海", "广州": "广东", "深圳": "广东", "杭州": "浙江", "宁波": "浙江", "南京": "江苏",
    "苏州": "江苏", "无锡": "江苏", "成都": "四川", "重庆": "重庆", "武汉": "湖北", "西安": "陕西", "天津": "天津",
    "长沙": "湖南", "郑州": "河南", "青岛": "山东", "济南": "山东", "合肥": "安徽", "厦门": "福建", "福州": "福建",
    "东莞": "广东", "佛山": "广东", "沈阳": "辽宁", "大连": "辽宁", "昆明": "云南", "南宁": "广西", "石家庄": "河北",
}  # fmt: skip
FIRST = "恒鑫云华中金宏天新东德信嘉瑞博联凯盛泰永隆万创海亿诚智锦安腾伟正美同汇康益富荣卓星达佳世兴科众和远明蓝绿优"
SECOND = (
    "达源创通信辉海宇泽瑞成德信邦盛和丰泰博诺迅杰远联讯安康美佳智恒力特维尔思亚康汇隆兴达丽腾航宏峰阳明森石"
)
THIRD = "特德斯尔克通信达利康邦亚丰源创博瑞盛"
TRADES = [
    "科技", "科技", "科技", "信息技术", "网络科技", "贸易", "贸易", "商贸", "物流", "餐饮管理",
    "建筑工程", "装饰工程", "广告", "文化传媒", "电子", "机械", "机械设备", "食品", "服饰", "医疗器械",
    "生物科技", "环保科技", "教育科技", "投资管理", "企业管理", "物业管理", "电气", "化工", "新材料",
    "汽车服务", "家具", "印刷", "软件", "自动化", "五金", "塑料制品", "包装材料", "智能科技", "能源",
    "房地产开发", "酒店管理", "旅行社", "纺织", "玩具", "农业发展", "供应链管理", "人力资源",
    "财务咨询",
]  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
HOMOPHONES = dict(
    zip(
        "科技贸易信息网络物流建筑工程电子机械食品限公司材料管理医疗",
        "棵枝冒意新西往洛务留健住公成店字积戒十拼线工私才廖馆里一辽",
        strict=True,
    )
)
TRADITIONAL = str.maketrans(
    "达华东创联网络贸产业电医疗环机软恒电气汇宝龙贸", "達華東創聯網絡貿產業電醫療環機軟恆電氣匯寶龍貿"
)
NOTES = ("（已签约）", "（老客户）", "（VIP客户）", "/王经理", " 13900001111", "-采购部", "（新）", "，", " ")


@dataclass(frozen=True, slots=True)
class Firm:
    """One company as registered, and how to reach it."""

    city: str
    brand: str
    trade: str
    form: str
    tail: str = ""
    phone: str = ""
    email: str = ""

    def name(self) -> str:
        return f"{self.city}{self.brand}{self.trade}{self.form}{self.tail}"


def make_firm(random_: random.Random) -> Firm:
    brand = random_.choice(FIRST) + random_.choice(SECOND)
    if random_.random() < 0.3:
        brand += random_.choice(THIRD)
    if random_.random() < 0.08:
        brand = (
            random_.choice(FIRST) + random_.choice(SECOND) + random_.choice(FIRST) + random_.choice(SECOND)
        )
    firm = Firm(random_.choice(list(CITIES)), brand, random_.choice(TRADES), random_.choice(FORMS))
    digits = random_.randrange(10**8)
    return replace(firm, phone=f"139{digits:08d}", email=f"info@c{digits % 10**6:06d}.com")


def _swap_form(firm: Firm, random_: random.Random) -> str:
    forms = ["集团", "（集团）有限公司", "集团公司"] if "集团" in firm.form else ["公司", "", *FORMS[-3:]]
    return replace(firm, form=random_.choice(forms)).name()


def _without_city(firm: Firm, random_: random.Random) -> str:
    return replace(firm, city="").name()


def _brackets(firm: Firm, random_: random.Random) -> str:
    opening, closing = random_.choice(["（）", "()", "（）"])
    place = f"{opening}{firm.city}{closing}"
    parts = [firm.brand, place, firm.trade] if random_.random() < 0.6 else [firm.brand, firm.trade, place]
    return "".join([*parts, firm.form, firm.tail])


def _with_province(firm: Firm, random_: random.Random) -> str:
    province = CITIES[firm.city]
    long = f"{firm.city}市" if province == firm.city else f"{province}省{firm.city}市"
    return replace(firm, city=random_.choice([long, f"{firm.city}市"])).name()


def _traditional(firm: Firm, random_: random.Random) -> str:
    return firm.name().translate(TRADITIONAL)


def _noise(firm: Firm, random_: random.Random) -> str:
    name = firm.name()
    at = random_.randrange(1, len(name))
    mark = random_.choice([" ", "\u3000", "\u200b", "·"])
    return random_.choice(
        [f"{name[:at]}{mark}{name[at:]}", f" {name}", f"{random_.randrange(1, 99)}.{name}", f"{name}。"]
    )


def _note(firm: Firm, random_: random.Random) -> str:
    return firm.name() + random_.choice(NOTES)


def _homophone(firm: Firm, random_: random.Random) -> str:
    rest = firm.trade + firm.form
    places = [at for at, char in enumerate(rest) if char in HOMOPHONES]
    at = random_.choice(places) if places else 0
    changed = rest[:at] + HOMOPHONES.get(rest[at], rest[at]) + rest[at + 1 :]
    return firm.city + firm.brand + changed + firm.tail


def _slip(firm: Firm, random_: random.Random) -> str:
    """One character of line of business or form changed, lost, doubled or swapped with its neighbour."""
    rest = firm.trade + firm.form
    at = random_.randrange(1, len(rest) - 1)
    kinds: list[str] = [
        rest[:at] + random_.choice(FIRST + SECOND) + rest[at + 1 :],
        rest[:at] + rest[at + 1 :],
        rest[:at] + rest[at] + rest[at:],
        rest[: at - 1] + rest[at] + rest[at - 1] + rest[at + 1 :],
    ]
    return firm.city + firm.brand + random_.choice(kinds) + firm.tail


def _cut(firm: Firm, random_: random.Random) -> str:
    return firm.name()[: -random_.randrange(1, 4)] if firm.form in FORMS and not firm.tail else firm.name()


def _exact(firm: Firm, random_: random.Random) -> str:
    return firm.name()


COPIES: list[tuple[Callable[[Firm, random.Random], str], int]] = [
    (_swap_form, 20), (_without_city, 12), (_brackets, 12), (_with_province, 10), (_traditional, 7), (_noise, 8),
    (_note, 10), (_homophone, 6), (_slip, 6), (_cut, 4), (_exact, 8),
]  # fmt: skip


def copy_name(firm: Firm, random_: random.Random) -> str:
    """The name of ``firm`` as somebody else would enter it."""
    makers, weights = zip(*COPIES, strict=True)
    name = random_.choices(makers, weights)[0](firm, random_)
    return random_.choice([name, name, name, name.replace("有限公司", "公司"), name.translate(TRADITIONAL)])


def lookalikes(firm: Firm, random_: random.Random) -> Iterator[Firm]:
    """Other customers that only look like ``firm``."""
    other = make_firm(random_)
    brand = firm.brand
    kind = random_.randrange(8)
    if kind == 0:
        elsewhere = random_.choice([city for city in CITIES if city != firm.city])
        yield replace(other, city=elsewhere, brand=brand, trade=firm.trade)
    elif kind == 1:
        yield replace(
            other, city=firm.city, brand=brand, trade=random_.choice([t for t in TRADES if t != firm.trade])
        )
    elif kind == 2:
        at = random_.randrange(len(brand))
        changed = brand[:at] + random_.choice(FIRST) + brand[at + 1 :]
        yield replace(other, city=firm.city, brand=changed, trade=firm.trade)
    elif kind == 3:
        yield replace(other, city=firm.city, brand=brand + random_.choice(THIRD), trade=firm.trade)
    elif kind == 4:
        yield replace(other, city=firm.city, brand=brand, trade="国际" + firm.trade)
    elif kind == 5:
        yield replace(firm, tail=f"{random_.choice(list(CITIES))}分公司", phone=other.phone)
    elif kind == 6:
        yield replace(other, city=firm.city, brand=brand[1] + brand[0] + brand[2:], trade=firm.trade)
    else:
        yield replace(firm, form="集团有限公司", phone=other.phone)


def make_customers(size: int, seed: int) -> pd.DataFrame:
    """``size`` rows with ``customer_name``, ``phone``, ``email`` and ``firm``, the number of the true customer."""
    random_ = random.Random(seed)
    rows: list[tuple[str, str, str, str]] = []
    while len(rows) < size:
        firm = make_firm(random_)
        for each in (firm, *(lookalikes(firm, random_) if random_.random() < 0.35 else ())):
            rows += _entries(each, random_)
    random_.shuffle(rows)
    return pd.DataFrame(rows[:size], columns=["customer_name", "phone", "email", "firm"])


def _entries(firm: Firm, random_: random.Random) -> Iterator[tuple[str, str, str, str]]:
    registered = f"{firm.city}{firm.brand}{firm.trade}{'集团' if '集团' in firm.form else ''}{firm.tail}"
    yield firm.name(), *_contact(firm, random_), registered
    for _ in range(random_.choices([0, 1, 2, 3], [55, 30, 10, 5])[0]):
        yield copy_name(firm, random_), *_contact(firm, random_), registered


def _contact(firm: Firm, random_: random.Random) -> tuple[str, str]:
    own = f"138{random_.randrange(10**8):08d}"
    phone = random_.choices([firm.phone, own, ""], [45, 30, 25])[0]
    email = random_.choices([firm.email, f"{own}@qq.com", ""], [30, 20, 50])[0]
    return phone, email


def true_pairs(firms: pd.Series) -> set[tuple[int, int]]:
    """Pairs of rows of one firm."""
    return {pair for rows in firms.groupby(firms).groups.values() for pair in combinations(sorted(rows), 2)}


def measure(customers: pd.DataFrame, columns: list[str], *, show: int) -> str:
    """Precision, recall and F1 over pairs, reading only ``columns``."""
    truth = true_pairs(customers["firm"])
    found = find_duplicates(customers[columns], Rules.load())
    same = found[found["relation"] == "same"]
    pairs = set(zip(same["left"], same["right"], strict=True))
    hits = len(pairs & truth)
    for title, wrong in (("missed", truth - pairs), ("wrong", pairs - truth)):
        for one, other in sorted(wrong)[:show]:
            print(f"  {title}: {customers.at[one, 'customer_name']} | {customers.at[other, 'customer_name']}")
    precision, recall = hits / len(pairs), hits / len(truth)
    f1 = 2 * hits / (len(pairs) + len(truth))
    return f"precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}  ({len(truth)} true pairs)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--labelled", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print so many missed and wrong pairs")
    options = parser.parse_args()
    labelled = make_customers(options.labelled, options.seed)
    print("names only:             ", measure(labelled, ["customer_name"], show=options.show))
    contacts = ["customer_name", "phone", "email"]
    print("with telephone and mail:", measure(labelled, contacts, show=options.show))
    if options.names:
        customers = make_customers(options.names, options.seed + 1)
        started = time.perf_counter()
        found = find_duplicates(customers[["customer_name"]], Rules.load())
        seconds = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{options.names:,} names: {seconds:.1f} s, {memory:.2f} GB at most, {len(found):,} pairs")


if __name__ == "__main__":
    main()
