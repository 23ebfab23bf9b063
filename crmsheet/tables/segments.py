"""Where demand and money come from: by industry, region, person in charge and kind of need (R-107, R-103)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps.columns import is_true, optional, standing, text
from crmsheet.tables.facts import having
from crmsheet.tables.intervals import wilson

Group = Literal["industry", "province", "region", "owner", "tier", "size_band", "requirement_type"]
Places = npt.NDArray[np.intp]

_STATUSES = ["todo", "doing", "done", "paused"]


def segment_needs(customers: pd.DataFrame, requirements: pd.DataFrame, by: Group) -> pd.DataFrame:
    """What each segment asks for: one row per ``segment`` and ``tag`` with any customer (R-107).

    ``customers``: customers of the segment with a need; ``asking``: those of them with this requirement tag;
    ``share`` = asking ÷ customers with ``low`` and ``high`` (Wilson): “of the manufacturers, 60 % look at
    functions”. A customer counts once per tag; a customer with two tags counts in both, so shares may add up
    to more than 1. Customers without a segment are left out.

    >>> who = pd.DataFrame({"industry": ["制造业", "制造业"]}, index=["A", "B"])
    >>> needs = pd.DataFrame({"customer": ["A", "A", "B"], "requirement_tags": [("price",), ("price",), ()]})
    >>> segment_needs(who, needs, "industry")[["tag", "customers", "asking", "share"]].values.tolist()
    [['price', 2, 1, 0.5]]
    """
    rows = having(requirements, "customer", "requirement_tags")
    segment, names = _coded(optional(customers, by, None))
    place = _places(rows["customer"], customers)
    known = (place >= 0) & (segment[place] >= 0) if len(segment) else np.zeros(len(rows), dtype=bool)
    totals = _customers_per_segment(place[known], segment, len(names))
    marks = _rows_by_tag(rows["requirement_tags"])
    counts = [_customers_per_segment(place[known & marked], segment, len(names)) for marked in marks.values()]
    asked = np.array(counts, dtype="int64").reshape(len(marks), len(names))
    tag, at = np.nonzero(asked)
    asking = asked[tag, at]
    order = np.lexsort((tag, -asking, at, -totals[at]))
    tag, at, asking = tag[order], at[order], asking[order]
    return pd.DataFrame(
        {
            "segment": names[at],
            "tag": np.array(list(marks), dtype=object)[tag],
            "asking": asking,
            "customers": totals[at],
            **_shares(asking, totals[at]),
        }
    )


def _coded(values: pd.Series) -> tuple[Places, npt.NDArray[np.object_]]:
    """Each value as the place of its text among the sorted texts, -1 for a blank, and these texts."""
    codes, distinct = pd.factorize(values)
    words = text(pd.Series(distinct)).tolist()
    names = sorted(set(words) - {""})
    place = {name: number for number, name in enumerate(names)}
    return np.array([*(place.get(word, -1) for word in words), -1])[codes], np.array(names, dtype=object)


def _places(keys: pd.Series, customers: pd.DataFrame) -> Places:
    """Where the customer of each row stands in the table, -1 for none."""
    places: Places = customers.index.get_indexer(pd.Index(keys))
    return places


def _customers_per_segment(place: Places, segment: Places, segments: int) -> Places:
    """Different customers among ``place``, counted by their segment."""
    present = np.zeros(len(segment), dtype=bool)
    present[place] = True
    return np.bincount(segment[present], minlength=segments)


def _rows_by_tag(tags: pd.Series) -> dict[str, npt.NDArray[np.bool_]]:
    """Which rows carry each tag; the few combinations of tags are taken apart once."""
    codes, combinations = pd.factorize(tags.to_numpy(dtype=object))  # -1: none at all
    names = sorted({tag for one in combinations for tag in one})
    return {tag: np.array([*(tag in one for one in combinations), False])[codes] for tag in names}


def need_status(customers: pd.DataFrame, requirements: pd.DataFrame, by: Group) -> pd.DataFrame:
    """How far needs are met, one row per segment (R-103): ``total`` = ``todo`` + ``doing`` + ``done`` +
    ``paused``.

    A need without a status is waiting. ``share`` = done ÷ (total − paused), with Wilson bounds.

    >>> who = pd.DataFrame({"owner": ["张*"]}, index=["A"])
    >>> needs = pd.DataFrame({"customer": ["A"] * 3, "status": ["done", "paused", None]})
    >>> need_status(who, needs, "owner")[["segment", "total", "done", "paused", "share"]].values.tolist()
    [['张*', 3, 1, 1, 0.5]]
    """
    rows = having(requirements, "customer")
    if by in rows:
        segment, names = _coded(rows[by])
    else:
        of_customer, names = _coded(optional(customers, by, None))
        place = _places(rows["customer"], customers)
        segment = np.append(of_customer, -1)[place]  # place -1 is the one appended
    stage = pd.Index(_STATUSES).get_indexer(pd.Index(standing(rows)))
    places = (segment * (len(_STATUSES) + 1) + stage + 1)[segment >= 0]  # stage -1: a status that is none
    shape = (len(names), len(_STATUSES) + 1)
    counts = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
    order = np.argsort(-counts.sum(axis=1), kind="stable")  # the names stand in order
    order = order[counts.sum(axis=1)[order] > 0]
    stages = dict(zip(_STATUSES, counts[order, 1:].T, strict=True))
    counted = stages["todo"] + stages["doing"] + stages["done"]
    return pd.DataFrame(
        {
            "segment": names[order],
            **stages,
            "total": counted + stages["paused"],
            "counted": counted,
            **_shares(stages["done"], counted),
        }
    )


def segment_markets(customers: pd.DataFrame, rules: Rules, by: Group) -> pd.DataFrame:
    """Value and promise of each segment, one row each (R-107: 识别高潜力市场).

    ``customers``, ``buyers`` (bought in the window), ``amount_12m`` (yuan) and its ``amount_share``,
    ``potential``: customers of tier 潜力 or with a plan to buy; ``share`` = potential ÷ customers with Wilson
    bounds. ``is_market``: even the lower bound lies above the share of all customers, in a segment that is
    not too small to tell.

    >>> who = pd.DataFrame({"industry": ["甲"] * 9 + ["乙"] * 30})
    >>> who["tier"] = ["potential"] * 9 + ["low_value"] * 30
    >>> segment_markets(who, Rules.load(), "industry")[["segment", "share", "is_market"]].values.tolist()
    [['乙', 0.0, False], ['甲', 1.0, True]]
    """
    hopeful = (optional(customers, "tier", "") == "potential") | is_true(customers, "intent")
    segment, names = _coded(optional(customers, by, None))
    counted = segment >= 0
    facts = {
        "buyers": optional(customers, "frequency") > 0,
        "amount_12m": optional(customers, "amount_12m"),
        "potential": hopeful,
    }
    sums = {name: _sums(values, segment, len(names)) for name, values in facts.items()}
    buyers, potential = (sums[name].astype("int64") for name in ("buyers", "potential"))
    size = np.bincount(segment[counted], minlength=len(names))
    amount, shares = sums["amount_12m"], _shares(potential, size)
    overall = float(hopeful.mean()) if len(customers) else np.nan
    lines = pd.DataFrame(
        {
            "segment": names,
            "buyers": buyers,
            "amount_12m": amount,
            "potential": potential,
            "customers": size,
            **shares,
            "amount_share": amount / amount.sum() if amount.sum() else np.nan,
            "is_market": (size >= rules.trends.few_customers) & (shares["low"] > overall),
        }
    )
    return lines.take(np.argsort(-size, kind="stable")).reset_index(drop=True)


def _sums(values: pd.Series, segment: Places, segments: int) -> npt.NDArray[np.float64]:
    """``values`` added up per segment; what is not known adds nothing."""
    known = np.nan_to_num(values.to_numpy(dtype="float64", na_value=np.nan))[segment >= 0]
    return np.bincount(segment[segment >= 0], weights=known, minlength=segments).astype("float64")


def _shares(hits: Places, base: Places) -> dict[str, npt.NDArray[np.float64]]:
    """``share`` = hits ÷ base and its bounds ``low`` and ``high``; NaN where the base is 0."""
    bounds = np.array([wilson(k, n) for k, n in zip(hits.tolist(), base.tolist(), strict=True)]).reshape(
        -1, 2
    )
    share = np.divide(hits, base, out=np.full(len(base), np.nan), where=base > 0)
    return {"share": share, "low": bounds[:, 0], "high": bounds[:, 1]}


def segment_counts(customers: pd.DataFrame, by: Group, column: str) -> pd.DataFrame:
    """How a customer column spreads over the segments: ``segment``, ``item``, ``n``, ``customers``,
    ``share``.

    With Wilson bounds; blank values and segments are left out (R-073: purchase behaviour by 行业, by 规模).

    >>> who = pd.DataFrame({"industry": ["制造业"] * 4, "lifecycle": ["loyal", "loyal", "first", ""]})
    >>> segment_counts(who, "industry", "lifecycle")[["item", "n", "customers"]].values.tolist()
    [['loyal', 2, 3], ['first', 1, 3]]
    """
    rows = pd.DataFrame(
        {"segment": text(optional(customers, by, None)), "item": text(optional(customers, column, None))}
    )
    rows = rows[(rows["segment"] != "") & (rows["item"] != "")]
    counts = rows.groupby(["segment", "item"], sort=False).size().rename("n").reset_index()
    counts["customers"] = counts.groupby("segment")["n"].transform("sum")
    lines = counts.assign(**_shares(counts["n"].to_numpy(), counts["customers"].to_numpy()))
    return lines.sort_values(["customers", "segment", "n"], ascending=[False, True, False], ignore_index=True)
