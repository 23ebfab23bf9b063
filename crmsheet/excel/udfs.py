"""The cell functions as xlwings registers them: its server, which Excel starts, imports this module."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import xlwings

from crmsheet.data import speaking
from crmsheet.errors import CrmsheetError
from crmsheet.excel.functions import FUNCTIONS, Function
from crmsheet.excel.workbook_rules import this_caller
from crmsheet.excel.wrappers import argument_name

LONGEST_TEXT = (
    255  # more than Excel shows of an error, and what every version accepts from a function in an array
)


def _registered(one: Function) -> Callable[..., Any]:
    def call(*cells: Any) -> Any:
        caller = this_caller()
        with speaking(caller.language):
            try:
                return one(*cells, rules=caller.rules)
            except CrmsheetError as error:
                return str(error)[:LONGEST_TEXT]
            except Exception as error:  # noqa: BLE001 - a cell shows one line, never a traceback
                return f"{one.name}: {type(error).__name__} {error}"[:LONGEST_TEXT]

    call.__name__ = one.name
    call.__doc__ = one.words["about"]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # xlwings reads the names from it
        [
            inspect.Parameter(
                argument_name(argument),
                kind,
                default=None if argument.optional else inspect.Parameter.empty,
            )
            for argument in one.arguments
        ]
    )
    registered: Callable[..., Any] = xlwings.func(category="CRM")(call)
    for argument in one.arguments:
        options = {"doc": one.words[argument.name], "ndim": 2, "err_to_str": True}
        registered = xlwings.arg(argument_name(argument), **options)(registered)
    return registered


globals().update({one.name: _registered(one) for one in FUNCTIONS})
