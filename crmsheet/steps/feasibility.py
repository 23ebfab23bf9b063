"""Whether a requirement can be done: from difficulty, resources and compliance (R-082)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import optional

# Judgement → the list of words it is chosen from.
_JUDGEMENTS = {"technical_difficulty": "level", "resources": "resources", "compliance": "compliance"}


@step
def assess_feasibility(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``suggested_feasibility`` (feasible, partial, infeasible; blank where nobody judged),
    ``final_feasibility`` (the typed ``feasibility``, which wins, else the suggestion; None without either) and
    ``feasibility_reason``.

    Each of ``technical_difficulty`` (low, medium, high), ``resources`` (ample, tight, short) and ``compliance``
    (compliant, adjustable, noncompliant) that is typed allows what the rules say of it; the least of them counts.

    >>> t = pd.DataFrame({"technical_difficulty": ["high", "low"], "resources": ["ample", "short"],
    ...     "feasibility": [None, "partial"]})
    >>> assess_feasibility(t, Rules.load())[["suggested_feasibility", "final_feasibility"]].values.tolist()
    [['partial', 'partial'], ['infeasible', 'partial']]
    """
    assessed = once_each(requirements, [*_JUDGEMENTS, "feasibility"], lambda said: _assessed(said, rules))
    return requirements.assign(**assessed)


def _assessed(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    judged = {name: optional(requirements, name, None) for name in _JUDGEMENTS}
    allowed = pd.DataFrame({name: judged[name].map(rules.feasibility.allowed_by(name)) for name in judged})
    least_first = ("infeasible", "partial", "feasible")
    suggested = choose(requirements.index, {code: (allowed == code).any(axis=1) for code in least_first})
    typed = optional(requirements, "feasibility", None)
    by_hand = typed.notna() & (typed != "")
    final = typed.where(by_hand, suggested.where(suggested != "", None)).astype(object)
    reasons = _reasons(judged, suggested, typed.where(by_hand, None), rules)
    return pd.DataFrame(
        {"suggested_feasibility": suggested, "final_feasibility": final, "feasibility_reason": reasons}
    )


def _reasons(judged: dict[str, pd.Series], suggested: pd.Series, typed: pd.Series, rules: Rules) -> pd.Series:
    told = [_told(name, codes, rules) for name, codes in judged.items()]
    joined = [rules.labels.join(filter(None, row)) for row in zip(*told, strict=True)]
    why = pd.Series(joined, index=suggested.index, dtype=object)
    way = choose(
        suggested.index,
        {
            "": (suggested == "") & typed.isna(),
            "typed": suggested == "",
            "agreed": typed == suggested,
            "overridden": typed.notna(),
        },
        "judged",
    )
    return reasons_by(
        way,
        "feasibility",
        rules,
        why=why,
        typed=labelled(typed, "feasibility", rules),
        suggested=labelled(suggested, "feasibility", rules),
    )


def _told(name: str, codes: pd.Series, rules: Rules) -> pd.Series:
    """A judgement with its name, blank where nobody judged."""
    words = labelled(codes, _JUDGEMENTS[name], rules)
    said = {word: rules.labels.phrase(f"judged.{name}", word=word) for word in words.unique() if word}
    return words.map(said).astype(object).fillna("")
