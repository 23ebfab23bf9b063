"""The patterns of ``amounts.toml``, and the text they are read from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crmsheet.clean.numerals import fold
from crmsheet.clean.patterns import Patterns
from crmsheet.data import read_toml

TABLE = read_toml("amounts.toml")

_LOOKED_AT = 300  # characters; an amount beyond them is not what the cell says
_FLAGS = re.IGNORECASE | re.ASCII


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _parts() -> dict[str, str]:
    parts = {"currencies": _alternatives(TABLE["currencies"])}
    for name, pattern in TABLE["parts"].items():
        parts[name] = _fill(pattern, parts)
    return parts


def _fill(pattern: str, parts: dict[str, str]) -> str:
    return re.sub(r"<<(\w+)>>", lambda found: parts[found[1]], pattern)


def _patterns() -> Patterns:
    parts = _parts()
    return Patterns({name: _fill(pattern, parts) for name, pattern in TABLE["patterns"].items()}, _FLAGS)


PATTERNS = _patterns()


def readable(text: str) -> str:
    """Folded text of a cell in which dates, times, telephone numbers and codes are struck out.

    >>> readable("2024年预算10万，电话010-62345678")
    '|||||预算10万,电话||||||||||||'
    """
    folded = fold(text[:_LOOKED_AT])
    return PATTERNS["noise"].sub(lambda found: "|" * len(found[0]), folded)
