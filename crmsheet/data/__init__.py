"""Data files of the package: rules, labels, tables and lexicons. Chinese lives here, not in code."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


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
