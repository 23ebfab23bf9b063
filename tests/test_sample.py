"""The sample team is as realistic as it was designed to be, and its planted faults are where the answers say."""

from __future__ import annotations

from datetime import date
from random import Random

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.clean.industry import classify_industry
from crmsheet.clean.text import match_key
from crmsheet.data import read_toml, speaking
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.requirements import split_requirements
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.sample.pace import team_calendar
from crmsheet.sample.people import invent_customers

TEAM = sample_team()
CLEAN = sample_team(faults=False)
AS_OF = date(2026, 11, 20)
LABELS = Labels.load()


def shares(column: pd.Series) -> dict[str, float]:
    return {str(key): float(value) for key, value in column.value_counts(normalize=True).items()}


def test_the_example_lists_200_customers_whoever_counts_them() -> None:
    result = crm.analyze(crm.Tables.from_frames(**TEAM.tables), crm.Rules.load(), AS_OF)
    assert len(result.customers) == 200
    needs, contacts, orders = (
        len(result.requirements),
        *(len(TEAM.tables[c]) for c in ("interactions", "orders")),
    )
    assert (needs, contacts, orders) == pytest.approx((600, 3000, 2000), rel=0.15)


def test_the_english_example_is_the_same_team_with_the_same_answers() -> None:
    with speaking("en"):
        english, labels = sample_team(), Labels.load()
    closed = {(code, field.code) for code in SHEETS for field in SHEETS[code].fields if field.vocabulary}
    for code, table in TEAM.tables.items():
        for name in table:
            there, here = english.tables[code][name], table[name]
            if (code, name) in closed:
                field = next(field for field in SHEETS[code].fields if field.code == name)
                there, here = (
                    column.map(lambda word, v=field.vocabulary: labels.choice_code(v, str(word)) or word)
                    for column in (there, here)
                )
            if SHEETS[code].field(name).kind == "industry":
                there, here = (
                    column.map(lambda word: classify_industry(word).section) for column in (there, here)
                )
            if SHEETS[code].field(name).kind != "yes_no":
                pd.testing.assert_series_equal(there, here)
    where = ["sheet", "position", "field", "fault"]
    pd.testing.assert_frame_equal(english.faults[where], TEAM.faults[where])
    statuses = english.faults[(english.faults["field"] == "status") & (english.faults["fault"] == "synonym")]
    assert len(statuses)
    assert all(str(word).isascii() for word in statuses[["value", "before"]].to_numpy().ravel())


@pytest.mark.parametrize(
    ("sheet", "expected", "tolerance"),
    [("profiles", 200, 0), ("interactions", 3000, 0.05), ("orders", 2000, 0.08), ("feedback", 120, 0)]
    + [("contracts", 60, 0), ("tasks", 75, 0.35)],
)
def test_counts(sheet: str, expected: int, tolerance: float) -> None:
    assert len(CLEAN.tables[sheet]) == pytest.approx(expected, rel=tolerance)


def test_about_600_needs_three_for_a_customer() -> None:
    cells = [CLEAN.tables["records"][name].dropna() for name in ("explicit_needs", "implicit_needs")]
    explicit, implicit = (sum(len(split_requirements(cell)) for cell in column) for column in cells)
    assert explicit + implicit == pytest.approx(600, rel=0.08)
    assert explicit / (explicit + implicit) == pytest.approx(0.65, abs=0.06)


@pytest.mark.parametrize(
    ("sheet", "field", "expected"),
    [
        ("records", "status", {"待跟进": 0.25, "跟进中": 0.30, "已解决": 0.38, "暂停": 0.07}),
        ("records", "priority", {"高": 0.20, "中": 0.50, "低": 0.30}),
        ("interactions", "contact_method", {"电话": 0.50, "线上会议": 0.22, "拜访": 0.18, "微信": 0.08}),
        ("interactions", "sentiment", {"满意": 0.46, "中性": 0.41, "不满": 0.13}),
        (
            "profiles",
            "industry",
            {"制造业": 0.28, "信息传输、软件和信息技术服务业": 0.18, "批发和零售业": 0.14},
        ),
    ],
)
def test_distributions(sheet: str, field: str, expected: dict[str, float]) -> None:
    found = shares(CLEAN.tables[sheet][field])  # within two standard deviations of 200 draws
    assert {word: found[word] for word in expected} == pytest.approx(expected, abs=0.065)


