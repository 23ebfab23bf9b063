"""Stage 2: the rows of all files under one key per customer, dealt into buckets that share no customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.files import Source
from crmsheet.batch.judged import ISSUES, PLACE
from crmsheet.batch.orders import OrderFile
from crmsheet.batch.parts import Types, library, unify
from crmsheet.batch.reading import Group
from crmsheet.batch.store import Store, columns_of, named, paths_list, quoted
from crmsheet.clean.companies import parse_company
from crmsheet.relate import NAMELESS

EXTRA: Types = {"source_file": "string", "source_number": "int64"}
# A customer's lasting facts: two files that say different things of them disagree. Owner and status change with time.
STANDING = ("customer_name", "industry", "province", "city", "email", "company_size", "manual_tier", "owner")


@dataclass(frozen=True)
class Shuffled:
    """Buckets of rows: where they are, and the columns of each table."""

    folder: Path
    buckets: int
    types: Mapping[str, Types]

    def parts(self, code: str, bucket: int) -> list[Path]:
        return sorted((self.folder / code / f"bucket={bucket}").glob("*.parquet"))


@dataclass(frozen=True)
class Pile:
    """One table in the parts of all groups that have it; ``present`` are the columns some part has values of."""

    code: str
    paths: Sequence[Path]
    types: Types
    present: frozenset[str]

    def scan(self) -> str:
        """The rows with ``number`` and ``path`` of their file, as SQL, called p and f."""
        paths = paths_list(self.paths)
        parts = f"read_parquet({paths}, union_by_name=true, filename=true, hive_partitioning=false)"
        return f"{parts} p JOIN files f USING (filename, {PLACE})"


def pile_up(groups: Iterable[Group]) -> dict[str, Pile]:
    """The parts of all groups by table."""
    piles: dict[str, tuple[list[Path], list[Types]]] = {}
    for group in groups:
        for code, types in group.types.items():
            paths, kinds = piles.setdefault(code, ([], []))
            paths.append(group.folder / f"{code}.parquet")
            kinds.append({name: kind for name, kind in types.items() if name != PLACE})
    return {
        code: Pile(code, paths, unify(kinds), _with_values(kinds)) for code, (paths, kinds) in piles.items()
    }


def _with_values(parts: Iterable[Types]) -> frozenset[str]:
    """The columns that some part really has: those without any value were left out."""
    return frozenset(name for types in parts for name, kind in types.items() if kind != "null")


def file_table(
    sources: Sequence[Source], groups: Mapping[str, Group], reports: Mapping[str, Any]
) -> pd.DataFrame:
    """Which source the rows of each part are of; ``groups`` and ``reports`` by what the sources hold."""
    rows = [
        (
            str(group.folder / f"{code}.parquet"),
            reports[source.content]["place"],
            source.number,
            str(source.path),
        )
        for source in sources
        for group in (groups[source.content],)
        for code in group.types
    ]
    return pd.DataFrame(rows, columns=["filename", PLACE, "number", "path"])


def shuffle(
    store: Store, piles: Mapping[str, Pile], files: pd.DataFrame, folder: Path, buckets: int
) -> dict[str, Types]:
    """Deal the rows of every table into ``buckets`` by customer; returns the columns of each table."""
    store.run("CREATE TABLE files AS SELECT * FROM files_given", files_given=files)
    _rekey(store, piles)
    types: dict[str, Types] = {}
    for code, pile in piles.items():
        if code == ISSUES:  # of files, not of customers
            continue
        types[code] = {**pile.types, "customer": "string", **EXTRA}
        kept = {name: kind for name, kind in pile.types.items() if name != "customer"}
        present = pile.present
        own = (
            "p.customer" if "customer" in present else "CAST(NULL AS VARCHAR)"
        )  # nobody is in a blank template
        select = f"""
            SELECT {columns_of(kept, dict.fromkeys(present), "p")},
                   coalesce(k.key, {own}, '') AS customer, f.path AS source_file, f.number AS source_number,
                   CAST(hash(coalesce(k.key, {own}, '')) % {buckets} AS INTEGER) AS bucket
            FROM {pile.scan()}
            LEFT JOIN keys k ON k.number = f.number AND k.customer = {own}"""
        _deal(store, select, folder / code, "part")
    return types


def publish_issues(store: Store, pile: Pile | None, path: Path) -> dict[str, int]:
    """Write the findings of all files, in the order of files and cells; returns their number by table."""
    if pile is None:
        return {}
    kept = {name: kind for name, kind in pile.types.items() if name != "customer"}
    path.parent.mkdir(parents=True, exist_ok=True)
    store.run(
        f"""COPY (SELECT {columns_of(kept, dict.fromkeys(pile.present), "p")}, f.path AS source_file,
                         f.number AS source_number
                  FROM {pile.scan()} ORDER BY f.number, p.source_row)
            TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)"""
    )
    return {ISSUES: library("pyarrow.parquet").read_metadata(path).num_rows}


def deal_orders(store: Store, orders: Sequence[OrderFile], first: int, folder: Path, buckets: int) -> Types:
    """Deal the rows of order files into the same buckets; they stand after those of the workbooks."""
    types: list[Types] = []
    for number, file in enumerate(orders, first):
        own = f"coalesce({file.expression('customer_id')}, '')"
        select = f"""
            SELECT {file.selection()}, {own} AS customer,
                   {quoted(file.path)} AS source_file, CAST({number} AS BIGINT) AS source_number,
                   file_row_number + 1 AS source_row,
                   CAST(hash({own}) % {buckets} AS INTEGER) AS bucket
            FROM read_parquet({quoted(file.path)}, file_row_number=true, hive_partitioning=false)"""
        _deal(store, select, folder / "orders", f"orders{number}")
        types.append(_order_types(file))
    return unify([*types, {"source_row": "int64", "customer": "string", **EXTRA}]) if types else {}


def _order_types(file: OrderFile) -> Types:
    kinds = {"order_date": "timestamp[us]", "amount": "double", "profit": "double", "is_refund": "bool"}
    return {
        code: "string" if file.types[code] == "string" and code != "is_refund" else kinds.get(code, "string")
        for code in file.columns
    }


def _deal(store: Store, select: str, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    store.run(
        f"COPY ({select}) TO {quoted(folder)} (FORMAT parquet, PARTITION_BY (bucket), OVERWRITE_OR_IGNORE,"
        f" FILENAME_PATTERN {quoted(name + '_{i}')}, COMPRESSION zstd)"
    )


def _rekey(store: Store, piles: Mapping[str, Pile]) -> None:
    """Table ``keys``: rows known otherwise among all files than within their own.

    A name without an id takes the id that other files give to it, when they agree on one. An id that files give to
    different companies belongs to the first of them; the others stand for themselves, by name.
    """
    _identities(store, piles)
    shared = store.frame(
        """SELECT number, customer, name FROM identities WHERE customer IN
           (SELECT customer FROM identities WHERE customer NOT LIKE '~%' GROUP BY customer
            HAVING count(DISTINCT name) > 1) ORDER BY number, customer"""
    )
    named_only = store.frame("SELECT number, customer FROM identities WHERE customer LIKE '~%'")
    keys = pd.concat([_parted(shared), _found_ids(store, named_only)], ignore_index=True)
    store.run("CREATE TABLE keys AS SELECT * FROM keys_given", keys_given=keys)


def _identities(store: Store, piles: Mapping[str, Pile]) -> None:
    """Table ``identities``: each file's customers and what it first calls them."""
    parts = [
        f"""SELECT f.number, p.customer, p.customer_name AS name, p.source_row AS row, {rank} AS rank
            FROM {pile.scan()}"""
        for rank, code in enumerate(("profiles", "records"))
        if (pile := piles.get(code)) and {"customer", "customer_name"} <= pile.present
    ]
    rows = " UNION ALL ".join(parts) or "SELECT 0 AS number, '' AS customer, '' AS name, 0 AS row, 0 AS rank"
    store.run(
        f"""CREATE TABLE identities AS SELECT number, customer, first(name ORDER BY rank, row) AS name
            FROM ({rows}) WHERE customer <> '' AND coalesce(name, '') <> '' GROUP BY ALL"""
    )


