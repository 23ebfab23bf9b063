"""Contact names: masked, with a title, in full, or no name at all (R-004, R-020, R-060)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from crmsheet.clean.blanks import is_blank, mask_sign
from crmsheet.clean.folding import cell_text, fold_width
from crmsheet.clean.names import (
    is_full_name,
    is_function,
    is_surname_title,
    is_title,
    mask_name,
    person_pattern,
    person_words,
    surname_length,
)

PersonKind = Literal[
    "full_name",
    "surname_title",
    "masked",
    "title_masked",
    "masked_no_surname",
    "dept",
    "placeholder_bad",
    "not_name",
    "empty",
]

MAX_LENGTH: Final = 120
# What a cell with several people is called: the one that tells most comes first.
_RANK: Final[tuple[PersonKind, ...]] = (
    "full_name",
    "surname_title",
    "masked",
    "title_masked",
    "masked_no_surname",
    "dept",
    "placeholder_bad",
    "not_name",
    "empty",
)
_PEOPLE: Final = frozenset(_RANK[:5])
_EDGES: Final = re.compile(r"^[^\w*]+|[^\w*]+$")
_LINK: Final = re.compile(r"://|www\.", re.IGNORECASE)
_MAX_PHRASE: Final = 30
_NUMBER: Final = re.compile(r"[+(]?\d[\d*()+ .-]{4,}[\d*)]|[\w.+-]+@[\w.-]+")
_SERIAL: Final = re.compile(r"(?<=[^\W\d_])\d{1,2}$")


@dataclass(frozen=True, slots=True)
class PersonReading:
    """What a name cell holds.

    ``kind``, ``masked`` (the name as it should be written, None when it cannot be told), ``rest`` (the
    numbers and notes that stood beside it).
    """

    kind: PersonKind
    masked: str | None = None
    rest: str = ""


def classify_person(text: object) -> PersonReading:
    """Kind of a contact name and its masked form (R-004).

    >>> classify_person("张三（经理）")
    PersonReading(kind='full_name', masked='张*', rest='经理')
    >>> classify_person("张三13800138000").rest, classify_person("采购部").kind, classify_person("*经理").kind
    ('13800138000', 'dept', 'title_masked')
    """
    return _classify(cell_text(text)[:MAX_LENGTH])


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the people in a cell and how it should be written."""

    kind: PersonKind
    written: str


@lru_cache(maxsize=65536)
def _classify(text: str) -> PersonReading:
    folded = mask_sign().sub("*", fold_width(text).strip())
    if is_blank(folded):
        return PersonReading("empty")
    notes = [next(filter(None, found), "").strip() for found in person_pattern("note").findall(folded)]
    bare = person_pattern("note").sub(" ", folded)
    numbers = [number.strip() for number in _NUMBER.findall(bare)]
    reading = _read_core(_NUMBER.sub(" ", bare))
    if reading.kind in {"dept", "not_name"}:
        # 采购部（张三）: the name stands in the brackets.
        inner = [found for note in notes if (found := _read_core(note)).kind in _PEOPLE]
        reading = inner[0] if inner else reading
    masked = reading.masked if reading.kind in _PEOPLE else None
    return PersonReading(reading.kind, masked, " ".join(filter(None, [*numbers, *notes])))


def _read_core(core: str) -> PersonReading:
    """Reading of the people in ``core``, which holds no numbers and no notes."""
    text = _join_characters(person_pattern("label").sub("", core.strip()))
    pieces = re.split(f"({person_pattern('separator').pattern})", text)
    parts = [_read_part(_EDGES.sub("", piece)) for piece in pieces[::2]]
    kinds = [part.kind for part in parts if part.kind != "empty"]
    if not kinds or _LINK.search(core):
        return PersonReading("not_name")
    marks = [*pieces[1::2], ""]
    masked = "".join(part.written + mark for part, mark in zip(parts, marks, strict=True))
    return PersonReading(min(kinds, key=_RANK.index), masked)


