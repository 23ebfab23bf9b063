"""Who is who among all files: one key per customer."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmsheet.batch.judged import ISSUES
from crmsheet.batch.piles import Pile
from crmsheet.batch.store import Store
from crmsheet.clean.companies import parse_company
from crmsheet.relate import NAMELESS


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
    parted = _parted(shared)
    keys = pd.concat([parted, found_ids(store, _named_only(store, piles), parted)], ignore_index=True)
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


def _named_only(store: Store, piles: Mapping[str, Pile]) -> pd.DataFrame:
    """The customers whom some row of a file, of whatever table, knows by name alone."""
    parts = [
        f"SELECT f.number, p.customer FROM {pile.scan()} WHERE p.customer LIKE '{NAMELESS}%'"
        for code, pile in piles.items()
        if code != ISSUES and "customer" in pile.present
    ]
    rows = " UNION ".join(parts) or "SELECT 0 AS number, '' AS customer WHERE false"
    return store.frame(f"SELECT DISTINCT number, customer FROM ({rows}) ORDER BY number, customer")


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


def found_ids(store: Store, named_only: pd.DataFrame, parted: pd.DataFrame) -> pd.DataFrame:
    """The ids of names (``number``, ``customer``) as ``key``; an id that belongs to another company is nobody's way
    to it.
    """
    empty = pd.DataFrame({"number": pd.Series(dtype="int64"), "customer": [], "key": []}).astype(
        {"customer": object, "key": object}
    )
    if named_only.empty:
        return empty
    known = store.frame(
        """SELECT DISTINCT customer, name FROM identities ANTI JOIN parted USING (number, customer)
           WHERE customer NOT LIKE '~%'""",
        parted=parted,
    )
    names = known["name"].map(
        {name: f"{NAMELESS}{parse_company(name).key}" for name in known["name"].unique()}
    )
    pairs = known.assign(name=names).drop_duplicates()
    single = pairs[~pairs["name"].duplicated(keep=False)].set_index("name")["customer"]
    return named_only.assign(key=named_only["customer"].map(single)).dropna(subset=["key"])