def _parted(shared: pd.DataFrame) -> pd.DataFrame:
    """Spellings of one brand are no conflict, as within one workbook."""
    brands = shared["name"].map(
        {name: parse_company(name).brand.casefold() for name in shared["name"].unique()}
    )
    other = shared[(brands != brands.groupby(shared["customer"]).transform("first")).to_numpy(dtype=bool)]
    key = other["name"].map(lambda name: f"{NAMELESS}{parse_company(name).key}").astype(object)
    return pd.DataFrame(
        {"number": other["number"].astype("int64"), "customer": other["customer"], "key": key}
    )


def _found_ids(store: Store, named_only: pd.DataFrame) -> pd.DataFrame:
    empty = pd.DataFrame({"number": pd.Series(dtype="int64"), "customer": [], "key": []}).astype(
        {"customer": object, "key": object}
    )
    if named_only.empty:
        return empty
    known = store.frame("SELECT DISTINCT customer, name FROM identities WHERE customer NOT LIKE '~%'")
    names = known["name"].map(
        {name: f"{NAMELESS}{parse_company(name).key}" for name in known["name"].unique()}
    )
    pairs = known.assign(name=names).drop_duplicates()
    single = pairs[~pairs["name"].duplicated(keep=False)].set_index("name")["customer"]
    return named_only.assign(key=named_only["customer"].map(single)).dropna(subset=["key"])


