"""Tags and classes of requirements, and the mood of contacts, from editable lexicons (R-043, R-072, C-12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.needs import NeedReading, need_reader, sentiment_reader
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps.columns import looked_up, need, optional, text


@step
def tag_requirements(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``requirement_tags``: a tuple of price, function, service; and ``tag_reason`` naming each hit.

    Reads ``requirement``.

    >>> t = pd.DataFrame({"requirement": ["预算控制在10万元以内", "待确认"]})
    >>> tag_requirements(t, Rules.load())["requirement_tags"].tolist()
    [('price',), ()]
    """
    need(requirements, "tag_requirements", "requirement")
    readings = _read(requirements["requirement"], rules)
    between = rules.labels.phrase("list_separator")
    return requirements.assign(
        requirement_tags=readings.told(lambda reading: reading.tags),
        tag_reason=readings.told(lambda reading: between.join([word for _, word in reading.hits])),
    )


@step
def classify_requirements(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``requirement_types`` (tuple of function, performance, service, budget) and ``rigidity``.

    ``rigidity`` is rigid, flexible, latent or blank. A typed ``requirement_type`` or ``requirement_class`` wins.

    >>> t = pd.DataFrame({"requirement": ["最好能支持移动端审批"]})
    >>> classify_requirements(t, Rules.load())[["requirement_types", "rigidity"]].values.tolist()
    [[('function',), 'flexible']]
    """
    need(requirements, "classify_requirements", "requirement")
    readings = _read(requirements["requirement"], rules)
    typed = optional(requirements, "requirement_type", None)
    rigidity = optional(requirements, "requirement_class", None)
    types = readings.told(lambda reading: reading.types)
    alone = {code: (code,) for code in typed.dropna().unique()}
    return requirements.assign(
        requirement_types=types.where(typed.isna(), looked_up(typed, alone)),
        rigidity=rigidity.where(rigidity.notna(), readings.told(lambda reading: reading.rigidity)),
    )


@step
def score_sentiment(contacts: pd.DataFrame, rules: Rules, *, column: str = "contact_notes") -> pd.DataFrame:
    """Add ``sentiment`` (positive, neutral, negative; blank without text) and ``sentiment_reason``.

    A typed sentiment wins.

    >>> t = pd.DataFrame({"contact_notes": ["客户对售后很不满意", None]})
    >>> score_sentiment(t, Rules.load())["sentiment"].tolist()
    ['negative', '']
    """
    need(contacts, "score_sentiment", column)
    texts = text(contacts[column])
    read = sentiment_reader(rules.lexicons)
    known = {said: read(said) if said else ("", ()) for said in texts.unique()}
    typed = optional(contacts, "sentiment", None)
    moods = {said: mood for said, (mood, _) in known.items()}
    reasons = {said: rules.labels.join(words) for said, (_, words) in known.items()}
    return contacts.assign(
        sentiment=looked_up(texts, moods).where(typed.isna() | (typed == ""), typed),
        sentiment_reason=looked_up(texts, reasons),
    )


@dataclass(frozen=True)
class _Readings:
    """What the distinct texts of a column ask for, and the place of each row's text among them."""

    index: pd.Index
    places: NDArray[np.intp]
    distinct: tuple[NeedReading, ...]

    def told(self, tell: Callable[[NeedReading], object]) -> pd.Series:
        """What ``tell`` says of each row's reading."""
        values = np.empty(len(self.distinct), dtype=object)
        values[:] = list(map(tell, self.distinct))
        return pd.Series(values[self.places], index=self.index, dtype=object)


def _read(texts: pd.Series, rules: Rules) -> _Readings:
    read = need_reader(rules.lexicons)
    places, distinct = pd.factorize(text(texts))
    return _Readings(texts.index, places, tuple(map(read, distinct)))
