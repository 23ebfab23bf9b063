"""What stands in a cell that several people filled: every choice counts, in whatever order the files come."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from crmsheet.labels import Labels
from crmsheet.teams.conflicts import Conflict, Identity, Side
from crmsheet.teams.rows import comparable


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of a merged row: see :class:`~crmsheet.teams.conflicts.Conflict`."""

    entity: str
    key: str
    customer_name: str
    column: str
    base: Any

    def conflict(self, first: Side, second: Side) -> Conflict:
        """The two values as a conflict that nobody has decided."""
        return Conflict(self.entity, self.key, self.customer_name, self.column, self.base, first, second)


def decide(
    cell: Cell, sides: Sequence[Side], choices: Mapping[Identity, str], labels: Labels
) -> tuple[Any, list[Conflict]]:
    """The value of the cell, and a conflict for the first value with each other one.

    A value that was put aside for another is out. Are several left and the first is not among them, these are
    conflicts too. Choices that put every value aside for another contradict each other: all are open again.
    """
    made = [_with_choice(cell.conflict(*pair), choices, labels) for pair in combinations(sides, 2)]
    aside = {comparable(value) for conflict in made for value in conflict.put_aside}
    left = [side for side in sides if comparable(side.value) not in aside]
    shown = [conflict for conflict in made if conflict.first is sides[0]]
    if left and left[0] is not sides[0]:
        shown += [conflict for conflict in made if conflict.first is left[0] and conflict.second in left]
    to_base = any(conflict.choice == "base" for conflict in made)
    if not left and not to_base:
        return sides[0].value, [replace(conflict, choice="") for conflict in shown]
    return left[0].value if left else cell.base, [_implied(conflict, aside) for conflict in shown]


def _with_choice(conflict: Conflict, choices: Mapping[Identity, str], labels: Labels) -> Conflict:
    text = choices.get(conflict.identity(labels))
    return conflict if text is None else replace(conflict, choice=conflict.chosen(text))


def _implied(conflict: Conflict, aside: Collection[Hashable]) -> Conflict:
    """The conflict as decided when a choice between other values put one of its two aside."""
    out = [comparable(side.value) in aside for side in (conflict.first, conflict.second)]
    if conflict.choice or not any(out):
        return conflict
    return replace(conflict, choice="first" if out[1] else "second")
