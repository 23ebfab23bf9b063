"""Groups of duplicates: what pairs join, never two different cities (R-057)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Groups:
    """Connected components that grow pair by pair; a component has at most one city.

    ``cities`` is a code of each row's city, 0 where it is not known.
    """

    __slots__ = ("_cities", "_parents")

    def __init__(self, cities: Sequence[int]) -> None:
        self._parents = list(range(len(cities)))
        self._cities = list(cities)

    def root(self, row: int) -> int:
        """The smallest row of the component of ``row``."""
        parents = self._parents
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    def join(self, one: int, other: int) -> bool:
        """Join the components of two rows; False when that would bring two cities together."""
        first, second = sorted((self.root(one), self.root(other)))
        mine, its = self._cities[first], self._cities[second]
        if mine and its and mine != its:
            return False
        self._parents[second] = first
        self._cities[first] = mine or its
        return True

    def numbers(self, pairs: Iterable[tuple[int, int]]) -> list[int]:
        """Number of the component of each pair, from 1 in the order of first rows; 0 when its rows are apart."""
        roots = [(self.root(one), self.root(other)) for one, other in pairs]
        order = {root: number for number, root in enumerate(sorted({a for a, b in roots if a == b}), start=1)}
        return [order[a] if a == b else 0 for a, b in roots]
