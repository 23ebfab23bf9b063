"""``docProps/app.xml``: the list of sheets that Explorer and document stores show."""

from __future__ import annotations

from collections.abc import Set

from lxml import etree

from crmsheet.book.ooxml import XmlRejected, child_named, elements, parse, serialise
from crmsheet.book.package import Package
from crmsheet.book.workbook_part import WorkbookPart


def list_sheets(package: Package, workbook: WorkbookPart, added: Set[str]) -> None:
    """Bring the list of worksheets up to date, in which the sheets just ``added`` are missing.

    A file without the list, or with a muddled one, is left alone; so are sheets that it leaves out.
    """
    for link in package.relationships("").of_kind("extended-properties"):
        if link.part not in package:
            continue
        try:
            root = parse(package.read(link.part))
        except XmlRejected:
            continue
        names = [sheet.name for sheet in workbook.sheets() if sheet.kind == "worksheet"]
        if _relist(root, names, added):
            package.put(link.part, serialise(root))


def _relist(root: etree._Element, names: list[str], added: Set[str]) -> bool:
    """Whether the first group of titles, which is that of the worksheets, had to be changed."""
    pairs = child_named(child_named(root, "HeadingPairs"), "vector")
    titles = child_named(child_named(root, "TitlesOfParts"), "vector")
    counts = [count for variant in elements(pairs) for count in elements(variant)][1::2]
    if titles is None or not counts or not all((count.text or "").isdigit() for count in counts):
        return False
    listed = list(elements(titles))
    group = listed[: int(counts[0].text or 0)]
    shown = [title.text or "" for title in group]
    new = [name for name in names if name in added or name in shown]
    if sum(int(count.text or 0) for count in counts) != len(listed) or not group or shown == new:
        return False
    _replace(titles, group, new)
    counts[0].text = str(len(new))
    return True


def _replace(titles: etree._Element, group: list[etree._Element], names: list[str]) -> None:
    for place, name in enumerate(names):
        title = titles.makeelement(group[0].tag, {})
        title.text = name
        titles.insert(place, title)
    for old in group:
        titles.remove(old)
    titles.set("size", str(len(titles)))
