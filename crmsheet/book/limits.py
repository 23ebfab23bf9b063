"""Guards against hostile archives, applied to the directory before anything is unpacked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crmsheet.book import partnames
from crmsheet.book.zipstream import BadEntry, Entry

MEGABYTE = 1 << 20
RATIO_VARIABLE, TOTAL_VARIABLE = "CRMSHEET_UNPACK_RATIO", "CRMSHEET_UNPACK_MB"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may expand. Real sheets reach 1:60, sheets of one repeated value 1:300, bombs
    1:1000.
    """

    ratio: int = 500
    ratio_applies_above: int = 64 * MEGABYTE
    total: int = 6 << 30
    entries: int = 100_000

    @classmethod
    def from_environment(cls) -> Limits:
        """The limits, as far as somebody who trusts the file raised them; what is no number counts for nothing."""
        usual = cls()
        ratio, total = (os.environ.get(name, "") for name in (RATIO_VARIABLE, TOTAL_VARIABLE))
        return replace(
            usual,
            ratio=int(ratio) if ratio.isdecimal() else usual.ratio,
            total=int(total) * MEGABYTE if total.isdecimal() else usual.total,
        )


def check(entries: Sequence[Entry], archive_size: int, limits: Limits) -> None:
    """Raise :class:`BadEntry` for the first entry that no spreadsheet program would write."""
    seen: set[str] = set()
    total = packed = 0
    for entry in entries:
        total += entry.size
        packed += len(entry.raw)
        code = _fault(entry, seen) or _expansion(entry, total, limits)
        if code or packed > archive_size or len(seen) > limits.entries:
            raise BadEntry(entry.name, code or "overlapping")
        seen.add(partnames.key(entry.name))


def _fault(entry: Entry, seen: set[str]) -> str:
    key = partnames.key(entry.name)
    if ".." in key.split("/") or "\0" in key:
        return "traversal"
    return "duplicate" if key in seen else ""


def _expansion(entry: Entry, total: int, limits: Limits) -> str:
    suspicious = entry.size > limits.ratio_applies_above and entry.size > limits.ratio * max(
        len(entry.raw), 1
    )
    return "expands_too_much" if suspicious or total > limits.total else ""
