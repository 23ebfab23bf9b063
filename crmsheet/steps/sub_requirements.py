"""Requirements that were taken apart into smaller ones (R-044: 父需求, S1: 复杂需求拆解为子需求)."""

from __future__ import annotations

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import need, optional

_DEEPEST = 20


@step
def link_sub_requirements(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``parent_id``, ``root_id``, ``sub_count``, ``sub_solved``, ``parent_state`` and ``sub_reason``.

    ``parent_id`` is the typed ``parent_requirement`` where it names another row's ``requirement_id``;
    ``parent_state`` is linked, unknown (no such id), cycle (it leads back to itself; taken as no parent), or
    blank. ``sub_count`` and ``sub_solved`` count the direct parts. A paused part is neither solved nor
    dropped.

    >>> t = pd.DataFrame({"requirement_id": ["R1", "R2", "R3"], "parent_requirement": [None, "R1", "R1"],
    ...     "status": ["doing", "done", "todo"]})
    >>> link_sub_requirements(t, Rules.load())[["root_id", "sub_count", "sub_reason"]].values.tolist()
    [['R1', 2, '拆成 2 条，已解决 1 条'], ['R1', 0, ''], ['R1', 0, '']]
    """
    need(requirements, "link_sub_requirements", "requirement_id")
    ids = requirements["requirement_id"]
    typed = optional(requirements, "parent_requirement", None)
    typed = typed.where(typed.notna() & (typed != ""), None).astype(object)
    if typed.isna().all():
        return requirements.assign(
            parent_id=typed, root_id=ids.astype(object), sub_count=0, sub_solved=0,
            parent_state=_nothing(ids), sub_reason=_nothing(ids),
        )  # fmt: skip
    named = typed.where(typed.isin(ids), None)
    parents = {own: above for own, above in zip(ids, named, strict=True) if above is not None}
    root = ids.map({own: _root(own, parents) for own in parents})
    cyclic = named.notna() & root.isna()
    parent = named.where(~cyclic, None)
    solved = parent.where(optional(requirements, "status", None) == "done", None)
    count, done = (ids.map(column.value_counts()).fillna(0).astype("int64") for column in (parent, solved))
    state = choose(
        requirements.index,
        {"": typed.isna(), "unknown": named.isna(), "cycle": cyclic},
        "linked",
    )
    way = choose(
        requirements.index,
        {"unknown": state == "unknown", "cycle": state == "cycle", "parts": count > 0},
    )
    return requirements.assign(
        parent_id=parent,
        root_id=root.where(root.notna(), ids).astype(object),
        sub_count=count,
        sub_solved=done,
        parent_state=state,
        sub_reason=reasons_by(way, "sub", rules, n=count, solved=done, parent=typed),
    )


def _nothing(ids: pd.Series) -> pd.Series:
    return pd.Series("", index=ids.index, dtype=object)


def _root(own: str, parents: dict[str, str]) -> str | None:
    """The topmost requirement above ``own``; None where the chain runs in a circle or without end."""
    seen = {own}
    for _ in range(_DEEPEST):
        above = parents.get(own)
        if above is None:
            return own
        if above in seen:
            return None
        seen.add(above)
        own = above
    return None
