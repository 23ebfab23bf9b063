"""``df.crm.<step>()``: every step as a method of a DataFrame, found by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import pandas as pd


@pd.api.extensions.register_dataframe_accessor("crm")
class CrmAccessor:
    """Steps on a DataFrame: ``df.crm.score_ice(rules)`` is ``score_ice(df, rules)``."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Callable[..., Any]:
        steps = import_module("crmsheet.steps")  # on first use, so that importing crmsheet stays quick
        if name not in steps.__all__:
            raise AttributeError(f"no step {name!r}; steps are {', '.join(steps.__all__)}")
        return partial(getattr(steps, name), self._table)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *import_module("crmsheet.steps").__all__]
