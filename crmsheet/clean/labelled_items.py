"""Personal data that a word beside it gives away: passports, permits, accounts, plates, homes (R-060)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from crmsheet.clean.findings import SensitiveKind, Span
from crmsheet.data import read_toml

_APP_ID: Final = re.compile(r"(?:wx)?[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class _Label:
    """What to look for: one of ``words`` must stand in the cell, one of the characters ``before`` (any, if there are
    none) right behind it, before ``pattern`` is tried.
    """

    kind: SensitiveKind
    words: tuple[str, ...]
    pattern: str
    before: str = ""


def find_labelled(text: str) -> Iterator[Span]:
    """Items of folded ``text`` that their label makes personal.

    >>> [tuple(span) for span in find_labelled("微信zhangsan2024, 护照E12345678, 机型E12345678")]
    [('passport', 18, 27), ('wechat', 2, 14)]
    """
    if not _any_label().search(text):
        return
    for label in _labels_by_sign(_signs().intersection(text)):
        if not any(word in text for word in label.words):
            continue
        for match in _compiled(label.pattern).finditer(text):
            span = _refine(label.kind, match)
            if span:
                yield Span(label.kind, *span)


@cache
def _words() -> dict[str, Any]:
    return read_toml("privacy.toml")


@cache
def _pattern(section: str, name: str) -> re.Pattern[str]:
    return re.compile(_words()[section][name])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _labels() -> tuple[_Label, ...]:
    return tuple(
        _Label(entry["kind"], tuple(entry["words"]), entry["pattern"], entry.get("before", ""))
        for entry in _words()["labelled"]
    )


@cache
def _signs() -> frozenset[str]:
    """First characters of all words: they tell at once which few labels to look for."""
    return frozenset(word[0] for label in _labels() for word in label.words)


@lru_cache(maxsize=4096)
def _labels_by_sign(signs: frozenset[str]) -> tuple[_Label, ...]:
    return tuple(label for label in _labels() if any(word[0] in signs for word in label.words))


@cache
def _any_label() -> re.Pattern[str]:
    """One look for all labels: most cells hold none and are done."""
    words, (firsts, seconds) = sorted(label_words()), label_pairs()
    pairs = f"[{re.escape(''.join(sorted(firsts)))}][{re.escape(''.join(sorted(seconds)))}]"
    return re.compile("|".join([pairs, *map(re.escape, words)]))


def label_words() -> frozenset[str]:
    """Words without which, or without one of :func:`label_pairs`, a text holds no labelled item."""
    return frozenset(word for label in _labels() if not label.before for word in label.words)


@cache
def label_pairs() -> tuple[frozenset[str], frozenset[str]]:
    """First and second characters of the pairs that tell as much as a word: the sign of a province and a letter."""
    paired = [label for label in _labels() if label.before]
    firsts = frozenset(word for label in paired for word in label.words)
    return firsts, frozenset("".join(label.before for label in paired))


def _refine(kind: SensitiveKind, match: re.Match[str]) -> tuple[int, int] | None:
    """Where the item of ``match`` stands, None when it is none after all."""
    refiners: dict[str, Callable[[re.Match[str]], tuple[int, int] | None]] = {
        "wechat": _refine_wechat,
        "plate": _refine_plate,
        "address": _refine_address,
    }
    refine = refiners.get(kind)
    return refine(match) if refine else match.span("item")


def _refine_wechat(match: re.Match[str]) -> tuple[int, int] | None:
    """An account name and no program: 微信zhangsan2024, but neither 微信JSAPI nor an app id."""
    item = match["item"]
    found = match.groupdict()
    sure = found.get("sure") or found.get("add") or item.startswith("wxid_")
    stem = re.sub(r"[^a-z]", "", item.lower())
    if item.isdigit():
        is_account = bool(_pattern("wechat", "explicit").search(found.get("sure") or ""))
        return match.span("item") if is_account else None
    if stem in _wechat_words() or _APP_ID.fullmatch(item):
        return None
    has_sign = not item.isalpha() or _pattern("wechat", "pinyin").fullmatch(item.lower())
    return match.span("item") if sure or has_sign else None


@cache
def _wechat_words() -> frozenset[str]:
    return frozenset(_words()["wechat"]["words"])


def _refine_plate(match: re.Match[str]) -> tuple[int, int] | None:
    if not _pattern("plate", "tail").fullmatch(match["tail"]):
        return None
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    is_everyday = match["item"][0] in _words()["plate"]["everyday"]
    is_alone = not (before + after).strip() or not (before + after).isalnum()
    if not match["label"] and _is_part_of_code(match.string, match.start()):
        return None
    is_marked = match["label"] or match["dot"].strip()
    return match.span("item") if is_marked or is_alone or not is_everyday else None


def _is_part_of_code(text: str, start: int) -> bool:
    before = text[max(0, start - 24) : start]
    return bool(re.search("[A-Za-z0-9]$", before) or _pattern("numbers", "code_label").search(before))


def _refine_address(match: re.Match[str]) -> tuple[int, int] | None:
    """The address without what follows it; None without a door, or when it is an office."""
    start, end = match.span("item")
    stop = _pattern("address", "end").search(match.string, start, end)
    item = match.string[start : stop.start() if stop else end]
    trimmed = _pattern("address", "trimmed").match(item)
    if not trimmed or not _pattern("address", "door").search(trimmed[0]):
        return None
    if _pattern("address", "office").search(match.string, max(0, match.start() - 8), start + trimmed.end()):
        return None
    is_home = _pattern("address", "home").search(match.string, match.start(), start)
    is_dwelling = _pattern("address", "dwelling").search(trimmed[0])
    return (start, start + trimmed.end()) if is_home or is_dwelling else None
