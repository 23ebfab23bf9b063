"""What the tables and columns of the DuckDB file are, said in the file itself, in the language of the run."""

from __future__ import annotations

from crmsheet.batch.store import Store, named, quoted
from crmsheet.labels import Labels


def describe(store: Store, database: str, labels: Labels) -> None:
    """Comments on the tables of the attached ``database`` and on those columns that have a name people know."""
    columns = store.frame(
        f"""SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_name)
            WHERE database_name = {quoted(database)} ORDER BY table_name, column_index"""
    )
    statements = [
        f"COMMENT ON TABLE {database}.{named(table)} IS {quoted(labels.phrase_or(f'batch_table.{table}', table))}"
        for table in columns["table_name"].unique()
    ]
    for table, column in columns.itertuples(index=False):
        if said := _note(table, column, labels):
            place = f"{database}.{named(table)}.{named(column)}"
            statements.append(f"COMMENT ON COLUMN {place} IS {quoted(said)}")
    store.run(";\n".join(statements))


def _note(table: str, column: str, labels: Labels) -> str:
    label = labels.field(column, table)
    label = labels.column(column) if label == column else label
    return labels.phrase_or(f"batch_note.{column}", label if label != column else "")
