"""Cells read as the columns of the standard workbook: the same readers and messages as for a whole sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from crmsheet.checks.columns import read_column
from crmsheet.checks.issues import SEVERITIES, Findings, issue_frame, severity
from crmsheet.clean.amounts import parse_money
from crmsheet.clean.folding import fold_width
from crmsheet.excel.arrays import is_error
from crmsheet.excel.texts import quoted
from crmsheet.fields import Field, sheet
from crmsheet.model import CellError, Tables
from crmsheet.rules import Rules
from crmsheet.workdays import Calendar

ANY_DAY = date(2000, 1, 1)
_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")


def typed(
    cells: Mapping[str, Sequence[Any]],
    rules: Rules,
    *,
    base: pd.Series | date = ANY_DAY,
    entity: str = "records",
) -> tuple[pd.DataFrame, list[str]]:
    """Typed columns of ``cells`` (field code → values) and, row by row, what is wrong, blank where all is well.

    Only what is an error by the rules of checking counts as wrong: a synonym or a format is read and goes.
    """
    frame = pd.DataFrame({code: _objects(values) for code, values in cells.items()})
    tables = Tables.from_frames(**{entity: frame})
    findings = Findings(entity, tables.tables[entity])
    calendar = Calendar.around(base if isinstance(base, date) else ANY_DAY, years=60)
    columns: dict[str, pd.Series] = {}
    for code in cells:
        columns |= read_column(findings, _asked(entity, code), (rules, calendar), _on(base, findings))
    return pd.DataFrame(columns, index=findings.table.raw.index), _problems(findings, rules)


def tier_problems(problems: Sequence[str], rules: Rules) -> list[str]:
    """Problems of an argument that is any tier, read as the column that people fill in, under its own name."""
    asked, said = rules.labels.field("manual_tier", "profiles"), rules.labels.column("tier")
    return [problem.replace(asked, said, 1) for problem in problems]


def numbers(cells: Sequence[Any], rules: Rules) -> tuple[pd.Series, list[str]]:
    """Numbers and amounts as floats, NaN for blank, and what is wrong; dates and yes/no are no numbers."""
    found, problems = [], []
    for cell in cells:
        value, problem = _number(cell, rules)
        found.append(value)
        problems.append(problem)
    return pd.Series(found, dtype="float64"), problems


def as_share(cell: Any) -> Any:
    """A share typed with its sign as a number, anything else as it is.

    >>> as_share("30%"), as_share("３０％"), as_share(0.3), as_share("%")
    (0.3, 0.3, 0.3, '%')
    """
    found = _SHARE.fullmatch(fold_width(cell)) if isinstance(cell, str) else None
    return round(float(found[1]) / 100, 12) if found else cell


def _number(cell: Any, rules: Rules) -> tuple[float, str]:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return math.nan, ""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and not math.isinf(cell):
        return float(cell), ""
    reading = parse_money(cell) if isinstance(cell, str) and not is_error(cell) else None
    if reading is None or reading.low is None or reading.low != reading.high:
        return math.nan, rules.labels.phrase("function_number", value=quoted(cell))
    return reading.low, ""


def _asked(entity: str, code: str) -> Field:
    """The field, none of whose cells has to be filled: a blank argument is the function's own business."""
    field = sheet(entity).field(code)
    return Field(field.code, field.kind, vocabulary=field.vocabulary, past=field.past)


def _on(base: pd.Series | date, findings: Findings) -> pd.Series | date:
    return base if isinstance(base, date) else base.set_axis(findings.table.raw.index)


def _objects(values: Sequence[Any]) -> pd.Series:
    kept = [CellError(one.strip()) if is_error(one) else one for one in values]
    return pd.Series(kept, dtype=object)


def _problems(findings: Findings, rules: Rules) -> list[str]:
    if not findings.found:
        return [""] * len(findings.table.raw)
    found = issue_frame([findings], rules.labels)
    serious = (
        found[found["code"].map(_is_serious).astype(bool)].drop_duplicates("row").set_index("row")["message"]
    )
    return serious.reindex(findings.table.raw.index).fillna("").tolist()


# Values that cannot be computed with; what is only worth a remark on the sheet does not stop a function.
_UNUSABLE = ("score_out_of_range", "choice_unknown", "misplaced", "number_unreadable", "amount_unreadable")


def _is_serious(code: str) -> bool:
    return severity(code) == SEVERITIES[0] or code in _UNUSABLE
