"""Tags and classes of requirements, and the mood of contacts, from editable lexicons (R-043, R-072, C-12)."""

from __future__ import annotations

import pandas as pd

from crmsheet.needs import NeedReading, need_reader, read_sentiment
from crmsheet.rules import Rules
from crmsheet.steps.columns import need, optional


def tag_requirements(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``requirement_tags``: a tuple of price, function, service; and ``tag_reason`` naming each hit.

    Reads ``requirement``.

    >>> t = pd.DataFrame({"requirement": ["预算控制在10万元以内", "待确认"]})
    >>> tag_requirements(t, Rules.load())["requirement_tags"].tolist()
    [('price',), ()]
    """
    need(requirements, "tag_requirements", "requirement")
    readings = _read(requirements["requirement"], rules)
    labels = rules.labels
    return requirements.assign(
        requirement_tags=readings.map(lambda reading: reading.tags),
        tag_reason=readings.map(lambda reading: labels.join(word for _, word in reading.hits)),
    )


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
    types = readings.map(lambda reading: reading.types)
    return requirements.assign(
        requirement_types=types.where(typed.isna(), typed.map(lambda code: (code,))),
        rigidity=rigidity.where(rigidity.notna(), readings.map(lambda reading: reading.rigidity)),
    )


def score_sentiment(contacts: pd.DataFrame, rules: Rules, *, column: str = "contact_notes") -> pd.DataFrame:
    """Add ``sentiment`` (positive, neutral, negative; blank without text) and ``sentiment_reason``.

    A typed sentiment wins.

    >>> t = pd.DataFrame({"contact_notes": ["客户对售后很不满意", None]})
    >>> score_sentiment(t, Rules.load())["sentiment"].tolist()
    ['negative', '']
    """
    need(contacts, "score_sentiment", column)
    texts = contacts[column].where(contacts[column].notna(), "").astype(str)
    known = {text: read_sentiment(text, rules.lexicons) if text else ("", ()) for text in texts.unique()}
    typed = optional(contacts, "sentiment", None)
    read = texts.map(lambda text: known[text][0])
    return contacts.assign(
        sentiment=read.where(typed.isna() | (typed == ""), typed),
        sentiment_reason=texts.map(lambda text: rules.labels.join(known[text][1])),
    )


def _read(texts: pd.Series, rules: Rules) -> pd.Series:
    plain = texts.where(texts.notna(), "").astype(str)
    read = need_reader(rules.lexicons)
    known: dict[str, NeedReading] = {text: read(text) for text in plain.unique()}
    return plain.map(known)
