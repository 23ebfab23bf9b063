"""Whose the rows of an order table are, among the customers of all files: by id, by name, or by both."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crmsheet.batch.identities import found_ids
from crmsheet.batch.orders import OrderFile
from crmsheet.batch.store import Store
from crmsheet.clean.companies import parse_company


def name_orders(store: Store, orders: Sequence[OrderFile]) -> None:
    """Tables ``order_ids``: the id of a name that order rows without an id carry, where files agree on one; and
    ``shared_ids``: of an id that files give to several companies the customer of each, by brand.
    """
    keys = pd.concat([_named_only(store, file) for file in orders], ignore_index=True)
    parted = store.frame("SELECT number, customer, key FROM keys WHERE customer NOT LIKE '~%'")
    keys = found_ids(store, keys.drop_duplicates().assign(number=0), parted)[["customer", "key"]]
    store.run("CREATE TABLE order_ids AS SELECT * FROM keys_given", keys_given=keys)
    store.run("CREATE TABLE shared_ids AS SELECT * FROM shared_given", shared_given=_shared(store))


def _named_only(store: Store, file: OrderFile) -> pd.DataFrame:
    if "customer_name" not in file.columns:
        return pd.DataFrame({"customer": pd.Series(dtype=object)})
    key = f"name_key({file.expression('customer_name')})"
    rows = f"SELECT DISTINCT {key} AS customer FROM {file.scan()} WHERE {file.own_id()} = ''"
    return store.frame(f"SELECT customer FROM ({rows}) WHERE customer IS NOT NULL ORDER BY customer")


def _shared(store: Store) -> pd.DataFrame:
    """The first company keeps the id (``name_apart``), the others stand by name."""
    known = store.frame(
        """SELECT i.customer, i.name, coalesce(k.key, i.customer) AS key
           FROM identities i LEFT JOIN keys k USING (number, customer)
           WHERE i.customer IN (SELECT customer FROM keys WHERE customer NOT LIKE '~%') ORDER BY i.number"""
    )
    brands = known["name"].map(lambda name: parse_company(name).brand.casefold()).astype(object)
    return known.assign(brand=brands).drop_duplicates(["customer", "brand"])[["customer", "brand", "key"]]


def keyed_rows(file: OrderFile) -> str:
    """The rows of ``file`` as SQL: its fields, ``customer`` and ``source_row``; ``unclear`` where the id is that of
    several companies and no name tells which: the row is the first one's.
    """
    named = "customer_name" in file.columns
    name = file.expression("customer_name") if named else "NULL"
    return f"""
        SELECT r.* EXCLUDE (own, name_key, brand),
               coalesce(s.key, i.key, nullif(r.own, ''), r.name_key, '') AS customer,
               s.key IS NULL AND r.own IN (SELECT customer FROM shared_ids) AS unclear
        FROM (SELECT {file.selection()}, {file.own_id()} AS own, file_row_number + 1 AS source_row,
                     CASE WHEN {file.own_id()} = '' THEN name_key({name}) END AS name_key,
                     CASE WHEN {file.own_id()} IN (SELECT customer FROM shared_ids) THEN name_brand({name}) END AS brand
              FROM {file.scan()}) r
        LEFT JOIN order_ids i ON i.customer = r.name_key
        LEFT JOIN shared_ids s ON s.customer = r.own AND s.brand = r.brand"""
