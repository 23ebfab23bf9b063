"""crmsheet: reads a customer-requirement workbook, says what is wrong, scores it, writes the analysis back.

>>> import crmsheet as crm
>>> crm.Rules.load().tiers["high_value"].label
'高价值'
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

__version__ = "0.1.0"

# Loaded on first use, so that parsers import without pandas and nothing loads an Excel library too early.
_HOME = {
    "Cleaned": "crmsheet.model",
    "CrmsheetError": "crmsheet.errors",
    "Result": "crmsheet.result",
    "Rules": "crmsheet.rules",
    "Tables": "crmsheet.model",
    "analyze": "crmsheet.pipeline",
    "analyze_workbook": "crmsheet.analysis",
    "audit": "crmsheet.auditing",
    "check": "crmsheet.app",
    "clean_workbook": "crmsheet.app",
    "compare_rules": "crmsheet.compare",
    "label_table": "crmsheet.views.labelled",
    "read_cells": "crmsheet.recognize.handed_cells",
    "read_workbook": "crmsheet.analysis",
    "refresh": "crmsheet.app",
    "undo_repairs": "crmsheet.app",
    "write_analysis": "crmsheet.app",
}

_MAKE_RESULTS = (
    "crmsheet.analysis",
    "crmsheet.app",
    "crmsheet.auditing",
    "crmsheet.pipeline",
    "crmsheet.result",
)

clean = import_module("crmsheet.clean")  # callable: crm.clean(tables, rules)

__all__ = [
    "Cleaned",
    "CrmsheetError",
    "Result",
    "Rules",
    "Tables",
    "__version__",
    "analyze",
    "analyze_workbook",
    "audit",
    "batch",
    "check",
    "clean",
    "clean_workbook",
    "compare_rules",
    "label_table",
    "read_cells",
    "read_workbook",
    "refresh",
    "undo_repairs",
    "write_analysis",
]  # and every step of crmsheet.steps


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    if name == "batch":  # a package that is callable, loaded late: it needs optional libraries
        return import_module("crmsheet.batch")
    home = _HOME.get(name, "crmsheet.steps")
    try:
        value = getattr(import_module(home), name)
    except AttributeError:
        raise AttributeError(f"module 'crmsheet' has no attribute {name!r}") from None
    if home in _MAKE_RESULTS:
        import_module("crmsheet.notebook")  # what they return has a look and a report
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *import_module("crmsheet.steps").__all__]


if find_spec("pandas") is not None:  # xlwings Lite without pandas still has the parsers
    import_module("crmsheet.accessor")
