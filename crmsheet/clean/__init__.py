"""Readers of cells: one file per kind of value. Pure, cached per distinct value, they never raise on data.

The package is also the function ``crm.clean(tables, rules)``: both names are promised to users, and a module
may be callable by giving it a class of its own (Python data model, "Customizing module attribute access").
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from crmsheet.model import Cleaned, Tables
    from crmsheet.rules import Rules


class _CallablePackage(ModuleType):
    def __call__(self, tables: Tables, rules: Rules, *, as_of: date | None = None) -> Cleaned:
        """Typed tables and issues; see :func:`crmsheet.checks.tables.clean`."""
        from crmsheet.checks.tables import clean  # noqa: PLC0415 - parsers must import without pandas

        return clean(tables, rules, as_of=as_of)


sys.modules[__name__].__class__ = _CallablePackage
