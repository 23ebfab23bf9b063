"""What the tables and columns of the DuckDB file are, said in the file itself, in the language of the run."""

from __future__ import annotations

from crmsheet.batch.store import Store, named, quoted
from crmsheet.labels import Labels


def describe(store: Store, database: str, labels: Labels) -> None:
    """Comments on tables and views of the attached ``database``, and on those columns that have a name people know."""
    columns = store.frame(
        f"""SELECT table_name, column_name, view_oid IS NOT NULL AS is_view
            FROM duckdb_columns() c LEFT JOIN (
                SELECT view_oid FROM duckdb_views() WHERE database_name = {quoted(database)}) ON view_oid = table_oid
            WHERE database_name = {quoted(database)} ORDER BY table_name, column_index"""
    )
    statements = [
        f"COMMENT ON {'VIEW' if is_view else 'TABLE'} {database}.{named(table)}"
        f" IS {quoted(labels.phrase_or(f'batch_table.{table}', table))}"
        for table, is_view in columns[["table_name", "is_view"]].drop_duplicates().itertuples(index=False)
    ]
    for table, column, _ in columns.itertuples(index=False):
        if said := column_note(table, column, labels):
            place = f"{database}.{named(table)}.{named(column)}"
            statements.append(f"COMMENT ON COLUMN {place} IS {quoted(said)}")
    store.run(";\n".join(["BEGIN", *statements, "COMMIT"]))  # else each comment waits for the disk by itself


def column_note(table: str, column: str, labels: Labels) -> str:
    """What a column of a published table is: the note on it, the header it has on a sheet, or what it says besides of
    the field it was read from; blank where the language has no word.
    """
    for code in (f"{table}.{column}", column):
        if noted := labels.phrase_or(f"batch_note.{code}", ""):
            return noted
    if label := _header(table, column, labels):
        return label
    field, _, part = column.rpartition("_")
    header = _header(table, field, labels)
    return labels.phrase_or(f"batch_note_of.{part}", "", field=header) if header else ""


def _header(table: str, column: str, labels: Labels) -> str:
    label = labels.field(column, table)
    label = labels.column(column) if label == column else label
    return label if label != column else ""
