"""Print set-up of own sheets: what a user changed stays, the rest follows the design. A record tells them apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.defined_names import DefinedName, split_reference
from crmsheet.book.ooxml import attribute_is_true, child_named
from crmsheet.book.paper import A4

PREFIX = "p:"
RENEWED = ("orientation", "paperSize", "scale", "fitToWidth", "fitToHeight", "pageOrder")
MARGINS = ("left", "right", "top", "bottom")
# All margins that we ever gave a sheet, in hundredths of an inch.
OUR_MARGINS = frozenset(((30, 30, 50, 60), (40, 40, 50, 60)))
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ONE_ROW = re.compile(r"\$(\d+):\$\1")
WORD = re.compile(r"p:(?P<page>[lp][01])(?P<area>\.(?P<bottom>\d+)\.(?P<right>\d+))?")


@dataclass(frozen=True, slots=True)
class PageRecord:
    """What we wrote last time: which way the paper lies and whether it is one page, and the area that prints.

    Sheets of earlier versions have no record: ``page`` is empty, and there is no ``area``.
    """

    page: str = ""
    area: Area | None = None

    @classmethod
    def parse(cls, record: str) -> PageRecord:
        """The page in a record of several words.

        >>> PageRecord.parse("1f3a w:1s19 p:l0.210.14")
        PageRecord(page='l0', area=Area(top=1, left=1, bottom=210, right=14))
        """
        found = next(filter(None, map(WORD.fullmatch, record.split())), None)
        if found is None:
            return cls()
        return cls(
            found["page"], Area(1, 1, int(found["bottom"]), int(found["right"])) if found["area"] else None
        )

    def __str__(self) -> str:
        area = f".{self.area.bottom}.{self.area.right}" if self.area else ""
        return f"{PREFIX}{self.page}{area}" if self.page else ""


def page_record(root: etree._Element, area: str | None) -> PageRecord:
    """The record of a designed sheet whose printed area is the reference ``area``."""
    return PageRecord(_page(root), None if area is None else Area.parse(split_reference(area)[1]))


def renew_page(root: etree._Element, new: etree._Element, written: PageRecord) -> None:
    """Give ``root`` the design's paper and margins where they still are what we wrote.

    Without a record, a list lying on A4, one page wide, is what earlier versions wrote.
    """
    ours = {written.page} if written.page else {"l0", "l1", "p1"}
    theirs, design = child_named(root, "pageSetup"), child_named(new, "pageSetup")
    if theirs is not None and design is not None and _page(root) in ours:
        _copy(design, theirs, RENEWED)
    theirs, design = child_named(root, "pageMargins"), child_named(new, "pageMargins")
    if theirs is not None and design is not None and _margins(theirs) in OUR_MARGINS:
        _copy(design, theirs, MARGINS)
    for theirs, design in zip(_footers(root), _footers(new), strict=False):
        if _undated(theirs.text) == _undated(design.text):
            theirs.text = design.text


def _footers(sheet: etree._Element) -> list[etree._Element]:
    found = child_named(sheet, "headerFooter")
    return [] if found is None else [one for one in found if etree.QName(one).localname == "oddFooter"]


def _undated(footer: str | None) -> str:
    """A footer without its day: ours differ from refresh to refresh in nothing else."""
    return DAY.sub("", footer or "")


def titles_are_ours(titles: DefinedName | None, written: PageRecord, headers: Collection[int]) -> bool:
    """Whether what each page repeats is nothing, or the header of the list as we wrote it; ``headers``: rows of those.

    The header of a list that was empty belongs to no table. Earlier versions left the row where it had been at first,
    so any single row is theirs.
    """
    if titles is None:
        return True
    row = ONE_ROW.fullmatch(split_reference(titles.text)[1])
    return row is not None and (not (written.page and headers) or int(row[1]) in headers)


def renewed_area(present: DefinedName | None, design: Area, written: PageRecord) -> Area | None:
    """The area to print: each edge that stands where we put it follows the design; None leaves the user's as it is.

    An edge moved inward stays, as one who leaves columns out has put it; beyond ours it keeps its distance, as for
    columns of one's own. No area where we wrote one is a user's decision, too.

    >>> area, ours = DefinedName("", "'甲'!$A$1:$P$210"), PageRecord("l0", Area(1, 1, 210, 14))
    >>> str(renewed_area(area, Area(1, 1, 300, 14), ours))
    'A1:P300'
    """
    if written.area is None:
        return design
    area = None if present is None else Area.parse(split_reference(present.text)[1])
    if area is None:
        return None
    bottom = _edge(area.bottom, written.area.bottom, design.bottom)
    return Area(area.top, area.left, bottom, _edge(area.right, written.area.right, design.right))


def _edge(present: int, written: int, design: int) -> int:
    return present if present < written else design + present - written


def _page(sheet: etree._Element) -> str:
    """``l`` or ``p`` and how many pages high, 0 for as many as needed; empty for what we never write."""
    setup, properties = child_named(sheet, "pageSetup"), child_named(sheet, "sheetPr")
    fits = None if properties is None else child_named(properties, "pageSetUpPr")
    if setup is None or fits is None or not attribute_is_true(fits, "fitToPage"):
        return ""
    tall = setup.get("fitToHeight", "1")
    if setup.get("paperSize") != str(A4) or setup.get("fitToWidth", "1") != "1" or tall not in ("0", "1"):
        return ""
    return f"{'p' if setup.get('orientation') == 'portrait' else 'l'}{tall}"


def _margins(found: etree._Element) -> tuple[int, ...]:
    return tuple(round(float(found.get(side, "0")) * 100) for side in MARGINS)


def _copy(source: etree._Element, target: etree._Element, names: Collection[str]) -> None:
    for name in names:
        value = source.get(name)
        if value is not None:
            target.set(name, value)
        else:
            target.attrib.pop(name, "")
