"""Who decides at a customer: a role suggested from each contact's job title, and whether anybody who does is known
(R-005, R-040).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.clean.text import as_text
from crmsheet.job_titles import ROLES, title_reader
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import need, need_rows_apart, optional, text

_DECIDES, _HEARD, _ = ROLES
_TYPED = ("job_title", "decision_role", "can_decide")


@step
def suggest_decision_role(contacts: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``suggested_role`` from ``job_title``, ``final_role`` (decision_maker, influencer, user; blank where nothing
    tells) and ``role_reason``.

    What people wrote wins: a typed ``decision_role``, then ``can_decide``; who cannot, whatever the title, at most
    influences.

    >>> t = pd.DataFrame({"job_title": ["总经理", "总经理秘书", "采购部"], "decision_role": [None, "使用者", None]})
    >>> suggest_decision_role(t, Rules.load())[["suggested_role", "final_role"]].values.tolist()
    [['decision_maker', 'decision_maker'], ['influencer', 'user'], ['', '']]
    """
    rows, kinds = _kinds(contacts)
    told = _told(kinds, rules)
    return contacts.assign(**{str(name): told[name].to_numpy(dtype=object)[rows] for name in told})


@step
def find_decision_makers(customers: pd.DataFrame, contacts: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``decision_access`` (reached, not_reached; blank where no contact's role is known) and ``decision_reason``.

    ``contacts`` has a row per contact, as :func:`suggest_decision_role` leaves it, with ``customer``, the index of
    ``customers``. The reason names the title of who decides, else of who could make the introduction.

    >>> t = pd.DataFrame({"customer": ["A", "A", "B", "C"], "job_title": ["文员", "生产经理", "CEO", "采购部"]})
    >>> found = find_decision_makers(
    ...     pd.DataFrame(index=["A", "B", "C"]), suggest_decision_role(t, Rules.load()), Rules.load())
    >>> found[["decision_access", "decision_reason"]].values.tolist()
    [['not_reached', '请生产经理引荐决策者'], ['reached', '决策者：CEO'], ['', '']]
    """
    need_rows_apart(customers, "find_decision_makers")
    need(contacts, "find_decision_makers", "customer", "final_role")
    best, weight = _weightiest(customers.index, contacts)
    known = best >= 0
    titles, title = pd.factorize(text(optional(contacts, "job_title", None).iloc[best[known]]))
    kind = np.full(len(best), -1)
    kind[known] = titles * 2 + (weight[known] == 0)
    kinds, told = _access(title, rules)
    return customers.assign(decision_access=kinds[kind], decision_reason=told[kind])


def _kinds(contacts: pd.DataFrame) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """For each row the place of what its cells say, and each thing said once: there are few titles."""
    said = [name for name in _TYPED if name in contacts and contacts[name].notna().any()]
    which = np.zeros(len(contacts), dtype=np.int64)
    for name in said:
        codes, words = pd.factorize(contacts[name], use_na_sentinel=False)
        which = which * len(words) + codes
    places, kinds = pd.factorize(which)
    first = np.zeros(len(kinds), dtype=np.intp)
    first[places[::-1]] = np.arange(len(places))[::-1]
    told = contacts.iloc[first].reset_index(drop=True)
    return places, pd.DataFrame({name: optional(told, name, None) for name in _TYPED})


def _told(kinds: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    read = title_reader(rules.lexicons)
    titles = text(kinds["job_title"])
    suggested = titles.map(read).astype(object)
    written, may = (
        _written(kinds["decision_role"], "buying_role", rules),
        _written(kinds["can_decide"], "yes_no", rules),
    )
    allowed = suggested.mask(may == "yes", _DECIDES).mask((may == "no") & (suggested == _DECIDES), _HEARD)
    final = written.where(written != "", allowed)
    ways = {
        "typed": written != "",
        "may": may == "yes",
        "may_not": may == "no",
        "": titles == "",
        "unclear": final == "",
    }
    way = choose(kinds.index, {**ways, **{role: final == role for role in ROLES}})
    reason = reasons_by(way, "role", rules, title=titles, role=labelled(final, "buying_role", rules))
    return pd.DataFrame({"suggested_role": suggested, "final_role": final, "role_reason": reason})


def _written(cells: pd.Series, vocabulary: str, rules: Rules) -> pd.Series:
    """The code of what a cell says, in any known words; blank for other words, about which nobody need be asked."""
    return cells.map(lambda cell: rules.labels.choice_code(vocabulary, as_text(cell)) or "").astype(object)


def _weightiest(customers: pd.Index, contacts: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Per customer the row of the contact with most say, of equals the first, and its role's place; -1 for none."""
    at = customers.get_indexer(pd.Index(contacts["customer"]))
    roles, role = pd.factorize(contacts["final_role"])
    best, weight = np.full(len(customers), -1), np.full(len(customers), -1)
    for place in reversed(range(len(ROLES))):
        rows = np.flatnonzero((at >= 0) & np.isin(roles, np.flatnonzero(role == ROLES[place])))[::-1]
        best[at[rows]], weight[at[rows]] = rows, place
    return best, weight


def _access(titles: pd.Index, rules: Rules) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Code and reason of every title, not of one who decides and of one who does; blanks come last."""
    named = pd.Series(titles).astype(object).replace("", rules.labels.field("contact")).repeat(2)
    access = pd.Series(["not_reached", "reached"] * len(titles), index=named.index, dtype=object)
    reason = reasons_by(access, "decision", rules, title=named)
    return np.array([*access, ""], dtype=object), np.array([*reason, ""], dtype=object)
