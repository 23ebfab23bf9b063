"""Lists of cells with known answers (``tests/cases``) and the one way each is scored.

A list ``dates.tsv`` has companions ``dates_more.tsv`` (grown with the parser), ``dates_fresh.tsv`` (written,
answers first, before the parser ever saw it), ``dates_third.tsv`` and ``dates_fourth.tsv`` (the same, by other
hands); all are read and scored alike. ``first_runs.tsv`` keeps what such a list scored the first time, before
anything was mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from crmsheet.clean.amounts import parse_duration, parse_headcount, parse_money
from crmsheet.clean.company_match import same_company
from crmsheet.clean.contacts import classify_email, classify_person, classify_phone
from crmsheet.clean.dates import parse_date
from crmsheet.clean.headers import recognize_header
from crmsheet.clean.industry import classify_industry
from crmsheet.clean.privacy import find_sensitive
from crmsheet.clean.regions import locate
from crmsheet.clean.text import normalize_text
from crmsheet.job_titles import read_title
from crmsheet.needs import read_need
from crmsheet.rules import Rules

CASES = Path(__file__).parent / "cases"
FLOOR = 0.98
FRESH_FLOOR = 0.94
WHOLE = frozenset({"dates", "amounts", "sensitive"})  # of these not one cell may be wrong

Row = dict[str, str]
Judge = Callable[[Row], tuple[object, object, bool]]

# The list's own shorthand → what the product calls it. A core need is an explicit one.
HEADER_CODES = {
    "size": {"company_size"},
    "title": {"job_title"},
    "contact_way": {"contact_method"},
    "summary": {"contact_notes"},
    "explicit": {"explicit_needs", "core_need"},
    "implicit": {"implicit_needs"},
    "cycle": {"decision_cycle"},
    "factor": {"decision_factors"},
    "coop_status": {"cooperation"},
    "result": {"contact_result"},
    "value": {"value_level"},
}
TAGS = {"price": "P", "function": "F", "service": "S"}
WORDS = {
    "function": "功能", "performance": "性能", "service": "服务", "budget": "预算",
    "rigid": "刚性", "flexible": "柔性", "latent": "潜在", "": "",
}  # fmt: skip
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([nrt])")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Score:
    """How one list was read: ``wrong`` holds (cell, expected, got)."""

    name: str
    rows: int
    wrong: tuple[tuple[str, object, object], ...]

    @property
    def right(self) -> int:
        return self.rows - len(self.wrong)

    @property
    def share(self) -> float:
        return self.right / self.rows

    @property
    def floor(self) -> float:
        # A miss that no rule explains stays a miss, so fresh lists are held a little lower.
        if re.search(r"_(fresh|third|fourth)\d*$", self.name):
            return FRESH_FLOOR
        return 1.0 if family(self.name) in WHOLE else FLOOR

    def __str__(self) -> str:
        return f"{self.name:<24}{self.right:>6} of {self.rows:>5}  {self.share:7.2%}"


def family(name: str) -> str:
    """dates of dates_fresh.tsv: the parser a list belongs to."""
    return re.sub(r"_(more|fresh\d*|third\d*|fourth\d*)$", "", name.removesuffix(".tsv"))


def lists() -> list[str]:
    """The lists a parser is scored on, those of one parser side by side."""
    names = (path.stem for path in CASES.glob("*.tsv"))
    return sorted((name for name in names if family(name) in JUDGES), key=lambda name: (family(name), name))


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    head, *lines = (CASES / f"{name}.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    columns = head.split("\t")
    cells = (line.split("\t") for line in lines if line and not line.startswith("# "))
    return tuple(dict(zip(columns, row + [""] * len(columns), strict=False)) for row in cells)


def score(name: str) -> Score:
    """Every cell of the list read, and which came out wrong."""
    judged = [(row, *JUDGES[family(name)](row)) for row in read_rows(name)]
    wrong = [("|".join(_shown(row)), want, got) for row, want, got, is_right in judged if not is_right]
    return Score(name, len(judged), tuple(wrong))


def _shown(row: Row) -> Iterator[str]:
    return (
        row[key]
        for key in ("kind", "input", "unit_hint", "base", "a", "b", "header", "text", "title")
        if row.get(key)
    )


def first_runs() -> dict[str, Row]:
    return {row["list"]: row for row in read_rows("first_runs")}


def unescaped(cell: str) -> str:
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)) if code[1] else _CONTROLS[code[2]], cell)


def _same(want: object, got: object) -> tuple[object, object, bool]:
    return want, got, want == got


def _date(row: Row) -> tuple[object, object, bool]:
    prefer = "future" if row["prefer"] == "future" else "past"
    reading = parse_date(row["input"], base=date.fromisoformat(row["base"]), prefer=prefer)  # type: ignore[arg-type]
    got = reading.iso if reading else ""
    return row["expected"], got, got in row["expected"].split("|")


def _amount(row: Row) -> tuple[object, object, bool]:
    parse = {"money": parse_money, "heads": parse_headcount, "duration": parse_duration}[row["kind"]]
    reading = parse(row["input"], unit_hint=row["unit_hint"])
    low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
    want = None if low is None and high is None else (low, high, row["unit"])
    return _same(want, (reading.low, reading.high, reading.unit) if reading else None)


def _phone(row: Row) -> tuple[object, object, bool]:
    read = classify_phone if row["kind"] == "phone" else classify_email
    reading = read(unescaped(row["input"]))
    got = (reading.kind, reading.normalized, getattr(reading, "area", ""))
    want = (row["class"], row["normalized"], row["area"])
    return want, got, want[0] == got[0] and all(a in ("", b) for a, b in zip(want[1:], got[1:], strict=True))


def _sensitive(row: Row) -> tuple[object, object, bool]:
    want = {item for item in row["expected"].split(" ; ") if item}
    return _same(want, {f"{finding.kind}:{finding.text}" for finding in find_sensitive(row["input"])})


def _industry(row: Row) -> tuple[object, object, bool]:
    reading = classify_industry(row["input"])
    return _same((row["section"], row["division"]), (reading.section, reading.division))


def _region(row: Row) -> tuple[object, object, bool]:
    reading = locate(row["input"], kind=row["kind"])  # type: ignore[arg-type]
    return _same((row["province"], row["city"]), (reading.province, reading.city))


def _header(row: Row) -> tuple[object, object, bool]:
    got = recognize_header(unescaped(row["header"]), sheet=row.get("sheet", "")).field
    allowed: set[str] = set()
    for code in row["field"].split("|"):
        allowed |= HEADER_CODES.get(code, {code})
    return row["field"], got, got in allowed


def _pair(row: Row) -> tuple[object, object, bool]:
    value = same_company(row["a"], row["b"]).score
    return _same(row["same"], "1" if value >= 0.85 else "r" if value >= 0.6 else "0")


@cache
def _rules() -> Rules:
    return Rules.load()


def _tags(row: Row) -> tuple[object, object, bool]:
    reading = read_need(row["text"], _rules().lexicons)
    tags = {TAGS[tag] for tag in reading.tags}
    got = (tags, {WORDS[kind] for kind in reading.types}, WORDS[reading.rigidity])
    types = {kind for kind in row["types"].split(",") if kind}
    return _same((set(row["tags"]) - {"-"}, types, row["rigidity"]), got)


def _title(row: Row) -> tuple[object, object, bool]:
    return _same(row["role"], read_title(row["title"], _rules().lexicons))


JUDGES: dict[str, Judge] = {
    "job_titles": _title,
    "dates": _date,
    "amounts": _amount,
    "phones": _phone,
    "sensitive": _sensitive,
    "persons": lambda row: _same(row["class"], classify_person(unescaped(row["input"])).kind),
    "industry": _industry,
    "region": _region,
    "headers": _header,
    "company_pairs": _pair,
    "tags": _tags,
    "textnorm": lambda row: _same(unescaped(row["expected"]), normalize_text(unescaped(row["input"]))),
}


def sensitive_rates(names: Iterable[str]) -> tuple[float, float]:
    """Precision and recall of findings over all cells of ``names``."""
    hits = wanted = found = 0
    for name in names:
        for row in read_rows(name):
            want, got, _ = _sensitive(row)
            assert isinstance(want, set) and isinstance(got, set)
            hits, wanted, found = hits + len(want & got), wanted + len(want), found + len(got)
    return hits / found, hits / wanted
