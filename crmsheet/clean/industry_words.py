"""Words for industries and the codes of GB/T 4754-2017 they stand for (R-003): tables and lookups.

A code is a section letter (``C``) or a letter with two digits of a division (``C36``). A tuple of codes says what
is known: one code is certain, several must be asked about, none means that the word names no industry.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from crmsheet.clean.text import match_key
from crmsheet.data import read_table, read_toml

Codes = tuple[str, ...]

_WORDS: Final[dict[str, Any]] = read_toml("industry.toml")
PATTERNS: Final = {name: re.compile(pattern) for name, pattern in _WORDS["patterns"].items()}
_GOODS: Final = "ABCEF"  # sections where "service" for the good may be another section
_LONGEST_COMPOUND: Final = 12  # longer texts are sentences, where the last word need not be the head


@cache
def standard_names() -> dict[str, str]:
    """Code → name in the standard, sections and divisions."""
    names: dict[str, str] = {}
    for row in read_table("industries.tsv"):
        names.setdefault(row["section"], row["section_name"])
        names[row["section"] + row["division"]] = row["division_name"]
    return names


@cache
def section_of_division() -> dict[str, str]:
    """Two digits of a division → letter of its section."""
    return {row["division"]: row["section"] for row in read_table("industries.tsv")}


@cache
def _whole_words() -> dict[str, Codes]:
    """Key of a word → its codes. What people mean by a word (农业: the whole section) wins over the standard's use."""
    words = {match_key(name): _only_division(code) for code, name in reversed(standard_names().items())}
    for row in read_table("industry_aliases.tsv"):
        if not row["label"].startswith("*"):
            words[match_key(row["label"])] = tuple(row["codes"].split())
    return words


def _only_division(code: str) -> Codes:
    """Sections that are one division, such as education, are written as that division."""
    divisions = [division for division, section in section_of_division().items() if section == code]
    return (code + divisions[0],) if len(divisions) == 1 else (code,)


@cache
def _heads() -> dict[str, Codes]:
    """Words that decide what a longer word ending so is; only Chinese, where the head stands last."""
    no_heads = {match_key(word) for word in _WORDS["never_heads"].split()}
    words = {key: codes for key, codes in _whole_words().items() if key not in no_heads}
    for row in read_table("industry_aliases.tsv"):
        if row["label"].startswith("*"):
            words[match_key(row["label"][1:])] = tuple(row["codes"].split())
    return {key: codes for key, codes in words.items() if len(key) > 1 and not key.isascii()}


def read_code(key: str) -> Codes | None:
    """Codes of a key that is itself a code: a letter, two digits, or both when they agree.

    >>> read_code("c36"), read_code("64"), read_code("c64"), read_code("x")
    (('C36',), ('I64',), (), None)
    """
    found = PATTERNS["code"].match(key)
    if not found or not (found["section"] or found["division"]):
        return None
    letter, division = (found["section"] or "").upper(), found["division"] or ""
    if not division:
        return None if found["rest"].isdigit() else _only_division(letter)
    if not letter and found["rest"]:
        return None
    section = section_of_division().get(division)
    return (section + division,) if section and letter in {"", section} else ()


def read_whole(key: str) -> Codes | None:
    """Codes of a label or standard name, exactly as it is listed."""
    return _whole_words().get(key)


def read_listed(key: str) -> Codes | None:
    """Codes of a listed word with a word for its rank or its trade around it, or None.

    >>> read_listed(match_key("汽车零部件生产企业")), read_listed(match_key("美丽人生"))
    (('C36',), None)
    """
    for form in _plainer(key):
        if (known := _whole_words().get(form)) is not None:
            return known
        if (known := _made_or_served(form)) is not None:
            return known
    return None


def _plainer(key: str) -> list[str]:
    """``key`` and what is left of it without words that only say "line of business"."""
    forms = [key]
    for _ in range(3):
        bare = PATTERNS["rank"].sub("", forms[-1])
        if len(bare) < 2 or bare == forms[-1]:
            break
        forms.append(bare)
    return forms + [plain for form in forms if (plain := PATTERNS["attribute"].sub("", form)) != form]


def _made_or_served(form: str) -> Codes | None:
    made = _whole_words().get(PATTERNS["maker"].sub("", form))
    if made and all(code[0] == "C" for code in made):
        return made
    served = _whole_words().get(PATTERNS["service"].sub("", form))
    return served if served and not any(code[0] in _GOODS for code in served) else None


def read_compound(key: str) -> Codes | None:
    """Codes of the word that a compound ends with, which is what the compound is; None for sentences and negations.

    >>> read_compound(match_key("工业软件")), read_compound(match_key("非制造业"))
    (('I65',), None)
    """
    if len(key) > _LONGEST_COMPOUND or PATTERNS["negation"].search(key):
        return None
    endings = (form[start:] for form in _plainer(key) for start in range(len(form) - 1))
    return next((_heads()[ending] for ending in endings if ending in _heads()), None)
