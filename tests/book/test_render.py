"""Printed pages, as LibreOffice lays them out: none is blank, and a page meant as one page is one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from crmsheet.book.draw import draw
from crmsheet.book.template import template
from crmsheet.labels import Labels
from crmsheet.settings import setting_lines
from crmsheet.view import Card, Cards, Chart, Charts, Column, Series, TableBlock, View
from tests.book.assembled import assembled
from tests.render import missing_tools, to_pdf

pytestmark = pytest.mark.slow

FEWEST_WORDS = 12  # a page that holds only header and footer has fewer


@pytest.fixture(autouse=True)
def needs_tools():
    lacking = missing_tools()
    if lacking and os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1":
        pytest.fail(f"not installed: {', '.join(lacking)}")
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")


def pages(data: bytes, folder: Path) -> list[str]:
    """Text of each printed page."""
    workbook = folder / "book.xlsx"
    workbook.write_bytes(data)
    text = subprocess.run(
        ["pdftotext", "-layout", str(to_pdf(workbook, folder)), "-"], check=True, capture_output=True
    ).stdout.decode()
    return text.split("\f")[:-1]


def test_no_page_of_the_template_is_blank_and_none_shows_an_error(tmp_path):
    some_settings = setting_lines()[:60]
    texts = pages(template(labels=Labels.load(), rules_rows=some_settings), tmp_path)
    assert [number for number, text in enumerate(texts, 1) if len(text.split()) < FEWEST_WORDS] == []
    assert not [
        text for text in texts if "#NAME?" in text or "#REF!" in text or "Err:" in text or "###" in text
    ]


def test_a_page_without_a_list_is_one_page_and_a_long_list_repeats_its_header(tmp_path):
    cards = Cards((Card("客户总数", "36"), Card("逾期跟进", "12")))
    charts = Charts((Chart("column", "客户分层", ("高", "低"), (Series("客户数", (3, 2)),)),) * 3)
    page = View("overview", "总览", "总览", "基准日 2026-11-20", (cards, charts, charts, charts))
    assert len(pages(assembled(draw(page)), tmp_path)) == 1
    frame = pd.DataFrame({"name": [f"星河{number}有限公司" for number in range(150)]})
    rows = TableBlock("names", frame, (Column("name", "客户名称", "text", 40),))
    texts = pages(assembled(draw(View("names", "名单", "名单", "", (cards, charts, rows)))), tmp_path)
    assert len(texts) > 2
    assert all("客户名称" in text for text in texts)
    assert "星河149有限公司" in texts[-1]
