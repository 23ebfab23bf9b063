"""The analysis sheets of a team of 36 look as they did. ``--update-golden`` accepts a wanted change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.golden import golden_workbook, picture

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

GOLDEN = Path(__file__).parent / "golden_36.json"
SHEETS = [
    "总览",
    "跟进清单",
    "客户分层",
    "需求优先级",
    "趋势分析",
    "流失预警",
    "核心客户",
    "分层变动",
    "方案进度",
]


def test_the_sheets_look_as_they_did(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = json.loads(json.dumps(picture(golden_workbook(tmp_path / "团队.xlsx"), SHEETS)))
    if request.config.getoption("--update-golden"):
        text = json.dumps(found, ensure_ascii=False, indent=1)
        GOLDEN.write_text(text + "\n", encoding="utf-8")
        return
    known = json.loads(GOLDEN.read_text(encoding="utf-8"))
    differing = {
        (sheet, part): (known[sheet].get(part), found[sheet][part])
        for sheet in SHEETS
        for part in found[sheet]
        if known.get(sheet, {}).get(part) != found[sheet][part]
    }
    assert not differing, f"{sorted(differing)}: pytest --update-golden accepts this, if it is wanted"
