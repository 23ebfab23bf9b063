"""Column headers as people write them → field codes (DESIGN §6: aliases decide, likeness only suggests)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from crmsheet.clean.header_text import (
    LONGEST_TYPED,
    BareHeader,
    alternatives,
    header_key,
    header_unit,
    undress,
    word_key,
)
from crmsheet.data import LANGUAGES, Language, read_toml
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS

__all__ = [
    "HeaderMatch",
    "field_of",
    "header_words",
    "header_unit",
    "is_row_number",
    "is_standard",
    "recognize_header",
    "recognize_headers",
    "second_meaning",
    "standard_header",
]

LIKE_ENOUGH = 0.75  # below it difflib suggested more wrong fields than right ones (DESIGN §6)


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """What one header means. ``field`` is filled only when ``certain``; a guess stands in ``suggestion``.

    ``unit`` is the unit the header states (预算(万元) → 万元); ``required``: it bears * or （必填）.
    """

    header: str
    field: str = ""
    certain: bool = False
    suggestion: str = ""
    unit: str = ""
    required: bool = False


def recognize_headers(headers: Iterable[object], *, sheet: str = "") -> list[HeaderMatch]:
    """One match per header, in order; ``sheet`` names the standard sheet whose meanings go first.

    >>> [match.field for match in recognize_headers(["客戶名稱", "預算(萬元)", "序号"])]
    ['customer_name', 'budget', '']
    >>> recognize_headers(["订单金额"], sheet="orders")[0].field
    'amount'
    """
    return [recognize_header(header, sheet=sheet) for header in headers]


def recognize_header(header: object, *, sheet: str = "") -> HeaderMatch:
    """Meaning of one header, or a suggestion when only likeness speaks for it."""
    text = "" if header is None else str(header)
    return _recognize(text, sheet) if len(text) <= LONGEST_TYPED else HeaderMatch(text)


@lru_cache(maxsize=65536)
def _recognize(text: str, sheet: str) -> HeaderMatch:
    bare = undress(text)
    field = field_of(text, sheet=sheet)
    suggestion = "" if field else _suggest(bare, sheet)
    return HeaderMatch(text, field, bool(field), suggestion, bare.unit, bare.required)


def standard_header(field: str, *, sheet: str = "", language: Language = "zh") -> str:
    """Header that the standard workbook prints for ``field`` in ``language``.

    >>> standard_header("contact"), standard_header("contact", sheet="profiles")
    ('对接人', '主联系人')
    """
    labels = read_toml(f"labels.{language}.toml")
    return str(labels["sheet_fields"].get(sheet, {}).get(field) or labels["fields"].get(field, field))


def second_meaning(header: str) -> str:
    """Field that ``header`` means where another column already has its first meaning, or ``""``.

    >>> recognize_header("紧急程度").field, second_meaning("紧急程度")
    ('priority', 'urgency')
    """
    return _second_meanings().get(header_key(undress(header).text), "")


def is_row_number(header: str) -> bool:
    """Whether a column so called only counts its rows, like 序号."""
    return header_key(undress(header).text) in _row_numbers()


@lru_cache(maxsize=65536)
def is_standard(header: str, field: str, *, sheet: str = "") -> bool:
    """Whether ``header`` is the very header the standard workbook prints, decoration aside."""
    key = header_key(undress(header).text)
    return any(key == word_key(standard_header(field, sheet=sheet, language=one)) for one in LANGUAGES)


def field_of(text: str, *, sheet: str = "") -> str:
    """Field code that ``text`` certainly means, or ``""``. Cheap: likeness is not asked."""
    return _field(text, sheet) if len(text) <= LONGEST_TYPED else ""


@lru_cache(maxsize=65536)
def _field(text: str, sheet: str) -> str:
    bare = undress(text)
    if not bare.text:
        return ""
    # 需求(显性) is 显性需求: what stands in brackets may be the half that tells fields apart.
    for spelling in (*(note + bare.text for note in bare.notes), bare.text):
        field = _look_up(header_key(spelling), sheet)
        if field:
            return field
    return _agreed(alternatives(bare.text), sheet)


def _agreed(parts: list[str], sheet: str) -> str:
    """The one field that a/b means: its first part must be known, and no other part may disagree."""
    fields = [_look_up(header_key(part), sheet) for part in parts]
    return fields[0] if len(fields) > 1 and set(fields) <= {fields[0], ""} else ""


def _look_up(key: str, sheet: str) -> str:
    index = _index(sheet)
    if key in index or _is_unknown(key):
        return index.get(key, "")
    own = _pattern("prefixes", "first").sub("", _pattern("prefixes", "whose").sub("", key))
    spellings = [word for word in (_stem(key), own, _stem(own)) if not _is_unknown(word)]
    return next((index[word] for word in spellings if word in index), "") or _compose(key, sheet)


def _compose(key: str, sheet: str) -> str:
    """Field whose grammar ``key`` fits as a whole, in the meaning it has on ``sheet``."""
    key = _rewrite(key, "synonyms")
    field = next((field for field, pattern in _grammar() if pattern.fullmatch(key)), "")
    return str(read_toml("headers.toml")["equivalents"].get(sheet, {}).get(field, field))


@cache
def _grammar() -> tuple[tuple[str, re.Pattern[str]], ...]:
    tables = read_toml("headers.toml")
    return tuple(
        (field, re.compile(_filled(text, tables["words"]))) for field, text in tables["grammar"].items()
    )


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: words[match[1]], text)


def _is_unknown(key: str) -> bool:
    return key.rstrip("0123456789") in _unknown_words()


def _suggest(bare: BareHeader, sheet: str) -> str:
    key = header_key(bare.text)
    if not key or _is_unknown(key) or key in _computed_keys():
        return ""
    index = _index(sheet)
    parts = [field for part in alternatives(bare.text) if (field := _look_up(header_key(part), sheet))]
    near = difflib.get_close_matches(key, index, n=1, cutoff=LIKE_ENOUGH)
    return parts[0] if parts else index[near[0]] if near else ""


@cache
def _index(sheet: str) -> dict[str, str]:
    """Every known spelling → field; earlier words win, exact spellings before unified ones."""
    words = [(word_key(word), field) for word, field in _vocabulary(sheet)]
    index: dict[str, str] = {}
    for key, field in words:
        index.setdefault(key, field)
    for key, field in words:
        index.setdefault(_stem(key), field)
    index.pop("", None)
    return index


@cache
def header_words() -> frozenset[str]:
    """Every header the vocabulary lists, as it is spelled there: a quick look before :func:`field_of`."""
    return frozenset(word for word, _ in _vocabulary(""))


def _vocabulary(sheet: str) -> Iterator[tuple[str, str]]:
    """Pairs (spelling, field), the sheet's own meanings first."""
    tables = read_toml("headers.toml")
    if sheet in SHEETS:
        yield from _printed(sheet)
        yield from _pairs(tables["sheets"].get(sheet, {}))
    for code in CUSTOMER_SHEETS:
        yield from _printed(code)
    yield from _pairs(tables["aliases"])
    for code in SHEETS:
        if code not in CUSTOMER_SHEETS:
            yield from ((word, field) for word, field in _printed(code) if not _is_unknown(header_key(word)))


