"""How sheets of an open Excel print follows the design where it is as we had it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.live_page import LANDSCAPE, PORTRAIT, renew_page
from crmsheet.book.ooxml import TRANSITIONAL
from crmsheet.book.page_record import PageRecord
from crmsheet.book.page_record import renew_page as renew_in_file
from crmsheet.book.sheet_plan import SheetPlan
from crmsheet.book.territory import Territory

SHEET = f"<worksheet xmlns='{TRANSITIONAL.main}'><headerFooter><oddFooter>{{}}</oddFooter></headerFooter></worksheet>"
FOOT = "&amp;L客户 2026-11-25"
BEFORE = PageRecord("l0", Area(1, 1, 210, 14))
GROWN = SheetPlan(
    {},
    {},
    Territory(),
    repeated_row=9,
    portrait=True,
    footer="&L&8客户 2026-11-25&C&A",
    page=PageRecord("p0", Area(1, 1, 300, 14)),
)
AS_WRITTEN = {
    "PrintArea": "$A$1:$N$210", "PrintTitleRows": "$8:$8", "Orientation": LANDSCAPE, "PaperSize": 9, "Zoom": False,
    "FitToPagesWide": 1, "FitToPagesTall": False, "LeftFooter": "&8客户 2026-11-20",
}  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "area", "rows", "lies"),
    [
        ({}, "$A$1:$N$300", "$9:$9", PORTRAIT),
        ({"PrintArea": "$A$1:$P$210"}, "$A$1:$P$300", "$9:$9", PORTRAIT),
        ({"PrintArea": "$A$1:$N$50"}, "$A$1:$N$50", "$9:$9", PORTRAIT),
        ({"PrintArea": ""}, "", "$9:$9", PORTRAIT),
        ({"PrintArea": "$A$1:$C$5,$E$1:$F$5"}, "$A$1:$C$5,$E$1:$F$5", "$9:$9", PORTRAIT),
        ({"PrintTitleRows": "$7:$8"}, "$A$1:$N$300", "$7:$8", PORTRAIT),
        ({"PaperSize": 8}, "$A$1:$N$300", "$9:$9", LANDSCAPE),
        ({"Zoom": 80}, "$A$1:$N$300", "$9:$9", LANDSCAPE),
    ],
)
def test_a_page_as_we_had_it_follows_and_one_changed_stays(theirs, area, rows, lies) -> None:
    page = SimpleNamespace(**{**AS_WRITTEN, **theirs})
    renew_page(SimpleNamespace(PageSetup=page), GROWN, BEFORE)
    assert (page.PrintArea, page.PrintTitleRows, page.Orientation) == (area, rows, lies)
    assert page.LeftFooter == "&8客户 2026-11-25"


def test_a_footer_of_ones_own_stays() -> None:
    page = SimpleNamespace(**{**AS_WRITTEN, "LeftFooter": "销售部 2026-11-20"})
    renew_page(SimpleNamespace(PageSetup=page), GROWN, BEFORE)
    assert page.LeftFooter == "销售部 2026-11-20"


@pytest.mark.parametrize(
    ("theirs", "then"), [("&L客户 2026-11-20", "&L客户 2026-11-25"), ("&L销售部 2026-11-20",) * 2]
)
def test_the_day_at_the_foot_of_a_closed_file_follows_too(theirs: str, then: str) -> None:
    old, new = (etree.fromstring(SHEET.format(foot)) for foot in (theirs.replace("&", "&amp;"), FOOT))
    renew_in_file(old, new, BEFORE)
    assert [foot.text for foot in old.iter("{*}oddFooter")] == [then]
