"""Findings in the messy team: orders, profiles and logs with faults of known kinds. Part of ``benchmarks.findings``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from crmsheet.analysis import read_workbook
from crmsheet.app import check
from crmsheet.checks.cell import as_text
from crmsheet.clean.duplicates import find_duplicates
from crmsheet.data import read_toml
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.sample.messy_team import MessyTeam

FIRST_ROW = 2
ERROR = "#N/A"
# Said where a spoiled order, or an id typed twice, shows again: no finding of their own cell.
CONSEQUENCES = frozenset(
    ("totals_differ", "count_differs", "last_deal_differs", "cooperation_differs", "contact_older_than_log",
     "update_due", "plan_before_contact", "notes_missing", "size_and_budget", "order_before_founded",
     "refund_too_large", "deals_without_orders", "entered_late")  # a fifth of the contacts is entered late by design
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One kind of fault: planted, found, fitting findings elsewhere; proposals right and wrong, None for none."""

    fault: str
    planted: int
    found: int
    elsewhere: int
    right: int | None = None
    wrong: int | None = None


def write_team(path: Path, team: MessyTeam) -> Path:
    """The team as a workbook: one sheet per table, headers as printed, blank rows, a hidden column, a total below."""
    labels = Labels.load()
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for code, table in team.tables.items():
            page = book.add_worksheet(labels.sheet(code))
            page.write_row(0, 0, [labels.field(str(column), code) for column in table.columns])
            for column in range(len(table.columns)):
                for row, value in enumerate(table.iloc[:, column].tolist(), start=FIRST_ROW - 1):
                    _write(page, (row, column), value, day)
            if code == "orders":
                _write_total(page, table)
            page.set_column(len(table.columns) - 1, len(table.columns) - 1, 10, None, {"hidden": True})
    return path


def _write_total(page: Any, orders: pd.DataFrame) -> None:
    """A line of totals below a blank row, as people add it."""
    row = len(orders) + FIRST_ROW
    letter = xlsxwriter.utility.xl_col_to_name(list(orders).index("amount"))
    page.write_string(row, 0, read_toml("sample_messy.toml")["words"]["total"])
    page.write_formula(f"{letter}{row + 1}", f"=SUM({letter}2:{letter}{row - 1})", None, 1.0)


def _write(page: Any, place: tuple[int, int], value: Any, day: Any) -> None:
    if isinstance(value, date):
        page.write_datetime(*place, datetime(value.year, value.month, value.day), day)
    elif value == ERROR:
        page.write_formula(*place, "=NA()", None, ERROR)
    elif isinstance(value, str):
        page.write_string(*place, value)
    elif not pd.isna(value):
        page.write(*place, value)


def measure_team(path: Path, team: MessyTeam) -> tuple[list[Line], pd.DataFrame]:
    """A line per kind of fault, and the findings at cells that nobody spoiled."""
    issues = check(write_team(path, team), as_of=team.as_of)
    places = list(zip(issues["entity"], issues["row"] - FIRST_ROW, issues["column"], strict=True))
    answers = {
        (sheet, position, column): (fault, meant)
        for sheet, position, column, fault, meant in team.answers.itertuples(index=False)
    }
    facts = read_toml("sample_messy.toml")["team_faults"]
    lines = [_line(fault, what, (issues, places), answers) for fault, what in facts.items()]
    free = [place not in answers for place in places]
    alarms = issues[free]
    alarms = alarms[~alarms["code"].isin([*CONSEQUENCES, "possible_duplicate"])]
    varied = {
        right for _, right, _ in team.same
    }  # a name with a blank or in traditional characters is untidy, too
    ids = team.tables["profiles"]["customer_id"]
    is_varied = (alarms["entity"] == "profiles") & alarms["row"].sub(FIRST_ROW).map(ids).isin(varied)
    alarms = alarms[~(is_varied & (alarms["column"] == "customer_name"))]
    return [*lines, *_entered_twice(path, team)], alarms


def _line(
    fault: str, what: dict[str, Any], found: tuple[pd.DataFrame, list[Any]], answers: dict[Any, Any]
) -> Line:
    issues, places = found
    cells = {place: meant for place, (kind, meant) in answers.items() if kind == fault}
    named = issues["code"].isin(what["codes"]).tolist()
    said = {place for place, fits in zip(places, named, strict=True) if fits}
    is_echo = CONSEQUENCES.issuperset(what["codes"])
    elsewhere = 0 if is_echo else sum(place not in answers for place in said)
    line = Line(fault, len(cells), len(said & cells.keys()), elsewhere)
    if not what["repaired"]:
        return line
    proposals = defaultdict(set)
    for place, fits, text in zip(places, named, issues["suggestion"], strict=True):
        if fits and place in cells and text:
            proposals[place].add(text)
    right = sum(as_text(cells[place]) in texts for place, texts in proposals.items())
    return Line(fault, len(cells), line.found, elsewhere, right, len(proposals) - right)


def _entered_twice(path: Path, team: MessyTeam) -> list[Line]:
    """Pairs proposed as one customer, by how the name varies; namesakes of other cities must not be among them."""
    profiles = read_workbook(path)["profiles"].drop_duplicates("customer_id")
    pairs = find_duplicates(profiles.set_index("customer_id", drop=False), Rules.load())
    same = pairs[pairs["relation"] == "same"]
    found = {frozenset(pair) for pair in zip(same["left_id"], same["right_id"], strict=True)}
    wanted: dict[str, set[frozenset[str]]] = defaultdict(set)
    for left, right, kind in team.same:
        wanted[kind].add(frozenset((left, right)))
    known = set().union(*wanted.values())
    merged = sum(frozenset(pair) in found for pair in team.apart)
    lines = [
        Line(f"entered twice: {kind}", len(pairs_of), len(pairs_of & found), 0)
        for kind, pairs_of in wanted.items()
    ]
    return [
        *lines,
        Line("namesakes kept apart", len(team.apart), len(team.apart) - merged, len(found - known)),
    ]


def team_table(lines: list[Line], alarms: pd.DataFrame, team: MessyTeam) -> str:
    sizes = ", ".join(f"{len(table):,} {code}" for code, table in team.tables.items())
    rows = [
        f"{sizes}; {len(team.answers):,} spoiled cells, seed in `sample/messy_team.py`.",
        "",
        "| fault | planted | found | recall | precision | repairs right | wrong |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in lines:
        precision = one.found / (one.found + one.elsewhere) if one.found + one.elsewhere else 1.0
        repairs = "– | –" if one.right is None else f"{one.right} | {one.wrong}"
        name = one.fault.replace("_", " ")
        recall = one.found / one.planted if one.planted else 1.0
        rows.append(f"| {name} | {one.planted} | {one.found} | {recall:.3f} | {precision:.3f} | {repairs} |")
    planted, found = sum(one.planted for one in lines), sum(one.found for one in lines)
    elsewhere = sum(one.elsewhere for one in lines)
    rows += [
        f"| **all** | {planted} | {found} | {found / planted:.3f} | {found / (found + elsewhere):.3f} | "
        f"{sum(one.right or 0 for one in lines)} | {sum(one.wrong or 0 for one in lines)} |",
        "",
        f"Findings at cells that nobody spoiled, other than what a spoiled order says elsewhere: {len(alarms)}.",
    ]
    return "\n".join(rows)
