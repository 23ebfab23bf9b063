"""Order tables from other systems: Parquet files whose columns are recognised by their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmsheet.analysis import PathText
from crmsheet.batch.order_cells import plain_id
from crmsheet.batch.parts import Types, library
from crmsheet.batch.store import named, quoted
from crmsheet.clean.headers import recognize_header
from crmsheet.data import LANGUAGES, speaking
from crmsheet.errors import DamagedWorkbook, FileMissing, UnknownColumn, UsageError
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels

ROW_NUMBER = "file_row_number"  # a column that DuckDB adds
NEEDED = ("customer_id", "order_date", "amount")
_READERS = {"order_date": "read_day", "amount": "read_amount", "profit": "read_amount"}
_PUBLISHED: Types = {
    "order_date": "timestamp[us]",
    "amount": "double",
    "profit": "double",
    "is_refund": "bool",
}

_TEXTS = {"string", "number", "double", "day", "bool", "null"}
_NUMBERS = {"string", "number", "double", "null"}
_READ = {  # what a field is read from
    "order_date": {"string", "day", "null"},
    "amount": _NUMBERS,
    "profit": _NUMBERS,
    "is_refund": {"string", "bool", "number", "double", "null"},
}
_WANTED = {"order_date": "day", "amount": "number", "profit": "number", "is_refund": "flag"}


@dataclass(frozen=True)
class OrderFile:
    """One Parquet file: how many rows it has, and which of its columns is which field."""

    path: Path
    rows: int
    columns: dict[str, str]
    types: dict[str, str]
    zones: dict[str, str] = field(default_factory=dict)

    def selection(self) -> str:
        """The fields as SQL, each of one type in all files; what a text says that is no day or amount stands beside."""
        fields = [f"{self.expression(code)} AS {named(code)}" for code in self.columns]
        return ", ".join(
            [*fields, *(f"{self._unread(code)} AS {named(f'{code}_text')}" for code in self.read)]
        )

    def scan(self) -> str:
        """The rows as SQL, each with its place."""
        return f"read_parquet({quoted(self.path)}, {ROW_NUMBER}=true, hive_partitioning=false)"

    def own_id(self) -> str:
        """The id that the row itself gives as SQL, as a cell of a workbook is read; blank where it has none."""
        return plain_id(self._text("customer_id"))

    @property
    def read(self) -> list[str]:
        """The days and amounts that are texts."""
        return [code for code in _READERS if self.types.get(code) == "string"]

    @property
    def published(self) -> Types:
        """The columns of ``selection``."""
        typed = {code: _PUBLISHED.get(code, "string") for code in self.columns}
        return typed | {f"{code}_text": "string" for code in self.read}

    def expression(self, code: str) -> str:
        """The field as SQL."""
        column = named(self.columns[code])
        if code == "customer_id":
            return f"nullif({self.own_id()}, '')"
        if code == "is_refund" and self.types[code] == "string":
            said = f"lower(trim({column}))"
            return f"CASE WHEN {said} IN ({_words('yes')}) THEN true WHEN {said} IN ({_words('no')}) THEN false END"
        if code == "is_refund":
            return f"CAST({column} AS BOOLEAN)"
        if code not in _READERS:
            return self._text(code)
        if code in self.read:
            return f"{_READERS[code]}({column})"
        if code in self.zones:  # the day it was there
            column = _local(column, self.zones[code])
        return f"CAST({column} AS {'TIMESTAMP' if code == 'order_date' else 'DOUBLE'})"

    def _text(self, code: str) -> str:
        column = named(self.columns[code])
        if self.types[code] == "double":  # 1001.0 is the number 1001
            whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
            number = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
            return f"CASE WHEN {whole} THEN {number} ELSE CAST({column} AS VARCHAR) END"
        return f"CAST({column} AS VARCHAR)"

    def _unread(self, code: str) -> str:
        column = named(self.columns[code])
        return f"CASE WHEN {self.expression(code)} IS NULL AND trim({column}) <> '' THEN {column} END"


def find_orders(place: PathText | None) -> list[OrderFile]:
    """The order files at ``place``, a Parquet file or a folder of them, in the order of their paths."""
    if place is None:
        return []
    path = Path(place)
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files or not files[0].exists():
        raise FileMissing(path=path, near="")
    return [_described(one.resolve()) for one in files]


def _described(path: Path) -> OrderFile:
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    try:
        facts = pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DamagedWorkbook(path=path, part="parquet", reason=str(error)) from None
    columns: dict[str, str] = {}
    for name in facts.schema_arrow.names:
        code = _field(name)
        if code:
            columns.setdefault(code, name)
    missing = [code for code in NEEDED if code not in columns]
    if missing:
        known = ", ".join(facts.schema_arrow.names)
        raise UnknownColumn(step=f"batch --orders {path.name}", column=", ".join(missing), columns=known)
    _refuse_repeated(path, facts.schema_arrow.names, columns)
    types = {code: _kind(facts.schema_arrow.field(name).type) for code, name in columns.items()}
    for code, kind in types.items():
        if kind not in _READ.get(code, _TEXTS):
            facts_of = {
                "file": path,
                "column": columns[code],
                "found": facts.schema_arrow.field(columns[code]).type,
            }
            raise UsageError(
                problem=Labels.load().phrase(f"batch_orders_{_WANTED.get(code, 'text')}", **facts_of)
            )
    if types.get("is_refund") == "string" and (unknown := _unknown_words(path, columns["is_refund"])):
        facts_of = {"file": path, "column": columns["is_refund"], "found": ", ".join(unknown[:3])}
        raise UsageError(problem=Labels.load().phrase("batch_orders_words", **facts_of))
    zone = getattr(facts.schema_arrow.field(columns["order_date"]).type, "tz", None) or ""
    zones = {"order_date": zone} if zone else {}
    return OrderFile(path, facts.metadata.num_rows, columns, types, zones)


def _field(name: str) -> str:
    codes = {one.code for one in SHEETS["orders"].fields}
    if name in codes:
        return name
    code = recognize_header(name, sheet="orders").field
    return code if code in codes else ""


def _local(column: str, zone: str) -> str:
    """A moment as the clock of its zone showed it; zones are names, or offsets such as +08:00."""
    if zone[0] not in "+-":
        return f"({column} AT TIME ZONE {quoted(zone)})"
    hours, minutes = zone[1:3], zone[-2:]
    return f"(({column} AT TIME ZONE 'UTC') {zone[0]} INTERVAL {quoted(f'{hours} hours {minutes} minutes')})"


def _words(answer: str) -> str:
    """The words for yes or no in every language, as SQL."""
    return ", ".join(quoted(word) for word in _spellings(answer))


def _spellings(answer: str) -> list[str]:
    words: set[str] = set()
    for language in LANGUAGES:
        with speaking(language):
            words.update(word.lower() for word in Labels.load().words["choices"]["yes_no"][answer])
    return sorted(words)


def _unknown_words(path: Path, column: str) -> list[str]:
    """What stands in a column of yes and no that is neither: a refund must not pass for a sale."""
    values = library("pyarrow.parquet").read_table(path, columns=[column], partitioning=None)[column].unique()
    known = {"", *_spellings("yes"), *_spellings("no")}
    return [text for text in values.to_pylist() if text is not None and text.strip().lower() not in known]


def _refuse_repeated(path: Path, names: list[str], columns: dict[str, str]) -> None:
    """Two columns of one name: nobody knows which is meant."""
    folded = [name.casefold() for name in names]
    for name in columns.values():
        if folded.count(name.casefold()) > 1:
            raise UsageError(problem=Labels.load().phrase("batch_orders_repeated", file=path, column=name))
    if ROW_NUMBER in folded:  # DuckDB refuses such a file in the middle of the work
        column = names[folded.index(ROW_NUMBER)]
        raise UsageError(problem=Labels.load().phrase("batch_orders_row_number", file=path, column=column))


def _kind(kind: Any) -> str:
    """string, number, double, day, bool or null; blank for what no field can be."""
    types = library("pyarrow").types
    if types.is_dictionary(kind):
        return _kind(kind.value_type)
    tests = {
        "string": (types.is_string, types.is_large_string, types.is_string_view),
        "double": (types.is_floating,),
        "number": (types.is_integer, types.is_decimal),
        "day": (types.is_timestamp, types.is_date),
        "bool": (types.is_boolean,),
        "null": (types.is_null,),
    }
    return next((name for name, known in tests.items() if any(test(kind) for test in known)), "")
