"""One function, many doors: what a step is called in the library, it is called everywhere."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet import steps
from crmsheet.views.sheets import VIEWS
from tests.workbooks import write_rows

RULES = crm.Rules.load()


@pytest.mark.parametrize("name", steps.__all__)
def test_every_step_stands_behind_every_door(name: str) -> None:
    step = getattr(steps, name)
    assert getattr(crm, name) is step
    assert getattr(pd.DataFrame().crm, name).func is step
    assert step.__doc__ and step.__module__.startswith("crmsheet.steps.")


def test_the_accessor_gives_what_the_function_gives() -> None:
    table = pd.DataFrame({"impact": [8.0], "confidence": [6.0], "ease": [4.0]})
    pd.testing.assert_frame_equal(table.crm.score_ice(RULES), crm.score_ice(table, RULES))


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(AttributeError, match="score_icy"):
        _ = pd.DataFrame().crm.score_icy


def test_public_names_exist() -> None:
    assert all(getattr(crm, name) is not None for name in crm.__all__)
    assert set(crm.__all__) <= set(dir(crm))


def test_clean_is_both_a_package_and_a_function() -> None:
    from crmsheet.clean.dates import parse_date

    assert callable(parse_date)
    tables = crm.Tables.from_frames(
        records=pd.DataFrame({"customer_id": ["c2024001"], "customer_name": ["甲"]})
    )
    cleaned = crm.clean(tables, RULES)
    assert cleaned["records"]["customer_id"].tolist() == ["C2024001"]
    assert "id_case" in set(cleaned.issues["code"])


def test_frames_without_a_workbook_are_analyzed() -> None:
    from datetime import date

    tables = crm.Tables.from_frames(
        records=pd.DataFrame(
            {"customer_id": ["C2024001"], "customer_name": ["甲公司"], "explicit_needs": ["便宜点"]}
        )
    )
    result = crm.analyze(tables, RULES, date(2024, 3, 18))
    assert result.requirements["requirement_tags"].tolist() == [("price",)]
    assert result.summary()["customers"] == 1


def test_earlier_snapshots_without_a_workbook_tell_who_moved() -> None:
    records = pd.DataFrame(
        {"customer_id": ["C2024001"], "customer_name": ["甲公司"], "manual_tier": ["高价值"]}
    )
    earlier = pd.DataFrame({"as_of": ["2024-01-01"], "customer": ["C2024001"], "tier": ["low_value"]})
    profiles = records.drop(columns="manual_tier").assign(manual_tier=["高价值"])
    tables = crm.Tables.from_frames(records=records, profiles=profiles, snapshots=earlier)
    assert len(crm.analyze(tables, RULES, "2024-03-18").moves) == 1


@pytest.mark.parametrize("day", ["notadate", None, "2026-02-30", "11月"])
def test_a_day_that_is_none_is_refused(day: object) -> None:
    tables = crm.Tables.from_frames(records=pd.DataFrame({"customer_name": ["甲公司"]}))
    with pytest.raises(crm.CrmsheetError):
        crm.analyze(tables, RULES, day)


def test_an_address_in_a_remark_is_reported_and_a_missing_date_is_missing() -> None:
    row = {
        "customer_id": ["C2024001"],
        "customer_name": ["甲公司"],
        "last_contact": pd.to_datetime([None]),
        "remark": ["住址：上海市浦东新区锦绣路100弄5号602室"],
    }
    issues = crm.clean(crm.Tables.from_frames(records=pd.DataFrame(row)), RULES).issues
    codes = dict(zip(issues["column"], issues["code"], strict=True))
    assert (codes["remark"], codes["last_contact"]) == ("sensitive_address", "missing_required")


def test_what_was_analyzed_from_frames_goes_into_a_workbook(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer_id": ["C2024001"], "customer_name": ["甲乙丙有限公司"]})
    result = crm.analyze(crm.Tables.from_frames(records=frame), crm.Rules.load(), "2026-11-20")
    book = write_rows(tmp_path / "a.xlsx", [["别的内容"]], sheet="别的")
    written = crm.write_analysis(result, book, out=tmp_path / "b.xlsx")
    assert len(written.sheets) == len(VIEWS)
