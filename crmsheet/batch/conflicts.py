"""What files say differently of one customer, and which of it stands in the table of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from crmsheet.batch.piles import Pile
from crmsheet.batch.store import Store, named, quoted

# A customer's lasting facts: two files that say different things of them disagree. Status changes with time.
STANDING = ("customer_name", "industry", "province", "city", "email", "company_size", "manual_tier", "owner")
_COLUMNS = ["customer", "field", "kept", "kept_file", "other", "other_file"]
_KEYED = "LEFT JOIN keys k ON k.number = f.number AND k.customer = p.customer WHERE p.customer <> ''"


@dataclass(frozen=True)
class Disputes:
    """What has to be settled once customers are known.

    ``claims``: ``customer``, ``field``, ``value``, ``number``, ``path``, of fields of which files say different things;
    ``clashes``: the other companies that files give an id to.
    """

    claims: pd.DataFrame
    clashes: pd.DataFrame

    def settled(self, store: Store, customers: str) -> pd.DataFrame:
        """Per customer and field the value that stands in ``customers`` (SQL), and each other value with its file:
        ``customer``, ``field``, ``kept``, ``kept_file``, ``other``, ``other_file``. An id given to two companies is the
        field ``customer_id``.
        """
        found = [pd.DataFrame(columns=_COLUMNS, dtype=object)]
        if len(self.clashes):
            found.append(store.frame(_CLASHES.format(customers=customers), clashes=self.clashes))
        if len(self.claims):
            found.append(store.frame(_SETTLED.format(stands=_standing(customers)), claims=self.claims))
        conflicts = pd.concat(found, ignore_index=True)[_COLUMNS]
        order = ["customer", "field", "other_file", "other"]
        return conflicts.drop_duplicates().sort_values(order, kind="stable", ignore_index=True)


def find_disputes(store: Store, piles: Mapping[str, Pile], as_of: date) -> Disputes:
    """What files disagree about. Each says what it would say alone: of profiles the first row, of records that of the
    latest contact up to ``as_of`` (``relate``).
    """
    pairs = [
        f"SELECT coalesce(k.key, p.customer) AS customer, f.number FROM {pile.scan()} {_KEYED}"
        for code in ("profiles", "records")
        if (pile := piles.get(code)) and "customer" in pile.present
    ]
    clashes = store.frame(_OTHER_COMPANIES)
    if not pairs:
        return Disputes(pd.DataFrame(), clashes)
    store.run(
        f"""CREATE TABLE shared AS SELECT customer FROM ({" UNION ALL ".join(pairs)})
            GROUP BY customer HAVING count(DISTINCT number) > 1"""
    )
    said = [_said(piles[code], code, as_of) for code in ("profiles", "records") if code in piles]
    claims = " UNION ALL ".join(sql for sql in said if sql)
    return Disputes(store.frame(_DISPUTED.format(claims=claims)) if claims else pd.DataFrame(), clashes)


def _said(pile: Pile, code: str, as_of: date) -> str:
    """What each file says of customers that several know, a line for each field."""
    columns = [column for column in STANDING if column in pile.present]
    if "customer" not in pile.present or not columns:
        return ""
    facts = ", ".join(f"{quoted(column)}: CAST(p.{named(column)} AS VARCHAR)" for column in columns)
    latest = code == "records" and "last_contact" in pile.types
    picked, place = (
        ("arg_max", f"row({_day(pile, as_of)}, p.source_row)") if latest else ("arg_min", "p.source_row")
    )
    rows = f"""SELECT coalesce(k.key, p.customer) AS customer, f.number, f.path, {{{facts}}} AS facts, {place} AS place
               FROM {pile.scan()} {_KEYED}"""
    said = f"""SELECT customer, number, path, {picked}(facts, place) AS said
               FROM ({rows}) SEMI JOIN shared USING (customer) GROUP BY ALL"""
    lines = f"SELECT customer, number, path, unnest(said) FROM ({said})"
    return f"(UNPIVOT ({lines}) ON {', '.join(map(named, columns))} INTO NAME field VALUE value)"


def _day(pile: Pile, as_of: date) -> str:
    """The day of a contact; a missing one, and one that is still to come, is before all others."""
    first = "TIMESTAMP '0001-01-01'"
    if "last_contact" not in pile.present:
        return first
    day = "TRY_CAST(p.last_contact AS TIMESTAMP)"
    return f"CASE WHEN {day} <= TIMESTAMP {quoted(as_of)} THEN {day} ELSE {first} END"


def _standing(customers: str) -> str:
    """What stands in the table of customers, a line for each field; a blank cell says nothing."""
    values = ", ".join(
        f"coalesce(CAST(c.{named(column)} AS VARCHAR), '') AS {named(column)}" for column in STANDING
    )
    rows = f"SELECT c.customer, {values} FROM {customers} c SEMI JOIN claims USING (customer)"
    return f"(UNPIVOT ({rows}) ON {', '.join(map(named, STANDING))} INTO NAME field VALUE kept)"


_DISPUTED = """
    WITH claims AS (SELECT DISTINCT customer, field, value, number, path FROM ({claims}) WHERE value <> '')
    SELECT * FROM claims SEMI JOIN (
        SELECT customer, field FROM claims GROUP BY ALL HAVING count(DISTINCT value) > 1 AND count(DISTINCT number) > 1
    ) USING (customer, field)"""

# A file that says what stands, on one of its sheets, does not disagree.
_SETTLED = """
    WITH stands AS (SELECT * FROM {stands}),
    agreed AS (SELECT DISTINCT c.customer, c.field, c.number FROM claims c JOIN stands s USING (customer, field)
               WHERE c.value = s.kept),
    sources AS (SELECT customer, field, value, min_by(path, number) AS path FROM claims GROUP BY ALL)
    SELECT c.customer, c.field, s.kept, coalesce(o.path, '') AS kept_file, c.value AS other, c.path AS other_file
    FROM claims c JOIN stands s USING (customer, field)
    LEFT JOIN sources o ON o.customer = c.customer AND o.field = c.field AND o.value = s.kept
    ANTI JOIN agreed a ON a.customer = c.customer AND a.field = c.field AND a.number = c.number"""

_OTHER_COMPANIES = """
    SELECT k.customer, one.path AS kept_file, own.name AS other, two.path AS other_file
    FROM keys k JOIN identities own USING (number, customer)
    JOIN (SELECT customer, min(number) AS number FROM identities GROUP BY customer) first ON first.customer = k.customer
    JOIN (SELECT DISTINCT number, path FROM files) one ON one.number = first.number
    JOIN (SELECT DISTINCT number, path FROM files) two ON two.number = k.number
    WHERE k.customer NOT LIKE '~%'"""

_CLASHES = """
    SELECT x.customer, 'customer_id' AS field, c.customer_name AS kept, x.kept_file, x.other, x.other_file
    FROM clashes x JOIN {customers} c USING (customer)"""
