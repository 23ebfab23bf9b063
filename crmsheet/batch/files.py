"""Stage 1: one workbook becomes typed Parquet parts, kept under the hash of its content."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from glob import glob
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.analysis import PathText
from crmsheet.batch.parts import save, write_part
from crmsheet.book.legacy import read_any_book
from crmsheet.collector import collector_paused
from crmsheet.data import Language, speaking, spoken
from crmsheet.errors import CrmsheetError, DiskFull, FileMissing
from crmsheet.judging import judge
from crmsheet.pipeline import gather_requirements
from crmsheet.recognize import recognize
from crmsheet.relate import keyed_tables
from crmsheet.repairs.decisions import split_silenced
from crmsheet.rules import Rules
from crmsheet.tables.snapshots import choose_snapshot
from crmsheet.watch import is_workbook

NEEDS, BEFORE, ISSUES = "needs", "before", "issues"  # parts that are not tables of the workbook
_VERSION = "1"  # of what a part holds: another one makes all parts anew


@dataclass(frozen=True)
class Setup:
    """Rules, day and language of a run: a worker's own process knows of none."""

    rules: Rules
    as_of: date
    language: Language = field(default_factory=spoken)

    @property
    def mark(self) -> str:
        """Changes with whatever the parts depend on."""
        facts = f"{_VERSION}\n{self.as_of}\n{self.language}\n{self.rules.model_dump_json()}"
        return hashlib.sha256(facts.encode()).hexdigest()

    def write(self, path: Path) -> None:
        save(lambda place: place.write_bytes(pickle.dumps(self)), path)


def read_setup(path: Path) -> Setup:
    """The setup of a run, read once in each process."""
    facts = path.stat()
    return _setup_of(path, (facts.st_ino, facts.st_mtime_ns, facts.st_size))


@lru_cache(maxsize=2)
def _setup_of(path: Path, _: tuple[int, int, int]) -> Setup:
    """A later run writes another setup to the same path."""
    setup: Setup = pickle.loads(path.read_bytes())
    return setup


@dataclass(frozen=True)
class Source:
    """One workbook of the run. ``number`` is its place in the order of paths, which decides wherever files differ."""

    number: int
    path: Path
    unit: str
    digest: str = ""

    def part(self, parts: Path) -> Path:
        return parts / self.digest


@dataclass(frozen=True)
class FileTask:
    """What a worker needs to read one workbook."""

    source: Source
    parts: Path
    setup: Path


def find_sources(paths: PathText | Iterable[PathText], *, apart_from: Path | None = None) -> list[Source]:
    """The workbooks meant by patterns, folders and files, in the order of their paths, but those that a batch
    wrote into ``apart_from``.
    """
    given = [paths] if isinstance(paths, str | PathLike) else list(paths)
    found = sorted({path.resolve() for one in given for path in _matching(Path(one))})
    found = [path for path in found if apart_from is None or apart_from not in path.parents]
    if not found:
        raise FileMissing(path=", ".join(map(str, given)), near="")
    folders = {path.parent for path in found}
    return [
        Source(number, path, path.parent.name if len(folders) > 1 else path.stem)
        for number, path in enumerate(found)
    ]


def _matching(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return (one for one in path.rglob("*") if one.is_file() and is_workbook(one))
    if path.exists():  # whatever letters its name has
        return (path,)
    if any(letter in str(path) for letter in "*?["):
        known = (Path(one) for one in glob(str(path), recursive=True))
        return (one for one in known if one.is_file() and not one.name.startswith(("~$", ".")))
    return (path,)


def digest_of(path: Path, mark: str) -> str:
    """Hash of the content and of what it is judged by; blank when the file cannot be read."""
    digest = hashlib.sha256(mark.encode())
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def read_file(task: FileTask) -> dict[str, Any]:
    """Read and clean one workbook and write its parts; what is wrong with the file is told, never raised."""
    place = task.source.part(task.parts)
    setup = read_setup(task.setup)
    with speaking(setup.language):
        return _read_into(place, task.source.path, setup)


def _read_into(place: Path, path: Path, setup: Setup) -> dict[str, Any]:
    try:
        tables = _tables_of(path, setup)
    except DiskFull:
        raise
    except CrmsheetError as error:
        return {"error": str(error)}
    except Exception as error:  # a file nobody foresaw must not end the run of a thousand others
        return {"error": f"{type(error).__name__}: {error}"}
    return _write_parts(place, *tables)


def finished(place: Path) -> dict[str, Any] | None:
    """What an earlier run wrote of the same content, None when it did not finish."""
    done = place / "done.json"
    report: dict[str, Any] | None = json.loads(done.read_text("utf-8")) if done.exists() else None
    return report


@collector_paused()
def _tables_of(path: Path, setup: Setup) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The parts of one workbook by name, and what else the run should know of it."""
    book = read_any_book(path)
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


def _write_parts(place: Path, parts: Mapping[str, pd.DataFrame], facts: dict[str, Any]) -> dict[str, Any]:
    draft = place.with_name(f".{place.name}")
    shutil.rmtree(draft, ignore_errors=True)
    types = {code: dict(write_part(frame, draft / f"{code}.parquet")) for code, frame in parts.items()}
    report = {**facts, "types": types}
    save(lambda path: path.write_text(json.dumps(report, ensure_ascii=False), "utf-8"), draft / "done.json")
    shutil.rmtree(place, ignore_errors=True)
    draft.rename(place)
    return report


def known_digests(sources: Sequence[Source], mark: str) -> list[Source]:
    """The sources with the hash of their content."""
    return [Source(one.number, one.path, one.unit, digest_of(one.path, mark)) for one in sources]
