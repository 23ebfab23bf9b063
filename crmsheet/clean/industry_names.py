"""Names of industries: sections, divisions, groups and classes of GB/T 4754-2017, and what people call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from crmsheet.clean.text import match_key
from crmsheet.data import Language, read_table, read_toml

_GRAMMAR = read_toml("industry.toml")
_JOINTS = re.compile(_GRAMMAR["patterns"]["joints"])
_VAGUE = re.compile(_GRAMMAR["patterns"]["vague"])
_CLASS = re.compile(_GRAMMAR["patterns"]["class_name"])
_SHORTEST_PRODUCT = 2


@dataclass(frozen=True, slots=True)
class IndustryReading:
    """``section`` letter and two-digit ``division`` (``""`` when unknown), the standard ``name`` to write.

    When ``certain`` is false, ``candidates`` holds the standard names to ask about, if any are likely.
    """

    section: str = ""
    division: str = ""
    certain: bool = False
    name: str = ""
    candidates: tuple[str, ...] = ()


UNKNOWN = IndustryReading()


def known_name(key: str) -> IndustryReading | None:
    """What a name or alias means, also without 、 and 和 and without the last 业.

    What a team types wins over the standard's names, and these over the products that its classes make, which
    are spelled out when the first name is neither.
    """
    return _aliases().get(key) or _standard().get(key) or _class_names().get(key) or _english().get(key)


@cache
def _english() -> dict[str, IndustryReading]:
    """What sections and divisions are called on English sheets."""
    rows, chinese = read_table("industries.en.tsv"), names_in("zh")
    divisions = {
        match_key(row["division_name"]): reading_of(row["section"], row["division"], chinese[row["division"]])
        for row in rows
    }
    return divisions | {match_key(row["section_name"]): reading_of(row["section"], "") for row in rows}


@cache
def names_in(language: Language) -> dict[str, str]:
    """Name of every section (by letter) and division (by number) as sheets of a language write it."""
    rows = read_table("industries.tsv" if language == "zh" else f"industries.{language}.tsv")
    sections = {row["section"]: row["section_name"] for row in rows}
    return sections | {row["division"]: row["division_name"] for row in rows}


@cache
def translated(language: Language) -> dict[str, str]:
    """The Chinese name of every section and division, and what it is called in another language."""
    chinese, other = names_in("zh"), names_in(language)
    return {name: other[code] for code, name in reversed(chinese.items())}


@cache
def _aliases() -> dict[str, IndustryReading]:
    return {
        match_key(row["alias"]): reading_of(row["section"], row["division"])
        if row["section"]
        else ask(row["candidates"].split(",") if row["candidates"] else ())
        for row in read_table("industry_aliases.tsv")
    }


@cache
def _standard() -> dict[str, IndustryReading]:
    found: dict[str, IndustryReading] = {}
    for key, reading in _standard_names():
        found.setdefault(key, reading)
    return found


def _standard_names() -> Iterator[tuple[str, IndustryReading]]:
    """Sections before divisions, each as printed and as people shorten it; only as printed is it written so."""
    suffix = _GRAMMAR["trade_suffix"]
    sections = {row["section_name"]: reading_of(row["section"], "") for row in read_table("industries.tsv")}
    divisions = {
        row["division_name"]: (reading_of(row["section"], row["division"]), row["division_name"])
        for row in read_table("industries.tsv")
        if row["division_name"] not in sections
    }
    printed = [(match_key(name), reading, reading.name) for name, reading in sections.items()]
    printed += [(match_key(name), reading, title) for name, (reading, title) in divisions.items()]
    yield from ((key, replace(reading, name=title)) for key, reading, title in printed)
    for key, reading, _ in printed:
        plain = without_joints(key)
        yield from (
            (spelling, reading) for spelling in (key.removesuffix(suffix), plain, plain.removesuffix(suffix))
        )


def without_joints(key: str) -> str:
    """``key`` without 、 and 和, which people leave out of official names."""
    return _JOINTS.sub("", key)


@cache
def _class_names() -> dict[str, IndustryReading]:
    """Groups and classes, the single things their names list, and what they make: 电线、电缆制造, 电缆制造, 电缆."""
    whole: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for row in read_table("industry_classes.tsv"):
        division, name = row["code"][:2], match_key(row["name"])
        for key in (name, without_joints(name)):
            whole.setdefault(key, set()).add(division)
        for key in _listed_things(name):
            parts.setdefault(key, set()).add(division)
    parts = {key: divisions for key, divisions in parts.items() if key not in whole}
    readings = {key: _common(divisions) for key, divisions in (parts | whole).items()}
    return {key: reading for key, reading in readings.items() if reading}


def _listed_things(name: str) -> Iterator[str]:
    """Of 电线、电缆制造: 电线制造, 电缆制造, and as goods 电线, 电缆. What is only traded names no goods."""
    found = _CLASS.fullmatch(name)
    if not found:
        return
    for thing in _JOINTS.split(found["things"]):
        plain = _VAGUE.sub("", thing)
        if len(plain) < _SHORTEST_PRODUCT or plain in _GRAMMAR["vague_goods"]:
            continue
        yield plain + found["ending"]
        if found["ending"] in _GRAMMAR["makers"]:
            yield plain


def _common(divisions: set[str]) -> IndustryReading | None:
    """What the classes of one name have in common; None when they lie in different sections."""
    sections = {division_sections()[division] for division in divisions}
    if len(sections) > 1:
        return None
    return reading_of(sections.pop(), divisions.copy().pop() if len(divisions) == 1 else "")


@cache
def _section_names() -> dict[str, str]:
    return {row["section"]: row["section_name"] for row in read_table("industries.tsv")}


@cache
def division_sections() -> dict[str, str]:
    return {row["division"]: row["section"] for row in read_table("industries.tsv")}


@cache
def _only_divisions() -> dict[str, str]:
    """Section → its division, for the sections that have just one."""
    divisions = division_sections()
    sections = list(divisions.values())
    return {section: division for division, section in divisions.items() if sections.count(section) == 1}


def reading_of(section: str, division: str, name: str = "") -> IndustryReading:
    return IndustryReading(
        section=section,
        division=division or _only_divisions().get(section, ""),
        certain=True,
        name=name or _section_names()[section],
    )


def ask(sections: Iterable[str]) -> IndustryReading:
    return IndustryReading(candidates=tuple(_section_names()[section] for section in sorted(sections)))
