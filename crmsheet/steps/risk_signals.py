"""What customers say and do that tells more: behaviour signals and complaint risk (R-075, R-084, R-038)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.rule_sections import SignalRule
from crmsheet.rules import Rules
from crmsheet.steps._contact_texts import ContactTexts, contact_texts
from crmsheet.steps._distinct import combinations
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, filled, reasons_by
from crmsheet.steps.columns import day_column, looked_up, need_rows_apart, optional, text
from crmsheet.steps.order_book import day_number


@step
def find_signals(
    customers: pd.DataFrame,
    interactions: pd.DataFrame | None,
    rules: Rules,
    as_of: date,
    *,
    texts: ContactTexts | None = None,
) -> pd.DataFrame:
    """Add ``signals`` (tuple of codes of ``rules.signals``), ``signal_reason`` and ``signal_advice`` (R-084).

    A signal counts the days on which one of its words was said, up to ``within_days`` back. Reads the log
    (``customer``, ``contacted_on``, ``contact_notes``, ``key_request``) and the latest record of
    ``customers``, whose index is the customer. ``texts`` are those (``contact_texts``) where others read them, too.

    >>> said = pd.DataFrame({"customer": "A", "contact_notes": "客户提到竞品报价低10%",
    ...     "contacted_on": pd.to_datetime(["2026-11-02", "2026-11-02"])})
    >>> found = find_signals(pd.DataFrame(index=["A", "B"]), said, Rules.load(), date(2026, 11, 20))
    >>> found[["signals", "signal_reason"]].values.tolist()
    [[('competitor',), '在看竞品（90天内1次）'], [(), '']]
    """
    need_rows_apart(customers, "find_signals")
    words = tuple(word for rule in rules.signals.values() for word in rule.words)
    said = contact_texts(customers, interactions, as_of) if texts is None else texts
    texts = said.with_any(words)
    counts = [_days_said(texts, rule, as_of) for rule in rules.signals.values()]
    given = np.stack(counts, axis=1) if counts else np.zeros((len(customers), 0), dtype=np.int64)
    which, first = combinations(list(given.T), len(given))
    told = np.empty((len(first), 3), dtype=object)
    for place, kind in enumerate(given[first]):
        told[place] = _told(kind.tolist(), rules)
    codes, reasons, advice = told[which].T if len(customers) else ([], [], [])
    return customers.assign(
        signals=pd.Series(list(codes), index=customers.index, dtype=object),
        signal_reason=pd.Series(reasons, index=customers.index, dtype=object),
        signal_advice=pd.Series(advice, index=customers.index, dtype=object),
    )


@step
def flag_complaint_risk(  # noqa: PLR0913 - the tables of everything that may tell of a complaint
    customers: pd.DataFrame,
    interactions: pd.DataFrame | None,
    feedback: pd.DataFrame | None,
    rules: Rules,
    as_of: date,
    *,
    texts: ContactTexts | None = None,
) -> pd.DataFrame:
    """Add ``complaint_risk`` (high, medium, none; blank = nothing to judge from) and ``complaint_reason``
    (R-075).

    High: a complaint not yet dealt with, words of complaint in a contact, or two of the following; medium:
    one of a complaint dealt with, several unhappy contacts, a low satisfaction score, all in
    ``window_days``. ``texts`` as in ``find_signals``.

    >>> said = pd.DataFrame({"customer": ["A"], "contacted_on": pd.to_datetime(["2026-11-02"]),
    ...     "sentiment": ["negative"], "contact_notes": ["客户投诉发货太慢"]})
    >>> both = pd.DataFrame(index=["A", "B"])
    >>> seen = flag_complaint_risk(both, said, None, Rules.load(), date(2026, 11, 20))
    >>> seen[["complaint_risk", "complaint_reason"]].values.tolist()
    [['high', '近180天：沟通中有投诉迹象'], ['none', '近180天没有投诉或不满']]
    """
    need_rows_apart(customers, "flag_complaint_risk")
    texts = contact_texts(customers, interactions, as_of) if texts is None else texts
    evidence = _evidence(customers, texts, (interactions, feedback), rules, as_of)
    grave = evidence[["open", "words"]].gt(0).any(axis=1)
    lesser = evidence[["handled", "unhappy", "rating"]].notna().sum(axis=1)
    nothing = _judged_from(customers, interactions, feedback) == 0
    level = choose(
        customers.index,
        {"high": grave | (lesser >= 2), "medium": lesser == 1, "": pd.Series(nothing, index=customers.index)},
        "none",
    )
    way = looked_up(level, {"high": "found", "medium": "found", "none": "none", "": "unknown"})
    days = rules.complaints.window_days
    return customers.assign(
        complaint_risk=level,
        complaint_reason=reasons_by(
            way, "complaint", rules, days=days, evidence=_evidence_text(evidence, rules)
        ),
    )


def _days_said(texts: ContactTexts, rule: SignalRule, as_of: date) -> NDArray[np.int64]:
    """Days on which each customer gave the signal; 0 where they are too few."""
    since = day_number(pd.Timestamp(as_of)) - rule.within_days
    count = texts.days_said(rule.words, rule.not_words, since)
    return np.where(count >= rule.at_least, count, 0)


def _told(counts: list[int], rules: Rules) -> tuple[tuple[str, ...], str, str]:
    """Codes, reason and advice of one combination of signals; few of them differ among all customers."""
    given = [(code, rule, n) for (code, rule), n in zip(rules.signals.items(), counts, strict=True) if n]
    phrase = rules.labels.phrase
    reasons = (phrase("signal_count", label=rule.label, days=rule.within_days, n=n) for _, rule, n in given)
    join = phrase("clause_separator").join
    return tuple(code for code, _, _ in given), join(reasons), join(rule.advice for _, rule, _ in given)


def _evidence(
    customers: pd.DataFrame,
    texts: ContactTexts,
    tables: tuple[pd.DataFrame | None, pd.DataFrame | None],
    rules: Rules,
    as_of: date,
) -> pd.DataFrame:
    """Per customer: ``open``, ``words``, ``handled``, ``unhappy`` (how many) and ``rating``; NaN where
    none.
    """
    (interactions, feedback), limits = tables, rules.complaints
    since = day_number(pd.Timestamp(as_of)) - limits.window_days
    said = texts.days_said(limits.words, limits.not_words, since)
    moods = _within(interactions, "contacted_on", limits.window_days, as_of)
    unhappy = _count(moods[optional(moods, "sentiment", None) == "negative"])
    answers = _within(feedback, "given_on", limits.window_days, as_of)
    complaints = answers[text(optional(answers, "complaint", None)) != ""]
    handled = text(optional(complaints, "handling", None)) != ""
    low = limits.low_satisfaction * rules.rates.satisfaction_top / 5
    rating = _latest_rating(answers)
    found = pd.DataFrame(
        {
            "open": _count(complaints[~handled]).reindex(customers.index),
            "words": pd.Series(said, index=customers.index).where(said > 0),
            "handled": _count(complaints[handled]),
            "unhappy": unhappy[unhappy >= limits.negative_contacts],
            "rating": rating[rating <= low],
        }
    )
    return found.reindex(customers.index).astype("float64")


def _within(table: pd.DataFrame | None, day: str, days: int, as_of: date) -> pd.DataFrame:
    """Rows of the last ``days``; a table without customers or days has none."""
    if table is None or not {"customer", day} <= set(table):
        return pd.DataFrame({"customer": pd.Series(dtype=object), day: pd.Series(dtype="datetime64[us]")})
    today = pd.Timestamp(as_of)
    dates = day_column(table, day)
    return table[(dates <= today) & (dates > today - pd.Timedelta(days=days))]


def _count(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("customer").size().astype("float64")


def _latest_rating(answers: pd.DataFrame) -> pd.Series:
    if "satisfaction" not in answers:
        return pd.Series(dtype="float64")
    rated = answers[answers["satisfaction"].notna()].sort_values("given_on", kind="stable")
    return rated.groupby("customer")["satisfaction"].last()


def _judged_from(
    customers: pd.DataFrame, interactions: pd.DataFrame | None, feedback: pd.DataFrame | None
) -> int:
    """How many sources could have told of a complaint at all."""
    return (interactions is not None) + (feedback is not None) + ("contact_notes" in customers)


def _evidence_text(evidence: pd.DataFrame, rules: Rules) -> pd.Series:
    """The evidence as one sentence, worst first."""
    said: defaultdict[int, list[str]] = defaultdict(list)
    for name in evidence:
        places = np.flatnonzero(evidence[name].notna())
        template = str(rules.labels.words["phrases"][f"complaint.{name}"])
        words = filled(template, {"n": evidence[name]}, places, rules.labels)
        for place, word in zip(places.tolist(), words, strict=True):
            said[place].append(word)
    told = np.full(len(evidence), "", dtype=object)
    for place, clauses in said.items():
        told[place] = rules.labels.join(clauses)
    return pd.Series(told, index=evidence.index, dtype=object)
