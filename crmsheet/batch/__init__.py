"""Beyond one workbook: thousands of files and order tables of millions of rows through the same rules (DESIGN §6).

The package is callable: ``crm.batch(paths, out=…)`` is :func:`crmsheet.batch.run.batch`. Workers import modules of it,
and need less than the caller, so nothing is loaded here before it is asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from crmsheet.batch.server import begin_loading

_HOME = {"BatchResult": "crmsheet.batch.result", "batch": "crmsheet.batch.run"}

__all__ = ["BatchResult", "batch", "begin_loading"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        if options.get("engine", "local") == "local":
            begin_loading()
        return __getattr__("batch")(*args, **options)


sys.modules[__name__].__class__ = _Callable
