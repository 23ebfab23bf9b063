"""From typed tables to customers: one row each, with what profile and latest record say. No scores here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from crmsheet.clean.companies import parse_company
from crmsheet.fields import CUSTOMER_SHEETS
from crmsheet.model import Cleaned
from crmsheet.rules import Rules
from crmsheet.stacked import apart, rows_of
from crmsheet.steps.columns import optional, text

_PROFILE_FIRST = (
    "industry", "industry_section", "region", "province", "city", "email", "company_size", "headcount_low",
    "headcount_high", "revenue_low", "revenue_high", "budget", "budget_low", "budget_high", "deal_count",
    "deal_amount", "last_deal", "cooperation", "contact_result", "priority_remark", "decision_factors",
    "core_need", "risk", "influence", "referral_willingness", "upsell_likelihood", "benchmark_value",
    "test_feedback", "manual_tier", "referrer", "source", "value_level",
)  # fmt: skip
_LATEST_RECORD = (
    "contact", "job_title", "decision_role", "can_decide", "phone", "phone_kind", "owner",
    "contact_method", "contact_notes", "next_plan",
    "next_date", "next_action", "remark", "industry", "industry_section", "status",
)  # fmt: skip


NAMELESS = "~"  # opens the key of a customer known only by name, so that it never equals an id


def customer_keys(frame: pd.DataFrame) -> pd.Series:
    """What a row's customer is known by: its id, else the core of its name; blank when it has neither (C-21)."""
    ids = text(optional(frame, "customer_id", None)).str.strip()
    nameless = ids == ""
    names = optional(frame, "customer_name", None)[nameless]
    keys = names.map(_name_key)
    hidden = names.map(_is_masked).astype(bool)
    own = keys + [
        f"#{row}" for row in rows_of(keys.index)
    ]  # a masked name tells nobody apart: each row is its own
    return ids.where(~nameless, keys.where(~hidden, own).reindex(ids.index))


def _name_key(name: object) -> str:
    return f"{NAMELESS}{parse_company(name).key}" if isinstance(name, str) and name else ""


def _is_masked(name: object) -> bool:
    return isinstance(name, str) and parse_company(name).kind == "masked"


def keyed_tables(cleaned: Cleaned) -> dict[str, pd.DataFrame]:
    """The typed tables, each with ``customer``: the key of its row's customer.

    A row without an id takes the id that another row gives to the same name, when only one does.
    """
    keyed = {code: frame.assign(customer=customer_keys(frame)) for code, frame in cleaned.frames.items()}
    if "records" in keyed:
        keyed["records"] = _parted(keyed["records"], cleaned.issues)
    if not any(key.startswith(NAMELESS) for frame in keyed.values() for key in frame["customer"].tolist()):
        return keyed
    id_of_name = _unique_ids(keyed)
    for code, frame in keyed.items():
        named = apart(frame["customer"]).map(id_of_name)
        keyed[code] = frame.assign(customer=frame["customer"].where(named.isna(), named))
    return keyed


