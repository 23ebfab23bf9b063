"""Reasons: the sentence beside a value, one template per way the value can come about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from string import Formatter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.labels import Labels, amounts_in_words
from crmsheet.rules import Rules
from crmsheet.steps._distinct import combinations

Fact = pd.Series | str | float  # one per row, or the same for all


def reasons_by(way: pd.Series, family: str, rules: Rules, **facts: Fact) -> pd.Series:
    """The phrase ``reason.<family>_<way>`` of each row, filled with its facts; blank where ``way`` is blank.

    Facts are given as they are, in the order of ``way``; the template says how to print them: ``{n:.0f}``,
    ``{amount:wan}`` for money as people say it, ``{first:day}`` for an ISO day.
    """
    reasons = np.full(len(way), "", dtype=object)
    kinds, names = pd.factorize(way)
    for kind, name in enumerate(names):
        if name:
            rows = np.flatnonzero(kinds == kind)
            template = str(rules.labels.words["phrases"][f"reason.{family}_{name}"])
            reasons[rows] = filled(template, facts, rows, rules.labels)
    return pd.Series(reasons, index=way.index, dtype=object)


def add_reasons(told: pd.Series, cases: Mapping[str, pd.Series], family: str, rules: Rules) -> pd.Series:
    """The reasons with the phrase ``reason.<family>_<case>`` behind those for which a case holds; each may."""
    for case, holds in cases.items():
        if holds.any():
            told = told.mask(holds, told + str(rules.labels.words["phrases"][f"reason.{family}_{case}"]))
    return told


def filled(template: str, facts: Mapping[str, Fact], rows: NDArray[np.intp], labels: Labels) -> list[str]:
    """The template filled for each of ``rows``; facts it has no place for are not looked at.

    >>> facts = {"n": pd.Series([2.0]), "sum": 800.0}
    >>> filled("{n:.0f} times, {sum:wan}", facts, np.array([0]), Labels.load())
    ['2 times, 800元']
    """
    positional, places = _compiled(template)
    if not places:
        return [positional.format()] * len(rows)
    given = {name: fact.iloc[rows] for name, _ in places if isinstance(fact := facts[name], pd.Series)}
    which, first = combinations(given.values(), len(rows))  # each sentence is written once
    columns = [_printed(given.get(name, facts[name]), first, kind) for name, kind in places]
    sentences = np.empty(len(first), dtype=object)
    sentences[:] = list(map(labels.agreeing, map(positional.format, *columns)))
    told: list[str] = sentences[which].tolist()
    return told


@lru_cache(maxsize=512)
def _compiled(template: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The template with numbered places, and fact and way of printing of each place: a row needs no dict."""
    parts: list[str] = []
    places: list[tuple[str, str]] = []
    for literal, name, spec, _ in Formatter().parse(template):
        parts.append(literal.replace("{", "{{").replace("}", "}}"))
        if name:
            own = str(spec) if spec in _PRINTERS else ""
            parts.append("{}" if own or not spec else f"{{:{spec}}}")
            places.append((name, own))
    return "".join(parts), tuple(places)


def _printed(fact: Fact, rows: NDArray[np.intp], kind: str) -> list[object]:
    if not isinstance(fact, pd.Series):
        return _printed(pd.Series([fact]), np.array([0]), kind) * len(rows)
    shown = fact.iloc[rows]
    return list(_PRINTERS[kind](shown)) if kind else shown.tolist()


def _days(days: pd.Series) -> list[str]:
    codes, distinct = pd.factorize(days)
    known = [f"{day:%Y-%m-%d}" for day in distinct]
    return [known[code] if code >= 0 else "" for code in codes]


_PRINTERS: Mapping[str, Callable[[pd.Series], list[str]]] = {
    "wan": lambda amounts: amounts_in_words(amounts.tolist()),
    "day": _days,
}


def choose(index: pd.Index, cases: Mapping[str, pd.Series], otherwise: str = "") -> pd.Series:
    """The name of the first case that holds, row by row."""
    # Not the names themselves: numpy would make a new text for every row.
    which = np.select([case.to_numpy(dtype=bool) for case in cases.values()], range(len(cases)), len(cases))
    return pd.Series(np.array([*cases, otherwise], dtype=object)[which], index=index, dtype=object)


def whole_numbers(values: pd.Series, blank: str = "") -> pd.Series:
    """Numbers as texts without decimals, ``blank`` where there is none."""
    codes, distinct = pd.factorize(values)
    words = np.array([*(f"{value:.0f}" for value in distinct), blank], dtype=object)
    return pd.Series(words[codes], index=values.index, dtype=object)


def labelled(codes: pd.Series, vocabulary: str, rules: Rules) -> pd.Series:
    """The written label of each code; blank for a blank one."""
    return _worded(codes, lambda code: rules.labels.choice(vocabulary, code))


def tier_labels(codes: pd.Series, rules: Rules) -> pd.Series:
    """The label of each tier code; blank where there is none."""
    labels = {code: tier.label for code, tier in rules.tiers.items()}
    return _worded(codes, lambda code: labels.get(code, ""))


def tier_stems(codes: pd.Series, rules: Rules) -> pd.Series:
    """The labels without the word for customer at their end, for sentences that add it (“VIP客户” → “VIP”)."""
    word = rules.labels.phrase("customer_word")
    stems = {code: tier.label.removesuffix(word) for code, tier in rules.tiers.items()}
    return _worded(codes, lambda code: stems.get(code, ""))


def _worded(codes: pd.Series, word: Callable[[str], str]) -> pd.Series:
    """The word of each code, each distinct one looked up once; blank for what is no code."""
    which, distinct = pd.factorize(codes)
    words = [word(code) if isinstance(code, str) else "" for code in distinct]
    return pd.Series(np.array([*words, ""], dtype=object)[which], index=codes.index, dtype=object)


def name_columns(holds: pd.DataFrame, rules: Rules) -> pd.Series:
    """Which columns hold, by their names as people read them, row by row; each combination is named once."""
    labels = rules.labels
    names = [labels.field(str(name)) for name in holds]
    patterns = holds.to_numpy(dtype=bool) @ (1 << np.arange(len(names)))
    kinds, distinct = pd.factorize(patterns)
    words = [labels.join(name for bit, name in enumerate(names) if int(one) >> bit & 1) for one in distinct]
    return pd.Series(np.array([*words, ""], dtype=object)[kinds], index=holds.index, dtype=object)
