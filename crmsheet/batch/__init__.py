"""Beyond one workbook: thousands of files and order tables of millions of rows through the same rules (DESIGN §6).

The package is callable: ``crm.batch(paths, out=…)`` is :func:`crmsheet.batch.run.batch`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from crmsheet.batch.result import BatchResult
from crmsheet.batch.run import batch

__all__ = ["BatchResult", "batch"]


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> BatchResult:
        return batch(*args, **options)


sys.modules[__name__].__class__ = _Callable
