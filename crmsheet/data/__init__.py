"""Data files of the package: rules, labels, tables and lexicons. Chinese lives here, not in code."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_SPOKEN: ContextVar[Language | None] = ContextVar("language", default=None)


def spoken(otherwise: Language = "zh") -> Language:
    """The language that words are written in now; Chinese unless somebody asked for another."""
    return _SPOKEN.get() or otherwise


def asked() -> bool:
    """Whether somebody asked for a language."""
    return _SPOKEN.get() is not None


@contextmanager
def speaking(language: Language | None) -> Iterator[None]:
    """Write words in ``language`` inside the ``with`` block; None changes nothing.

    >>> with speaking("en"):
    ...     spoken()
    'en'
    """
    token = _SPOKEN.set(language or _SPOKEN.get())
    try:
        yield
    finally:
        _SPOKEN.reset(token)


@cache
def read_text(name: str) -> str:
    """Text of the data file ``name``, UTF-8."""
    return (files(__package__) / name).read_text(encoding="utf-8")


@cache
def read_toml(name: str) -> dict[str, Any]:
    """Parsed TOML file ``name``. Shared between callers: do not change it."""
    return tomllib.loads(read_text(name))


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of the tab-separated file ``name`` with one header line; lines starting with ``#`` are comments."""
    lines = (line for line in read_text(name).splitlines() if line and not line.startswith("#"))
    return tuple(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
