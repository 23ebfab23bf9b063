"""How sheets of an open Excel print follows the design where it is as we had it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from crmsheet.book.areas import Area
from crmsheet.book.live_page import LANDSCAPE, PORTRAIT, renew_page
from crmsheet.book.page_record import PageRecord
from crmsheet.book.sheet_plan import SheetPlan
from crmsheet.book.territory import Territory

BEFORE = PageRecord("l0", Area(1, 1, 210, 14))
GROWN = SheetPlan(
    {}, {}, Territory(), repeated_row=9, portrait=True, page=PageRecord("p0", Area(1, 1, 300, 14))
)
AS_WRITTEN = {
    "PrintArea": "$A$1:$N$210", "PrintTitleRows": "$8:$8", "Orientation": LANDSCAPE, "PaperSize": 9, "Zoom": False,
    "FitToPagesWide": 1, "FitToPagesTall": False,
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
