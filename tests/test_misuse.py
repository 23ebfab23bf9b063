"""Misuse ends in one of our own errors, never in one of Python's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmsheet.errors import NotAFile, TargetNotWritable, UsageError
from crmsheet.model import Tables
from crmsheet.rules import Rules
from crmsheet.steps.rfm import score_rfm
from crmsheet.teams.split import split
from crmsheet.templates import new_workbook, write_demo

ORDERS = pd.DataFrame({"customer_id": ["A"], "order_date": ["2026-05-01"], "amount": [5.0]})


def test_a_folder_is_no_rules_file(tmp_path: Path):
    with pytest.raises(NotAFile):
        Rules.load(tmp_path)


def test_a_file_is_no_folder_to_write_into(tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(TargetNotWritable):
        write_demo(taken)
    book = new_workbook(tmp_path / "book.xlsx", example=True)
    with pytest.raises(TargetNotWritable):
        split(book, by="owner", folder=taken)
    assert taken.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ({"record": pd.DataFrame()}, "did you mean 'records'"),
        ({"crm": pd.DataFrame()}, "known are records, profiles"),
        ({"records": [{"customer_name": "A"}]}, "records is a DataFrame, not list"),
    ],
)
def test_tables_nobody_reads_are_refused(frames: dict[str, Any], said: str):
    with pytest.raises(UsageError, match=said):
        Tables.from_frames(**frames)


@pytest.mark.parametrize(
    "options",
    [
        {"window": 99999},
        {"thresholds": {"recency": None}},
        {"thresholds": {"recency": [1, None]}},
        {"thresholds": {"recency": "ab"}},
    ],
)
def test_impossible_options_of_rfm(options):
    with pytest.raises(UsageError):
        score_rfm(ORDERS, as_of="2026-06-11", **options)


def test_a_column_of_orders_that_stands_there_twice():
    twice = pd.concat([ORDERS, ORDERS[["amount"]]], axis=1)
    with pytest.raises(UsageError, match="amount"):
        score_rfm(twice, as_of="2026-06-11")
