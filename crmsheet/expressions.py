"""Rules of one row as expressions: numpy evaluates them, and Excel gets the very same rule as a formula.

An expression is a small tree. :meth:`Expression.values` computes it for all rows at once, :meth:`Expression.formula`
spells it for a cell of a table, with functions of Excel 2010 only. Days are Excel's day numbers, 0 for no day;
a missing number is NaN here and an empty text in a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from crmsheet.day_numbers import Values
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar

TODAY_NAME, DAYS_OFF_NAME = "crm_today", "crm_days_off"
EVERY_DAY = '"0000000"'  # no weekend: every day off is on the list, since weekends can be workdays in China


@dataclass(frozen=True)
class Rows:
    """What expressions are computed from: typed columns by code, and the day they are judged from (0: none)."""

    columns: Mapping[str, Values]
    rules: Rules
    today: float = 0.0
    calendar: Calendar | None = None

    def column(self, code: str) -> Values:
        return self.columns[code]


@dataclass(frozen=True)
class Spelling:
    """How a table's formulas name things: its columns by code, and settings that have a named cell.

    A setting without a name is spelled by its value.
    """

    table: str
    headers: Mapping[str, str]
    rules: Rules
    names: Mapping[str, str] = field(default_factory=dict)

    def cell(self, code: str) -> str:
        """The cell of this row in the column ``code``."""
        header = "".join(f"'{one}" if one in "[]#'" else one for one in self.headers[code])
        return f"{self.table}[[#This Row],[{header}]]"

    def setting(self, key: str) -> str:
        return self.names.get(key) or literal(setting_value(self.rules, key))


class Expression(Protocol):
    """A rule that both evaluate."""

    def values(self, rows: Rows) -> Values: ...

    def formula(self, spelling: Spelling) -> str: ...


def literal(value: object) -> str:
    """A constant in a formula.

    >>> literal(0.5), literal('a"b')
    ('0.5', '"a""b"')
    """
    if isinstance(value, int | float):
        return f"{value:.15g}"
    quoted = str(value).replace('"', '""')
    return f'"{quoted}"'


def setting_value(rules: Rules, key: str) -> Any:
    """Value of the setting ``key``."""
    found: Any = rules
    for part in key.split("."):
        found = found[part] if isinstance(found, Mapping) else getattr(found, part)
    return found


@dataclass(frozen=True)
class Constant:
    """A number, or NaN for an empty cell."""

    number: float

    def values(self, rows: Rows) -> Values:
        return np.asarray(self.number)

    def formula(self, spelling: Spelling) -> str:
        return '""' if np.isnan(self.number) else literal(self.number)


BLANK = Constant(float("nan"))


@dataclass(frozen=True)
class Setting:
    """A number of the settings sheet."""

    key: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(float(setting_value(rows.rules, self.key)))

    def formula(self, spelling: Spelling) -> str:
        return spelling.setting(self.key)


@dataclass(frozen=True)
class Today:
    """The day everything is judged from."""

    def values(self, rows: Rows) -> Values:
        return np.asarray(rows.today)

    def formula(self, spelling: Spelling) -> str:
        return TODAY_NAME


@dataclass(frozen=True)
class Column:
    """A number or day of this row that another formula computed."""

    code: str

    def values(self, rows: Rows) -> Values:
        return rows.column(self.code)

    def formula(self, spelling: Spelling) -> str:
        return spelling.cell(self.code)


@dataclass(frozen=True)
class Word:
    """A written label as a result; ``code`` in Python."""

    vocabulary: str
    code: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(self.code, dtype=object)

    def formula(self, spelling: Spelling) -> str:
        return literal(spelling.rules.labels.choice(self.vocabulary, self.code))


Operator = Literal["+", "-", "*", "/", ">", ">=", "<", "<="]
_NUMPY = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, ">": np.greater, ">=": np.greater_equal,
    "<": np.less, "<=": np.less_equal,
}  # fmt: skip


@dataclass(frozen=True)
class Apply:
    """Arithmetic or comparison of two numbers. Compare only what is known to be a number: "" is above all in Excel."""

    left: Expression
    operator: Operator
    right: Expression

    def values(self, rows: Rows) -> Values:
        computed: Values = _NUMPY[self.operator](self.left.values(rows), self.right.values(rows))
        return computed

    def formula(self, spelling: Spelling) -> str:
        return f"({self.left.formula(spelling)}{self.operator}{self.right.formula(spelling)})"


@dataclass(frozen=True)
class Call:
    """One of Excel's functions whose numpy twin takes the same arguments."""

    name: Literal["MAX", "MIN", "AND", "OR", "NOT", "EXP", "LN"]
    arguments: tuple[Expression, ...]

    def values(self, rows: Rows) -> Values:
        computed = [argument.values(rows) for argument in self.arguments]
        twin = _TWINS[self.name]
        if len(computed) == 1:
            return np.asarray(twin(computed[0]))
        result = computed[0]
        for other in computed[1:]:
            result = twin(result, other)
        return np.asarray(result)

    def formula(self, spelling: Spelling) -> str:
        return f"{self.name}({','.join(argument.formula(spelling) for argument in self.arguments)})"


_TWINS: Mapping[str, Any] = {
    "MAX": np.maximum, "MIN": np.minimum, "AND": np.logical_and, "OR": np.logical_or, "NOT": np.logical_not,
    "EXP": np.exp, "LN": np.log,
}  # fmt: skip


@dataclass(frozen=True)
class Rounded:
    """Rounded half away from zero, as Excel does; an error (a missing part) becomes an empty cell."""

    inner: Expression
    digits: int

    def values(self, rows: Rows) -> Values:
        scaled = np.asarray(self.inner.values(rows), dtype="float64") * 10**self.digits
        return np.asarray(np.copysign(np.floor(np.abs(scaled) + 0.5), scaled) / 10**self.digits)

    def formula(self, spelling: Spelling) -> str:
        return f'IFERROR(ROUND({self.inner.formula(spelling)},{self.digits}),"")'


@dataclass(frozen=True)
class Cases:
    """The first case that holds decides; each has a name that reasons are worded by."""

    cases: tuple[tuple[str, Expression, Expression], ...]
    otherwise: tuple[str, Expression]

    def values(self, rows: Rows) -> Values:
        results = [result.values(rows) for _, _, result in self.cases]
        return self._select(rows, [*results, self.otherwise[1].values(rows)])

    def names(self, rows: Rows) -> Values:
        """Name of the case that decided, for each row."""
        names = [np.asarray(name, dtype=object) for name, _, _ in self.cases]
        return self._select(rows, [*names, np.asarray(self.otherwise[0], dtype=object)])

    def _select(self, rows: Rows, results: Sequence[Values]) -> Values:
        chosen = results[-1]
        for (_, condition, _), result in zip(reversed(self.cases), reversed(results[:-1]), strict=True):
            chosen = np.where(condition.values(rows), result, chosen)
        return chosen

    def formula(self, spelling: Spelling) -> str:
        text = self.otherwise[1].formula(spelling)
        for _, condition, result in reversed(self.cases):
            text = f"IF({condition.formula(spelling)},{result.formula(spelling)},{text})"
        return text


def when(condition: Expression, then: Expression, otherwise: Expression) -> Cases:
    """One condition, two results."""
    return Cases((("", condition, then),), ("", otherwise))
