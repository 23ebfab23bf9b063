"""One sheet is one table: another table on it ends the first, is told with its place, and none of it is a customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sheets import RECORD, RECORD_HEADERS, recognized

from crmsheet.model import Tables

ORDER_HEADERS = ["客户编号", "订单编号", "下单日期", "金额"]
ORDERS = [["C2024001", "D1", "2024-03-01", 50000], ["C2024002", "D2", "2024-03-02", 80000]]
ROWS: list[Sequence[Any]] = [RECORD_HEADERS, RECORD, RECORD, RECORD]


def others(tables: Tables) -> list[tuple[str, int, str]]:
    facts = [note.facts for note in tables.notes if note.code == "other_table"]
    return [(one["cell"], one["row"], one["label"]) for one in facts]


@pytest.mark.parametrize(
    ("between", "headers"),
    [
        ([[], []], ORDER_HEADERS),
        ([[], [], ["订单记录"]], ORDER_HEADERS),
        ([[], ["2024年3月"]], ORDER_HEADERS),
        ([["订单记录"]], ORDER_HEADERS),
        ([], ORDER_HEADERS),
        ([[]], [None, None, "客户", "下单日期", "金额"]),
        ([], ["客户名称", "订单日期", "订单金额"]),
    ],
    ids=["blank", "blank and title", "other title", "title", "directly", "shifted", "by name"],
)
def test_a_table_below_ends_the_first_and_is_told(
    tmp_path: Path, between: list[list[Any]], headers: list[Any]
) -> None:
    tables = recognized(tmp_path, {"S": [*ROWS, *between, headers, *ORDERS]})
    assert list(tables["records"].index) == [2, 3, 4]
    row = 5 + len(between)
    assert others(tables) == [(f"{'C' if headers[0] is None else 'A'}{row}", row, "订单记录")]


def test_what_is_signed_below_the_first_table_stays_no_data(tmp_path: Path) -> None:
    rows = [*ROWS, ["合计：3家"], ["制表人：李*"], [], ORDER_HEADERS, *ORDERS]
    tables = recognized(tmp_path, {"S": rows})
    assert list(tables["records"].index) == [2, 3, 4]
    assert {note.code for note in tables.notes} == {"total_row", "footer_row", "other_table"}


def test_a_customer_of_a_name_only_above_another_table_is_read(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"S": [*ROWS, [None, "B科技公司"], ORDER_HEADERS, *ORDERS]})
    assert list(tables["records"].index) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "header", [RECORD_HEADERS, [*RECORD_HEADERS[:8], "跟进内容", *RECORD_HEADERS[9:]]], ids=["same", "alias"]
)
def test_the_same_header_again_is_no_other_table(tmp_path: Path, header: Sequence[str]) -> None:
    assert not others(recognized(tmp_path, {"S": [*ROWS, [], header, RECORD]}))


@pytest.mark.parametrize("headers", [["客户名称", "下单日期", "金额"], ORDER_HEADERS])
def test_a_table_above_is_told(tmp_path: Path, headers: list[str]) -> None:
    tables = recognized(tmp_path, {"S": [headers, *ORDERS, [], *ROWS]})
    assert list(tables["records"].index) == [6, 7, 8]
    assert others(tables) == [("A1", 1, "订单记录")]


@pytest.mark.parametrize("headers", [ORDER_HEADERS, ["订单编号", "订单日期", "金额"]])
def test_a_table_to_the_right_of_a_blank_column_is_told(tmp_path: Path, headers: list[str]) -> None:
    orders = [row[-len(headers) :] for row in (*ORDERS, ORDERS[0])]
    right: list[list[Any]] = [headers, *orders]
    tables = recognized(
        tmp_path, {"S": [[*one, None, *other] for one, other in zip(ROWS, right, strict=True)]}
    )
    assert list(tables["records"].index) == [2, 3, 4]
    assert others(tables) == [("R1", 1, "订单记录")]


def test_a_longer_table_to_the_right_or_the_left_gives_no_customers_and_no_ids(tmp_path: Path) -> None:
    for left in (False, True):
        orders: list[list[Any]] = [ORDER_HEADERS, *(["C99", f"D{n}", "2024-03-01", 5] for n in range(9))]
        blank: list[Any] = [None] * len(RECORD_HEADERS)
        records = [*ROWS, *[blank] * 6]
        rows = [[*o, None, *r] if left else [*r, None, *o] for r, o in zip(records, orders, strict=True)]
        tables = recognized(tmp_path, {"客户": rows})
        assert list(tables["records"].index) == [2, 3, 4]
        assert set(tables["records"]["customer_id"]) == {"C2024001"}
        assert others(tables) == [("A1" if left else "R1", 1, "订单记录")]


def test_a_blank_column_within_one_table_tells_nothing(tmp_path: Path) -> None:
    rows = [[*row[:7], None, row[1], *row[7:]] for row in ROWS]
    tables = recognized(tmp_path, {"S": rows})
    assert not others(tables)
    assert tables["records"]["owner"].tolist() == ["李*"] * 3
