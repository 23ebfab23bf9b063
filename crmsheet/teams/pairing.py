"""Which row of one workbook is which row of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from crmsheet.clean.company_match import same_company
from crmsheet.teams.rows import Key, Row, key_of, likeness

LEAST_LIKENESS = 0.5
MOST_COMPARISONS = 250_000  # beyond that the rows of one key are taken in their order
DIFFERENT_COMPANY = 0.6  # below this two names are two customers (clean.company_match)


class Known:
    """The rows there are so far, by key."""

    def __init__(self, entity: str, rows: Iterable[Row] = ()) -> None:
        self.entity = entity
        self.rows: list[Row] = []
        self._places: dict[Key, list[int]] = defaultdict(list)
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Another row, at the next place."""
        self._places[key_of(self.entity, row)].append(len(self.rows))
        self.rows.append(row)

    def places(self, key: Key) -> list[int]:
        """Where the rows of one key are."""
        return self._places.get(key, [])


@dataclass(frozen=True)
class Pairing:
    """``partner``: place of a new row → place of the known row it is; ``clashes``: new row → known row that
    carries the same id for another customer.
    """

    partner: Mapping[int, int]
    clashes: Mapping[int, int]


def pair(new: Sequence[Row], known: Known, *, taken: Set[int] = frozenset()) -> Pairing:
    """Pair the rows of ``new`` with those of ``known`` that are not ``taken``, each at most once.

    Within one key equal rows go together first, then the most alike; a lone row on each side is the same row
    when the key is an identifier. The same id with two clearly different company names is two customers.
    """
    wanted: dict[Key, list[int]] = defaultdict(list)
    for place, row in enumerate(new):
        wanted[key_of(known.entity, row)].append(place)
    partner: dict[int, int] = {}
    clashes: dict[int, int] = {}
    for key, places in wanted.items():
        candidates = [place for place in known.places(key) if place not in taken]
        apart = {p: k for p in places for k in candidates[:1] if _two_customers(new[p], known.rows[k])}
        clashes |= apart
        alike = [place for place in places if place not in apart]
        partner |= _pair_group(_Group(key, new, known.rows), alike, candidates)
    return Pairing(partner, clashes)


def _two_customers(one: Row, other: Row) -> bool:
    names = one.content.get("customer_name"), other.content.get("customer_name")
    if names[0] == names[1] or not all(isinstance(name, str) for name in names):
        return False
    if one.content.get("customer_id") is None:
        return False
    return same_company(*names).score < DIFFERENT_COMPANY


@dataclass(frozen=True)
class _Group:
    """Rows of one key on both sides."""

    key: Key
    new: Sequence[Row]
    known: Sequence[Row]


def _pair_group(group: _Group, new: Sequence[int], known: Sequence[int]) -> dict[int, int]:
    pairs = dict(_equal_pairs(group, new, known))
    rest = [place for place in new if place not in pairs]
    free = [place for place in known if place not in set(pairs.values())]
    if group.key.is_id and len(new) == len(known) == 1 and rest:
        return {rest[0]: free[0]}
    return pairs | dict(_likest_pairs(group, rest, free))


def _equal_pairs(group: _Group, new: Sequence[int], known: Sequence[int]) -> Iterator[tuple[int, int]]:
    waiting: dict[object, list[int]] = defaultdict(list)
    for place in reversed(known):
        waiting[group.known[place].identity].append(place)
    for place in new:
        twins = waiting.get(group.new[place].identity)
        if twins:
            yield place, twins.pop()


def _likest_pairs(group: _Group, new: Sequence[int], known: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(new) * len(known) > MOST_COMPARISONS:
        yield from zip(new, known, strict=False)
        return
    scores = sorted(
        (-likeness(group.new[place], group.known[other]), place, other) for place in new for other in known
    )
    used_new: set[int] = set()
    used_known: set[int] = set()
    for score, place, other in scores:
        if -score >= LEAST_LIKENESS and place not in used_new and other not in used_known:
            used_new.add(place)
            used_known.add(other)
            yield place, other
