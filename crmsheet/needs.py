"""Reading a need: what it is about, what kind of requirement it is, how it is meant (R-072, C-12).

Words come from editable lexicons. Phrases that deny a topic (“price is no object”) are taken out of the text
before its words are looked for, clause by clause, so a denial never counts for the thing it denies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from crmsheet.clean.phrases import any_phrase, phrase_head
from crmsheet.rules import DenialLexicon, Lexicons, RigidityLexicon, TopicLexicon

TOPICS = ("price", "function", "performance", "service")
_TAG_OF = {"price": "price", "function": "function", "performance": "function", "service": "service"}
_TYPE_OF = {"price": "budget", "function": "function", "performance": "performance", "service": "service"}
_TAG_ORDER = ("price", "function", "service")
_COST = "price"
_RIGIDITY_ORDER = ("latent", "flexible", "rigid", "complaint")
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


_Form = tuple[frozenset[str], str]  # beginnings of the words that deny, and the pattern of a denial


@dataclass(frozen=True)
class _Cut:
    """Takes phrases out of a text. ``heads`` are beginnings one of which such a text holds: most hold none, and
    need no pattern at all.
    """

    heads: frozenset[str]
    pattern: re.Pattern[str]

    def __call__(self, text: str, grams: set[str]) -> str:
        """``grams`` are those of the text, or of a longer one it was cut from."""
        return text if self.heads.isdisjoint(grams) else self.pattern.sub(" ", text)


@dataclass(frozen=True)
class _Topic:
    """``heads``: beginnings of words one of which a text about the topic holds."""

    name: str
    heads: frozenset[str]
    words: re.Pattern[str]
    denied: _Cut
    type_only: _Cut
    denials: tuple[_Form, ...]


def _topic(name: str, lexicons: Lexicons) -> _Topic:
    lexicon: TopicLexicon = getattr(lexicons, name)
    return _Topic(
        name,
        _heads((*lexicon.words, *lexicon.type_only)),
        any_phrase(lexicon.words),
        _cut(lexicon.not_words),
        _cut(lexicon.type_only),
        _denials(lexicon.words, lexicons.denial, is_cost=name == _COST),
    )


@lru_cache(maxsize=256)
def _cut(words: tuple[str, ...]) -> _Cut:
    return _Cut(_heads(words), any_phrase(words))


def _heads(words: Iterable[str]) -> frozenset[str]:
    """The first two letters of each word, without capitals."""
    return frozenset(head for word in words if (head := phrase_head(word)))


def _grams(text: str) -> set[str]:
    """Every letter and every two neighbours of a text: one look says which words cannot be in it."""
    folded = text.casefold()
    return {*folded, *map(add, folded, folded[1:])}


@lru_cache(maxsize=64)
def _denials(words: tuple[str, ...], denial: DenialLexicon, *, is_cost: bool) -> tuple[_Form, ...]:
    """A word of the topic with what denies it: 不需要(太多)培训, 价格(方面)无所谓; 培训费用 for all but the price."""
    topic, before, after = (any_phrase(each).pattern for each in (words, denial.before, denial.after))
    forms = [
        (_heads(denial.before), f"(?:{before}){_GAP}(?:{topic}){{1,3}}"),
        (_heads(denial.after), f"(?:{topic}){{1,3}}{_GAP}(?:{after})"),
    ]
    if not is_cost:
        forms.append((_heads(denial.cost), f"(?:{topic})(?:{any_phrase(denial.cost).pattern})"))
    return tuple(forms)


def _without_denials(text: str, forms: tuple[_Form, ...], grams: set[str]) -> str:
    """The text without what is denied; forms whose denying word is not there are not tried."""
    for heads, pattern in forms:
        if not heads.isdisjoint(grams):
            text = _compiled(pattern).sub(" ", text)
    return text


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def read_need(text: str, lexicons: Lexicons) -> NeedReading:
    """What ``text`` asks for.

    >>> from crmsheet.rules import Rules
    >>> reading = read_need("不在乎价格，只要售后好", Rules.load().lexicons)
    >>> reading.tags, reading.hits
    (('service',), (('service', '售后'),))
    """
    return need_reader(lexicons)(text)


@lru_cache(maxsize=8)
def need_reader(lexicons: Lexicons) -> Callable[[str], NeedReading]:
    """The reader for many texts: telling two lexicons apart takes longer than reading a text."""
    topics = tuple(_topic(name, lexicons) for name in TOPICS)
    asking = _heads(lexicons.general.words)

    @lru_cache(maxsize=65536)
    def read(text: str) -> NeedReading:
        text = text[:_MAX_LENGTH]
        grams = _grams(text)
        hits: list[tuple[str, str]] = []
        types: list[str] = []
        for topic in topics:
            if not topic.heads.isdisjoint(grams):
                word, type_only = _about(text, topic, grams)
                hits += [(topic.name, word)] if word else []
                types += [_TYPE_OF[topic.name]] if word or type_only else []
        asks = not types and not asking.isdisjoint(grams)
        if asks and (asked := _asked(text, lexicons)):
            hits.append((_GENERAL, asked))
            types.append(_TYPE_OF[_GENERAL])
        tags = {_TAG_OF[name] for name, _ in hits}
        ordered = tuple(tag for tag in _TAG_ORDER if tag in tags)
        rigidity = _rigidity(text, grams, lexicons.rigidity, is_price=_COST in dict(hits)) if types else ""
        return NeedReading(ordered, tuple(types), rigidity, tuple(hits))

    return read


def _about(text: str, topic: _Topic, grams: set[str]) -> tuple[str, bool]:
    """The topic's first word in the text, blank for none, and whether a word gives the type alone."""
    kept = topic.denied(text, grams)
    about = topic.type_only(kept, grams)
    word = topic.words.search(_without_denials(about, topic.denials, grams))
    return (word.group() if word else ""), about != kept


