"""Patterns of a data file, each compiled when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping


class Patterns(dict[str, re.Pattern[str]]):
    """Patterns by name. To compile them all takes longer than to read a small workbook, which needs few of them.

    >>> yes = Patterns({"yes": "y(es)?", "never": "(never used, so never refused"})
    >>> bool(yes["yes"].fullmatch("y"))
    True
    """

    def __init__(self, written: Mapping[str, str], flags: int = 0) -> None:
        super().__init__()
        self._written, self._flags = written, flags

    def __missing__(self, name: str) -> re.Pattern[str]:
        self[name] = compiled = re.compile(self._written[name], self._flags)
        return compiled
