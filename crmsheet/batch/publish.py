"""What a batch leaves behind: Parquet by table, a DuckDB file and the summary workbook, put in place at the end."""

from __future__ import annotations

from pathlib import Path

from crmsheet.batch.catalog import describe
from crmsheet.batch.files import summary_names
from crmsheet.batch.interrupts import interrupts_later
from crmsheet.batch.options import Stage
from crmsheet.batch.order_counts import doubtful_rows
from crmsheet.batch.parts import conform, unify, write_part
from crmsheet.batch.result import TABLES, BatchResult
from crmsheet.batch.store import Store, named, paths_list, quoted
from crmsheet.batch.summary import MOST_LISTED, Lists, write_summary
from crmsheet.book.save import remove, translated
from crmsheet.labels import Labels
from crmsheet.rules import Rules

DATABASE = "batch.duckdb"
LISTS = ("files", "duplicates", "conflicts", "accounts", "order_files")


def scan(folder: Path, table: str) -> str:
    """The files of a published table, as SQL."""
    return f"read_parquet({paths_list(sorted((folder / table).glob('*.parquet')))}, union_by_name=true)"


def steps(work: Path) -> int:
    """How many steps publishing takes: one for each table, and the summary workbook."""
    return len({path.name for path in (work / "out").iterdir()} | {*LISTS} - {"followups"}) + 1


def publish(store: Store, result: BatchResult, rules: Rules, work: Path, stage: Stage) -> None:
    """Write the rest, some tables at a time, then put everything in its place, one rename each."""
    draft = work / "out"
    lists = {
        "files": result.files.drop(columns=["brief", "row_counts", "unread_counts"]),
        "duplicates": result.duplicates,
    }
    for name, frame in {
        **lists,
        "conflicts": result.conflicts,
        "accounts": result.accounts,
        "order_files": result.order_files,
    }.items():
        path = draft / name / "part-00000.parquet"
        conform(path, unify([write_part(frame, path)]))
    remove(draft / DATABASE)
    # The largest first, so that at the end none is filled alone.
    folders = sorted((path for path in draft.iterdir() if path.is_dir()), key=_size, reverse=True)
    tables = [path.name for path in folders]
    store.run(f"ATTACH {quoted(draft / DATABASE)} AS book")
    filled = [
        f"CREATE TABLE book.{named(name)} AS SELECT * FROM {scan(draft, name)}"
        for name in tables
        if name != "followups"
    ]
    stage.total = len(filled) + 1
    for _ in store.run_beside(filled):
        stage.advance()
    store.run("USE book")
    store.run(_FOLLOWUPS)
    if "orders" in tables:
        columns = set(store.frame("DESCRIBE orders")["column_name"])
        store.run(f"CREATE VIEW order_issues AS {doubtful_rows(columns)}")
    store.run("USE memory")
    describe(store, "book", Labels.load())
    listed = _lists(store, "book")
    store.run("DETACH book")
    workbook = draft / f"{Labels.load().phrase('batch_workbook')}.xlsx"
    write_summary(workbook, result, listed, rules)
    with translated(result.folder), interrupts_later():
        _put_in_place(draft, result.folder)
    stage.advance()


def _size(folder: Path) -> int:
    return sum(part.stat().st_size for part in folder.iterdir())


def _put_in_place(draft: Path, folder: Path) -> None:
    for name in {*TABLES, *LISTS, *summary_names()} - {path.name for path in draft.iterdir()}:
        remove(folder / name)  # of an earlier run
    for path in sorted(draft.iterdir()):
        if path.is_dir():  # no system puts a folder in the place of a full one
            remove(folder / path.name)
        path.replace(folder / path.name)
    draft.rmdir()


# The same rows as in the folder: customers who have to be contacted, in the order of every workbook's own list.
_FOLLOWUPS = """CREATE VIEW followups AS SELECT * FROM customers WHERE due IS NOT NULL
                ORDER BY call_turn, call_points, due, value_rank, customer"""


def _lists(store: Store, book: str) -> Lists:
    """From the attached database, which finds the whole rows of a short list without reading all others."""
    customers = f"{book}.customers"
    per_unit = store.frame(
        f"""SELECT unit, tier, count(*) AS customers, sum(amount_12m) AS amount_12m
            FROM {customers} WHERE unit IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    )
    top = store.frame(
        f"SELECT * FROM {customers} WHERE value_rank IS NOT NULL ORDER BY value_rank LIMIT {MOST_LISTED}"
    )
    due = store.frame(f"SELECT * FROM {book}.followups LIMIT {MOST_LISTED}")
    ranked = store.frame(f"SELECT count(value_rank) AS n FROM {customers}")
    return Lists(per_unit, top, due, int(ranked["n"].iloc[0]))
