"""The cell functions: one table from which the VBA wrappers, their registration and the docs are made.

A function is a door: its body hands whole columns of cells to the readers and steps that Python uses. Words
about it stand in ``data/functions.toml`` under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from crmsheet.book.cell_values import cut
from crmsheet.data import read_toml, spoken
from crmsheet.errors import CrmsheetError, UsageError
from crmsheet.excel.arrays import Grid, as_grid, broadcast, is_blank, is_error, reshape
from crmsheet.labels import Labels
from crmsheet.rules import Rules

# Excel's error for a value that cannot be told; the wrapper turns this text into the error itself.
NOT_AVAILABLE = "#N/A"


@dataclass(frozen=True, slots=True)
class Argument:
    """``whole``: the range is one thing and goes to the body as rows of cells. ``needed``: blank gives #N/A.
    ``free``: any text is read, so an error of Excel's, which comes as text too, gives #N/A. ``telling``: an
    argument that may be left out, but filled alone it makes the row one to answer.
    """

    name: str
    optional: bool = False
    whole: bool = False
    needed: bool = True
    free: bool = False
    telling: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """``home`` and ``body`` name the module of this package and the function in it that computes."""

    name: str
    home: str
    body: str
    arguments: tuple[Argument, ...]

    @property
    def words(self) -> dict[str, Any]:
        """``about`` and a text per argument in the language spoken now; ``english`` in ASCII, for VBA source; and
        an ``example``.
        """
        words: dict[str, Any] = read_toml("functions.toml")[self.name]
        return words | (read_toml("functions.en.toml")[self.name] if spoken() == "en" else {})

    @property
    def compute(self) -> Callable[..., list[Any]]:
        body: Callable[..., list[Any]] = getattr(import_module(f"crmsheet.excel.{self.home}"), self.body)
        return body

    def __call__(self, *cells: Any, rules: Rules | None = None) -> Any:
        """The result for single cells or ranges: one cell in, one cell out; a range in, an array out.

        Rows of a range are lists. Wrong input gives a text that says what is wrong, input that is missing
        :data:`NOT_AVAILABLE`, and rows that are blank throughout stay blank; it never raises on data. Raises
        :class:`~crmsheet.errors.UsageError` for more cells than there are arguments.
        """
        if len(cells) > len(self.arguments):
            facts = {"name": self.name, "most": len(self.arguments), "count": len(cells)}
            raise UsageError(problem=Labels.load().phrase("function_arguments", **facts))
        try:
            return self._result(cells, rules or Rules.load())
        except CrmsheetError as error:
            return str(error)

    def _result(self, cells: Sequence[Any], rules: Rules) -> Any:
        given = [as_grid(cell) for cell in (*cells, *[None] * (len(self.arguments) - len(cells)))]
        pairs = list(zip(self.arguments, given, strict=True))
        wholes = {argument.name: grid for argument, grid in pairs if argument.whole}
        columns, shape = broadcast({argument.name: grid for argument, grid in pairs if not argument.whole})
        if not columns:
            rows: Grid = self.compute(rules=rules, **wholes)
            return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows
        found = self._rows(columns, wholes, rules)
        return reshape(found, shape)

    def _rows(self, columns: dict[str, list[Any]], wholes: dict[str, Grid], rules: Rules) -> list[Any]:
        asked_for = [one for one in self.arguments if not (one.whole or one.optional)]
        blank = {one: [is_blank(cell) for cell in columns[one.name]] for one in asked_for}
        wrong = [[is_error(cell) for cell in columns[one.name]] for one in self.arguments if one.free]
        telling = ([is_blank(cell) for cell in columns[one.name]] for one in self.arguments if one.telling)
        empty = [all(row) for row in zip(*blank.values(), *telling, strict=True)]
        needed = [cells for one, cells in blank.items() if one.needed]
        lacking = map(any, zip([False] * len(empty), *wrong, *needed, strict=True))
        result: list[Any] = ["" if is_empty else NOT_AVAILABLE for is_empty in empty]
        asked = [place for place, is_lacking in enumerate(lacking) if not (is_lacking or empty[place])]
        if asked:
            kept = {name: [cells[place] for place in asked] for name, cells in columns.items()}
            for place, value in zip(asked, self.compute(rules=rules, **kept, **wholes), strict=True):
                result[place] = cut(value) if isinstance(value, str) else value
        return result


def _arguments(names: str) -> tuple[Argument, ...]:
    """``a b? c* d~ e! f?+``: b may be left out, c is a whole range, d may be blank, e is any text, f is telling."""
    marks = "?*~!+"
    return tuple(
        Argument(name.rstrip(marks), "?" in name, "*" in name, "~" not in name, "!" in name, "+" in name)
        for name in names.split()
    )


FUNCTIONS = tuple(
    Function(name, home, body, _arguments(arguments))
    for name, home, body, arguments in (
        ("CRM_ICE", "requirement_functions", "ice", "impact confidence ease"),
        (
            "CRM_PRIORITY",
            "requirement_functions",
            "priority",
            "impact~ confidence~ ease~ urgency?+ tier? affects_renewal?+ manual_priority?+",
        ),
        ("CRM_TAGS", "requirement_functions", "tags", "text!"),
        ("CRM_SENTIMENT", "requirement_functions", "sentiment", "text!"),
        ("CRM_VALUE_TAG", "customer_functions", "value_tag", "amount"),
        ("CRM_RFM_TIER", "customer_functions", "rfm_tier", "days~ count amount~"),
        ("CRM_TIER", "customer_functions", "tier", "range*"),
        ("CRM_CLV", "customer_functions", "clv", "average_purchase purchases_per_year margin? years?"),
        ("CRM_NEXT_DATE", "date_functions", "next_date", "plan! last_contact?"),
        ("CRM_DUE", "date_functions", "due", "tier last_contact~ as_of? plan?!"),
        ("CRM_WORKDAYS", "date_functions", "workdays", "start end holidays?*"),
        ("CRM_AMOUNT", "cell_functions", "amount", "text!"),
        ("CRM_PHONE_KIND", "cell_functions", "phone_kind", "text!"),
        ("CRM_SENSITIVE", "cell_functions", "sensitive", "text!"),
        ("CRM_MASK", "cell_functions", "masked", "text!"),
        ("CRM_INDUSTRY", "cell_functions", "industry", "text!"),
        ("CRM_REGION", "cell_functions", "region", "text!"),
        ("CRM_COMPANY_KEY", "cell_functions", "company_key", "name!"),
        ("CRM_CHECK", "check_function", "check", "range*"),
    )
)


def function(name: str) -> Function:
    """The function called ``name``.

    >>> function("CRM_ICE")(8, 6, 4), function("CRM_ICE")([[8, 6], [9, None]], 6, 4)
    (6.0, [[6.0, 5.333333], [6.333333, '#N/A']])
    """
    return next(one for one in FUNCTIONS if one.name == name)
