"""Combining tables: rows of several files become rows of one, cell by cell; nothing is dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crmsheet.labels import Labels
from crmsheet.teams.conflicts import Conflict, Identity, Side
from crmsheet.teams.masks import masked_cell
from crmsheet.teams.pairing import Known, pair
from crmsheet.teams.rows import Row, comparable, key_of, mark_of


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one table in one file; ``columns`` are those the file has, ``by`` and ``at`` who saved it when."""

    rows: Sequence[Row]
    columns: frozenset[str]
    by: str
    at: str


@dataclass
class Merged:
    """One row of the merged table: what the base says, and each file's version of it."""

    base: Row | None = None
    versions: list[tuple[Part, Row]] = field(default_factory=list)
    clash: Row | None = None  # the row of another customer that carries the same id
    cells: dict[str, Any] = field(default_factory=dict)

    @property
    def lead(self) -> Row:
        return self.base or self.versions[0][1]


@dataclass(frozen=True)
class Context:
    """What settles a cell: the table it is in, and what a person chose before."""

    entity: str
    labels: Labels
    choices: Mapping[Identity, str]


def combine(
    context: Context, base: Sequence[Row] | None, parts: Sequence[Part]
) -> tuple[list[Merged], list[tuple[Merged, Conflict]]]:
    """The rows of the merged table with their cells, the base's first; and the conflicts, each with its row."""
    merged = [Merged(base=row) for row in base or ()]
    known = Known(context.entity, [row.lead for row in merged])
    for part in parts:
        _add_part(part, merged, known)
    conflicts: list[tuple[Merged, Conflict]] = []
    for row in merged:
        conflicts += [(row, conflict) for conflict in _settle(context, row)]
    return merged, conflicts


def _add_part(part: Part, merged: list[Merged], known: Known) -> None:
    partners = _marked(known.entity, part.rows, merged)
    rest = [place for place in range(len(part.rows)) if place not in partners]
    pairing = pair([part.rows[place] for place in rest], known, taken=set(partners.values()))
    partners |= {rest[new]: old for new, old in pairing.partner.items()}
    clashes = {rest[new]: merged[old].lead for new, old in pairing.clashes.items()}
    for place, row in enumerate(part.rows):
        if place in partners:
            merged[partners[place]].versions.append((part, row))
        else:
            merged.append(Merged(versions=[(part, row)], clash=clashes.get(place)))
            known.add(row)


def _marked(entity: str, rows: Sequence[Row], merged: Sequence[Merged]) -> dict[int, int]:
    """Rows of a split copy by the mark of the base row they were. Of several copies of a row the first counts."""
    if not any(row.origin for row in rows):
        return {}
    marks = {mark_of(entity, row.base): place for place, row in enumerate(merged) if row.base is not None}
    found: dict[int, int] = {}
    for place, row in enumerate(rows):
        partner = marks.pop(row.origin, None)
        if partner is not None:
            found[place] = partner
    return found


def _settle(context: Context, row: Merged) -> Iterator[Conflict]:
    """Fill the cells of ``row`` from its versions; two different values of one cell are a conflict."""
    base = dict(row.base.cells) if row.base is not None else {}
    row.cells = dict(base)
    if row.clash is not None:
        yield _clash(context, row, row.clash)
    if row.base is None and len(row.versions) == 1:  # the ordinary case: a row that one file alone has
        row.cells = dict(row.versions[0][1].cells)
        return
    for column in dict.fromkeys([*base, *(name for _, version in row.versions for name in version.cells)]):
        sides = list(_sides(context.entity, row, column))
        if not sides:
            continue
        value = sides[0].value
        for other in sides[1:]:
            conflict = _conflict(context, row, column, (sides[0], other))
            value = conflict.value if conflict.choice in ("second", "base") else value
            yield conflict
        row.cells[column] = value


def _sides(entity: str, row: Merged, column: str) -> Iterator[Side]:
    """The different new values of a cell: with a base those that differ from it, else those that are filled."""
    base = row.base.cells.get(column) if row.base is not None else None
    seen = {comparable(base)}
    for part, version in row.versions:
        value = version.cells.get(column)
        plain = comparable(value)
        if plain in seen or column not in part.columns or (row.base is None and plain is None):
            continue
        seen.add(plain)
        if plain is None or base is None or plain != comparable(masked_cell(entity, column, base)):
            yield Side(value, part.by, part.at)


def _conflict(context: Context, row: Merged, column: str, sides: tuple[Side, Side]) -> Conflict:
    base = row.base.cells.get(column) if row.base is not None else None
    name = str(row.lead.cells.get("customer_name", ""))
    conflict = Conflict(context.entity, _key_text(context, row), name, column, base, *sides)
    text = context.choices.get(conflict.identity(context.labels))
    return conflict if text is None else replace(conflict, choice=conflict.chosen(text))


def _clash(context: Context, row: Merged, other: Row) -> Conflict:
    part, version = row.versions[0]
    names = [str(one.cells.get("customer_name", "")) for one in (other, version)]
    first, second = Side(names[0], "", ""), Side(names[1], part.by, part.at)
    return Conflict(context.entity, _key_text(context, row), names[1], "customer_id", None, first, second)


def _key_text(context: Context, row: Merged) -> str:
    return key_of(context.entity, row.lead).text
