"""Order tables from other systems: Parquet files whose columns are recognised by their names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmsheet.analysis import PathText
from crmsheet.batch.parts import library
from crmsheet.batch.store import named
from crmsheet.clean.headers import recognize_header
from crmsheet.errors import DamagedWorkbook, FileMissing, UnknownColumn
from crmsheet.fields import SHEETS

NEEDED = ("customer_id", "order_date", "amount")
_TYPES = {
    "customer_id": "VARCHAR",
    "customer_name": "VARCHAR",
    "order_id": "VARCHAR",
    "product": "VARCHAR",
    "is_refund": "BOOLEAN",
}


@dataclass(frozen=True)
class OrderFile:
    """One Parquet file: how many rows it has, and which of its columns is which field."""

    path: Path
    rows: int
    columns: dict[str, str]
    types: dict[str, str]

    def selection(self) -> str:
        """The fields as SQL; numbers as they are, an id without the blanks around it."""
        return ", ".join(f"{self._expression(code)} AS {named(code)}" for code in self.columns)

    def _expression(self, code: str) -> str:
        column = named(self.columns[code])
        if code == "customer_id":
            return f"trim(CAST({column} AS VARCHAR))"
        if code in _TYPES:
            return f"CAST({column} AS {_TYPES[code]})"
        if self.types[code] == "string":  # read by the readers of cells, as in a workbook
            return column
        return f"CAST({column} AS {'TIMESTAMP' if code == 'order_date' else 'DOUBLE'})"


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
    types = {code: _kind(facts.schema_arrow.field(name).type) for code, name in columns.items()}
    return OrderFile(path, facts.metadata.num_rows, columns, types)


def _field(name: str) -> str:
    codes = {field.code for field in SHEETS["orders"].fields}
    if name in codes:
        return name
    code = recognize_header(name, sheet="orders").field
    return code if code in codes else ""


def _kind(kind: Any) -> str:
    types = library("pyarrow").types
    return (
        "string" if types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind) else ""
    )
