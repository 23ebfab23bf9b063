"""The parts of all groups by table, and which file each row of them is of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.files import Source
from crmsheet.batch.judged import PLACE
from crmsheet.batch.parts import Types, unify
from crmsheet.batch.reading import Group
from crmsheet.batch.store import paths_list


@dataclass(frozen=True)
class Pile:
    """One table in the parts of all groups that have it; ``present`` are the columns some part has values of."""

    code: str
    paths: Sequence[Path]
    types: Types
    present: frozenset[str]

    def scan(self) -> str:
        """The rows with ``number`` and ``path`` of their file, as SQL, called p and f."""
        paths = paths_list(self.paths)
        parts = f"read_parquet({paths}, union_by_name=true, filename=true, hive_partitioning=false)"
        return f"{parts} p JOIN files f USING (filename, {PLACE})"


def pile_up(groups: Iterable[Group]) -> dict[str, Pile]:
    """The parts of all groups by table."""
    piles: dict[str, tuple[list[Path], list[Types]]] = {}
    for group in groups:
        for code, types in group.types.items():
            paths, kinds = piles.setdefault(code, ([], []))
            paths.append(group.folder / f"{code}.parquet")
            kinds.append({name: kind for name, kind in types.items() if name != PLACE})
    return {
        code: Pile(code, paths, unify(kinds), _with_values(kinds)) for code, (paths, kinds) in piles.items()
    }


def _with_values(parts: Iterable[Types]) -> frozenset[str]:
    """The columns that some part really has: those without any value were left out."""
    return frozenset(name for types in parts for name, kind in types.items() if kind != "null")


def file_table(
    sources: Sequence[Source], groups: Mapping[str, Group], reports: Mapping[str, Any]
) -> pd.DataFrame:
    """Which source the rows of each part are of; ``groups`` and ``reports`` by what the sources hold."""
    rows = [
        (
            str(group.folder / f"{code}.parquet"),
            reports[source.content]["place"],
            source.number,
            str(source.path),
        )
        for source in sources
        for group in (groups[source.content],)
        for code in group.types
    ]
    return pd.DataFrame(rows, columns=["filename", PLACE, "number", "path"])
