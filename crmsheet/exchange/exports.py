"""export_workbook(): a workbook's tables, scores included, for BI tools and scripts."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import pandas as pd

from crmsheet.analysis import PathText, analyze_workbook
from crmsheet.book.drafts import replacing
from crmsheet.delimited import guarded_texts
from crmsheet.errors import TargetExists, UsageError, load_extra
from crmsheet.exchange.earlier import require_replaceable
from crmsheet.exchange.typed import result_tables
from crmsheet.labels import Labels
from crmsheet.rules import Rules

Target = Literal["csv", "parquet", "sqlite", "duckdb"]
Frames = Mapping[str, pd.DataFrame]
FOLDERS = ("csv", "parquet")  # one file per table


def export_workbook(  # noqa: PLR0913 - each is one option of the command line
    path: PathText,
    out: PathText,
    *,
    to: Target,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    headers: Literal["code", "label"] = "code",
    replace: bool = False,
    password: str = "",
) -> dict[str, int]:
    """Write the tables of the analyzed workbook to ``out``; returns the rows of each.

    CSV and Parquet become a folder with one file per table, SQLite and DuckDB one file with one table each. Dates,
    numbers and truth values keep their types. ``headers="label"`` names columns in words. An existing ``out`` is
    refused unless ``replace``; then it is replaced, if it is an earlier export and nothing else
    (:class:`~crmsheet.errors.NotAnExport`), once the new one is whole. ``password`` opens an encrypted workbook;
    what is written then is not encrypted.
    """
    if to not in _WRITERS:
        raise UsageError(problem=Labels.load().phrase("unknown_export", found=to, known=", ".join(_WRITERS)))
    target = Path(out)
    if target.exists() and not replace:
        raise TargetExists(path=target)
    allowed = partial(require_replaceable, source=Path(path))
    allowed(target)
    result = analyze_workbook(path, as_of=as_of, rules=rules, password=password)
    frames = result_tables(result)
    if headers == "label":
        frames = {name: _worded(frame, result.rules.labels) for name, frame in frames.items()}
    with replacing(target, allowed) as draft:
        _WRITERS[to](frames, draft)
    return {name: len(frame) for name, frame in frames.items()}


def _worded(frame: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Columns under their labels; a label that two columns share is told apart by the code."""
    words = [labels.column(str(name)) for name in frame.columns]
    named = [
        word if words.count(word) == 1 else f"{word} {code}"
        for word, code in zip(words, frame.columns, strict=True)
    ]
    return frame.set_axis(named, axis=1)


def _write_csv(frames: Frames, folder: Path) -> None:
    folder.mkdir()
    for name, frame in frames.items():
        # The mark makes Excel read UTF-8.
        guarded_texts(frame).to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig")


def _write_parquet(frames: Frames, folder: Path) -> None:
    load_extra("pyarrow", feature="parquet", extra="export", module="pyarrow")
    folder.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def _write_sqlite(frames: Frames, file: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as connection:
            for name, frame in frames.items():
                frame.to_sql(name, connection, index=False)
    except (sqlite3.Error, pd.errors.DatabaseError) as error:
        raise _system_error(error.__cause__ or error) from error


def _write_duckdb(frames: Frames, file: Path) -> None:
    duckdb = load_extra("duckdb", feature="duckdb", extra="export", module="duckdb")
    try:
        with duckdb.connect(str(file)) as connection:
            for name, frame in frames.items():
                connection.register("frame", frame)
                connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM frame')  # names are ours
                connection.unregister("frame")
    except duckdb.Error as error:
        raise _system_error(error) from error


def _system_error(error: BaseException) -> OSError:
    """A library's own error as the system's, which says whether the disk is full."""
    full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    full = full or os.strerror(errno.ENOSPC) in str(error)
    return OSError(errno.ENOSPC if full else errno.EIO, str(error))


_WRITERS: Mapping[str, Callable[[Frames, Path], None]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "sqlite": _write_sqlite,
    "duckdb": _write_duckdb,
}
