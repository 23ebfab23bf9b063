"""Customers entered more than once: pairs of rows with a score, a reason and a group (R-057).

Always a proposal. Namesakes in other cities stay apart, and a branch is related to its company, not the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.clean.companies import CompanyName, parse_company
from crmsheet.clean.company_places import NATION, Place, leading_place
from crmsheet.clean.company_text import LONGEST
from crmsheet.clean.duplicate_blocks import Ints, distinct_pairs, expand_pairs, pairs_of_equals
from crmsheet.clean.duplicate_evidence import Evidence, gather
from crmsheet.clean.duplicate_groups import Groups
from crmsheet.clean.duplicate_names import LOOSE_LIMIT, NameTable, Scored
from crmsheet.clean.duplicate_shelf import NameShelf
from crmsheet.clean.duplicate_weights import set_ambiguous_apart, weigh_evidence, without_vague
from crmsheet.clean.text import as_text, normalize_text
from crmsheet.errors import UnknownColumn

if TYPE_CHECKING:
    from crmsheet.rule_cleaning import DuplicateRules
    from crmsheet.rules import Rules

COLUMNS: Final = (
    "left",
    "right",
    "left_id",
    "right_id",
    "left_name",
    "right_name",
    "score",
    "reason",
    "relation",
    "group",
)


class Parsed(Protocol):
    """Parsed names by row."""

    def __getitem__(self, row: int) -> CompanyName: ...


class _Rows(NamedTuple):
    """The rows of a customer table: number of the distinct name of each, rows ordered by it, where each starts."""

    names: Ints
    ordered: Ints
    starts: Ints


def find_duplicates(customers: pd.DataFrame, rules: Rules, *, parsed: Parsed | None = None) -> pd.DataFrame:
    """Pairs of rows that are, or may be, one customer; best first within each group (R-057).

    ``left`` and ``right`` are index labels, ``left`` the earlier row, with ``left_id`` … ``right_name``;
    ``score`` 0–1; ``reason`` the code of what decided; ``relation`` ``same`` or ``related`` (a branch, the group,
    a short name, another company with the same telephone); ``group`` numbers what ``same`` pairs join, missing on
    pairs across groups. Reads ``customer_name`` and, where present, ``customer_id``, ``phone``, ``email``,
    ``province`` and ``city``. ``parsed``: the names by row, from who parsed them before.

    >>> from crmsheet.rules import Rules
    >>> names = ["北京恒达科技有限公司", "上海恒达科技有限公司", "恒达（北京）科技公司", "北京恒达科技上海分公司"]
    >>> find_duplicates(pd.DataFrame({"customer_name": names}), Rules.load())[["left", "right", "reason", "group"]]
       left  right   reason  group
    0     0      2  variant      1
    1     0      3   branch   <NA>
    2     2      3   branch   <NA>
    """
    if "customer_name" not in customers:
        columns = ", ".join(map(str, customers.columns))
        raise UnknownColumn(step="find_duplicates", column="customer_name", columns=columns)
    settings = rules.duplicates
    table, rows = _distinct_names(customers, parsed)
    contacts = [name for name in ("customer_id", "phone", "email") if name in customers]
    evidence = gather({name: _column(customers, name) for name in contacts}, len(customers))
    scored = _score_rows(table, rows, evidence, settings.block_limit)
    same, related = settings.score_at_least, settings.related_at_least
    scored = weigh_evidence(scored, table, rows.names, evidence, same_at_least=same)
    scored = scored.where(scored.scores >= related)
    cities = _cities(table)
    codes = pd.factorize(np.array(["", *cities], dtype=object))[0][1:].astype(np.int64)[rows.names]
    scored = set_ambiguous_apart(scored, codes, evidence, same_at_least=same, related_at_least=related)
    scored = without_vague(scored)
    groups = Groups([cities[number] for number in rows.names])
    return _frame(customers, *_group(scored, groups, settings))


def _column(customers: pd.DataFrame, name: str) -> list[object]:
    if name not in customers:
        return [None] * len(customers)
    cells = customers[name].astype(object)
    return cells.where(cells.notna(), None).tolist()


def _distinct_names(customers: pd.DataFrame, parsed: Parsed | None) -> tuple[NameTable, _Rows]:
    """Each name once per place of its customers, and which rows have it."""
    texts = [as_text(value)[:LONGEST] for value in _column(customers, "customer_name")]
    places = _places(customers)
    keys = np.fromiter(map(hash, zip(texts, places, strict=True)), dtype=np.int64, count=len(texts))
    names = pd.factorize(keys)[0].astype(np.int64)
    ordered = np.argsort(names, kind="stable")
    starts = np.searchsorted(names[ordered], np.arange(int(names.max(initial=-1)) + 2))
    first = ordered[starts[:-1]].tolist()
    chosen = (
        NameShelf(parse_company(texts[row]) for row in first) if parsed is None else _OfRows(parsed, first)
    )
    return NameTable(chosen, (places[row] for row in first)), _Rows(names, ordered, starts)


@dataclass(frozen=True, slots=True)
class _OfRows:
    """The parsed names of some rows, by number."""

    parsed: Parsed
    rows: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> CompanyName:
        return self.parsed[self.rows[number]]

    def __iter__(self) -> Iterator[CompanyName]:
        return (self.parsed[row] for row in self.rows)


def _places(customers: pd.DataFrame) -> list[Place]:
    """Where the table's own columns say each customer is."""
    known: dict[tuple[str, str], Place] = {}
    found = []
    for cells in zip(_column(customers, "province"), _column(customers, "city"), strict=True):
        key = (as_text(cells[0]), as_text(cells[1]))
        if key not in known:
            province, city = (leading_place(normalize_text(cell))[0] for cell in key)
            known[key] = (city.joined(province) if city != NATION else province)._replace(county="")
        found.append(known[key])
    return found


