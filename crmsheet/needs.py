"""Reading a need: what it is about, what kind of requirement it is, how it is meant (R-072, C-12).

Words come from editable lexicons. Phrases that deny a topic (“price is no object”) are taken out of the text
before its words are looked for, clause by clause, so a denial never counts for the thing it denies.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from crmsheet.clean.phrase_index import Look, PhraseIndex, PhraseList
from crmsheet.clean.phrases import any_phrase
from crmsheet.rule_lexicons import GeneralLexicon, Lexicons, TopicLexicon

TOPICS = ("price", "function", "performance", "service")
_TAG_OF = {"price": "price", "function": "function", "performance": "function", "service": "service"}
_TYPE_OF = {"price": "budget", "function": "function", "performance": "performance", "service": "service"}
_TAG_ORDER = ("price", "function", "service")
_COST = "price"
_RIGIDITY_ORDER = ("latent", "flexible", "rigid", "complaint")
_GENERAL = "function"
_MAX_LENGTH = 4000
# What may stand between a word and its denial, within one clause.
_GAP = r"[^，,。；;！!？?、\s]{{0,4}}"
_DENIALS = {
    "before": f"(?:{{denies}}){_GAP}(?:{{about}}){{{{1,3}}}}",
    "after": f"(?:{{about}}){{{{1,3}}}}{_GAP}(?:{{denies}})",
    "cost": "(?:{about})(?:{denies})",
}


@dataclass(frozen=True, slots=True)
class NeedReading:
    """Tags (price, function, service), types (function, performance, service, budget), rigidity and the words."""

    tags: tuple[str, ...]
    types: tuple[str, ...]
    rigidity: str
    hits: tuple[tuple[str, str], ...]


# Many texts are read alike; one value for all of them is less to keep.
_reading = lru_cache(maxsize=4096)(NeedReading)


@dataclass(frozen=True)
class _Denial:
    """A way to deny the words of a topic: 不需要(太多)培训, 价格(方面)无所谓, and, of all but the price, 培训费用."""

    topic: PhraseList
    words: PhraseList
    form: str

    def cut(self, text: str, look: Look) -> str:
        """``text`` without what is denied."""
        if not look.held & self.words.bit:
            return text
        if self.form == "cost" and not look.adjoin(self.topic, self.words):
            return text
        return self._pattern.sub(" ", text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        about, denies = self.topic.pattern.pattern, self.words.pattern.pattern
        return re.compile(_DENIALS[self.form].format(about=about, denies=denies), re.IGNORECASE)


@dataclass(frozen=True)
class _Topic:
    """``words`` tell the topic, ``type_only`` its type alone, unless they stand in ``not_words`` or are denied."""

    name: str
    words: PhraseList
    not_words: PhraseList
    type_only: PhraseList
    denials: tuple[_Denial, ...]

    def about(self, text: str, look: Look) -> tuple[str, bool]:
        """The topic's first word in the text, blank for none, and whether a word gives the type alone."""
        if not look.held & (self.words.bit | self.type_only.bit):
            return "", False
        kept = self.not_words.cut(text, look)
        about = said = self.type_only.cut(kept, look)
        for denial in self.denials:
            said = denial.cut(said, look)
        return self.words.first(said, look), about != kept


class _Reader:
    """Everything the lexicons say, in one index that is made once."""

    def __init__(self, lexicons: Lexicons) -> None:
        topics: dict[str, TopicLexicon | GeneralLexicon] = {name: getattr(lexicons, name) for name in TOPICS}
        sections = {
            **topics,
            "general": lexicons.general,
            "denial": lexicons.denial,
            "rigidity": lexicons.rigidity,
        }
        named = {(name, part): words for name, one in sections.items() for part, words in vars(one).items()}
        self._index = PhraseIndex(tuple(named.values()))
        self._lists = dict(zip(named, self._index.lists, strict=True))
        self._topics = tuple(self._topic(name) for name in TOPICS)
        self._general = self._topic("general")

    def _topic(self, name: str) -> _Topic:
        lists = self._lists
        words = lists[name, "words"]
        forms = [form for form in _DENIALS if form != "cost" or name not in {_COST, "general"}]
        denials = tuple(_Denial(words, lists["denial", form], form) for form in forms)
        return _Topic(
            name, words, lists[name, "not_words"], lists.get((name, "type_only"), PhraseList()), denials
        )

    def __call__(self, text: str) -> NeedReading:
        text = text[:_MAX_LENGTH]
        look = self._index.look(text)
        hits: list[tuple[str, str]] = []
        types: list[str] = []
        for topic in self._topics:
            word, type_only = topic.about(text, look)
            hits += [(topic.name, word)] if word else []
            types += [_TYPE_OF[topic.name]] if word or type_only else []
        if not types and (asked := self._general.about(text, look)[0]):
            hits.append((_GENERAL, asked))
            types.append(_TYPE_OF[_GENERAL])
        tags = {_TAG_OF[name] for name, _ in hits}
        ordered = tuple(tag for tag in _TAG_ORDER if tag in tags)
        rigidity = self._rigidity(text, look, is_price=_COST in dict(hits)) if types else ""
        return _reading(ordered, tuple(types), rigidity, tuple(hits))

    def _rigidity(self, text: str, look: Look, *, is_price: bool) -> str:
        """How a need is meant; of a text about no topic nobody asks, so 要求签保密协议 is no rigid requirement.

        Who complains about a price says what matters to him, no latent need.
        """
        asked = self._lists["rigidity", "not_words"].cut(text, look)
        for name in _RIGIDITY_ORDER:
            is_complaint = name == "complaint"
            if is_complaint and is_price:
                continue
            if self._lists["rigidity", name].stands_in(text if is_complaint else asked, look):
                return "latent" if is_complaint else name
        return ""


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
    return lru_cache(maxsize=65536)(_Reader(lexicons))


Mood = tuple[str, tuple[str, ...]]  # positive, neutral or negative, and the words that decide


def read_sentiment(text: str, lexicons: Lexicons) -> Mood:
    """positive, neutral or negative, and the words that decide; a negation right before a word turns it.

    >>> from crmsheet.rules import Rules
    >>> read_sentiment("客户对售后很不满意", Rules.load().lexicons)
    ('negative', ('不满意', '不满'))
    """
    return sentiment_reader(lexicons)(text)


@lru_cache(maxsize=8)
def sentiment_reader(lexicons: Lexicons) -> Callable[[str], Mood]:
    """The reader for many texts."""
    words = lexicons.sentiment
    index = PhraseIndex((words.positive, words.negative))

    @cache
    def pattern(place: int) -> re.Pattern[str]:
        denial, said = any_phrase(words.negations).pattern, index.lists[place].pattern.pattern
        return re.compile(f"(?:(?P<no>{denial}) ?)?(?P<word>{said})", re.IGNORECASE)

    @lru_cache(maxsize=65536)
    def read(text: str) -> Mood:
        text = text[:_MAX_LENGTH]
        look = index.look(text)
        balance, found = 0, []
        for place, sign in enumerate((1, -1)):
            for match in pattern(place).finditer(text) if look.held & index.lists[place].bit else ():
                balance += -sign if match["no"] else sign
                found.append(match.group())
        mood = "neutral" if balance == 0 else "positive" if balance > 0 else "negative"
        return mood, tuple(found)

    return read
