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
    rows, kinds = _kinds(pd.DataFrame({name: optional(contacts, name, None) for name in _TYPED}))
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
    best = _weightiest(contacts).reindex(customers.index)
    role = optional(best, "final_role", None)
    access = choose(customers.index, {"reached": role == _DECIDES, "not_reached": role.notna()})
    title = text(optional(best, "job_title", None))
    named = title.where(title != "", rules.labels.field("contact"))
    reason = reasons_by(access, "decision", rules, title=named)
    return customers.assign(decision_access=access, decision_reason=reason)


def _kinds(typed: pd.DataFrame) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """For each row the place of what its cells say, and each thing said once: there are few titles."""
    which = np.zeros(len(typed), dtype=np.int64)
    for name in typed:
        codes, words = pd.factorize(typed[name], use_na_sentinel=False)
        which = which * max(len(words), 1) + codes
    places, said = pd.factorize(which)
    first = np.zeros(len(said), dtype=np.intp)
    first[places[::-1]] = np.arange(len(typed))[::-1]
    return places, typed.iloc[first].reset_index(drop=True)


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


def _weightiest(contacts: pd.DataFrame) -> pd.DataFrame:
    """Per customer the contact with most say, of equals the first; customers without one are left out."""
    weight = contacts["final_role"].map({role: place for place, role in enumerate(ROLES)}).to_numpy("float64")
    order = np.argsort(weight, kind="stable")[: int(np.isfinite(weight).sum())]
    return contacts.iloc[order].drop_duplicates("customer").set_index("customer")
