"""One fault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """``rule`` that ``part`` breaks at ``cell`` (empty: not at a cell), and what was found there."""

    part: str
    cell: str
    rule: str
    found: str = ""
