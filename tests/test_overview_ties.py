"""Every figure on the overview of the example ties to the list it is a total of, and to the entry sheets.

What the entry sheets say is counted here anew from their typed cells; no view and no summary is asked.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.data import LANGUAGES, Language, speaking
from crmsheet.labels import Labels, wan
from crmsheet.requirements import split_requirements
from crmsheet.sample import sample_team
from crmsheet.view import Cards, Chart, Charts, TableBlock, View
from crmsheet.views.overview import overview_view
from crmsheet.views.sheets import VIEWS

AS_OF = date(2026, 11, 20)
TODAY = pd.Timestamp(AS_OF)
MONTHS = pd.period_range(end=pd.Period(AS_OF, "M"), periods=12, freq="M")


@cache
def example(language: Language) -> crm.Result:
    with speaking(language):
        return crm.analyze(crm.Tables.from_frames(**sample_team(AS_OF).tables), crm.Rules.load(), AS_OF)


@cache
def views(language: Language) -> dict[str, View]:
    with speaking(language):
        return {one.key: one for one in (make(example(language)) for make in VIEWS)}


def table(language: Language, key: str, name: str) -> TableBlock:
    blocks = views(language)[key].blocks
    return next(block for block in blocks if isinstance(block, TableBlock) and block.name == name)


def card(language: Language, code: str) -> str:
    label = Labels.load(language).phrase(f"card.{code}")
    blocks = (block for block in views(language)["overview"].blocks if isinstance(block, Cards))
    return next(one.value for block in blocks for one in block.cards if one.label == label)


def chart(language: Language, code: str) -> Chart:
    title = Labels.load(language).phrase(f"chart.{code}")
    blocks = (block for block in views(language)["overview"].blocks if isinstance(block, Charts))
    return next(one for block in blocks for one in block.charts if one.title.startswith(title))


def entry(language: Language, sheet: str) -> pd.DataFrame:
    """The typed cells of an entry sheet, with ids as the team writes them."""
    typed: pd.DataFrame = example(language).source.frames[sheet]
    return typed


@cache
def needs(language: Language) -> pd.DataFrame:
    """One row per need typed on the record sheet, and whether somebody still waits for it."""
    records, profiles = entry(language, "records"), entry(language, "profiles")
    lines = [
        (row.customer_id, row.status, row.raised_on, row.solved_on)
        for row in records.itertuples()
        for cell in (row.explicit_needs, row.implicit_needs)
        for _ in (split_requirements(cell) if isinstance(cell, str) else ())
    ]
    recorded = {line[0] for line in lines}
    lines += [
        (row.customer_id, None, pd.NaT, pd.NaT)
        for row in profiles.itertuples()
        if row.customer_id not in recorded and isinstance(getattr(row, "core_need", None), str)
        for _ in split_requirements(row.core_need)
    ]
    frame = pd.DataFrame(lines, columns=["customer", "status", "raised_on", "solved_on"])
    unsaid = frame["solved_on"].notna().map({True: "done", False: "todo"})
    return frame.assign(status=frame["status"].where(frame["status"].notna(), unsaid))


@cache
def sales(language: Language) -> pd.DataFrame:
    """The orders up to the day, refunds negative; a row typed twice counts twice and is a finding."""
    orders = entry(language, "orders")
    known = {*entry(language, "records")["customer_id"], *entry(language, "profiles")["customer_id"]}
    rows = orders[orders["order_date"].notna() & (orders["order_date"] <= TODAY)]
    refund = (rows["amount"] < 0) | rows["is_refund"].isin([True])
    rows = rows.assign(net=rows["amount"].where(~refund, -rows["amount"].abs()))
    sold = rows[rows["net"] > 0].groupby("order_id")["order_date"].min()
    booked = rows["order_id"].map(sold).where(rows["net"] < 0)  # a refund takes back what was sold that day
    return rows.assign(booked=booked.fillna(rows["order_date"]), known=rows["customer_id"].isin(known))


def monthly(days: pd.Series, values: pd.Series | None = None) -> list[float]:
    months = days.dt.to_period("M")
    counts = months.value_counts() if values is None else values.groupby(months).sum()
    return counts.reindex(MONTHS, fill_value=0).astype(float).tolist()


both = pytest.mark.parametrize("language", LANGUAGES)


@both
def test_customers_tie(language: Language) -> None:
    ids = {*entry(language, "records")["customer_id"], *entry(language, "profiles")["customer_id"]}
    listed = table(language, "tiers", "tiers").frame
    assert card(language, "customers") == f"{len(ids):,}" == f"{len(listed):,}"
    tiers = chart(language, "tiers")
    assert (
        dict(zip(tiers.categories, tiers.series[0].values, strict=True))
        == listed["tier"].value_counts().to_dict()
    )
    industries = chart(language, "industries")
    profiles = entry(language, "profiles").drop_duplicates("customer_id").set_index("customer_id")["industry"]
    records = entry(language, "records").sort_values("last_contact", kind="stable", na_position="first")
    latest = records.drop_duplicates("customer_id", keep="last").set_index("customer_id")["industry"]
    counts = profiles.reindex(sorted(ids)).fillna(latest).value_counts()
    for name, count in zip(industries.categories, industries.series[0].values, strict=True):
        assert counts[name] == count


@both
def test_money_ties(language: Language) -> None:
    rows = sales(language)
    known = rows[rows["known"]]
    year = rows[(rows["booked"] > TODAY - pd.DateOffset(months=12)) & rows["known"]]
    listed = table(language, "tiers", "tiers")
    amount = float(listed.frame["amount_12m"].sum())
    assert amount == pytest.approx(float(year["net"].sum()))
    with speaking(language):
        assert card(language, "amount_12m") == wan(amount)
    assert listed.total["amount_12m"] == pytest.approx(amount)
    months = chart(language, "months")
    expected = [round(value / 10_000, 2) for value in monthly(known["booked"], known["net"])]
    assert months.series[0].values == pytest.approx(expected, abs=0.011)
    log = entry(language, "interactions")["contacted_on"].dropna()
    assert list(months.series[1].values) == monthly(log)


@both
def test_needs_tie(language: Language) -> None:
    rows, labels = needs(language), Labels.load(language)
    listed = table(language, "requirements", "requirements").frame
    assert len(rows) == len(listed)
    waiting = rows["status"].isin(["todo", "doing"])
    open_words = [labels.choice("status", code) for code in ("todo", "doing")]
    assert (
        card(language, "open_needs") == f"{waiting.sum():,}" == f"{listed['status'].isin(open_words).sum():,}"
    )
    high = listed[
        listed["status"].isin(open_words) & (listed["final_priority"] == labels.choice("level", "high"))
    ]
    assert card(language, "pressing") == f"{high['customer_id'].nunique():,}"
    status = {labels.choice("status", code): int(n) for code, n in rows["status"].value_counts().items()}
    assert status == listed["status"].value_counts().to_dict()
    cross = pd.crosstab(listed["final_priority"], listed["status"])
    matrix = table(language, "requirements", "priorities")
    stacked = chart(language, "priority_status")
    for series in stacked.series:
        for level, value in zip(stacked.categories, series.values, strict=True):
            assert value == cross.loc[level, series.name]
    for line in matrix.frame.to_dict("records"):
        for code in ("todo", "doing", "done", "paused"):
            assert line[code] == cross.loc[line["final_priority"], labels.choice("status", code)]
    assert matrix.total["sum"] == len(listed)
    raised, solved, opened = (list(series.values) for series in chart(language, "needs").series)
    past = rows.apply(lambda column: column.where(column <= TODAY) if column.name.endswith("_on") else column)
    assert (raised, solved) == (monthly(past["raised_on"].dropna()), monthly(past["solved_on"].dropna()))
    assert opened[-1] == waiting.sum()


@both
def test_followups_tie(language: Language) -> None:
    labels = Labels.load(language)
    listed = table(language, "followups", "followups").frame
    late = listed["overdue_days"] > 0
    assert card(language, "overdue_followups") == f"{late.sum():,}"
    owner = listed["owner"].where(
        listed["owner"].notna() & (listed["owner"] != ""), labels.phrase("no_owner")
    )
    load = chart(language, "owners")
    on_time, overdue = (dict(zip(load.categories, series.values, strict=True)) for series in load.series)
    for name in load.categories:
        assert on_time[name] == (owner[~late] == name).sum()
        assert overdue[name] == (owner[late] == name).sum()
    block = table(language, "overview", "owners")
    assert block.total["sum"] == len(listed) == float(block.frame["sum"].sum())
    today = table(language, "overview", "today").frame
    due = listed[pd.to_datetime(listed["due"]) <= TODAY]
    assert today["customer_id"].tolist() == due["customer_id"].tolist()[: len(today)]
    assert len(today) == min(8, len(due))


@both
def test_sentences_of_the_charts_tie(language: Language) -> None:
    def told(code: str) -> list[int]:
        """The numbers of a sentence."""
        found = re.findall(r"\d[\d,]*", chart(language, code).headline)
        return [int(number.replace(",", "")) for number in found]

    tiers, levels = chart(language, "tiers"), chart(language, "priority_status")
    risk = tiers.series[0].values[tiers.tones.index("bad")]
    assert told("tiers")[0] == risk
    assert told("priority_status") == [sum(one.values[0] for one in levels.series[:2])]
    raised, _, opened = (series.values for series in chart(language, "needs").series)
    assert told("needs") == [sum(raised), opened[-1]]
    assert told("owners")[:1] == [int(card(language, "overdue_followups").replace(",", ""))]


@both
def test_findings_tie(language: Language) -> None:
    assert card(language, "issues") == f"{len(table(language, 'quality', 'quality').frame):,}"


def test_a_renamed_tier_is_called_so_on_the_cards() -> None:
    shown = example("zh")
    tiers = {**shown.rules.tiers}
    tiers["high_value"] = tiers["high_value"].model_copy(update={"label": "VIP客户"})
    renamed = replace(shown, rules=shown.rules.model_copy(update={"tiers": tiers}))
    cards = [block for block in overview_view(renamed).blocks if isinstance(block, Cards)]
    notes = [card.note for block in cards for card in block.cards]
    assert any(note.startswith("VIP客户 ") for note in notes)
    assert not any("高价值" in note for note in notes)
