"""Reasons: the sentence beside a value, one template per way the value can come about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from string import Formatter

import numpy as np
import pandas as pd

from crmsheet.labels import wan
from crmsheet.rules import Rules


def reasons_by(way: pd.Series, family: str, rules: Rules, **facts: pd.Series) -> pd.Series:
    """The phrase ``reason.<family>_<way>`` of each row, filled with its facts; blank where ``way`` is blank.

    Facts are given as they are, on the index of ``way``; the template says how to print them: ``{n:.0f}``,
    ``{amount:wan}`` for money as people say it, ``{first:day}`` for an ISO day.
    """
    reasons = np.full(len(way), "", dtype=object)
    for kind in way.unique():
        if kind:
            rows = (way == kind).to_numpy()
            template = str(rules.labels.words["phrases"][f"reason.{family}_{kind}"])
            reasons[rows] = filled(
                template, {name: fact[rows] for name, fact in facts.items()}, int(rows.sum())
            )
    return pd.Series(reasons, index=way.index, dtype=object)


def filled(template: str, facts: Mapping[str, pd.Series], rows: int) -> list[str]:
    """The template filled once per row; facts it has no place for are not looked at.

    >>> filled("{n:.0f} times, {sum:wan}", {"n": pd.Series([2.0]), "sum": pd.Series([800.0])}, 1)
    ['2 times, 800元']
    """
    positional, places = _compiled(template)
    if not places:
        return [positional.format()] * rows
    columns = [_printed(facts[name], kind) for name, kind in places]
    return [positional.format(*row) for row in zip(*columns, strict=True)]


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


def _days(days: pd.Series) -> list[str]:
    codes, distinct = pd.factorize(days)
    known = [f"{day:%Y-%m-%d}" for day in distinct]
    return [known[code] if code >= 0 else "" for code in codes]


def _money(amounts: pd.Series) -> list[str]:
    return [wan(amount) for amount in amounts.tolist()]


_PRINTERS: Mapping[str, Callable[[pd.Series], list[str]]] = {"wan": _money, "day": _days}


def _printed(fact: pd.Series, kind: str) -> list[object]:
    return list(_PRINTERS[kind](fact)) if kind else fact.tolist()


def choose(index: pd.Index, cases: Mapping[str, pd.Series], otherwise: str = "") -> pd.Series:
    """The name of the first case that holds, row by row."""
    holds = [case.to_numpy(dtype=bool) for case in cases.values()]
    return pd.Series(np.select(holds, list(cases), default=otherwise), index=index, dtype=object)


def labelled(codes: pd.Series, vocabulary: str, rules: Rules) -> pd.Series:
    """The written label of each code; blank for a blank one."""
    words = {code: rules.labels.choice(vocabulary, code) for code in codes.unique() if isinstance(code, str)}
    return codes.map(words).fillna("")


def tier_labels(codes: pd.Series, rules: Rules) -> pd.Series:
    """The label of each tier code; blank where there is none."""
    return codes.map({code: tier.label for code, tier in rules.tiers.items()}).fillna("")


def tier_stems(codes: pd.Series, rules: Rules) -> pd.Series:
    """The labels without the word for customer at their end, for sentences that add it (“VIP客户” → “VIP”)."""
    word = rules.labels.phrase("customer_word")
    return codes.map({code: tier.label.removesuffix(word) for code, tier in rules.tiers.items()}).fillna("")