def _asked(text: str, lexicons: Lexicons) -> str:
    """The first word that asks for something, where it is not denied; ``""`` if there is none."""
    general = lexicons.general
    kept = any_phrase(general.not_words).sub(" ", text)
    kept = _without_denials(kept, _denials(general.words, lexicons.denial, is_cost=True), _grams(kept))
    word = any_phrase(general.words).search(kept)
    return word.group() if word else ""


def _rigidity(text: str, grams: set[str], words: RigidityLexicon, *, is_price: bool) -> str:
    """How a need is meant; of a text about no topic nobody asks, so 要求签保密协议 is no rigid requirement.

    Who complains about a price says what matters to him, no latent need.
    """
    asked = _cut(words.not_words)(text, grams)
    for name in _RIGIDITY_ORDER:
        cut = _cut(getattr(words, name))
        if name == "complaint" and is_price:
            continue
        searched = text if name == "complaint" else asked
        if not cut.heads.isdisjoint(grams) and cut.pattern.search(searched):
            return "latent" if name == "complaint" else name
    return ""


@lru_cache(maxsize=65536)
def read_sentiment(text: str, lexicons: Lexicons) -> tuple[str, tuple[str, ...]]:
    """positive, neutral or negative, and the words that decide; a negation right before a word turns it."""
    words = lexicons.sentiment
    denial = any_phrase(words.negations).pattern
    balance, found = 0, []
    for sign, group in ((1, words.positive), (-1, words.negative)):
        pattern = re.compile(f"(?:(?P<no>{denial}) ?)?(?P<word>{any_phrase(group).pattern})", re.IGNORECASE)
        for match in pattern.finditer(text[:_MAX_LENGTH]):
            balance += -sign if match["no"] else sign
            found.append(match.group())
    if balance == 0:
        return "neutral", tuple(found)
    return ("positive" if balance > 0 else "negative"), tuple(found)
