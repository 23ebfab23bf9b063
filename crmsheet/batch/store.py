"""DuckDB between the stages: joins and groups over all files, with a limit of memory and a folder to spill to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.options import memory_bytes
from crmsheet.batch.parts import Types, library
from crmsheet.errors import DiskFull

SQL_TYPES = {
    "string": "VARCHAR", "double": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN", "timestamp[us]": "TIMESTAMP",
}  # fmt: skip
_INTERRUPTED = re.compile(r"query interrupted|KeyboardInterrupt", re.IGNORECASE)
_FULL = re.compile(r"no space left|disk.*full|max_temp_directory_size", re.IGNORECASE)


class Store:
    """One DuckDB connection of a run."""

    def __init__(self, connection: Any, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, memory: int, threads: int) -> Iterator[Store]:
        """A store that spills below ``folder`` and takes at most ``memory`` bytes itself, and no more than this machine
        has: that of a cluster is not all here.
        """
        spill = folder / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        settings = {"threads": threads, "temp_directory": str(spill), "preserve_insertion_order": False}
        with library("duckdb").connect(config=settings) as connection:
            usual = connection.execute("SELECT current_setting('memory_limit')").fetchone()[0]
            connection.execute(f"SET memory_limit = '{min(memory, memory_bytes(usual)) >> 20}MB'")
            yield cls(connection, folder)

    def run(self, sql: str, **frames: pd.DataFrame) -> None:
        """Run one statement; ``frames`` are tables it may name."""
        self._answer(sql, frames, lambda answer: None)

    def function(self, name: str, read: Callable[[Any], Any], gives: str) -> None:
        """A function of one text for SQL; ``read`` takes and gives Arrow arrays, with missing ones."""
        self._connection.create_function(
            name, read, ["VARCHAR"], gives, type="arrow", null_handling="special"
        )

    def run_beside(self, statements: Sequence[str]) -> Iterator[str]:
        """Run statements of which none needs another, each by one of the threads: rows that several threads add to one
        table cost a third more, and a third more room. Gives each once it is done.
        """
        own = self.frame("SELECT current_setting('threads') AS threads")["threads"].iloc[0]
        self.run("SET threads = 1")
        with ThreadPoolExecutor(int(own)) as pool:
            yield from pool.map(self._beside, statements)
        self.run(f"SET threads = {own}")

    def _beside(self, sql: str) -> str:
        with self._connection.cursor() as connection:
            Store(connection, self._folder).run(sql)
        return sql

    def frame(self, sql: str, **frames: pd.DataFrame) -> pd.DataFrame:
        """The rows of a query."""
        found: pd.DataFrame = self._answer(sql, frames, lambda answer: answer.df())
        return found

    def _answer(self, sql: str, frames: Mapping[str, pd.DataFrame], read: Callable[[Any], Any]) -> Any:
        try:
            return self._asked(sql, frames, read)
        except (library("duckdb").Error, RuntimeError) as error:
            if _FULL.search(str(error)):
                raise DiskFull(path=self._folder) from None
            if _INTERRUPTED.search(str(error)):  # what DuckDB makes of Ctrl-C
                raise KeyboardInterrupt from None
            raise

    def _asked(self, sql: str, frames: Mapping[str, pd.DataFrame], read: Callable[[Any], Any]) -> Any:
        try:
            for name, frame in frames.items():
                self._connection.register(name, frame)
            return read(self._connection.execute(sql))
        finally:
            for name in frames:
                self._connection.unregister(name)


def quoted(text: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def named(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def paths_list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(map(quoted, paths)) + "]"


def columns_of(types: Types, present: Mapping[str, Any], table: str) -> str:
    """The columns of ``types`` from a table that may lack some."""
    return ", ".join(
        f"CAST({f'{table}.{named(name)}' if name in present else 'NULL'} AS {SQL_TYPES[kind]}) AS {named(name)}"
        for name, kind in types.items()
    )
