"""Customers entered more than once: pairs of rows with a score, a reason and a group (R-057).

Always a proposal. Namesakes in other cities stay apart, and a branch is related to its company, not the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.clean.companies import parse_company
from crmsheet.clean.duplicate_blocks import Ints, distinct_pairs, expand_pairs, pairs_of_equals
from crmsheet.clean.duplicate_evidence import Evidence
from crmsheet.clean.duplicate_groups import Groups
from crmsheet.clean.duplicate_keys import LOOSE_LIMIT, NameKeys
from crmsheet.clean.duplicate_names import NameTable, Scored
from crmsheet.clean.duplicate_rows import NumberedRows, RowFacts, number_names, read_rows
from crmsheet.clean.duplicate_shelf import NameShelf
from crmsheet.clean.duplicate_traits import NameTraits, Spelt, joined_facts, read_traits
from crmsheet.clean.duplicate_weights import set_ambiguous_apart, weigh_evidence, without_vague
from crmsheet.clean.text_hashes import TEXTS_AT_ONCE
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


_COMPARED: Final = ("customer_id", "customer_name", "phone", "email", "province", "city")


class Pairs(NamedTuple):
    """Pairs of rows, the surest first; whether each is one customer, and the number of its group, 0 for none."""

    scored: Scored
    is_same: list[bool]
    groups: list[int]


def find_duplicates(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Pairs of rows that are, or may be, one customer; best first within each group (R-057).

    ``left`` and ``right`` are index labels, ``left`` the earlier row, with ``left_id`` … ``right_name``;
    ``score`` 0–1; ``reason`` the code of what decided; ``relation`` ``same`` or ``related`` (a branch, the group,
    a short name, another company with the same telephone); ``group`` numbers what ``same`` pairs join, missing on
    pairs across groups. Reads ``customer_name`` and, where present, ``customer_id``, ``phone``, ``email``,
    ``province`` and ``city``.

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
    rows = read_rows(compared_columns(customers))
    numbered = number_names(rows)
    first = numbered.first
    names, traits = _read_names(customers, first)
    keys = NameKeys(joined_facts([part.facts for part in traits]), _spelt(traits))
    table = NameTable(names, keys, (rows.province[first], rows.city[first]))
    return pairs_frame(customers, pair_rows(table, rows, numbered, rules.duplicates))


def compared_columns(customers: pd.DataFrame) -> dict[str, list[Any]]:
    """The columns that rows are compared by, as far as the table has them."""
    return {name: _values(customers[name]) for name in _COMPARED if name in customers}


def _values(column: pd.Series) -> list[Any]:
    """The cells, None where there is nothing."""
    cells = column.astype(object)
    values: list[Any] = cells.where(cells.notna(), None).tolist()
    return values


def _read_names(customers: pd.DataFrame, rows: Ints) -> tuple[NameShelf, list[NameTraits]]:
    """The names of some rows, and what is read of them."""
    shelf, traits = NameShelf(), []
    for start in range(0, len(rows), TEXTS_AT_ONCE):
        part = customers["customer_name"].iloc[rows[start : start + TEXTS_AT_ONCE]]
        names = [parse_company(name) for name in part]
        shelf.extend(names)
        traits.append(read_traits(names))
    return shelf, traits


def _spelt(traits: list[NameTraits]) -> list[Spelt]:
    """The names in the order in which they were read."""
    ends = np.cumsum([len(part.facts.text) for part in traits])
    return [
        Spelt(np.arange(end - len(part.facts.text), end), part.spelling)
        for part, end in zip(traits, ends.tolist(), strict=True)
    ]


def pair_rows(table: NameTable, rows: RowFacts, numbered: NumberedRows, settings: DuplicateRules) -> Pairs:
    """Pairs of the rows of a table that are, or may be, one customer. ``table``: its distinct names."""
    evidence, names = rows.evidence, numbered.names
    scored = _score_rows(table, numbered, evidence, settings.block_limit)
    same, related = settings.score_at_least, settings.related_at_least
    scored = weigh_evidence(scored, table, names, evidence, same_at_least=same)
    scored = scored.where(scored.scores >= related)
    city = np.where(table.city == 0, table.province, table.city)[names]
    codes = pd.factorize(np.r_[0, city])[0][1:].astype(np.int64)
    scored = set_ambiguous_apart(scored, codes, evidence, same_at_least=same, related_at_least=related)
    return _group(without_vague(scored), codes, settings)


def _score_rows(table: NameTable, rows: NumberedRows, evidence: Evidence, limit: int) -> Scored:
    """Pairs of rows whose names are alike, whose names are equal, or that share something else."""
    alike = table.score(table.candidates(limit))
    alike = alike.where(alike.scores > 0)
    by_name, number = expand_pairs(alike.pairs, rows.ordered, rows.starts, limit)
    equal = pairs_of_equals(rows.ordered, rows.starts, LOOSE_LIMIT)
    size = len(rows.names)
    found = distinct_pairs([by_name, equal, *evidence.pairs(limit)], size)
    named = np.sort(rows.names[found], axis=1)
    distinct = distinct_pairs([named], len(table))
    own = table.score(distinct)
    position = np.searchsorted(
        distinct[:, 0] * len(table) + distinct[:, 1], named[:, 0] * len(table) + named[:, 1]
    )
    return Scored(found, own.scores[position], own.reasons[position])


def _group(scored: Scored, cities: Ints, settings: DuplicateRules) -> Pairs:
    """The pairs and their groups; the surest join first. ``cities`` is a code of each row's city, 0 for none."""
    paired = np.unique(scored.pairs)
    groups = Groups(cities[paired].tolist())
    order = np.lexsort((scored.pairs[:, 1], scored.pairs[:, 0], -scored.scores))
    scored = scored.where(order)
    among = np.searchsorted(paired, scored.pairs)
    is_same = scored.scores >= settings.score_at_least
    joined = [
        same and groups.join(one, other)
        for (one, other), same in zip(among.tolist(), is_same.tolist(), strict=True)
    ]
    refused = is_same & ~np.array(joined, dtype=bool)
    scored.scores[refused] = (settings.score_at_least + settings.related_at_least) / 2
    scored.reasons[refused] = "ambiguous_place"
    numbers = groups.numbers(among.tolist())
    # 恒达科技 shares its telephone with one 北京恒达科技, so it is the others of that group, too.
    settled = (scored.reasons == "ambiguous_place") & (np.array(numbers) > 0)
    scored.scores[settled], scored.reasons[settled] = settings.score_at_least, "variant"
    return Pairs(scored, (np.array(joined, dtype=bool) | settled).tolist(), numbers)


def pairs_frame(customers: pd.DataFrame, pairs: Pairs) -> pd.DataFrame:
    """The pairs as ``find_duplicates`` returns them, of the table that they were found in."""
    scored, is_same, groups = pairs
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
    found = np.empty(len(rows), dtype=object)
    found[:] = _values(customers[name].iloc[rows]) if name in customers else None
    return found