def test_eight_owners_one_of_whom_left_with_14_customers() -> None:
    owners = CLEAN.tables["profiles"]["owner"].value_counts()
    assert len(owners) == 8
    assert owners["郑*强"] == 14


def test_orders_are_skewed_as_in_real_teams() -> None:
    orders = CLEAN.tables["orders"]
    sums = orders.groupby("customer_id")["amount"].sum().sort_values(ascending=False)
    assert len(sums) == pytest.approx(154, abs=14)
    assert orders["amount"][orders["amount"] > 0].median() == pytest.approx(8_580, rel=0.25)
    assert sums.head(len(sums) // 5).sum() / sums.sum() == pytest.approx(0.70, abs=0.1)
    assert (orders["amount"] < 0).mean() == pytest.approx(0.03, abs=0.012)


def test_contacts_spread_over_the_workdays_of_a_week() -> None:
    found = shares(CLEAN.tables["interactions"]["contacted_on"].map(date.weekday))
    assert all(0.13 < found[str(day)] < 0.24 for day in range(5))
    assert min(found["1"], found["2"], found["3"]) > max(found["0"], found["4"])
    assert 0.01 < found["5"] + found["6"] < 0.03


@pytest.mark.parametrize(
    "as_of", [AS_OF, date(2024, 2, 29), date(2025, 2, 1), date(2027, 1, 1), date(2028, 2, 29)]
)
def test_days_off_are_days_off(as_of: date) -> None:
    """Nobody speaks or orders on a public holiday; on a weekend a few do, without meeting."""
    tables, calendar = sample_team(as_of, faults=False).tables, team_calendar(as_of)
    log, records = tables["interactions"], tables["records"]
    spoken = pd.concat([log["contacted_on"], records["last_contact"]])
    how = pd.concat([log["contact_method"], records["contact_method"]])
    assert not any(calendar.is_holiday(day) for day in {*spoken, *tables["orders"]["order_date"]})
    off = ~spoken.map(calendar.is_workday)
    assert off.mean() < 0.03
    assert set(how[off]) == {"电话", "微信"}
    plans = records["next_plan"].dropna().str[:10].map(date.fromisoformat)
    assert plans.map(calendar.is_workday).all()
    assert (plans > records.loc[plans.index, "last_contact"]).all()
    assert max(*spoken, *tables["orders"]["order_date"]) <= as_of


def test_nobody_orders_before_the_first_contact() -> None:
    first = CLEAN.tables["orders"].groupby("customer_id")["order_date"].min()
    spoken = CLEAN.tables["interactions"].groupby("customer_id")["contacted_on"].min()
    assert (first >= spoken[first.index]).all()


def test_orders_peak_in_december_and_at_quarter_ends_and_rest_around_spring_festival() -> None:
    """Counted on days of two full years, in which the team grows, against the days just before and after."""
    days = CLEAN.tables["orders"]["order_date"]
    a_day = {
        name: ((days >= first) & (days <= last)).sum() / ((last - first).days + 1)
        for name, first, last in (
            ("autumn", date(2025, 10, 9), date(2025, 11, 30)),
            ("december", date(2025, 12, 1), date(2025, 12, 31)),
            ("january", date(2026, 1, 1), date(2026, 1, 31)),
            ("festival", date(2026, 2, 7), date(2026, 3, 3)),
            ("march", date(2026, 3, 4), date(2026, 3, 31)),
        )
    }
    assert a_day["december"] > 1.15 * max(a_day["autumn"], a_day["january"])
    assert a_day["festival"] < 0.5 * min(a_day["january"], a_day["march"])
    quarter = days[days.map(lambda day: day.month in (3, 6, 9))].map(lambda day: day.day > 15)
    assert quarter.mean() > 0.53


def test_most_contacts_are_entered_in_time() -> None:
    log = CLEAN.tables["interactions"]
    in_time = [
        (entered - day).days <= 1 for day, entered in zip(log["contacted_on"], log["entered_on"], strict=True)
    ]
    assert sum(in_time) / len(in_time) == pytest.approx(0.78, abs=0.05)


def test_no_day_of_the_past_lies_after_the_reference_day() -> None:
    for code, table in CLEAN.tables.items():
        for field in SHEETS[code].fields:
            if field.code in table and field.kind in {"date", "date_or_none", "moment"} and field.past:
                days = [day for day in table[field.code].dropna() if isinstance(day, date)]
                assert max(days, default=AS_OF) <= AS_OF, (code, field.code)


def test_referrals_name_an_earlier_customer() -> None:
    profiles = CLEAN.tables["profiles"].set_index("customer_id")
    referred = profiles["referrer"].dropna()
    assert len(referred) == 14
    assert set(referred) <= set(profiles.index)
    assert (profiles.loc[referred.index, "source"] == "转介绍").all()


def test_three_namesakes_live_in_other_cities() -> None:
    profiles = CLEAN.tables["profiles"]
    brands = [
        name.removeprefix(place)
        for name, place in zip(profiles["customer_name"], profiles["region"], strict=True)
    ]
    assert sum(pd.Series(brands).duplicated()) == 3
    assert profiles["customer_name"].is_unique


def test_nobody_can_be_called_or_mailed() -> None:
    profiles = CLEAN.tables["profiles"]
    assert profiles["phone"].str.contains(r"\*\*\*").all()
    assert profiles["email"].dropna().str.endswith("@example.com").all()
    assert profiles["contact"].str.endswith("*").all()


def test_no_number_that_must_be_found_belongs_to_anybody() -> None:
    """No mobile number of eleven digits begins with 143, nobody is born in 2098 yet, no bank issues cards of 629999."""
    found = TEAM.faults.set_index("fault")["value"]
    assert found["personal_phone"].str.fullmatch(r"143\d{8}").all()
    assert "20981231" in found["id_card"] and "629999" in found["bank_card"]
    brands = read_toml("sample.toml")["known_brands"]
    for table in TEAM.tables.values():
        names = table.get("customer_name", pd.Series(dtype=str)).dropna()
        assert not names.str.contains("|".join(brands)).any()


def test_texts_of_contacts_do_not_repeat_absurdly() -> None:
    notes = CLEAN.tables["interactions"]["contact_notes"]
    assert notes.nunique() > 400
    assert notes.value_counts().max() < len(notes) * 0.04
    needs = CLEAN.tables["records"][["explicit_needs", "implicit_needs"]].stack().dropna()
    assert not needs.str.contains(r"报表报表|订单订单|合同合同").any()


def test_every_answer_is_where_it_says_with_what_stood_there() -> None:
    assert len(TEAM.faults) > 290
    for fault in TEAM.faults.itertuples():
        cell = TEAM.tables[fault.sheet].iloc[fault.position][fault.field]
        same = (pd.isna(cell) and pd.isna(fault.value)) or cell == fault.value
        assert same, fault


@pytest.mark.parametrize(
    ("fault", "least"),
    [("duplicate", 14), ("synonym", 45), ("blank", 30), ("placeholder", 15), ("personal_phone", 20)]
    + [("amount_text", 40), ("unit_mixed_up", 6), ("row_twice", 5), ("refund_too_large", 2), ("id_card", 1)]
    + [("bank_card", 1), ("date_impossible", 2), ("date_format", 5), ("id_format", 1), ("id_unknown", 1)],
)
def test_each_kind_of_fault_is_planted(fault: str, least: int) -> None:
    assert (TEAM.faults["fault"] == fault).sum() >= least


def test_the_same_arguments_give_the_same_team_and_tables_have_no_unknown_column() -> None:
    again = sample_team()
    for code, table in TEAM.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[code])
        assert set(table) <= {field.code for field in SHEETS[code].fields}


def test_ice_scores_are_within_range_and_70_percent_are_scored() -> None:
    records = CLEAN.tables["records"]
    scored = records["impact"].notna()
    assert scored.mean() == pytest.approx(0.7, abs=0.08)
    points = records.loc[scored, ["impact", "confidence", "ease"]].astype(float)
    assert points.min().min() >= 1
    assert points.max().max() <= 10
    assert points["impact"].corr(points["confidence"]) == pytest.approx(-0.3, abs=0.2)


def test_needs_repeat_across_customers() -> None:
    keys = [
        match_key(need)
        for cell in CLEAN.tables["records"]["explicit_needs"].dropna()
        for need in split_requirements(cell)
    ]
    counted = pd.Series(keys).value_counts()
    assert counted[counted > 1].sum() / len(keys) > 0.15
    assert Rules.load().cleaning.vague_words


def test_brands_outlast_the_pairs_of_syllables() -> None:
    people = invent_customers(Random(1), 1200, date(2026, 11, 20))
    assert len({one.name for one in people}) == 1200
