"""Combining tables: rows of several files become rows of one, cell by cell; nothing is dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crmsheet.labels import Labels
from crmsheet.teams.choices import Cell, decide
from crmsheet.teams.conflicts import Conflict, Identity, Side
from crmsheet.teams.masks import hides, restored
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
        sides = list(_sides(context, row, column))
        if len(sides) == 1:
            row.cells[column] = sides[0].value
        elif sides:
            cell = _cell_of(context, row, column)
            row.cells[column], conflicts = decide(cell, sides, context.choices, context.labels)
            yield from conflicts


def _sides(context: Context, row: Merged, column: str) -> Iterator[Side]:
    """The different new values of a cell: with a base those that differ from it, else those that are filled.

    What a masked copy hid is put back first. A mask that nothing explains never replaces a name or number: what was
    there comes first, and both are listed.
    """
    base = row.base.cells.get(column) if row.base is not None else None
    seen, masks = {comparable(base)}, []
    for part, version in row.versions:
        value = restored(context.entity, column, version.cells.get(column), _originals(row, column))
        plain = comparable(value)
        if plain in seen or column not in part.columns or (row.base is None and plain is None):
            continue
        seen.add(plain)
        side = Side(value, part.by, part.at)
        if base is not None and hides(context.entity, column, value, base):
            masks.append(side)
        else:
            yield side
    if masks and len(seen) == 1 + len(masks):
        yield Side(base, context.labels.choice("conflict_choice", "base"), "")
    yield from masks


def _originals(row: Merged, column: str) -> Iterator[Any]:
    """What a masked text may stand for: what it was made from, else what other files say."""
    if row.base is not None:
        yield row.base.cells.get(column)
    else:
        yield from (version.cells.get(column) for _, version in row.versions)


def _cell_of(context: Context, row: Merged, column: str) -> Cell:
    base = row.base.cells.get(column) if row.base is not None else None
    name = str(row.lead.cells.get("customer_name", ""))
    return Cell(context.entity, _key_text(context, row), name, column, base)


def _clash(context: Context, row: Merged, other: Row) -> Conflict:
    part, version = row.versions[0]
    names = [str(one.cells.get("customer_name", "")) for one in (other, version)]
    first, second = Side(names[0], "", ""), Side(names[1], part.by, part.at)
    return Conflict(context.entity, _key_text(context, row), names[1], "customer_id", None, first, second)


def _key_text(context: Context, row: Merged) -> str:
    return key_of(context.entity, row.lead).text