def _parted(records: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """Rows that carry another customer's id stand for themselves, by name: nobody vanishes behind a typing slip."""
    rows = issues.loc[(issues["entity"] == "records") & (issues["code"] == "id_conflict"), "row"]
    keys = records["customer"].copy()
    keys[rows] = optional(records, "customer_name", None)[rows].map(_name_key)
    return records.assign(customer=keys)


def _unique_ids(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    frames = [
        frame[frame["customer"] == frame["customer_id"]]
        for code, frame in tables.items()
        if code in ("records", "profiles") and {"customer_id", "customer_name"} <= set(frame)
    ]
    pairs = [
        pd.DataFrame({"name": apart(frame["customer_name"].map(_name_key)), "id": frame["customer_id"]})
        for frame in frames
    ]
    if not pairs:
        return {}
    known = pd.concat(pairs).drop_duplicates()
    known = known[known["id"].notna() & (known["id"] != "") & (known["name"] != "")]
    single = known[~known["name"].duplicated(keep=False)]
    return dict(zip(single["name"], single["id"], strict=True))


def relate_customers(tables: Mapping[str, pd.DataFrame], rules: Rules, as_of: date) -> pd.DataFrame:
    """One row per customer, index ``customer``, in order of first appearance.

    Facts of the profile win; what changes with every contact comes from the latest record. ``record_row`` and
    ``profile_row`` are Excel rows (NaN when there is none). ``last_contact`` is the latest real contact up to
    ``as_of``: bulk messages and dates in the future do not count (R-007, ANALYTICS §5).
    """
    tables = {code: _without_future(frame, as_of) for code, frame in tables.items()}
    records = _latest(tables.get("records"))
    profiles = _first(tables.get("profiles"))
    order = [frame["customer"] for code in ("records", "profiles") if (frame := tables.get(code)) is not None]
    keys = pd.concat(order) if order else pd.Series(dtype=object)
    index = pd.Index(keys[keys != ""].drop_duplicates(), name="customer", dtype=object)
    profiles, records = profiles.reindex(index), records.reindex(index)
    columns = {"customer_id": _either(profiles, records, "customer_id")}
    columns["customer_name"] = _either(profiles, records, "customer_name")
    for column in _PROFILE_FIRST:
        columns[column] = _either(profiles, records, column)
    for column in _LATEST_RECORD:
        columns[column] = _either(records, profiles, column)
    columns["record_row"] = optional(records, "row")
    columns["profile_row"] = optional(profiles, "row")
    customers = pd.DataFrame(columns, index=index)
    return customers.assign(last_contact=_last_contact(tables, index, rules.followup.not_contacts))


def list_contacts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Whom the records and profiles name: ``customer``, and what tells each contact's part in a purchase.

    The log names those who took part, but not of which side they are.
    """
    columns = ("customer", "job_title", "decision_role", "can_decide")
    named = [tables[code] for code in CUSTOMER_SHEETS if code in tables]
    found = [pd.DataFrame({name: optional(frame, name, None) for name in columns}) for frame in named]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(columns), dtype=object)


def _first(frame: pd.DataFrame | None) -> pd.DataFrame:
    if frame is None:
        return pd.DataFrame(index=pd.Index([], dtype=object))
    return frame.assign(row=frame.index).drop_duplicates("customer").set_index("customer")


def _latest(frame: pd.DataFrame | None) -> pd.DataFrame:
    """Per customer the record with the latest contact; of equals the lowest on the sheet."""
    if frame is None or "last_contact" not in frame:
        return _first(frame)
    order = frame["last_contact"].reset_index(drop=True).sort_values(kind="stable", na_position="first").index
    latest = order[~frame["customer"].iloc[order].duplicated(keep="last").to_numpy()]
    return frame.assign(row=frame.index).iloc[latest].set_index("customer")


def _either(first: pd.DataFrame, second: pd.DataFrame, column: str) -> pd.Series:
    a, b = optional(first, column, None), optional(second, column, None)
    if column in first and column in second:
        blank = a.isna() | (a == "")
        return a.where(~blank, b)
    return a if column in first else b


def _without_future(frame: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The table with contact dates after ``as_of`` blank: an entry error must not look like a fresh contact."""
    day = pd.Timestamp(as_of)
    dated = [column for column in ("last_contact", "contacted_on") if column in frame]
    return frame.assign(**{column: frame[column].where(frame[column] <= day) for column in dated})


def _last_contact(
    tables: Mapping[str, pd.DataFrame], index: pd.Index, not_contacts: tuple[str, ...]
) -> pd.Series:
    """Latest contact of each customer over records, profiles and the log."""
    places = (("records", "last_contact"), ("profiles", "last_contact"), ("interactions", "contacted_on"))
    found = []
    for code, column in places:
        if code in tables and column in tables[code]:
            frame = tables[code]
            real = ~optional(frame, "contact_method", None).isin(not_contacts)
            found.append(frame.loc[real, column].groupby(frame.loc[real, "customer"], sort=False).max())
    if not found:
        return pd.Series(pd.NaT, index=index, dtype="datetime64[us]")
    latest: pd.Series = pd.concat(found).groupby(level=0, sort=False).max() if len(found) > 1 else found[0]
    return latest.reindex(index)
