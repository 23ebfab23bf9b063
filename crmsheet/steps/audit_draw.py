"""The random sample of customers to audit: every person's own, the same whoever draws it (R-061)."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, reasons_by
from crmsheet.steps.columns import is_true, need, optional, text

_DIGEST_BYTES = 8


@step
def draw_audit(
    customers: pd.DataFrame, earlier: pd.DataFrame | None, rules: Rules, month: str, seed: str = ""
) -> pd.DataFrame:
    """Add ``audit_drawn`` (bool) and ``audit_reason``: whom to audit in ``month`` (``2026-11``), R-061.

    Of each person's customers ``rules.audit.share`` is drawn, at least ``least`` and at most ``most``. A customer
    that ``needs_evidence`` is ``flagged_weight`` times as likely to come next (weighted sampling without replacement).
    Chance comes from seed, month and customer alone, so the same month gives the same draw in any order of rows.
    ``earlier`` holds earlier draws (``audit_month``, ``customer_id``, ``customer_name``): whom this month has
    drawn already stays drawn, and whom last month drew comes after everybody else.

    >>> t = pd.DataFrame({"customer_name": list("ABCDEF"), "owner": list("xxxxxy")})
    >>> draw_audit(t, None, Rules.load(), "2026-11").groupby("owner")["audit_drawn"].sum().to_dict()
    {'x': 1, 'y': 1}
    """
    if "customer_id" not in customers:
        need(customers, "draw_audit", "customer_name")
    keys, owner = known_as(customers), text(optional(customers, "owner", None))
    kept = keys.isin(_drawn_in(earlier, month))
    again = keys.isin(_drawn_in(earlier, str(pd.Period(month, "M") - 1))) & ~kept
    flagged = is_true(customers, "needs_evidence")
    weights = pd.Series(np.where(flagged, rules.audit.flagged_weight, 1.0), index=customers.index)
    order = {
        "owner": owner,
        "new": ~kept,
        "again": again,
        "waits": _waits(keys, f"{seed}|{month}") / weights,
        "key": keys,
    }
    of = owner.groupby(owner).transform("size").astype("float64")
    quota = _quota(of, rules)
    drawn = kept | (_places(pd.DataFrame(order)) < quota)
    way = choose(customers.index, {"": ~drawn, "kept": kept, "again": again}, "random")
    return customers.assign(audit_drawn=drawn, audit_reason=reasons_by(way, "audit", rules, n=quota, of=of))


def known_as(table: pd.DataFrame) -> pd.Series:
    """What a draw knows a customer by: its id, else its name.

    >>> known_as(pd.DataFrame({"customer_id": ["C2026001", None], "customer_name": ["A", "B"]})).tolist()
    ['C2026001', 'B']
    """
    ids = text(optional(table, "customer_id", None)).str.strip()
    return ids.where(ids != "", text(optional(table, "customer_name", None)).str.strip())


def _drawn_in(earlier: pd.DataFrame | None, month: str) -> set[str]:
    if earlier is None or "audit_month" not in earlier:
        return set()
    return set(known_as(earlier[earlier["audit_month"] == month])) - {""}


def _waits(keys: pd.Series, salt: str) -> pd.Series:
    """An exponential waiting time of each key: divided by weights, the shortest are a weighted draw."""
    digests = (hashlib.sha256(f"{salt}|{key}".encode()).digest()[:_DIGEST_BYTES] for key in keys)
    chance = np.array([int.from_bytes(digest) for digest in digests], dtype="float64")
    return pd.Series(-np.log((chance + 0.5) / 2.0 ** (8 * _DIGEST_BYTES)), index=keys.index)


def _places(order: pd.DataFrame) -> pd.Series:
    """Place of each row among those of its owner, 0 for the first."""
    rows = order.reset_index(drop=True)
    places = rows.sort_values(list(map(str, rows)), kind="stable").groupby("owner").cumcount()
    return pd.Series(places.sort_index().to_numpy(), index=order.index)


def _quota(customers: pd.Series, rules: Rules) -> pd.Series:
    """How many of so many customers are drawn."""
    shared = np.ceil((rules.audit.share * customers).round(9))  # 7 % of 100 is no more than 7
    bounded = np.clip(shared, rules.audit.least, rules.audit.most)
    return pd.Series(np.minimum(bounded, customers), index=customers.index)
