"""Findings that no check of a cell makes: of what people marked or set, below those of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from crmsheet.checks.issues import severity
from crmsheet.model import ISSUE_COLUMNS

_BLANK = {"entity": "", "row": 0, "column": "", "accept": "", "odd_mark": "", "record": ""}


def added_finding(
    place: tuple[str, str], header: str, code: str, words: tuple[str, str], *, row: int = 0
) -> dict[str, Any]:
    """One line of the findings: ``place`` is sheet and cell, ``words`` the cell's value and the message."""
    value, message = words
    told = (*place, header, code, severity(code), value, "", message)
    return dict(zip(ISSUE_COLUMNS, told, strict=True)) | _BLANK | {"row": row}


def with_added(issues: pd.DataFrame, found: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The findings, and below them those of ``found``."""
    if not found:
        return issues
    return pd.concat([issues, pd.DataFrame(found, columns=list(issues.columns))], ignore_index=True)
