"""How many planted faults are found, and how many of the repairs are right: writes docs/accuracy.md.

    python -m benchmarks.findings

A workbook of 2,000 records with a title, two header lines and faults of 30 known kinds is read, judged, cleaned and
read again; another one has the other sheets of a team (``team_findings``). The lists of answers are kept apart.
Recall is the part of the planted faults that a finding of the fitting kind names at their cell; precision is the part
of such findings that stand at a cell planted with that kind.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from benchmarks.pages import write_section
from benchmarks.team_findings import measure_team, team_table
from crmsheet.analysis import read_workbook
from crmsheet.app import check, clean_workbook
from crmsheet.checks.cell import as_text
from crmsheet.clean.duplicates import find_duplicates
from crmsheet.data import read_toml
from crmsheet.fields import sheet
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.sample.messy import MessyBook, messy_book
from crmsheet.sample.messy_team import messy_team

DOCS = Path(__file__).parent.parent / "docs" / "accuracy.md"
FIRST_ROW = 4  # below the title and two header lines
# Said of the customer or of another cell of the row, not of what was typed in this cell.
CONSEQUENCES = frozenset({"update_due", "plan_before_contact", "notes_missing"})


@dataclass(frozen=True)
class Score:
    """One kind of fault: planted, found by a fitting finding, fitting findings elsewhere, repairs right and wrong."""

    fault: str
    planted: int
    found: int
    elsewhere: int
    right: int = 0
    wrong: int = 0
    repairable: bool = False

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        named = self.found + self.elsewhere
        return self.found / named if named else 1.0


def write_messy(path: Path, book: MessyBook) -> Path:
    """The messy workbook as a file: a merged title, a line of bands over the headers, then the rows."""
    labels, words = Labels.load(), read_toml("sample_messy.toml")["words"]
    codes = [one.code for one in sheet("records").fields[:16]]
    with xlsxwriter.Workbook(str(path)) as workbook:
        page = workbook.add_worksheet(labels.sheet("records"))
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        page.merge_range(0, 0, 0, 15, words["title"])
        for place, band in enumerate(words["bands"]):
            page.merge_range(1, place * 4, 1, place * 4 + 3, band)
        page.write_row(2, 0, [labels.field(code) for code in codes])
        for row, values in enumerate(book.rows[codes].itertuples(index=False), start=FIRST_ROW - 1):
            for column, value in enumerate(values):
                if isinstance(value, date):
                    page.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, str):
                    page.write_string(row, column, value)
                elif not pd.isna(value):
                    page.write(row, column, value)
    return path


def measure(folder: Path, book: MessyBook) -> tuple[list[Score], Score, Score]:
    """Scores by kind of fault, of the headers, and of the repairs that ``clean`` applied in one go."""
    path = write_messy(folder / "messy.xlsx", book)
    issues = check(path, as_of=book.as_of)
    planted = {(row + FIRST_ROW, column): what for row, column, *what in book.answers.itertuples(index=False)}
    facts = read_toml("sample_messy.toml")["faults"]
    scores = [
        _score(fault, what, issues, planted) for fault, what in facts.items() if fault != "duplicate_name"
    ]
    return [_duplicates(path, book), *scores], _headers(path), _applied(path, folder, book, planted)


def _score(fault: str, what: dict[str, Any], issues: pd.DataFrame, planted: dict[Any, Any]) -> Score:
    cells = {where: meant for where, (kind, _, meant) in planted.items() if kind == fault}
    named = issues[issues["code"].isin(what["codes"])]
    places = list(zip(named["row"], named["column"], strict=True))
    # Two kinds may be named by one code; a cell spoiled otherwise is not a false alarm.
    elsewhere = sum(1 for where in set(places) if where not in planted)
    found = len(cells.keys() & set(places))
    proposals = defaultdict(list)
    for where, proposal in zip(places, named["suggestion"], strict=True):
        if where in cells and proposal:
            proposals[where].append(proposal)
    right = sum(1 for where, proposed in proposals.items() if cells[where] in proposed)
    wrong = len(proposals) - right if what["repaired"] else 0
    return Score(fault, len(cells), found, elsewhere, right, wrong, what["repaired"])


def _duplicates(path: Path, book: MessyBook) -> Score:
    """Pairs of customers entered twice, among all pairs called the same."""
    records = read_workbook(path)["records"]
    customers = records.drop_duplicates("customer_id").set_index("customer_id", drop=False)
    pairs = find_duplicates(customers, Rules.load())
    same = pairs[pairs["relation"] == "same"]
    # An id that was spoiled, too, makes two of one customer: that pair is planted elsewhere.
    ids = {frozenset(map(_plain_id, pair)) for pair in zip(same["left_id"], same["right_id"], strict=True)}
    found = {pair for pair in ids if len(pair) > 1}
    wanted = {frozenset(map(_plain_id, pair)) for pair in book.duplicates}
    return Score("duplicate_name", len(wanted), len(wanted & found), len(found - wanted))


def _plain_id(value: object) -> str:
    return str(value).replace("-", "").upper()


def _headers(path: Path) -> Score:
    """Columns recognised under a merged title and two header lines, and rows read."""
    codes = {one.code for one in sheet("records").fields[:16]}
    known = set(read_workbook(path)["records"].columns)
    return Score("merged_headers", len(codes), len(codes & known), len(known - codes))


def _applied(path: Path, folder: Path, book: MessyBook, planted: dict[Any, Any]) -> Score:
    """What ``clean`` really changed in one go: cells that now say what was meant, and cells that do not."""
    target = folder / "clean.xlsx"
    result = clean_workbook(path, target, accept="safe", as_of=book.as_of)
    after = read_workbook(target)["records"]
    headers = {Labels.load().field(code): code for code in after.columns}
    safe = {code for code, fact in read_toml("issues.toml").items() if fact.get("safe")}
    faults = read_toml("sample_messy.toml")["faults"]
    kinds = {kind for kind, what in faults.items() if what["repaired"] and set(what["codes"]) <= safe}
    wanted = sum(1 for kind, _, _ in planted.values() if kind in kinds)
    right = wrong = 0
    for line in result.repairs.to_dict("records"):
        where = int(re.sub("[A-Z]", "", line["cell"])), headers[line["field"]]
        kind, _, meant = planted.get(where, ("", None, None))
        ok = meant is not None and as_text(after.at[where]) == as_text(meant)
        right, wrong = right + (ok and kind in kinds), wrong + (not ok)
    return Score("applied", wanted, right, wrong, right, wrong, repairable=True)


def false_alarms(path: Path, book: MessyBook) -> pd.DataFrame:
    """Findings at cells that nobody spoiled."""
    issues = check(path, as_of=book.as_of)
    places = zip(book.answers["position"], book.answers["column"], strict=True)
    planted = {(row + FIRST_ROW, column) for row, column in places}
    told = [where not in planted for where in zip(issues["row"], issues["column"], strict=True)]
    kept = issues[told]
    return kept[~kept["code"].isin([*CONSEQUENCES, "possible_duplicate"])]


def table(scores: list[Score], headers: Score, applied: Score, alarms: int, book: MessyBook) -> str:
    lines = [
        f"{len(book.rows):,} records, {len(book.answers):,} spoiled cells, seed in `sample/messy.py`.",
        "",
        "| fault | planted | found | recall | precision | repairs right | wrong |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in [*scores, headers]:
        repairs = f"{one.right} | {one.wrong}" if one.repairable else "– | –"
        lines.append(
            f"| {one.fault.replace('_', ' ')} | {one.planted} | {one.found} | {one.recall:.3f} | "
            f"{one.precision:.3f} | {repairs} |"
        )
    planted, found = sum(one.planted for one in scores), sum(one.found for one in scores)
    right, wrong = sum(one.right for one in scores), sum(one.wrong for one in scores)
    lines += [
        f"| **all** | {planted} | {found} | {found / planted:.3f} | {found / (found + alarms):.3f} | {right} | "
        f"{wrong} |",
        "",
        f"`crmsheet clean` in one go: {applied.found} of {applied.planted} cells spoiled in a way that is safe to "
        f"repair now say what was meant; {applied.wrong} cells were changed to something else.",
        f"Findings at cells that nobody spoiled: {alarms}.",
    ]
    return "\n".join(lines)


def main() -> None:
    book = messy_book()
    with tempfile.TemporaryDirectory() as folder:
        scores, headers, applied = measure(Path(folder), book)
        alarms = len(false_alarms(Path(folder) / "messy.xlsx", book))
        team = messy_team()
        lines, false = measure_team(Path(folder) / "team.xlsx", team)
    text = table(scores, headers, applied, alarms, book)
    text += "\n\nThe other sheets of a team:\n\n" + team_table(lines, false, team)
    sys.stdout.write(text + "\n")
    write_section(DOCS, "findings", text)


if __name__ == "__main__":
    main()