def find_conflicts(store: Store, piles: Mapping[str, Pile]) -> pd.DataFrame:
    """What files disagree about: per customer and field the value of the first file, and each other value.

    ``customer``, ``field``, ``kept``, ``kept_file``, ``other``, ``other_file``; an id given to two companies is the
    field ``customer_id``.
    """
    found = [
        store.frame(_disagreements(piles[code], column))
        for code in ("profiles", "records")
        if code in piles
        for column in STANDING
        if {"customer", column} <= piles[code].present
    ]
    ids = store.frame(
        """SELECT k.customer, 'customer_id' AS field, first.name AS kept, one.path AS kept_file, own.name AS other,
                  two.path AS other_file
           FROM keys k JOIN identities own USING (number, customer)
           JOIN (SELECT customer, min_by(name, number) AS name, min(number) AS number FROM identities GROUP BY customer)
                first ON first.customer = k.customer
           JOIN (SELECT DISTINCT number, path FROM files) one ON one.number = first.number
           JOIN (SELECT DISTINCT number, path FROM files) two ON two.number = k.number
           WHERE k.customer NOT LIKE '~%'"""
    )
    conflicts = pd.concat([ids, *found], ignore_index=True)
    conflicts = conflicts.drop_duplicates(["customer", "field", "other", "other_file"])
    return conflicts.sort_values(
        ["customer", "field", "other_file", "other"], kind="stable", ignore_index=True
    )


def _disagreements(pile: Pile, column: str) -> str:
    """Of each file the last value it gives; the first file's is kept."""
    return f"""
        WITH said AS (
            SELECT coalesce(k.key, p.customer) AS customer, f.number, f.path,
                   CAST(max_by(p.{named(column)}, p.source_row) AS VARCHAR) AS value
            FROM {pile.scan()}
            LEFT JOIN keys k ON k.number = f.number AND k.customer = p.customer
            WHERE p.{named(column)} IS NOT NULL AND CAST(p.{named(column)} AS VARCHAR) <> '' AND p.customer <> ''
            GROUP BY ALL),
        first AS (SELECT customer, min_by(value, number) AS kept, min_by(path, number) AS kept_file,
                         count(DISTINCT value) AS n FROM said GROUP BY customer)
        SELECT said.customer, {quoted(column)} AS field, kept, kept_file, value AS other, path AS other_file
        FROM said JOIN first USING (customer) WHERE n > 1 AND value <> kept"""
