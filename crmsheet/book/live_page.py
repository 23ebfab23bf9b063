"""How a sheet of an open Excel prints and scrolls: a new one is given all, an old one what is still as we had it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from crmsheet.book.defined_names import DefinedName
from crmsheet.book.live_looks import color
from crmsheet.book.page_record import DAY, PageRecord, renewed_area
from crmsheet.book.paper import A4
from crmsheet.book.sheet_plan import SheetPlan

Attempt = Callable[..., Any]

PORTRAIT, LANDSCAPE = 1, 2  # Excel's numbers
OURS = {"l0", "l1", "p1"}  # as versions without a record had sheets print
ONE_ROW = re.compile(r"\$(\d+):\$\1")


def draw_page(sheet: Any, plan: SheetPlan, attempt: Attempt) -> None:
    """What a new sheet is given once and people may change afterwards: panes, tab, print set-up."""
    api = sheet.api
    if plan.tab:
        attempt(lambda: setattr(api.Tab, "Color", color(plan.tab)))
    attempt(_freeze, sheet, plan)
    attempt(_set_up_paper, api.Application, api, plan)


def _freeze(sheet: Any, plan: SheetPlan) -> None:
    sheet.activate()
    window = sheet.api.Application.ActiveWindow
    window.DisplayGridlines = False
    window.FreezePanes = False
    window.ScrollRow = window.ScrollColumn = 1
    window.SplitRow, window.SplitColumn = plan.frozen
    window.FreezePanes = any(plan.frozen)


def _set_up_paper(excel: Any, sheet: Any, plan: SheetPlan) -> None:
    excel.PrintCommunication = False  # all at once: each line alone would ask the printer
    try:
        page = sheet.PageSetup
        page.Orientation, page.PaperSize = PORTRAIT if plan.portrait else LANDSCAPE, A4
        page.CenterHorizontally = True
        page.Zoom = False
        page.FitToPagesWide, page.FitToPagesTall = 1, 1 if plan.one_page else False
        page.PrintTitleRows = _titles(plan)
        if plan.page.area:
            page.PrintArea = plan.page.area.absolute
        for side, name in (("&L", "LeftFooter"), ("&C", "CenterFooter"), ("&R", "RightFooter")):
            setattr(page, name, _footer(plan.footer, side))
    finally:
        excel.PrintCommunication = True


def read_page(book: Any, mark: str) -> PageRecord:
    """How we last had a sheet print, as the comment of its hidden name ``mark`` says."""
    found = next((name for name in book.names if str(name.name) == mark), None)
    return PageRecord() if found is None else PageRecord.parse(str(found.api.Comment or ""))


def renew_page(sheet: Any, plan: SheetPlan, written: PageRecord) -> None:
    """Let the paper, the area to print and the repeated row follow the plan where they are as ``written``."""
    page = sheet.PageSetup
    if _page(page) in ({written.page} if written.page else OURS):
        page.Orientation = PORTRAIT if plan.portrait else LANDSCAPE
        page.FitToPagesTall = 1 if plan.one_page else False
    if page.PrintTitleRows == "" or ONE_ROW.fullmatch(str(page.PrintTitleRows)):
        page.PrintTitleRows = _titles(plan)
    ours = _footer(plan.footer, "&L")
    if DAY.sub("", str(page.LeftFooter)) == DAY.sub("", ours):
        page.LeftFooter = ours
    area = page.PrintArea
    if not isinstance(area, str) or not area or "," in area or plan.page.area is None:
        return
    if renewed := renewed_area(DefinedName("", f"'_'!{area}"), plan.page.area, written):
        page.PrintArea = renewed.absolute


def _titles(plan: SheetPlan) -> str:
    return f"${plan.repeated_row}:${plan.repeated_row}" if plan.repeated_row else ""


def _page(page: Any) -> str:
    """The set-up as a record spells it; empty for what we never write."""
    tall = page.FitToPagesTall
    if page.Zoom is not False or page.PaperSize != A4 or page.FitToPagesWide != 1 or tall not in (1, False):
        return ""
    return f"{'p' if page.Orientation == PORTRAIT else 'l'}{int(tall)}"


def _footer(text: str, side: str) -> str:
    """One third of a footer that is written as one text.

    >>> _footer("&L&8a&C&8&A&R&8b", "&C")
    '&8&A'
    """
    if side not in text:
        return ""
    rest = text.split(side, 1)[1]
    ends = [rest.find(other) for other in ("&L", "&C", "&R") if other in rest]
    return rest[: min(ends)] if ends else rest