def _score_rows(table: NameTable, rows: _Rows, evidence: Evidence, limit: int) -> Scored:
    """Pairs of rows whose names are alike, whose names are equal, or that share something else."""
    alike = table.score(table.candidates(limit))
    alike = alike.where(alike.scores > 0)
    by_name, number = expand_pairs(alike.pairs, rows.ordered, rows.starts, limit)
    equal = pairs_of_equals(rows.ordered, rows.starts, LOOSE_LIMIT)
    size = len(rows.names)
    found = distinct_pairs([by_name, equal, *evidence.pairs(limit)], size)
    named = np.sort(rows.names[found], axis=1)
    distinct = distinct_pairs([named], len(table.names))
    own = table.score(distinct)
    position = np.searchsorted(
        distinct[:, 0] * len(table.names) + distinct[:, 1], named[:, 0] * len(table.names) + named[:, 1]
    )
    return Scored(found, own.scores[position], own.reasons[position])


def _cities(table: NameTable) -> list[str]:
    """City, or else province, of each distinct name's customers; ``""`` when unknown."""
    return [place.city or place.province for place in table.places]


def _group(scored: Scored, groups: Groups, settings: DuplicateRules) -> tuple[Scored, list[bool], list[int]]:
    """Pairs in the order of the table, whether each is one customer, and its group; the surest pairs join first."""
    order = np.lexsort((scored.pairs[:, 1], scored.pairs[:, 0], -scored.scores))
    scored = scored.where(order)
    is_same = scored.scores >= settings.score_at_least
    joined = [
        same and groups.join(one, other)
        for (one, other), same in zip(scored.pairs.tolist(), is_same.tolist(), strict=True)
    ]
    refused = is_same & ~np.array(joined, dtype=bool)
    scored.scores[refused] = (settings.score_at_least + settings.related_at_least) / 2
    scored.reasons[refused] = "ambiguous_place"
    numbers = groups.numbers(scored.pairs.tolist())
    # 恒达科技 shares its telephone with one 北京恒达科技, so it is the others of that group, too.
    settled = (scored.reasons == "ambiguous_place") & (np.array(numbers) > 0)
    scored.scores[settled], scored.reasons[settled] = settings.score_at_least, "variant"
    return scored, (np.array(joined, dtype=bool) | settled).tolist(), numbers


def _frame(customers: pd.DataFrame, scored: Scored, is_same: list[bool], groups: list[int]) -> pd.DataFrame:
    left, right = scored.pairs[:, 0], scored.pairs[:, 1]
    number = pd.Series(groups, dtype="Int64")
    frame = pd.DataFrame(
        {
            "left": customers.index[left],
            "right": customers.index[right],
            "left_id": _cells(customers, "customer_id", left),
            "right_id": _cells(customers, "customer_id", right),
            "left_name": _cells(customers, "customer_name", left),
            "right_name": _cells(customers, "customer_name", right),
            "score": scored.scores,
            "reason": scored.reasons,
            "relation": np.where(is_same, "same", "related"),
            "group": number.where(number > 0),
        },
        columns=list(COLUMNS),
    )
    order = frame.assign(row=left).sort_values(
        ["group", "score", "row"], ascending=[True, False, True], kind="stable"
    )
    return frame.loc[order.index].reset_index(drop=True)


def _cells(customers: pd.DataFrame, name: str, rows: Ints) -> npt.NDArray[np.object_]:
    cells = np.empty(len(rows), dtype=object)
    cells[:] = _column(customers.iloc[rows], name)
    return cells
