"""Stage 1: some workbooks become typed Parquet parts, one per table, kept under the hashes of their contents."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.analysis import UNREAD
from crmsheet.batch.files import Source
from crmsheet.batch.judged import PLACE, Parts, judge_stack
from crmsheet.batch.parts import Types, write_part
from crmsheet.batch.saving import checksum, save
from crmsheet.batch.setup import Setup, read_setup
from crmsheet.book.legacy import read_any_book
from crmsheet.book.raw import RawBook
from crmsheet.collector import collector_paused
from crmsheet.data import speaking
from crmsheet.errors import CrmsheetError, DiskFull
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.model import Tables
from crmsheet.recognize import recognize
from crmsheet.result import worded
from crmsheet.stacked import alike, stack

DONE = "done.json"
_PARTLY = {
    "sheet_not_read",
    "other_table",
    "sheet_too_large",
    "formula_without_value",
}  # not all of a file was read
# Lists of earlier runs that say nothing to a batch.
_UNREAD = (*UNREAD, "figures", "repairs", "conflicts", "audit")

# What came of one workbook; ``error`` says why it is not read, ``state`` if that is no failure.
Report = dict[str, Any]


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
    with speaking(setup.language), collector_paused():
        books, reports = _read_all(task.sources, task.password)
        said = [one for numbers in alike(books) for one in _judge(books, numbers, setup, reports)]
    by_content = {
        source.content: {**reports[number], "place": number} for number, source in enumerate(task.sources)
    }
    return _write_parts(task.place, said, by_content)


def _read_all(sources: Sequence[Source], password: str) -> tuple[dict[int, Tables], dict[int, Report]]:
    """The tables of each workbook that can be read, by its number, and what came of it."""
    books: dict[int, Tables] = {}
    reports: dict[int, Report] = {}
    for number, source in enumerate(sources):
        try:
            book = read_any_book(source.path, unread=_UNREAD, password=password)
            if _is_output(book):
                reports[number] = _skipped()
                continue
            books[number] = tables = recognize(book)
            reports[number] = _read_facts(tables)
        except Exception as error:  # a file nobody foresaw must not end the run of a thousand others
            reports[number] = _failed(error)
    return books, reports


def _is_output(book: RawBook) -> bool:
    """Whether every sheet of a workbook is an analysis that we wrote, as in the summary of an earlier batch."""
    keys = [sheet.own_key for sheet in book.sheets]
    return bool(keys) and all(key and key not in SHEETS for key in keys)


def _skipped() -> Report:
    return {"state": "skipped", "error": Labels.load().phrase("batch_skipped_output")}


def _read_facts(tables: Tables) -> Report:
    """What a run should know of a workbook's reading: days off, settings, and what of it was left out."""
    unread: Counter[str] = Counter()
    for note in tables.notes:
        if note.code == "sheet_not_read":
            unread[note.facts["table"]] += note.facts["rows"]
    return {
        "holidays": {day.isoformat(): off for day, off in tables.holidays.items()},
        "settings": len(tables.settings),
        "notes": worded(tables.notes, Labels.load()),
        "partly": any(note.code in _PARTLY for note in tables.notes),
        "unread": unread,
    }


def _judge(
    books: Mapping[int, Tables], numbers: Sequence[int], setup: Setup, reports: dict[int, Report]
) -> list[Parts]:
    """The parts of workbooks of one form; where one of them cannot be judged, the others are without it."""
    try:
        said = judge_stack(stack([books[number] for number in numbers]), numbers, setup)
    except Exception as error:
        if len(numbers) > 1:
            return [part for number in numbers for part in _judge(books, [number], setup, reports)]
        reports[numbers[0]] = _failed(error)
        return []
    for number, facts in zip(numbers, said.facts, strict=True):
        reports[number] |= facts
    return [said.parts]


def _failed(error: Exception) -> Report:
    if isinstance(error, DiskFull):  # ends the run
        raise error
    if isinstance(error, CrmsheetError):
        return {"error": str(error), "brief": error.brief}
    return {"error": f"{type(error).__name__}: {error}"}


def _write_parts(place: Path, said: Sequence[Parts], reports: dict[str, Report]) -> Group:
    """The tables of all workbooks one below the other, and beside them the list of what is there, written last."""
    if not said:
        return Group(place, {}, reports)
    draft = place.with_name(f".{place.name}")
    shutil.rmtree(draft, ignore_errors=True)
    codes = dict.fromkeys(code for parts in said for code in parts)
    types, sums = {}, {}
    for code in codes:
        whole = stacked([parts[code] for parts in said if code in parts])
        path = draft / f"{code}.parquet"
        types[code] = dict(write_part(whole.sort_values(PLACE, kind="stable"), path))
        sums[code] = checksum(path)
    done = {"types": types, "checksums": sums, "files": reports}
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
