"""English codes and the words people read: closed vocabularies, headers, and sentences with places to fill."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from crmsheet.clean.text import match_key
from crmsheet.data import LANGUAGES, Language, read_toml, spoken

HUNDRED_MILLION = 100_000_000
Names = tuple[tuple[str, str], ...]  # what words call by <<name>>, and what that is
NAMED = re.compile("<<(\\w+)>>")
_NAMED_TIERS = ("high_value", "potential")


@dataclass(frozen=True, eq=False)  # one object per language, so caches may go by identity
class Labels:
    """The words of one language. Sheets, fields and choices have one written label; all labels are recognised."""

    language: Language
    words: Mapping[str, Any]
    names: Names = ()

    @staticmethod
    def load(language: Language | None = None) -> Labels:
        """Labels of ``language``, or of the one spoken now.

        >>> Labels.load().choice("level", "high")
        '高'
        """
        return _labels(language or spoken(), shipped_names(language or spoken()))

    @staticmethod
    def called(language: Language, months: int, tiers: Mapping[str, str]) -> Labels:
        """Labels where the deals of so many ``months`` are a year's, and ``tiers`` have these names, by code.

        >>> Labels.called("zh", 6, {"high_value": "VIP", "potential": "潜力"}).column("amount_12m")
        '近6个月成交'
        """
        return _labels(language, _names(language, months, tiers))

    def sheet(self, code: str) -> str:
        return str(self.words["sheets"].get(code, code))

    def field(self, code: str, sheet: str = "") -> str:
        """Header of a field, as the sheet's own source document prints it."""
        special = self.words["sheet_fields"].get(sheet, {})
        return str(special.get(code) or self.words["fields"].get(code, code))

    def column(self, code: str) -> str:
        """Header of a column on an analysis sheet."""
        return str(self.words["columns"].get(code) or self.field(code))

    def live(self, code: str) -> str:
        """Header of a live column on the record sheet."""
        return str(self.words["live"][code])

    def choices(self, vocabulary: str) -> tuple[str, ...]:
        """The written labels of a vocabulary, in order."""
        return tuple(words[0] for words in self.words["choices"][vocabulary].values())

    def choice(self, vocabulary: str, code: Any) -> str:
        """Written label of one code; blank for a missing one."""
        words = self.words["choices"][vocabulary].get(code) if isinstance(code, str) else None
        return str(words[0]) if words else ""

    def choice_code(self, vocabulary: str, label: str) -> str | None:
        """Code meant by any recognised label, or None.

        >>> Labels.load().choice_code("status", "处理中")
        'doing'
        """
        return self._choice_codes[vocabulary].get(match_key(label))

    def setting_word(self, code: str) -> str:
        """Word for a value of the settings sheet that is a code; anything else as it is.

        >>> Labels.load().setting_word("quantile")
        '三等分'
        """
        return str(self.words["setting_words"].get(code, code))

    def setting_code(self, word: str) -> str:
        """Code meant by a word of the settings sheet, in any language; anything else as it is."""
        others = (read_toml(f"labels.{language}.toml") for language in LANGUAGES if language != self.language)
        named = (pair for words in (self.words, *others) for pair in words["setting_words"].items())
        return next((str(code) for code, text in named if text == word), word)

    @cached_property
    def _choice_codes(self) -> dict[str, dict[str, str]]:
        others = [read_toml(f"labels.{language}.toml") for language in LANGUAGES if language != self.language]
        found: dict[str, dict[str, str]] = {}
        for words in (self.words, *others):
            for vocabulary, codes in words["choices"].items():
                known = found.setdefault(vocabulary, {})
                for code, labels in codes.items():
                    for label in (*labels, code):
                        known.setdefault(match_key(label), code)
        return found

    def how_often(self, months: int, days: int = 0) -> str:
        """Every so many months, else days, in the largest whole unit; blank for neither.

        >>> [Labels.load().how_often(*cadence) for cadence in ((1, 0), (3, 0), (0, 7), (0, 14), (0, 90), (0, 0))]
        ['每月', '每3个月', '每周', '每2周', '每90天', '']
        """
        unit, n = ("month", months) if months else ("week", days // 7) if days % 7 == 0 else ("day", days)
        if n <= 1:
            return self.phrase(f"every_{unit}") if n else ""
        return self.phrase(f"every_{unit}s", n=n)

    def join(self, words: Iterable[str]) -> str:
        """Words as a list in this language."""
        return self.phrase("list_separator").join(words)

    def phrase(self, code: str, **facts: Any) -> str:
        """A sentence filled with facts."""
        return self.agreeing(str(self.words["phrases"][code]).format(**facts))

    def agreeing(self, text: str) -> str:
        """A sentence with its words in the singular after the number one, where the language has a plural.

        >>> Labels.load("en").agreeing("1 deals in 1 months, 11 customers, 2.1 months")
        '1 deal in 1 month, 11 customers, 2.1 months'
        """
        if self._plural is None or "1 " not in text:
            return text
        return self._plural.sub(lambda found: str(self.words["plurals"][found[0]]), text)

    @cached_property
    def _plural(self) -> re.Pattern[str] | None:
        longest_first = sorted(self.words["plurals"], key=len, reverse=True)
        known = "|".join(map(re.escape, longest_first))
        return re.compile(rf"(?<![\d.,:/-])(?:{known})\b") if known else None

    def phrase_or(self, code: str, otherwise: str, **facts: Any) -> str:
        """A sentence filled with facts, or ``otherwise`` where the language has none for ``code``."""
        return self.phrase(code, **facts) if code in self.words["phrases"] else otherwise


@cache
def field_codes() -> Mapping[str, str]:
    """Code of every field by its header, in any language and on any sheet; codes stand for themselves.

    >>> [field_codes()[word] for word in ("联系方式", "联系电话", "Phone", "phone")]
    ['phone', 'phone', 'phone', 'phone']
    """
    found: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        words = read_toml(f"labels.{language}.toml")
        for headers in (*words.get("sheet_fields", {}).values(), words["fields"]):
            found |= {str(header): code for code, header in headers.items()}
        found |= {code: code for code in words["fields"]}
    return found


@cache
def field_headers(field: str) -> frozenset[str]:
    """Every header of ``field``, in any language and on any sheet, and its code."""
    return frozenset(header for header, code in field_codes().items() if code == field)


def labels_of_headers(headers: Mapping[str, str]) -> Labels:
    """Words of the language that most of these headers (by field code) are written in; of the spoken one when none.

    >>> labels_of_headers({"status": "Status", "phone": "Phone", "owner": "\u8d1f\u8d23\u4eba"}).language
    'en'
    """
    return Labels.load(_language_of_headers(frozenset(headers.items()), spoken()))


@lru_cache(maxsize=256)
def _language_of_headers(headers: frozenset[tuple[str, str]], otherwise: Language) -> Language:
    written = {
        language: sum(text in _written_headers(language, code) for code, text in headers)
        for language in LANGUAGES
    }
    return max(LANGUAGES, key=lambda language: (written[language], language == otherwise))


@cache
def _written_headers(language: Language, field: str) -> frozenset[str]:
    words = read_toml(f"labels.{language}.toml")
    special = (headers.get(field) for headers in words["sheet_fields"].values())
    live = words["live"].get(field)
    return frozenset(str(one) for one in (words["fields"].get(field), live, *special) if one)


def _names(language: Language, months: int, tiers: Mapping[str, str]) -> Names:
    words = read_toml(f"labels.{language}.toml")["named"]
    window = words["window_1"] if months == 1 else words["window"].format(n=months)
    names = {"window": str(window)}
    for code in _NAMED_TIERS:
        name = tiers[code].replace("{", "(").replace("}", ")")  # it stands in templates
        ends = name.endswith(words["customers_end"])
        names |= {code: name, f"{code}_customers": name if ends else words["customers"].format(tier=name)}
    return tuple(names.items())


@cache
def shipped_names(language: Language) -> Names:
    """What the package's own rules call things that words speak of."""
    shipped = read_toml("rules.toml")
    worded = shipped if language == "zh" else read_toml(f"rules.{language}.toml")
    tiers = {code: str(worded["tiers"][code]["label"]) for code in _NAMED_TIERS}
    return _names(language, int(shipped["orders"]["window_months"]), tiers)


def with_names(words: Any, names: Names) -> Any:
    """Words, lists and tables of words with every ``<<name>>`` in them replaced.

    >>> with_names({"a": ["<<n>>!", 3]}, (("n", "x"),))
    {'a': ['x!', 3]}
    """
    if isinstance(words, str):
        return NAMED.sub(lambda found: dict(names)[found[1]], words) if "<<" in words else words
    if isinstance(words, Mapping):
        return {key: with_names(value, names) for key, value in words.items()}
    return [with_names(value, names) for value in words] if isinstance(words, list) else words


@cache
def _labels(language: Language, names: Names) -> Labels:
    """Words of one language; a word it lacks is said in Chinese, which is better than not at all."""
    words = read_toml(f"labels.{language}.toml")
    if language != "zh":
        base = read_toml("labels.zh.toml")
        words = {part: {**base[part], **words.get(part, {})} for part in base}
    return Labels(language, with_names(words, names), names)


def wan(amount: float) -> str:
    """Money as people say it: below 10,000 in yuan, else in units of 10,000, from 100 million on in those.

    >>> wan(182000), wan(3600), wan(100000), wan(238115000)
    ('18.2万', '3600元', '10万', '2.38亿')
    """
    return amounts_in_words([amount])[0]


def _below_whole(number: float) -> str:
    """One decimal, more where it would round up to a whole number: 99,960 yuan is less than 10万, the bound."""
    for digits in range(1, 7):
        short = f"{number:.{digits}f}"
        if abs(float(short)) <= abs(number) or not float(short).is_integer():
            return short.removesuffix(".0")
    return f"{number:.0f}"


def amounts_in_words(amounts: Iterable[float]) -> list[str]:
    """Each amount as ``wan`` says it."""
    language = spoken()
    yuan, ten_thousand, hundred_million = _units(language)

    def say(amount: float) -> str:
        if amount is None or math.isnan(amount):
            return ""
        if language != "zh":  # only Chinese counts in units of 10,000
            return f"{amount:,.0f} {yuan}"
        if -9_999.5 < amount < 9_999.5:  # above, the rounded number has five digits
            return f"{amount:.0f}{yuan}"
        if abs(amount) >= HUNDRED_MILLION - 500:  # below, the rounded number has four digits before the point
            return f"{amount / HUNDRED_MILLION:.2f}".removesuffix(".00") + hundred_million
        return _below_whole(amount / 10_000) + ten_thousand

    return list(map(say, amounts))


@cache
def _units(language: Language) -> tuple[str, str, str]:
    units = read_toml(f"labels.{language}.toml")["units"]
    return str(units["yuan"]), str(units.get("wan", "")), str(units.get("yi", ""))
