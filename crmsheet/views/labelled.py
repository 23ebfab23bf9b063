"""Any table of a result in words: Chinese headers, labels instead of codes, for reading in a notebook."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmsheet.data import read_toml
from crmsheet.rules import Rules
from crmsheet.views.words import tier_words, worded


def label_table(table: pd.DataFrame, rules: Rules | None = None, *, everything: bool = False) -> pd.DataFrame:
    """The same rows in words: the columns that have a label, under it, with words instead of codes.

    ``everything`` keeps the columns that have none, under their code. Numbers and days stay what they are.

    >>> label_table(pd.DataFrame({"tier": ["high_value"], "final_priority": ["high"], "row": [5]}))
      客户分层 最终优先级
    0  高价值     高
    """
    chosen = rules or Rules.load()
    labels = chosen.labels
    headers = {str(code): labels.column(str(code)) for code in table}
    shown = [code for code, header in headers.items() if everything or header != code]
    said = {code: _words(table, code, chosen) for code in shown}
    return pd.DataFrame(said, index=table.index).set_axis(_distinct(headers, shown), axis=1)


def _distinct(headers: Mapping[str, str], codes: list[str]) -> list[str]:
    """Headers in order; two columns under one label tell themselves apart by their codes."""
    taken = [headers[code] for code in codes]
    return [
        f"{header} ({code})" if taken.count(header) > 1 else header
        for code, header in zip(codes, taken, strict=True)
    ]


def _words(table: pd.DataFrame, code: str, rules: Rules) -> pd.Series:
    words, labels = read_toml("vocabularies.toml"), rules.labels
    if code in words["tiers"]["columns"]:
        return tier_words(table, rules, code)
    if code in words["lists"] or code == "signals":
        return _lists(table[code], code, rules)
    vocabulary = words["columns"].get(code, code if code in labels.words["choices"] else "")
    if vocabulary and table[code].dtype.kind not in "bifM":
        return worded(table, code, labels, vocabulary)
    return _yes_or_no(table[code], rules)


def _lists(values: pd.Series, code: str, rules: Rules) -> pd.Series:
    labels = rules.labels
    if code == "signals":
        names = {name: rule.label for name, rule in rules.signals.items()}
    else:
        vocabulary = read_toml("vocabularies.toml")["lists"][code]
        names = {name: labels.choice(vocabulary, name) for name in labels.words["choices"][vocabulary]}
    return values.map(
        lambda held: labels.join(names.get(one, str(one)) for one in held) if isinstance(held, tuple) else ""
    )


def _yes_or_no(values: pd.Series, rules: Rules) -> pd.Series:
    if values.dtype != bool:
        return values
    return values.map(
        {True: rules.labels.choice("yes_no", "yes"), False: rules.labels.choice("yes_no", "no")}
    )
