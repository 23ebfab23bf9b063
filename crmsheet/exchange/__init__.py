"""To and from other systems: exports of a CRM become a workbook, a workbook becomes tables for BI tools (R-065).

Loaded when it is asked for: a batch needs the types of columns only.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {"export_workbook": "crmsheet.exchange.exports", "import_export": "crmsheet.exchange.imports"}

__all__ = ["export_workbook", "import_export"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
