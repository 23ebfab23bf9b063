"""How well and how fast cells are read; written between the markers of docs/accuracy.md.

    python benchmarks/accuracy.py [--print] [--sections parsers,speed]

"Parsers" is exact and the same on every machine. "Speed" holds ratios and processor times of this run.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from pages import write_section  # noqa: E402

from crmsheet.clean import amounts, companies, contacts, dates, industry, privacy, regions, text  # noqa: E402
from tests.case_lists import Score, family, first_runs, lists, score, sensitive_rates  # noqa: E402

PAGE = ROOT / "docs" / "accuracy.md"
DAY = date(2024, 3, 18)
CELLS = 20_000
HOSTILE = (
    "1",
    "12 ",
    "1-",
    "万",
    "有限",
    "(",
    "a@",
    "微信",
    "&",
    "\n",
    "業(yè)",
    "13800138000",
    "2024-03-15",
    "北京",
)
DATE_FORMS = (
    "{day}", "{day:%Y/%m/%d}", "{day.year}年{day.month}月{day.day}日", "{day:%Y%m%d}",
    "{day} 14:30:00", "{day}提供方案{n}",
    "{day.month}月{day.day}日回访{n}", "下周三拜访{n}", "{n}天后回访", "待确认{n}", "{day}至{day}",
)  # fmt: skip
READERS: dict[str, tuple[Callable[[Any], Any], str | tuple[str, ...]]] = {
    "parse_date, a plain date": (lambda cell: dates.parse_date(cell, base=DAY), "{day}"),
    "parse_date, eleven forms in equal shares": (lambda cell: dates.parse_date(cell, base=DAY), DATE_FORMS),
    "parse_date, a plan": (
        lambda cell: dates.parse_date(cell, base=DAY, prefer="future"),
        "{day}提供方案{n}",
    ),
    "parse_money": (amounts.parse_money, "{n}-9{n}万"),
    "parse_headcount": (amounts.parse_headcount, "{n}-9{n}人"),
    "parse_duration": (amounts.parse_duration, "{n}天内"),
    "classify_phone": (contacts.classify_phone, "0571 8{n:07d}"),
    "classify_email": (contacts.classify_email, "user{n}@corp{n}.com"),
    "classify_person": (contacts.classify_person, "张伟{n}"),
    "find_sensitive": (privacy.find_sensitive, "电话沟通{n}，对方反馈系统响应慢"),
    "mask": (privacy.mask, "联系人手机138{n:08d}"),
    "classify_industry": (industry.classify_industry, "汽车零部件制造{n}"),
    "locate": (lambda cell: regions.locate(cell, kind="address"), "杭州市西湖区文三路{n}号"),
    "parse_company": (companies.parse_company, "杭州云创{n}网络科技有限公司"),
    "normalize_text, clean": (text.normalize_text, "需要支持导出{n}"),
    "normalize_text, dirty": (text.normalize_text, " Ｅｘｃｅｌ　导出{n}。"),
}


def parsers() -> str:
    """The table of lists: what was written with the parser, and what the parser saw for the first time."""
    scores = [score(name) for name in lists()]
    fresh = first_runs()
    rows = ["| list | rows | right | % | first run | % | answers revised |", "|---|--:|--:|--:|--:|--:|--:|"]
    for one in scores:
        first = fresh.get(one.name)
        start = (
            f"{first['right']} | {int(first['right']) / one.rows:.1%} | {first['revised']}"
            if first
            else "| |"
        )
        rows.append(f"| {one.name} | {one.rows} | {one.right} | {one.share:.1%} | {start} |")
    precision, recall = sensitive_rates(name for name in lists() if family(name) == "sensitive")
    total = (
        f"{sum(one.right for one in scores)} of {sum(one.rows for one in scores)} cells are read as expected."
    )
    privacy_line = f"Personal data over all its lists: precision {precision:.3f}, recall {recall:.3f}."
    return "\n".join([*rows, "", total, privacy_line, "", *_misses(scores)])


def _misses(scores: Iterable[Score]) -> list[str]:
    lines = ["Still wrong:", ""]
    for one in scores:
        lines += [f"* {one.name}: `{cell}` expected {want!r}, read {got!r}" for cell, want, got in one.wrong]
    return lines


def speed() -> str:
    rows = ["| reader | µs per distinct cell | slowest 100 kB cell, ms |", "|---|--:|--:|"]
    for name, (read, form) in READERS.items():
        forms = (form,) if isinstance(form, str) else form
        days = (date(1990, 1, 1) + timedelta(days=n) for n in range(CELLS))
        cells = [forms[n % len(forms)].format(n=n, day=day) for n, day in enumerate(days)]
        rows.append(f"| {name} | {_each(read, cells):.1f} | {_slowest(read) * 1000:.0f} |")
    return "\n".join(rows)


def _each(read: Callable[[Any], Any], cells: list[str]) -> float:
    """Least microseconds a cell over several thirds, each of new cells, so no cache helps."""
    third = len(cells) // 3
    best = float("inf")
    for start in range(0, 3 * third, third):
        began = time.process_time()
        for cell in cells[start : start + third]:
            read(cell)
        best = min(best, time.process_time() - began)
    return best / third * 1e6


def _slowest(read: Callable[[Any], Any]) -> float:
    read("1")
    return max(min(_once(read, piece, mark) for mark in "甲乙丙") for piece in HOSTILE)


def _once(read: Callable[[Any], Any], piece: str, mark: str) -> float:
    cell = mark + piece * (100_000 // len(piece.encode()))
    began = time.process_time()
    read(cell)
    return time.process_time() - began


SECTIONS: dict[str, Callable[[], str]] = {"parsers": parsers, "speed": speed}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--print", action="store_true", help="to the screen, not into the page")
    options.add_argument("--sections", default=",".join(SECTIONS))
    chosen = options.parse_args()
    for name in chosen.sections.split(","):
        body = SECTIONS[name]()
        print(body if chosen.print else f"{name}: written")
        if not chosen.print:
            write_section(PAGE, name, body)


if __name__ == "__main__":
    main()
