"""Invented customers: names that are no real firm, masked telephone numbers that reach nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from crmsheet.data import read_toml

NAMESAKES, LEAST_FOR_NAMESAKES = 3, 50
LEFT_SHARE = 0.07  # 14 of 200


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of customer: share in percent, orders a year, months of tenure, months silent, median order in yuan."""

    name: str
    share: float
    orders_a_year: float
    tenure: tuple[int, int]
    silent: tuple[int, int]
    median_amount: float


ARCHETYPES = (
    Archetype("core", 8, 17.8, (24, 36), (0, 1), 16_300),
    Archetype("growing", 24, 8.0, (12, 30), (0, 2), 7_300),
    Archetype("new", 10, 6.2, (1, 6), (0, 1), 8_100),
    Archetype("dormant", 16, 8.0, (14, 34), (6, 14), 8_100),
    Archetype("occasional", 24, 4.0, (8, 30), (0, 5), 3_000),
    Archetype("prospect", 18, 0.0, (1, 12), (0, 2), 0),
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Facts of one invented customer that the sheets are written from."""

    customer_id: str
    name: str
    place: str
    area_code: str
    region: str
    industry: str
    contact: str
    job_title: str
    phone: str
    owner: str
    kind: Archetype
    since: date


def words() -> Mapping[str, Any]:
    return read_toml("sample.toml")


def pick(random: Random, entries: Sequence[Any]) -> Any:
    """One of ``entries``: by their ``share`` where they have one, else evenly."""
    if isinstance(entries[0], Mapping):
        return random.choices(entries, [entry["share"] for entry in entries])[0]
    return entries[random.randrange(len(entries))]


def invent_customers(random: Random, count: int, as_of: date) -> list[Customer]:
    """``count`` customers with distinct names."""
    taken: set[str] = set()
    kinds = _kinds(count)
    random.shuffle(kinds)
    people = [_customer(random, number, kind, as_of, taken) for number, kind in enumerate(kinds, start=1)]
    return _hand_over(random, _with_namesakes(random, people))


def _with_namesakes(random: Random, people: list[Customer]) -> list[Customer]:
    """Some customers called like another one but for the city: they are not the same and must stay apart."""
    if len(people) < LEAST_FOR_NAMESAKES:
        return people
    pairs = random.sample(range(len(people)), 2 * NAMESAKES)
    for first, second in zip(pairs[::2], pairs[1::2], strict=True):
        one, other = people[first], people[second]
        places = [place for region in words()["regions"] for place in region["places"]]
        place, area = pick(random, [pair for pair in places if pair[0] != one.place])
        name = place + one.name.removeprefix(one.place)
        phone = f"{area}-{other.phone.partition('-')[2]}"
        people[second] = replace(other, name=name, place=place, area_code=area, phone=phone)
    return people


def _hand_over(random: Random, people: list[Customer]) -> list[Customer]:
    """The colleague who left still stands beside 7 % of the customers."""
    gone, owners = words()["left_owner"], words()["owners"]
    stay = [owner for owner in owners if owner != gone]
    weights = [1 / (rank + 1) for rank in range(len(stay))]
    kept = set(random.sample(range(len(people)), round(len(people) * LEFT_SHARE)))
    return [
        replace(one, owner=gone if place in kept else random.choices(stay, weights)[0])
        for place, one in enumerate(people)
    ]


def _kinds(count: int) -> list[Archetype]:
    """Archetypes in their exact shares, the rounding going to the largest."""
    kinds = [kind for kind in ARCHETYPES for _ in range(round(count * kind.share / 100))]
    return (kinds + [ARCHETYPES[1]] * count)[:count]


def _customer(random: Random, number: int, kind: Archetype, as_of: date, taken: set[str]) -> Customer:
    data = words()
    region = pick(random, data["regions"])
    place, area = pick(random, region["places"])
    industry = pick(random, data["industries"])
    months = random.randint(*kind.tenure)
    since = _months_before(as_of, months, random.randint(1, 27))
    return Customer(
        customer_id=f"C{since.year}{number:03d}",
        name=_name(random, place, pick(random, industry["trades"]), taken),
        place=place,
        area_code=area,
        region=region["province"],
        industry=industry["name"],
        contact=f"{pick(random, data['surnames'])}*",
        job_title=pick(random, data["titles"]),
        phone=f"{area}-{random.randint(2, 8)}***{random.randint(0, 9999):04d}",
        owner=random.choices(data["owners"], [1 / rank for rank in range(1, 9)])[0],
        kind=kind,
        since=since,
    )


def _name(random: Random, place: str, trade: str, taken: set[str]) -> str:
    data = words()
    syllables = _brand_length(len(taken))
    while True:
        brand = pick(random, data["brand_first"])
        brand += "".join(pick(random, data["brand_second"]) for _ in range(syllables - 1))
        if brand not in taken:
            taken.add(brand)
            invented = data["known_brands"].get(brand, brand)
            return f"{place}{invented}{trade}{pick(random, data['forms'])}"


def _brand_length(taken: int) -> int:
    """Syllables of the next brand: two, and one more each time all shorter ones are taken."""
    data = words()
    length, of_length = 2, len(data["brand_first"]) * len(data["brand_second"])
    room = of_length
    while taken >= room:
        length, of_length = length + 1, of_length * len(data["brand_second"])
        room += of_length
    return length


def _months_before(day: date, months: int, day_of_month: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, min(day_of_month, 28))
