"""The rules that need nothing but their own row: ICE, suggested priority, due date, days overdue.

Each is written once, as an expression. The steps evaluate it, and the entry sheet carries it as a live formula, so
the two cannot drift apart (R-079 … R-081, R-085 … R-088).
"""

from __future__ import annotations

from dataclasses import dataclass

from crmsheet.day_numbers import Values
from crmsheet.expressions import (
    BLANK,
    Apply,
    Call,
    Cases,
    Column,
    Constant,
    Expression,
    Rounded,
    Rows,
    Setting,
    Spelling,
    Today,
    Word,
)
from crmsheet.row_cells import Chosen, Empty, NoDay, Points, UrgentTier, Yes
from crmsheet.row_days import CALENDAR_DAY, CadenceDay, PerTier, WorkdaysTo

DIMENSIONS = ("impact", "confidence", "ease")
DIGITS = 6  # enough that equal means stay equal, too few for the noise of thirds
COUNTED_DAYS = 1000  # overdue days are counted no further back, which the calendar always covers


@dataclass(frozen=True)
class IceBar:
    """A bound that ICE is compared with: typed on the scale of 1–10, which a product of three leaves for 1–1000."""

    key: str

    def values(self, rows: Rows) -> Values:
        bar: Values = Setting(self.key).values(rows) ** _power(rows.rules.ice.method)
        return bar

    def formula(self, spelling: Spelling) -> str:
        power = _power(spelling.rules.ice.method)
        return spelling.setting(self.key) + (f"^{power}" if power > 1 else "")


def _power(method: str) -> int:
    return len(DIMENSIONS) if method == "product" else 1


@dataclass(frozen=True)
class IceMean:
    """The three scores combined as the settings say; which way is settled when the formula is written."""

    def values(self, rows: Rows) -> Values:
        return _ice(rows.rules.ice.method).values(rows)

    def formula(self, spelling: Spelling) -> str:
        return _ice(spelling.rules.ice.method).formula(spelling)


def _ice(method: str) -> Expression:
    scores: list[Expression] = [Points(code) for code in DIMENSIONS]
    weights: list[Expression] = [Setting(f"ice.{code}_weight") for code in DIMENSIONS]
    if method == "product":
        return Apply(Apply(scores[0], "*", scores[1]), "*", scores[2])
    if method == "geomean":
        scores = [Call("LN", (score,)) for score in scores]
    weighted = _sum([Apply(s, "*", w) for s, w in zip(scores, weights, strict=True)])
    mean = Apply(weighted, "/", _sum(weights))
    return Call("EXP", (mean,)) if method == "geomean" else mean


def _sum(terms: list[Expression]) -> Expression:
    return Apply(Apply(terms[0], "+", terms[1]), "+", terms[2])


ICE = Rounded(IceMean(), DIGITS)

_HIGH, _MEDIUM, _LOW = (Word("level", code) for code in ("high", "medium", "low"))
_URGENT = Chosen("urgency", "level", "high")
PRIORITY = Cases(
    (
        ("renewal", Yes("affects_renewal"), _HIGH),
        ("urgent", Call("AND", (_URGENT, UrgentTier())), _HIGH),
        ("unscored", Empty("ice"), _MEDIUM),
        ("ice_high", Apply(Column("ice"), ">=", IceBar("priority.ice_high_at_least")), _HIGH),
        (
            "ice_low",
            Call(
                "AND", (Apply(Column("ice"), "<", IceBar("priority.ice_low_below")), Call("NOT", (_URGENT,)))
            ),
            _LOW,
        ),
    ),
    ("ice_middle", _MEDIUM),
)

_NO_CADENCE = Apply(PerTier(("cadence_months", "cadence_days")), "<=", Constant(0))
_NEVER = NoDay("latest_contact")
_NO_TODAY = Apply(Today(), "<=", Constant(0))

NOMINAL_DUE = Cases(
    (
        ("no_cadence", _NO_CADENCE, BLANK),
        ("unknown", Call("AND", (_NEVER, _NO_TODAY)), BLANK),
        ("never", _NEVER, Today()),
    ),
    ("cadence", CadenceDay()),
)
_PLAN, _NOMINAL = Column("planned_day"), Column("nominal_due")
# A plan for the weekend that the cadence falls on keeps the cadence, though that was moved to the Friday before.
_IN_TIME = Apply(_PLAN, "<=", Call("MAX", (_NOMINAL, CALENDAR_DAY)))
DUE = Cases(
    (
        ("no_plan", NoDay("planned_day"), _NOMINAL),
        (
            "old_plan",
            Call("AND", (Call("NOT", (_NEVER,)), Apply(_PLAN, "<=", Column("latest_contact")))),
            _NOMINAL,
        ),
        ("plan", Call("OR", (NoDay("nominal_due"), _NEVER)), _PLAN),
        ("earlier", _IN_TIME, _PLAN),
    ),
    ("later_plan", _NOMINAL),
)
OVERDUE = Cases(
    (
        ("none", Call("OR", (NoDay("due"), _NO_TODAY)), BLANK),
        (
            "late",
            Apply(Column("due"), "<", Today()),
            WorkdaysTo(Call("MAX", (Column("due"), Apply(Today(), "-", Constant(COUNTED_DAYS))))),
        ),
    ),
    ("in_time", Constant(0)),
)
