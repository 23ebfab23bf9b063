"""Sections of the rules that hold the words needs are recognised by."""

from __future__ import annotations

from crmsheet.rule_values import Section, Words


class TopicLexicon(Section):
    """Words of one topic, phrases that deny it, and phrases that only tell the type."""

    words: Words
    not_words: Words
    type_only: Words


class GeneralLexicon(Section):
    """Words of asking that make a function of what names no topic, and phrases that do not."""

    words: Words
    not_words: Words


class DenialLexicon(Section):
    """What denies a topic when it stands right before or after one of its words; words of cost after another topic."""

    before: Words
    after: Words
    cost: Words


class RigidityLexicon(Section):
    """Words that decide how a need is meant; a complaint is a latent need only where nothing is asked for."""

    latent: Words
    complaint: Words
    flexible: Words
    rigid: Words
    not_words: Words


class SentimentLexicon(Section):
    positive: Words
    negative: Words
    negations: Words


class DecisionLexicon(Section):
    """Words of job titles by the part their holder has in a purchase, and what is said of it outright.

    ``no_role``: places of work, which are no titles.
    """

    decides: Words
    decides_not: Words
    decision_maker: Words
    influencer: Words
    user: Words
    no_role: Words


class Lexicons(Section):
    price: TopicLexicon
    function: TopicLexicon
    performance: TopicLexicon
    service: TopicLexicon
    general: GeneralLexicon
    denial: DenialLexicon
    rigidity: RigidityLexicon
    sentiment: SentimentLexicon
    decision: DecisionLexicon