def _join_characters(text: str) -> str:
    """张 三 and 张 经理 without the blank inside; 张三 李四 as two people."""
    words = text.strip(" :-,;").split()
    is_chinese = [bool(person_pattern("chinese_or_star").fullmatch(word)) for word in words]
    if not any(is_chinese) or (words[0].isascii() and surname_length(words[-1]) == len(words[-1])):
        return " ".join(words)
    is_spread = all(len(word) == 1 for word in words) or surname_length(words[0]) == len(words[0])
    return "".join(words) if is_spread and all(is_chinese) else "/".join(words)


def _read_part(part: str) -> _Part:
    text = person_pattern("middle_dot").sub("·", _SERIAL.sub("", part))
    if is_blank(text):
        return _Part("empty", text)
    if person_pattern("placeholder").fullmatch(text):
        return _Part("placeholder_bad", text)
    if is_function(text):
        return _Part("dept", text)
    if employer := person_pattern("employer").fullmatch(text):
        return _with_prefix(employer["firm"], _read_named(employer["name"]))
    if person_pattern("not_person").search(text) or re.search(r"[\d@:]", text):
        return _Part("not_name", text)
    return _read_named(text)


def _with_prefix(prefix: str, part: _Part) -> _Part:
    return _Part(part.kind, prefix + part.written)


def _read_named(text: str) -> _Part:
    starred = person_pattern("mask_run").sub(lambda run: "*" * len(run[0]), text)
    return _read_masked(starred, text) if "*" in starred else _read_person(text)


def _read_masked(starred: str, text: str) -> _Part:
    visible, _, tail = starred.partition("*")
    tail = tail.strip("* ")
    if not visible:
        if not tail:
            return _Part("masked_no_surname", text)
        return _Part("title_masked" if is_title(tail) else "masked", text)
    # 张三丰*: three characters in the open and a star hide nothing.
    is_open = is_full_name(visible) and not visible.isascii() and surname_length(visible) < len(visible)
    if is_open and (not tail or is_title(tail)):
        return _Part("full_name", mask_name(visible) + tail)
    return _Part("masked", text)


def _read_person(text: str) -> _Part:
    if text in person_words()["not_names"]:
        return _Part("not_name", text)
    if is_surname_title(text) or surname_length(text) == len(text):
        return _Part("surname_title", text)
    if is_full_name(text):
        return _Part("full_name", mask_name(text))
    if len(text) > _MAX_PHRASE:
        return _Part("not_name", text)
    readings = [*_without_title(text), *_without_function(text), *_joined(text)]
    return min(readings, key=lambda part: _RANK.index(part.kind), default=_Part("not_name", text))


def _without_title(text: str) -> Iterator[_Part]:
    """张三经理, 张三采购部: a full name with a title or department behind it."""
    for end in range(2, min(len(text), 16)):
        name, title = text[:end].strip(), text[end:].strip()
        if (is_title(title) or is_function(title)) and is_full_name(name):
            yield _Part("full_name", mask_name(name) + text[end:])


def _without_function(text: str) -> Iterator[_Part]:
    """采购部张经理, 采购总监张三: a person behind a department or post."""
    for start in range(len(text) - 2, 1, -1):
        name = text[start:]
        if not is_function(text[:start]):
            continue
        if is_surname_title(name):
            yield _Part("surname_title", text)
        elif is_full_name(name):
            yield _Part("full_name", text[:start] + mask_name(name))


def _joined(text: str) -> Iterator[_Part]:
    """张三和李四: two names and a conjunction, which might also have been part of a name."""
    for mark in person_pattern("conjunction").finditer(text):
        names = (text[: mark.start()].strip(), text[mark.end() :].strip())
        if all(is_full_name(name) or is_surname_title(name) for name in names):
            written = mark[0].join(mask_name(name) if is_full_name(name) else name for name in names)
            yield _Part("full_name" if any(map(is_full_name, names)) else "surname_title", written)
