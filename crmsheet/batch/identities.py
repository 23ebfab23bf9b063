"""Who is who among all files: one key per customer, and what files say differently of one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmsheet.batch.piles import Pile
from crmsheet.batch.store import Store, named, quoted
from crmsheet.clean.companies import parse_company
from crmsheet.relate import NAMELESS

# A customer's lasting facts: two files that say different things of them disagree. Owner and status change with time.
STANDING = ("customer_name", "industry", "province", "city", "email", "company_size", "manual_tier", "owner")


def name_apart(store: Store, piles: Mapping[str, Pile]) -> None:
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
