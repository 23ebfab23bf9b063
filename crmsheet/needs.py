"""Reading a need: what it is about, what kind of requirement it is, how it is meant (R-072, C-12).

Words come from editable lexicons. Phrases that deny a topic (“price is no object”) are taken out of the text
before its words are looked for, clause by clause, so a denial never counts for the thing it denies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crmsheet.rules import DenialLexicon, Lexicons, TopicLexicon

TOPICS = ("price", "function", "performance", "service")
_TAG_OF = {"price": "price", "function": "function", "performance": "function", "service": "service"}
_TYPE_OF = {"price": "budget", "function": "function", "performance": "performance", "service": "service"}
_TAG_ORDER = ("price", "function", "service")
_COST = "price"
_GENERAL = "function"
_MAX_LENGTH = 4000
# What may stand between a word and its denial, within one clause.
_GAP = r"[^，,。；;！!？?、\s]{0,4}"


@dataclass(frozen=True, slots=True)
class NeedReading:
    """Tags (price, function, service), types (function, performance, service, budget), rigidity and the words."""

    tags: tuple[str, ...]
    types: tuple[str, ...]
    rigidity: str
    hits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Topic:
    words: re.Pattern[str]
    denied: re.Pattern[str]
    type_only: re.Pattern[str]
    denials: re.Pattern[str]


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Longest first, so that a word inside a longer one does not hide it; matches nothing when empty."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=64)
def _topic(lexicon: TopicLexicon, denial: DenialLexicon, *, is_cost: bool) -> _Topic:
    return _Topic(
        _any_of(lexicon.words),
        _any_of(lexicon.not_words),
        _any_of(lexicon.type_only),
        _denials(lexicon.words, denial, is_cost=is_cost),
    )


@lru_cache(maxsize=64)
def _denials(words: tuple[str, ...], denial: DenialLexicon, *, is_cost: bool) -> re.Pattern[str]:
    """A word of the topic with what denies it: 不需要(太多)培训, 价格(方面)无所谓; 培训费用 for all but the price."""
    topic, before, after = (_any_of(each).pattern for each in (words, denial.before, denial.after))
    forms = [f"(?:{before}){_GAP}(?:{topic})", f"(?:{topic}){_GAP}(?:{after})"]
    if not is_cost:
        forms.append(f"(?:{topic})(?:{_any_of(denial.cost).pattern})")
    return re.compile("|".join(forms), re.IGNORECASE)


@lru_cache(maxsize=65536)
def read_need(text: str, lexicons: Lexicons) -> NeedReading:
    """What ``text`` asks for.

    >>> from crmsheet.rules import Rules
    >>> reading = read_need("不在乎价格，只要售后好", Rules.load().lexicons)
    >>> reading.tags, reading.hits
    (('service',), (('service', '售后'),))
    """
    text = text[:_MAX_LENGTH]
    hits: list[tuple[str, str]] = []
    types: list[str] = []
    for name in TOPICS:
        topic = _topic(getattr(lexicons, name), lexicons.denial, is_cost=name == _COST)
        kept = topic.denials.sub(" ", topic.denied.sub(" ", text))
        about = topic.type_only.sub(" ", kept)
        word = topic.words.search(about)
        if word:
            hits.append((name, word.group()))
        if word or about != kept:
            types.append(_TYPE_OF[name])
    if not types and (asked := _asked(text, lexicons)):
        hits.append((_GENERAL, asked))
        types.append(_TYPE_OF[_GENERAL])
    tags = {_TAG_OF[name] for name, _ in hits}
    ordered = tuple(tag for tag in _TAG_ORDER if tag in tags)
    return NeedReading(ordered, tuple(types), _rigidity(text, lexicons), tuple(hits))


def _asked(text: str, lexicons: Lexicons) -> str:
    """The first word that asks for something, where it is not denied; ``""`` if there is none."""
    general = lexicons.general
    kept = _any_of(general.not_words).sub(" ", text)
    kept = _denials(general.words, lexicons.denial, is_cost=True).sub(" ", kept)
    word = _any_of(general.words).search(kept)
    return word.group() if word else ""


def _rigidity(text: str, lexicons: Lexicons) -> str:
    words = lexicons.rigidity
    kept = _any_of(words.not_words).sub(" ", text)
    for name in ("latent", "flexible", "rigid"):
        if _any_of(getattr(words, name)).search(kept):
            return name
    return ""


@lru_cache(maxsize=65536)
def read_sentiment(text: str, lexicons: Lexicons) -> tuple[str, tuple[str, ...]]:
    """positive, neutral or negative, and the words that decide; a negation right before a word turns it."""
    words = lexicons.sentiment
    denial = _any_of(words.negations).pattern
    balance, found = 0, []
    for sign, group in ((1, words.positive), (-1, words.negative)):
        pattern = re.compile(f"(?P<no>{denial})?(?P<word>{_any_of(group).pattern})", re.IGNORECASE)
        for match in pattern.finditer(text[:_MAX_LENGTH]):
            balance += -sign if match["no"] else sign
            found.append(match.group())
    if balance == 0:
        return "neutral", tuple(found)
    return ("positive" if balance > 0 else "negative"), tuple(found)
