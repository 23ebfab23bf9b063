"""Stage 1: some workbooks become typed Parquet parts, one per table, kept under the hashes of their contents."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.files import Source
from crmsheet.batch.parts import Types, save, write_part
from crmsheet.batch.setup import Setup, read_setup
from crmsheet.book.legacy import read_any_book
from crmsheet.collector import collector_paused
from crmsheet.data import speaking
from crmsheet.errors import CrmsheetError, DiskFull
from crmsheet.judging import judge
from crmsheet.pipeline import gather_requirements
from crmsheet.recognize import recognize
from crmsheet.relate import keyed_tables
from crmsheet.repairs.decisions import split_silenced
from crmsheet.tables.snapshots import choose_snapshot

NEEDS, BEFORE, ISSUES = "needs", "before", "issues"  # parts that are not tables of the workbook
PLACE = "source_place"  # column of every part: which of the group's workbooks a row is of
DONE = "done.json"

Report = dict[str, Any]  # what came of one workbook
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class GroupTask:
    """What a worker needs to read some workbooks into one set of parts. The password is here and not in the setup,
    which stands on the disk.
    """

    sources: tuple[Source, ...]
    parts: Path
    setup: Path
    password: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        return len(self.sources)

    @property
    def place(self) -> Path:
        contents = "\n".join(source.content for source in self.sources)
        return self.parts / hashlib.sha256(contents.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Group:
    """Parts of some workbooks: where they are, their columns, and what came of each workbook, by its hash."""

    folder: Path
    types: Mapping[str, Types]
    reports: Mapping[str, Report]


def read_group(task: GroupTask) -> Group:
    """Read and clean some workbooks and write their parts; what is wrong with a file is told, never raised."""
    setup = read_setup(task.setup)
    found: list[tuple[int, Tables]] = []
    reports: dict[str, Report] = {}
    with speaking(setup.language):
        for place, source in enumerate(task.sources):
            tables, report = _read_one(source.path, setup, task.password)
            reports[source.content] = {**report, "place": place}
            if "error" not in report:
                found.append((place, tables))
    return _write_parts(task.place, found, reports)


def _read_one(path: Path, setup: Setup, password: str) -> tuple[Tables, Report]:
    try:
        return _tables_of(path, setup, password)
    except DiskFull:
        raise
    except CrmsheetError as error:
        return {}, {"error": str(error)}
    except Exception as error:  # a file nobody foresaw must not end the run of a thousand others
        return {}, {"error": f"{type(error).__name__}: {error}"}


@collector_paused()
def _tables_of(path: Path, setup: Setup, password: str) -> tuple[Tables, Report]:
    """The parts of one workbook by name, and what else the run should know of it."""
    book = read_any_book(path, password=password)
    tables = recognize(book)
    judged = judge(book, tables, lambda _: (setup.rules, setup.as_of), tables.earlier("quality"))
    keyed = keyed_tables(judged.cleaned)
    issues, _ = split_silenced(judged.issues)
    parts = {code: frame.assign(source_row=frame.index) for code, frame in keyed.items()}
    needs = gather_requirements(keyed, tables.earlier("requirement_ids"), setup.rules)
    parts[NEEDS] = needs.assign(source_row=range(len(needs)))
    parts[ISSUES] = issues.assign(customer="", source_row=range(len(issues)))
    before = choose_snapshot(tables.earlier("snapshots"), setup.rules, setup.as_of)
    if before is not None:
        parts[BEFORE] = before.reset_index().assign(source_row=range(len(before)))
    if "tasks" in parts:
        parts["tasks"] = _with_their_requirement(parts["tasks"], needs)
    facts = {
        "rows": {code: len(frame) for code, frame in keyed.items()},
        "severities": {str(name): int(n) for name, n in issues["severity"].value_counts().items()},
        "holidays": {day.isoformat(): off for day, off in tables.holidays.items()},
        "settings": len(tables.settings),
    }
    return parts, facts


def _with_their_requirement(tasks: pd.DataFrame, needs: pd.DataFrame) -> pd.DataFrame:
    """Tasks stand with the customer of their requirement, whomever they name themselves."""
    owner = needs.drop_duplicates("requirement_id").set_index("requirement_id")["customer"]
    home = tasks["requirement_id"].map(owner) if "requirement_id" in tasks else tasks["customer"]
    return tasks.assign(customer=home.where(home.notna(), tasks["customer"]))


def _write_parts(place: Path, found: Sequence[tuple[int, Tables]], reports: dict[str, Report]) -> Group:
    """The tables of all workbooks one below the other, and beside them the list of what is there, written last."""
    if not found:
        return Group(place, {}, reports)
    draft = place.with_name(f".{place.name}")
    shutil.rmtree(draft, ignore_errors=True)
    codes = dict.fromkeys(code for _, tables in found for code in tables)
    types, sizes = {}, {}
    for code in codes:
        frames = [tables[code].assign(**{PLACE: at}) for at, tables in found if code in tables]
        path = draft / f"{code}.parquet"
        types[code] = dict(write_part(stacked(frames), path))
        sizes[code] = path.stat().st_size
    done = {"types": types, "sizes": sizes, "files": reports}
    save(lambda path: path.write_text(json.dumps(done, ensure_ascii=False), "utf-8"), draft / DONE)
    shutil.rmtree(place, ignore_errors=True)
    draft.rename(place)
    return Group(place, types, reports)


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The frames one below the other. Whole numbers stay whole where a frame lacks their column: what a column's type
    is must not depend on who stands beside whom.
    """
    if len(frames) == 1:
        return frames[0]
    whole = {
        name
        for frame in frames
        for name, kind in frame.dtypes.items()
        if kind == "int64" and any(name not in other for other in frames)
    }
    if whole:
        frames = [
            frame.astype({name: "Int64" for name in whole if name in frame and frame[name].dtype == "int64"})
            for frame in frames
        ]
    return pd.concat(frames, ignore_index=True)
