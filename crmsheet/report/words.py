"""The words of a report, and sentences chosen by conditions: both are data (``report/words.*.toml``)."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache, wraps
from string import Formatter
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from crmsheet.data import Language, read_toml, speaking, spoken
from crmsheet.labels import Labels, Names, wan, with_names
from crmsheet.result import Result

Fact = float | int | str
Facts = Mapping[str, Fact]

_CONDITION = re.compile(r"(\w+)\s*(==|!=|>=|<=|>|<)\s*(-?[\w.]+)")
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


class _Words(Formatter):
    """Templates with ``{amount:wan}`` for money, ``{share:pct}`` for whole percents, ``{n:need|needs}`` for a count
    in words of a language that has a plural.
    """

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "wan":
            return wan(float(value))
        if format_spec == "pct":
            return f"{100 * float(value):.0f}%"
        one, counts, many = format_spec.partition("|")
        if counts:
            return f"{value:,.0f} {one if round(value) == 1 else many}"
        return str(super().format_field(value, format_spec))


_WORDS = _Words()
_LABELS: ContextVar[Labels | None] = ContextVar("labels", default=None)  # of the result that is spoken of


Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def in_its_words(
    function: Callable[Concatenate[Result, Parameters], Returned],
) -> Callable[Concatenate[Result, Parameters], Returned]:
    """What is said of a result is said in the language its labels speak."""

    @wraps(function)
    def speaking_it(result: Result, *arguments: Parameters.args, **named: Parameters.kwargs) -> Returned:
        before = _LABELS.set(result.rules.labels)
        try:
            with speaking(result.rules.labels.language):
                return function(result, *arguments, **named)
        finally:
            _LABELS.reset(before)

    return cast("Callable[Concatenate[Result, Parameters], Returned]", speaking_it)


def words() -> Mapping[str, Any]:
    """Everything a report says, by section."""
    return _words(spoken(), _labels().names)


@cache
def _words(language: Language, names: Names) -> Mapping[str, Any]:
    filled: Mapping[str, Any] = with_names(read_toml(f"report/words.{language}.toml"), names)
    return filled


def header(code: str) -> str:
    """Header of a column that the report shares with the workbook."""
    return _labels().column(code)


def _labels() -> Labels:
    said = _LABELS.get()
    return said if said is not None and said.language == spoken() else Labels.load()


def phrase(code: str, **facts: Any) -> str:
    """One phrase filled with facts.

    >>> phrase("share_of", share=0.405)
    '40%'
    """
    return _WORDS.vformat(str(words()["phrases"][code]), (), facts)


def card_note(code: str, **facts: Any) -> str:
    """The small line of a key figure.

    >>> card_note("customers", n=41)
    '高价值 41 家'
    """
    return _WORDS.vformat(str(words()["cards"][f"{code}_note"]), (), facts)


def sentences(section: str, facts: Facts, *, part: str = "sentences") -> tuple[str, ...]:
    """The sentences of a section: of each the first wording whose conditions hold, or none.

    >>> sentences("needs", {"total": 0, "chosen": 0, "open": 0, "top_waiting": 0, "top_high_value": 0})[0]
    '目前还没有记录客户需求。'
    """
    said = (_said(choices, facts) for choices in words()[section][part])
    return tuple(sentence for sentence in said if sentence)


def caption(section: str, code: str, facts: Facts) -> str:
    """The sentence under a figure; blank when no wording fits."""
    return _said(words()[section]["captions"][code], facts)


def _said(choices: list[Mapping[str, str]], facts: Facts) -> str:
    for choice in choices:
        if holds(choice.get("when", ""), facts):
            return _WORDS.vformat(choice["say"], (), facts)
    return ""


def holds(condition: str, facts: Facts) -> bool:
    """Whether facts meet a condition such as ``"high > 0 and open >= 2"``; an unknown number meets none.

    >>> holds("high > 0 and high >= low", {"high": 3, "low": 3}), holds("rate < 1", {"rate": float("nan")})
    (True, False)
    """
    return all(_test(left, sign, right, facts) for left, sign, right in _parsed(condition))


def _test(left: str, sign: str, right: str, facts: Facts) -> bool:
    sides = [_number(left, facts), _number(right, facts)]
    return not any(map(math.isnan, sides)) and _COMPARE[sign](*sides)


def _number(name: str, facts: Facts) -> float:
    if name in facts:
        return float(facts[name])
    return float(name)


@cache
def _parsed(condition: str) -> tuple[tuple[str, str, str], ...]:
    parts = [part.strip() for part in condition.split(" and ") if part.strip()]
    found = [_CONDITION.fullmatch(part) for part in parts]
    if not all(found):
        raise ValueError(f"not a condition: {condition!r}")
    return tuple((match[1], match[2], match[3]) for match in found if match)
