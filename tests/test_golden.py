"""The sheets of a team of 36 look as they did. ``--update-golden`` accepts a wanted change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.golden import Picture, differences, picture

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

GOLDEN = Path(__file__).parent / "golden_36.json"


@pytest.fixture(scope="module")
def looks(worked_workbook: Path) -> Picture:
    return picture(openpyxl.load_workbook(worked_workbook))


def test_the_sheets_look_as_they_did(looks: Picture, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        text = json.dumps(looks, ensure_ascii=False, indent=1)
        GOLDEN.write_text(text + "\n", encoding="utf-8")
        return
    found = differences(json.loads(GOLDEN.read_text(encoding="utf-8")), looks)
    assert not found, "pytest --update-golden accepts this, if it is wanted:\n" + "\n".join(found)


def _set_range(book: Any) -> None:
    book["总览"]._charts[0].series[0].val.numRef.f = "总览!$B$1:$B$2"


# What a change may be, how it is made, and where it must be noticed.
PLANTED: dict[str, tuple[Callable[[Any], object], str]] = {
    "value": (lambda book: book["总览"].cell(6, 1, "别的"), "总览 · rows"),
    "value far below": (lambda book: book["客户分层"].cell(40, 2, "别的"), "客户分层 · below"),
    "number format": (
        lambda book: setattr(book["订单记录"]["E5"], "number_format", "0.000"),
        "订单记录 · rows",
    ),
    "width": (lambda book: setattr(book["跟进清单"].column_dimensions["B"], "width", 3), "跟进清单 · widths"),
    "folded": (
        lambda book: setattr(book["客户需求记录"].column_dimensions["Q"], "hidden", False),
        "客户需求记录 · widths",
    ),
    "validation": (
        lambda book: setattr(book["数据质量"].data_validations.dataValidation[0], "formula1", '"是"'),
        "数据质量 · validations",
    ),
    "prompt": (
        lambda book: setattr(book["客户信息"].data_validations.dataValidation[0], "prompt", "别的"),
        "客户信息 · validations",
    ),
    "chart range": (_set_range, "总览 · charts"),
    "pane": (lambda book: setattr(book["流失预警"], "freeze_panes", "A1"), "流失预警 · frozen"),
    "sheet": (lambda book: book.remove(book["分层变动"]), "分层变动 · rows"),
}


def test_every_planted_change_is_noticed_and_nothing_else(worked_workbook: Path, looks: Picture) -> None:
    book = openpyxl.load_workbook(worked_workbook)
    for change, _ in PLANTED.values():
        change(book)
    found = {line.partition(": ")[0] for line in differences(looks, picture(book))}
    removed = {f"分层变动 · {part}" for part in looks["分层变动"]}
    assert found == {place for _, place in PLANTED.values()} | removed
