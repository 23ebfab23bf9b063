"""The rules that need nothing but their own row: ICE, suggested priority, due date, days overdue.

Each is written once, as an expression. The steps evaluate it, and the entry sheet carries it as a live formula, so
the two cannot drift apart (R-079 … R-081, R-085 … R-088).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crmsheet.expressions import (
    BLANK,
    DAYS_OFF_NAME,
    EVERY_DAY,
    TODAY_NAME,
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
    Values,
    Word,
    add_months,
    literal,
    rolled,
    workdays_until,
)

TIER_LIST_NAME = "crm_list_tier"
TIER_RANGES = {"cadence_months": "tiers.*.cadence_months", "cadence_days": "tiers.*.cadence_days"}
DIMENSIONS = ("impact", "confidence", "ease")
LOWEST, HIGHEST = 1, 10
DIGITS = 6  # enough that equal means stay equal, too few for the noise of thirds
COUNTED_DAYS = 1000  # overdue days are counted no further back, which the calendar always covers


@dataclass(frozen=True)
class Points:
    """A score from 1 to 10, or one of the words 高, 中, 低; anything else is missing."""

    code: str

    def values(self, rows: Rows) -> Values:
        return rows.column(self.code)

    def formula(self, spelling: Spelling) -> str:
        cell, labels = spelling.cell(self.code), spelling.rules.labels
        text = "NA()"
        for level in ("low", "medium", "high"):
            word = literal(labels.choice("level", level))
            text = f"IF({cell}={word},{spelling.setting(f'ice.{level}_word')},{text})"
        number = f"IF(OR({cell}<{LOWEST},{cell}>{HIGHEST}),NA(),{cell})"
        # LibreOffice counts TRUE as a number, Excel does not.
        return f"IF(ISLOGICAL({cell}),NA(),IF(ISNUMBER({cell}),{number},{text}))"


@dataclass(frozen=True)
class Chosen:
    """Whether a cell holds one word of a vocabulary; tiers go by their labels."""

    code: str
    vocabulary: str
    choice: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(rows.column(self.code) == self.choice, dtype=bool)

    def formula(self, spelling: Spelling) -> str:
        rules = spelling.rules
        is_tier = self.vocabulary == "tier"
        label = (
            rules.tiers[self.choice].label if is_tier else rules.labels.choice(self.vocabulary, self.choice)
        )
        return f"({spelling.cell(self.code)}={literal(label)})"


@dataclass(frozen=True)
class Yes:
    """Whether a cell says yes."""

    code: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(rows.column(self.code), dtype=bool)

    def formula(self, spelling: Spelling) -> str:
        cell = spelling.cell(self.code)
        word = literal(spelling.rules.labels.choice("yes_no", "yes"))
        return f"IF(ISLOGICAL({cell}),{cell},{cell}={word})"


@dataclass(frozen=True)
class Empty:
    """Whether a cell holds nothing: no number, no word."""

    code: str

    def values(self, rows: Rows) -> Values:
        column = rows.column(self.code)
        if column.dtype == object:
            return np.asarray([value is None or value == "" for value in column], dtype=bool)
        return np.asarray(np.isnan(column))

    def formula(self, spelling: Spelling) -> str:
        return f'({spelling.cell(self.code)}="")'


@dataclass(frozen=True)
class NoDay:
    """Whether a computed day is missing."""

    code: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(np.nan_to_num(rows.column(self.code)) == 0)

    def formula(self, spelling: Spelling) -> str:
        return f'({spelling.cell(self.code)}="")'


@dataclass(frozen=True)
class UrgentTier:
    """Whether the row's tier is one of those whose urgent needs come first."""

    def values(self, rows: Rows) -> Values:
        urgent = rows.rules.priority.urgent_tiers
        return np.array([tier in urgent for tier in rows.column("tier")], dtype=bool)

    def formula(self, spelling: Spelling) -> str:
        tiers = [Chosen("tier", "tier", code) for code in spelling.rules.priority.urgent_tiers]
        return Call("OR", tuple(tiers)).formula(spelling) if tiers else "FALSE"


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
        ("ice_high", Apply(Column("ice"), ">=", Setting("priority.ice_high_at_least")), _HIGH),
        (
            "ice_low",
            Call(
                "AND", (Apply(Column("ice"), "<", Setting("priority.ice_low_below")), Call("NOT", (_URGENT,)))
            ),
            _LOW,
        ),
    ),
    ("ice_middle", _MEDIUM),
)


