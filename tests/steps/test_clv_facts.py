"""CLV joined to customers: what one order, no order and no scipy give."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from order_samples import orders_of

from crmsheet.errors import MissingExtra
from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.steps import add_clv, clv_facts
from crmsheet.steps.clv import fit_clv, score_clv, summarize_purchases
from crmsheet.steps.clv_facts import clv_terms, fit_customer_models

RULES = Rules.load()
AS_OF = date(2026, 11, 20)
CUSTOMERS = pd.DataFrame(index=pd.Index(["A", "B", "C"], name="customer"))


def _orders() -> pd.DataFrame:
    rows = orders_of(
        A=[("2026-01-05", 600.0), ("2026-05-05", 700.0), ("2026-09-05", 800.0)], B=[("2025-12-01", 900.0)]
    )
    return rows.rename(columns={"customer_id": "customer"})


def test_each_customer_gets_what_score_clv_says() -> None:
    orders = _orders()
    added = add_clv(CUSTOMERS, orders, RULES, AS_OF)
    expected = score_clv(
        orders.assign(customer_id=orders["customer"]), as_of=AS_OF, terms=clv_terms(RULES.clv)
    )
    assert added.loc["A", "clv"] == pytest.approx(expected.loc["A", "clv_12m"])
    assert added.loc["A", "clv_simple"] == pytest.approx(700 * 3 * 3)  # mean 700, three a year, three years
    assert added["clv_state"].tolist() == ["indicative", "insufficient", "none"]


def test_one_order_is_not_enough_to_say_whether_a_customer_lives() -> None:
    added = add_clv(CUSTOMERS, _orders(), RULES, AS_OF).loc["B"]
    assert np.isnan(added["probability_alive"])
    assert added["clv_reason"].startswith("只成交过 1 次，看不出规律")
    assert "100%" not in added["clv_reason"]


@pytest.mark.parametrize(
    ("stage", "told"), [("active", True), ("warning", True), ("risk", False), ("lost", False)]
)
def test_no_purchases_are_forecast_of_a_lapsed_customer_who_bought_once(stage: str, *, told: bool) -> None:
    customers = CUSTOMERS.assign(churn_stage=["active", stage, ""], recency_days=[76.0, 354.0, np.nan])
    added = add_clv(customers, _orders(), RULES, AS_OF)
    for column in ("expected_purchases", "expected_spend", "clv"):
        assert pd.notna(added.loc["B", column]) is told
    assert added["clv_state"].tolist() == ["indicative", "insufficient", "none"]
    assert ("又有 354 天没再买" in added.loc["B", "clv_reason"]) is not told
    assert added.loc["A", "clv"] == add_clv(CUSTOMERS, _orders(), RULES, AS_OF).loc["A", "clv"]


def test_a_forecast_that_rounds_to_nothing_is_not_printed_as_zero_point_zero_purchases() -> None:
    rows = orders_of(A=[(day, 600.0) for day in pd.date_range("2024-01-05", periods=30, freq="7D")])
    added = add_clv(CUSTOMERS, rows.rename(columns={"customer_id": "customer"}), RULES, AS_OF).loc["A"]
    assert added["expected_purchases"] < 0.05
    assert "基本不会再成交" in added["clv_reason"] and "0.0 次" not in added["clv_reason"]


def test_without_orders_nothing_is_made_up() -> None:
    added = add_clv(CUSTOMERS, None, RULES, AS_OF)
    assert added["clv"].isna().all()
    assert added["clv_state"].tolist() == [""] * 3
    assert fit_customer_models(None, AS_OF) == (None, ())


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_few_customers(size: int) -> None:
    names = [f"C{i}" for i in range(size)]
    orders = pd.DataFrame({"customer": names, "order_date": pd.Timestamp("2026-05-05"), "amount": 100.0})
    orders["order_date"] = pd.to_datetime(orders["order_date"])
    customers = pd.DataFrame(index=pd.Index(names, dtype=object))
    models, notes = fit_customer_models(orders, AS_OF)
    added = add_clv(customers, orders, RULES, AS_OF, models)
    assert added["clv_state"].tolist() == ["insufficient"] * size
    assert [RULES.labels.phrase(f"note.{note.code}", **note.facts) for note in notes]


def test_terms_of_the_rules_change_the_value() -> None:
    half = Rules.load(settings=[Setting("clv.margin", 0.5, "", ""), Setting("clv.months", 6, "", "")])
    full, part = (add_clv(CUSTOMERS, _orders(), rules, AS_OF) for rules in (RULES, half))
    assert part.loc["A", "clv_simple"] == pytest.approx(full.loc["A", "clv_simple"] / 2)
    assert part.loc["A", "clv"] < full.loc["A", "clv"] / 2
    assert (1 + clv_terms(RULES.clv).monthly_discount) ** 12 == pytest.approx(1.1)


def test_given_models_are_used_instead_of_fitting() -> None:
    orders = _orders()
    models = fit_clv(summarize_purchases(orders.assign(customer_id=orders["customer"]), as_of=AS_OF))
    once, twice = (add_clv(CUSTOMERS, orders, RULES, AS_OF, given) for given in (models, None))
    pd.testing.assert_frame_equal(once, twice)


def test_without_scipy_the_simple_value_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise MissingExtra(feature="CLV", extra="clv", module="scipy")

    monkeypatch.setattr(clv_facts, "fit_clv", missing)
    monkeypatch.setattr("crmsheet.steps.clv.fit_clv", missing)
    models, notes = fit_customer_models(_orders(), AS_OF)
    assert (models, [note.code for note in notes]) == (None, ["clv_needs_scipy"])
    added = add_clv(CUSTOMERS, _orders(), RULES, AS_OF, models)
    assert added["clv_state"].tolist() == ["unavailable", "unavailable", "none"]
    assert "6300元" in added["clv_reason"].iloc[0]


def test_every_note_of_the_models_has_words() -> None:
    codes = (
        "indicative invalid_rows no_customers no_repeat_purchases degenerate not_converged no_spend spend_excluded"
        " spend_follows_frequency spend_falls_with_frequency infinite_mean regular_purchases needs_scipy"
    )
    assert all(RULES.labels.phrase(f"note.clv_{code}") for code in codes.split())
