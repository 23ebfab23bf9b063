"""Snapshots: what each customer's tier was on an earlier day, and by which rules (R-076, ANALYTICS §6)."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final

import pandas as pd

from crmsheet.clean.text import match_key
from crmsheet.data import read_toml
from crmsheet.rules import Rules
from crmsheet.steps.columns import optional, text

FACTS: Final = ("recency_days", "frequency", "monetary", "order_count", "first_order")
COLUMNS: Final = (
    "as_of",
    "customer",
    "customer_name",
    "tier",
    "computed_tier",
    "value_score",
    "rules",
    *FACTS,
)
_LEAST_NANOSECONDS = 100_000_000  # a day written without separators is a smaller number
_PERIOD_MONTHS = {"month": 1, "quarter": 3, "half_year": 6}


def take_snapshot(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """One line per customer, columns ``COLUMNS``: tier codes, score, the facts behind the tier, the rules'
    mark.

    ``as_of`` is an ISO day. The facts let a later run tell whether the customer moved or the rules did.
    """
    lines = pd.DataFrame(
        {
            "as_of": as_of.isoformat(),
            "customer": customers.index,
            **{
                name: optional(customers, name, None).to_numpy()
                for name in ("customer_name", "tier", "computed_tier")
            },
            "value_score": optional(customers, "value_score").round(1).to_numpy(),
            "rules": rules_mark(rules),
            **{name: optional(customers, name, None).to_numpy() for name in FACTS},
            "first_order": _iso(optional(customers, "first_order", None)).to_numpy(),
        }
    )
    return lines[list(COLUMNS)]


def add_snapshot(earlier: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Earlier snapshots and the fresh one, which replaces one of the same day. Older forms lack columns:
    blank.

    >>> one = pd.DataFrame({"as_of": ["2026-11-20"], "customer": ["A"], "tier": ["potential"]})
    >>> len(add_snapshot(one, one)), len(add_snapshot(pd.DataFrame(), one))
    (1, 1)
    """
    if not {"as_of", "customer", "tier"} <= set(earlier):
        return fresh
    days = _days(earlier)
    kept = earlier[days.notna() & ~days.isin(_days(fresh))]
    return pd.concat([kept.reindex(columns=fresh.columns), fresh], ignore_index=True) if len(kept) else fresh


def choose_snapshot(snapshots: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame | None:
    """The lines to compare with, index ``customer``: the last snapshot of the period before, else the first.

    With ``migration.period`` a quarter, on 2026-11-20 the last snapshot up to 2026-09-30; None before
    ``as_of`` there is none at all. Tiers are codes, whatever words they were written in.
    """
    if not {"as_of", "customer", "tier"} <= set(snapshots):
        return None
    days = _days(snapshots)
    past = days[days < pd.Timestamp(as_of)]
    if not len(past):
        return None
    ended = past[past <= _end_of_last_period(as_of, rules)]
    chosen = ended.max() if len(ended) else past.min()
    lines = snapshots[days == chosen].drop_duplicates("customer", keep="last")
    codes = {name: tier_codes(optional(lines, name, None), rules) for name in ("tier", "computed_tier")}
    chosen_lines: pd.DataFrame = lines.assign(as_of=chosen, **codes).set_index("customer")
    return chosen_lines


def rules_mark(rules: Rules) -> str:
    """Eight letters that change with every rule a computed tier depends on, and with no other.

    >>> rules_mark(Rules.load()) == rules_mark(Rules.load())
    True
    """
    parts = (rules.rfm, rules.orders, rules.churn, rules.intent)
    text_of = "\n".join(part.model_dump_json() for part in parts)
    return hashlib.sha256(text_of.encode()).hexdigest()[:8]


def tier_codes(words: pd.Series, rules: Rules) -> pd.Series:
    """The tier code meant by each code or label, of these rules, the shipped ones or a preset; else as
    written.
    """
    known: dict[str, str] = {}
    for preset in read_toml("presets.toml").values():
        known |= {match_key(tier["label"]): code for code, tier in preset.get("tiers", {}).items()}
    for some in (Rules.load(), rules):
        known |= {match_key(tier.label): code for code, tier in some.tiers.items()}
        known |= {code: code for code in some.tiers}
    return text(words).map(lambda word: known.get(match_key(word), word))


def read_days(written: pd.Series) -> pd.Series:
    """Days as they were written: as text, or by earlier versions as nanoseconds since 1970.

    >>> read_days(pd.Series(["2024-12-18", "1734480000000000000", None])).dt.day.tolist()
    [18.0, 18.0, nan]
    """
    counted = pd.to_numeric(written, errors="coerce")
    counted = counted.where(counted > _LEAST_NANOSECONDS)
    texts = written.where(counted.isna(), None)
    days = pd.to_datetime(texts, errors="coerce", format="mixed").astype("datetime64[us]")
    return days.fillna(pd.to_datetime(counted, unit="ns").astype("datetime64[us]"))


def _iso(days: pd.Series) -> pd.Series:
    """Days as ISO text, blank for a missing one.

    >>> _iso(pd.Series(pd.to_datetime(["2024-12-18", None]))).tolist()
    ['2024-12-18', nan]
    """
    known = pd.to_datetime(days)
    return known.dt.strftime("%Y-%m-%d").astype(object)


def _days(snapshots: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(snapshots["as_of"], errors="coerce", format="mixed")


def _end_of_last_period(as_of: date, rules: Rules) -> pd.Timestamp:
    """The last day of the month, quarter or half-year before the one ``as_of`` lies in."""
    months = _PERIOD_MONTHS[rules.migration.period]
    first_month = (as_of.month - 1) // months * months + 1
    return pd.Timestamp(as_of.year, first_month, 1) - pd.Timedelta(days=1)
