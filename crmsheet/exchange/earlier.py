"""Whether what stands where an export is to go is an earlier export, and so may be replaced."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from crmsheet.errors import NotAnExport, UsageError, load_extra
from crmsheet.exchange.typed import TABLES
from crmsheet.labels import Labels

_SQLITE, _DUCKDB, _DUCKDB_AT = b"SQLite format 3\0", b"DUCK", slice(8, 12)  # by which their files are known
_SUFFIXES = (".csv", ".parquet")


def require_replaceable(target: Path, source: Path) -> None:
    """Raise :class:`NotAnExport` when ``target`` holds anything that an export did not write.

    A target that is the workbook itself, or a folder around it, is refused as misuse.
    """
    place = target.resolve()
    if place in (source.resolve(), *source.resolve().parents) or _same(target, source):
        raise UsageError(problem=Labels.load().phrase("export_onto_source", path=target, source=source))
    if not target.exists():
        return
    found = _foreign_entry(target) if target.is_dir() else _foreign_table(target)
    if found:
        raise NotAnExport(path=target, found=found)


def _same(target: Path, source: Path) -> bool:
    return target.exists() and source.exists() and target.samefile(source)


def _foreign_entry(folder: Path) -> str:
    """The first entry of the folder that is no table of ours, blank when there is none."""
    for entry in sorted(folder.iterdir()):
        if entry.stem not in TABLES or entry.suffix not in _SUFFIXES or not entry.is_file():
            return entry.name
    return ""


def _foreign_table(file: Path) -> str:
    """The first table of the database that is not ours; of a file that is no database its own name."""
    names = _tables(file) if file.is_file() else []
    return next((name for name in names if name not in TABLES), "") if names else file.name


def _tables(file: Path) -> list[str]:
    """The tables and views of a database; none when it is not one, or cannot be read."""
    with file.open("rb") as opened:
        head = opened.read(len(_SQLITE))
    if head == _SQLITE:
        return _sqlite_tables(file)
    return _duckdb_tables(file) if head[_DUCKDB_AT] == _DUCKDB else []


def _sqlite_tables(file: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            found = opened.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            return [str(name) for (name,) in found.fetchall()]
    except sqlite3.Error:
        return []


def _duckdb_tables(file: Path) -> list[str]:
    duckdb = load_extra("duckdb", feature="duckdb", extra="export", module="duckdb")
    try:
        with duckdb.connect(str(file), read_only=True) as opened:
            found = opened.execute("SELECT table_name FROM information_schema.tables")
            return [str(name) for (name,) in found.fetchall()]
    except duckdb.Error:
        return []
