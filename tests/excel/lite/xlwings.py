"""The part of xlwings Lite's API that the page's script uses, on values in memory.

The add-in is a closed program of Microsoft's store, so nothing here is its code; what cells hold (text, numbers as
float, days as datetime, None) is as its documentation says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

FUNCTIONS: dict[str, Callable[..., Any]] = {}
SCRIPTS: dict[str, Callable[..., Any]] = {}


class Range:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._options: dict[str, Any] = {}

    def options(self, **options: Any) -> Range:
        self._options = options
        return self

    @property
    def value(self) -> Any:
        return self._sheet.rows

    @value.setter
    def value(self, frame: Any) -> None:
        rows = frame.reset_index() if self._options.get("index", True) else frame
        self._sheet.rows = [list(rows.columns), *rows.astype(object).values.tolist()]


class Sheet:
    """``rows`` is what the used range holds."""

    def __init__(self, name: str, rows: list[list[Any]]) -> None:
        self.name, self.rows = name, rows

    @property
    def used_range(self) -> Range:
        return Range(self)

    def clear_contents(self) -> None:
        self.rows = []

    def __getitem__(self, address: str) -> Range:
        assert address == "A1"
        return Range(self)


class Sheets:
    def __init__(self, sheets: list[Sheet]) -> None:
        self._sheets = sheets

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._sheets)

    def __getitem__(self, name: str) -> Sheet:
        return next(one for one in self._sheets if one.name == name)

    def add(self, name: str) -> Sheet:
        self._sheets.append(Sheet(name, []))
        return self[name]


class Book:
    def __init__(self, sheets: dict[str, list[list[Any]]]) -> None:
        self.sheets = Sheets([Sheet(name, rows) for name, rows in sheets.items()])


def script(function: Callable[..., Any]) -> Callable[..., Any]:
    SCRIPTS[function.__name__] = function
    return function


def func(function: Callable[..., Any]) -> Callable[..., Any]:
    FUNCTIONS[function.__name__] = function
    return function


def arg(name: str, **options: Any) -> Callable[[Any], Any]:
    return lambda function: function
