"""Decisions: what people marked beside the findings of the last run, carried over to the same findings now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.checks.issues import shown_value
from crmsheet.labels import Labels, field_headers
from crmsheet.rules import Rules
from crmsheet.stacked import places_of

MAPPED = frozenset({"mapped", "owner_mapped"})  # the team's own mapping asked for it
_NEEDED = ("sheet", "cell", "code", "value", "accept")


@dataclass(frozen=True, slots=True)
class Decision:
    """One mark: on which finding, what was decided, and the value a person typed instead of the proposal.

    ``accept`` is blank for a ``mark`` that means nothing.
    """

    sheet: str
    cell: str
    code: str
    value: str
    accept: str
    mark: str = ""
    suggestion: str = ""
    record: str = ""
    field: str = ""
    place: int = 0  # of its workbook, where several stand one below the other


def read_decisions(earlier: pd.DataFrame, labels: Labels) -> list[Decision]:
    """The marked lines of the last run's quality sheet, which tells each cell by its address of that day."""
    if "accept" not in earlier:
        return []
    earlier = earlier.rename(columns={"cell_then": "cell"})
    if not set(_NEEDED) <= set(earlier):
        return []
    columns = [*_NEEDED, *(name for name in ("suggestion", "record", "field") if name in earlier)]
    marked = earlier[~earlier["accept"].map(is_blank).astype(bool)]
    found = []
    places = places_of(marked.index).tolist()
    for place, row in zip(places, marked[columns].itertuples(index=False), strict=True):
        facts = {
            name: "" if is_blank(part) else as_text(part) for name, part in zip(columns, row, strict=True)
        }
        mark = facts.pop("accept").strip()
        accept = labels.choice_code("accept", mark) or ""
        facts["code"] = labels.choice_code("rule", facts["code"]) or facts["code"]
        facts["value"] = shown_value(facts["value"])  # sheets of earlier versions told it in full
        found.append(Decision(accept=accept, mark=mark, place=place, **facts))
    return found


def with_decisions(issues: pd.DataFrame, earlier: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``accept`` (yes, no, always or blank): what a person marked beside the same finding last time.

    ``odd_mark`` keeps the words of a mark that means nothing, so that they stay where they were typed. A mark
    counts only for the value that was judged: a cell changed since is a new finding. A row is found again by its
    id or name when the sheet was sorted. A value typed over the proposal replaces it. What the team accepted
    for good (``mapping``, ``cleaning.always``) is marked ``always``.
    """
    standing = issues["code"].isin({*MAPPED, *rules.cleaning.always})
    accept = pd.Series("", index=issues.index, dtype=object).mask(standing, "always")
    odd = pd.Series("", index=issues.index, dtype=object)
    suggestion = issues["suggestion"].copy()
    decisions = read_decisions(earlier, rules.labels)
    for place, decision in _matches(issues, decisions):
        if not decision.accept:
            odd.iat[place] = decision.mark
            continue
        accept.iat[place] = decision.accept
        if decision.accept != "no" and decision.suggestion:
            suggestion.iat[place] = decision.suggestion
    return issues.assign(accept=accept, odd_mark=odd, suggestion=suggestion)


def standing_marks(earlier: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """The lines whose mark outlives a repair or an undo: all but those marked yes or always, which counted once."""
    if "accept" not in earlier:
        return earlier.iloc[:0]
    codes = [labels.choice_code("accept", as_text(mark)) for mark in earlier["accept"]]
    return earlier.loc[[code not in ("yes", "always") for code in codes]]


def _matches(issues: pd.DataFrame, decisions: list[Decision]) -> Iterator[tuple[int, Decision]]:
    """Position of a finding, and the decision about it; each decision is used once."""
    if not decisions:
        return
    by_cell = {_cell_key(one): one for one in decisions}
    left: list[int] = []
    used: set[int] = set()
    facts = (issues[name].astype(str) for name in ("sheet", "cell", "code", "value"))
    keys = zip(_places(issues), *facts, strict=True)
    records = issues["record"].tolist() if "record" in issues else [""] * len(issues)
    for place, (key, record) in enumerate(zip(keys, records, strict=True)):
        decision = by_cell.get(key)
        if decision and (not decision.record or decision.record.casefold() == record.casefold()):
            used.add(id(decision))
            yield place, decision
        else:
            left.append(place)
    yield from _moved(issues, left, (one for one in decisions if id(one) not in used))


def _moved(
    issues: pd.DataFrame, places: list[int], decisions: Iterable[Decision]
) -> Iterator[tuple[int, Decision]]:
    """Findings whose row stands elsewhere now: the same record, field, fault and value."""
    waiting: dict[tuple[object, ...], list[Decision]] = defaultdict(list)
    for one in decisions:
        if one.record and one.field:
            record = one.record.casefold()
            waiting[one.place, one.sheet, record, one.field, one.code, one.value].append(one)
    if not waiting:
        return
    names = ("sheet", "record", "column", "field", "code", "value")
    of = _places(issues)
    for place in places:
        sheet, record, column, field, *fault = (str(issues[name].iat[place]) for name in names)
        headers = (field, *field_headers(column))  # the list may have been written in another language
        keys = ((of[place], sheet, record.casefold(), header, *fault) for header in headers)
        if found := next((waiting[key] for key in keys if waiting.get(key)), None):
            yield place, found.pop(0)


def _places(issues: pd.DataFrame) -> list[int]:
    places: list[int] = places_of(issues["row"]).tolist() if "row" in issues else [0] * len(issues)
    return places


def _cell_key(decision: Decision) -> tuple[int, str, str, str, str]:
    return decision.place, decision.sheet, decision.cell, decision.code, decision.value


def split_silenced(issues: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The findings that still count, and those a person said no to."""
    silenced = issues["accept"] == "no"
    return issues[~silenced], issues[silenced]
