"""Stage 2: the rows of all files under one key per customer, dealt into buckets that share no customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.batch.identities import name_apart
from crmsheet.batch.judged import ISSUES
from crmsheet.batch.options import Stage
from crmsheet.batch.order_keys import keyed_rows, name_orders
from crmsheet.batch.orders import OrderFile
from crmsheet.batch.parts import Types, library, unify
from crmsheet.batch.piles import Pile
from crmsheet.batch.store import Store, columns_of, quoted

EXTRA: Types = {"source_file": "string", "source_number": "int64"}


@dataclass(frozen=True)
class Shuffled:
    """Buckets of rows: where they are, and the columns of each table."""

    folder: Path
    buckets: int
    types: Mapping[str, Types]

    def parts(self, code: str, bucket: int) -> list[Path]:
        return sorted((self.folder / code / f"bucket={bucket}").glob("*.parquet"))


@dataclass(frozen=True)
class Dealer:
    """Deals rows by ``customer`` into ``buckets`` below ``folder``."""

    store: Store
    folder: Path
    buckets: int
    stage: Stage

    def deal(self, rows: str, code: str, name: str, count: int) -> None:
        """Deal ``rows``, SQL that gives ``count`` of them for the table ``code``, to files called ``name``."""
        folder = self.folder / code
        folder.mkdir(parents=True, exist_ok=True)
        dealt = f"SELECT *, CAST(hash(customer) % {self.buckets} AS INTEGER) AS bucket FROM ({rows})"
        self.store.run(
            f"COPY ({dealt}) TO {quoted(folder)} (FORMAT parquet, PARTITION_BY (bucket), OVERWRITE_OR_IGNORE,"
            f" FILENAME_PATTERN {quoted(name + '_{i}')}, COMPRESSION lz4_raw)"  # read once or twice, and removed
        )
        self.stage.advance(count)


def shuffle(dealer: Dealer, piles: Mapping[str, Pile], rows: Mapping[str, int]) -> dict[str, Types]:
    """Deal the rows of every table; returns the columns of each. ``rows`` tells how many of them files count."""
    name_apart(dealer.store, piles)
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
                   coalesce(k.key, {own}, '') AS customer, f.path AS source_file, f.number AS source_number
            FROM {pile.scan()}
            LEFT JOIN keys k ON k.number = f.number AND k.customer = {own}"""
        dealer.deal(select, code, "part", rows.get(code, 0))
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


@dataclass(frozen=True)
class DealtOrders:
    """The columns of order files, and of each file how many rows no name told the company of."""

    types: Types
    unclear: Mapping[str, int]


def deal_orders(dealer: Dealer, orders: Sequence[OrderFile], first: int) -> DealtOrders:
    """Deal the rows of order files into the same buckets; they stand after those of the workbooks. Needs the functions
    of ``add_readers``.
    """
    if not orders:
        return DealtOrders({}, {})
    store = dealer.store
    name_orders(store, orders)
    shared = bool(store.frame("SELECT count(*) AS n FROM shared_ids")["n"].iloc[0])
    unclear = {}
    for number, file in enumerate(orders, first):
        rows = keyed_rows(file)
        select = f"""
            SELECT * EXCLUDE (unclear), {quoted(file.path)} AS source_file,
                   CAST({number} AS BIGINT) AS source_number
            FROM ({rows})"""
        dealer.deal(select, "orders", f"orders{number}", file.rows)
        if shared:
            found = store.frame(f"SELECT count(*) AS n FROM ({rows}) WHERE unclear")
            unclear[str(file.path)] = int(found["n"].iloc[0])
    types = [file.published for file in orders]
    return DealtOrders(unify([*types, {"source_row": "int64", "customer": "string", **EXTRA}]), unclear)
