"""What is known of other systems' exports: shipped descriptions, and the team's own in a mapping file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from crmsheet.book.save import write_file
from crmsheet.data import read_toml
from crmsheet.errors import FileUnreadable, UsageError, did_you_mean
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels


@dataclass(frozen=True)
class Source:
    """One kind of export; the keys are those of ``imports.toml``."""

    name: str
    table: str
    marks: Sequence[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    otherwise: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def fits(self, headers: Iterable[str]) -> bool:
        """Whether an export with these headers is of this kind."""
        return bool(self.marks) and set(map(plain, self.marks)) <= set(map(plain, headers))


def plain(header: str) -> str:
    """A header as it is compared.

    >>> plain(" Record  ID ")
    'record id'
    """
    return " ".join(header.casefold().split())


def known_sources(mapping: Path | None) -> list[Source]:
    """The team's own descriptions first, then the shipped ones."""
    own = _read(mapping) if mapping is not None and mapping.exists() else []
    return [*own, *(_source(entry, "imports.toml") for entry in read_toml("imports.toml")["source"])]


def best_source(sources: Sequence[Source], headers: Sequence[str]) -> Source | None:
    """The description that fits by most marks; of equals the first, so the team's own wins."""
    fitting = [source for source in sources if source.fits(headers)]
    return max(fitting, key=lambda source: len(source.marks), default=None)


def remember(mapping: Path, source: Source) -> None:
    """Write ``source`` into the mapping file, in the place of an earlier one of that name."""
    kept = [one for one in (_read(mapping) if mapping.exists() else []) if one.name != source.name]
    entries = [{key: value for key, value in asdict(one).items() if value} for one in [*kept, source]]
    write_file(mapping, tomli_w.dumps({"source": entries}).encode())


def _read(mapping: Path) -> list[Source]:
    try:
        content = tomllib.loads(mapping.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileUnreadable(path=mapping, reason=str(error)) from None
    for key in content.keys() - {"source"}:  # another program's file: writing ours would lose it
        raise _wrong(str(mapping), key, "[[source]]")
    return [_source(entry, str(mapping)) for entry in content.get("source", [])]


def _source(entry: Mapping[str, Any], place: str) -> Source:
    """A description, checked: a wrong table or field is named with what is near."""
    try:
        source = Source(**entry)
    except TypeError as error:
        raise _wrong(place, str(error)) from None
    if source.table not in SHEETS:
        raise _wrong(place, source.table, did_you_mean(source.table, SHEETS))
    fields = {one.code for one in SHEETS[source.table].fields}
    for code in source.columns.values():
        if code and code not in fields:
            raise _wrong(place, code, did_you_mean(code, fields))
    return source


def _wrong(place: str, found: str, near: str = "") -> UsageError:
    labels = Labels.load()
    guess = labels.phrase("perhaps", near=near) if near else ""
    return UsageError(problem=labels.phrase("mapping_wrong", path=place, found=found) + guess)