@dataclass(frozen=True)
class LatestContact:
    """The later of the record's own day, where it is not in the future, and the day on file."""

    def values(self, rows: Rows) -> Values:
        own, known = np.floor(rows.column("last_contact")), rows.column("known_contact")
        usable = (rows.today == 0) | (own <= rows.today)
        return np.asarray(np.maximum(np.where(usable, own, 0.0), np.nan_to_num(known)))

    def formula(self, spelling: Spelling) -> str:
        own, known = spelling.cell("last_contact"), spelling.cell("known_contact")
        on_file = f'IF(N({known})>0,{known},"")'
        past = f"OR({TODAY_NAME}=0,INT({own})<={TODAY_NAME})"
        return f"IF(ISNUMBER({own}),IF({past},MAX(INT({own}),N({known})),{on_file}),{on_file})"


@dataclass(frozen=True)
class PlannedDay:
    """The day of a plan: a date, or a text that begins with one like 2024-03-20."""

    def values(self, rows: Rows) -> Values:
        return rows.column("next_date")

    def formula(self, spelling: Spelling) -> str:
        cell = spelling.cell("next_plan")
        written = f'IF(MID({cell},5,1)&MID({cell},8,1)="--",DATEVALUE(LEFT({cell},10)),"")'
        return f'IFERROR(IF(ISNUMBER({cell}),INT({cell}),{written}),"")'


@dataclass(frozen=True)
class PerTier:
    """A number that stands with each tier, 0 for a row without tier.

    A sheet that lists its tiers under a name is asked; otherwise tiers and numbers are settled in writing.
    """

    fields: tuple[str, ...]

    def values(self, rows: Rows) -> Values:
        tiers = rows.rules.tiers.items()
        sums = {code: float(sum(getattr(tier, name) for name in self.fields)) for code, tier in tiers}
        return np.array([sums.get(code, 0.0) for code in rows.column("tier")], dtype="float64")

    def formula(self, spelling: Spelling) -> str:
        names = [spelling.names.get(TIER_RANGES[field]) for field in self.fields]
        if all(names):
            numbers = "+".join(map(str, names))
            return f"SUMPRODUCT(({TIER_LIST_NAME}={spelling.cell('tier')})*({numbers}))"
        text = "0"
        for code, tier in spelling.rules.tiers.items():
            number = literal(sum(getattr(tier, name) for name in self.fields))
            text = f"IF({Chosen('tier', 'tier', code).formula(spelling)},{number},{text})"
        return text


@dataclass(frozen=True)
class CadenceDay:
    """The last contact plus the tier's cadence, off days that are not worked but never before the next workday."""

    def values(self, rows: Rows) -> Values:
        last = np.maximum(np.nan_to_num(rows.column("latest_contact")), 1)
        due = add_months(last, _MONTHS.values(rows)) + _DAYS.values(rows)
        roll, calendar = rows.rules.followup.roll, rows.calendar
        if roll == "none" or calendar is None:
            return due
        if roll == "following":
            return rolled(due, calendar, "following")
        return np.maximum(rolled(due, calendar, "preceding"), rolled(last + 1, calendar, "following"))

    def formula(self, spelling: Spelling) -> str:
        last = spelling.cell("latest_contact")
        due = f"EDATE({last},{_MONTHS.formula(spelling)})+{_DAYS.formula(spelling)}"
        roll = spelling.rules.followup.roll
        if roll == "none":
            return due
        list_of = f"{EVERY_DAY},{DAYS_OFF_NAME}"
        if roll == "following":
            return f"WORKDAY.INTL({due}-1,1,{list_of})"
        return f"MAX(WORKDAY.INTL({due}+1,-1,{list_of}),WORKDAY.INTL({last},1,{list_of}))"


@dataclass(frozen=True)
class WorkdaysTo:
    """Workdays after ``start`` up to today."""

    start: Expression

    def values(self, rows: Rows) -> Values:
        if rows.calendar is None:
            return np.zeros(1)
        return workdays_until(self.start.values(rows), rows.today, rows.calendar)

    def formula(self, spelling: Spelling) -> str:
        start = self.start.formula(spelling)
        return f"NETWORKDAYS.INTL({start}+1,{TODAY_NAME},{EVERY_DAY},{DAYS_OFF_NAME})"


_MONTHS, _DAYS = PerTier(("cadence_months",)), PerTier(("cadence_days",))
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
DUE = Cases(
    (
        ("no_plan", NoDay("planned_day"), _NOMINAL),
        (
            "old_plan",
            Call("AND", (Call("NOT", (_NEVER,)), Apply(_PLAN, "<=", Column("latest_contact")))),
            _NOMINAL,
        ),
        ("plan", Call("OR", (NoDay("nominal_due"), _NEVER)), _PLAN),
    ),
    ("earlier", Call("MIN", (_PLAN, _NOMINAL))),
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