def _printed(sheet: str) -> Iterator[tuple[str, str]]:
    return (
        (standard_header(field.code, sheet=sheet, language=language), field.code)
        for language in LANGUAGES
        for field in SHEETS[sheet].fields
    )


def _pairs(aliases: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((word, field) for field, words in aliases.items() for word in words)


@cache
def _unknown_words() -> frozenset[str]:
    return _keys(read_toml("headers.toml")["unknown"]["words"]) | _row_numbers()


@cache
def _row_numbers() -> frozenset[str]:
    return _keys(read_toml("headers.toml")["unknown"]["row_numbers"])


def is_computed(header: object) -> bool:
    """Whether a header is that of a column which the program fills, in any language: nobody's own, and no field.

    >>> is_computed("ICE 得分"), is_computed("Days overdue"), is_computed("校区类型"), is_computed("—")
    (True, True, False, False)
    """
    key = word_key("" if header is None else str(header))
    return key != "" and key in _computed_keys()


@cache
def _computed_keys() -> frozenset[str]:
    return _keys(word for one in LANGUAGES for word in read_toml(f"labels.{one}.toml")["live"].values())


@cache
def _second_meanings() -> dict[str, str]:
    return {word_key(word): field for word, field in _pairs(read_toml("headers.toml")["second"])}


@lru_cache(maxsize=65536)
def _stem(key: str) -> str:
    """``key`` with words that mean the same in a header written as one: 上次拜访日期 → 最近跟进时间."""
    return _rewrite(_rewrite(key, "synonyms"), "verbs")


def _rewrite(key: str, part: str) -> str:
    for word in read_toml("headers.toml")[part]:
        key = _pattern(part, word).sub(word, key)
    return key


@cache
def _pattern(part: str, name: str) -> re.Pattern[str]:
    return re.compile(read_toml("headers.toml")[part][name])


def _keys(words: Iterable[str]) -> frozenset[str]:
    """Keys of ``words``; that of a sign alone is empty, as is that of no header at all."""
    return frozenset(map(word_key, words)) | {""}
