"""What newer Excels put into a workbook stays through the first, the second and later refreshes."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from designs import plain_workbook, rich_design
from packages import lost_or_changed, stored

from crmsheet.book.workbook import Workbook

OFFICE = "application/vnd.openxmlformats-officedocument"
MICROSOFT = "http://schemas.microsoft.com/office"
OPEN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
VENDOR = "application/vnd.ms-excel"


@dataclass(frozen=True)
class Feature:
    """A part, what it is, who refers to it and by which target."""

    part: str
    content_type: str
    kind: str
    owner: str = SHEET
    target: str = ""
    body: bytes = b'<x xmlns="urn:x">\xe5\xae\xa2\xe6\x88\xb7</x>'


FEATURES = {
    "threaded comments": Feature(
        "xl/threadedComments/threadedComment1.xml",
        f"{VENDOR}.threadedcomments+xml",
        f"{MICROSOFT}/2017/10/relationships/threadedComment",
    ),
    "persons": Feature(
        "xl/persons/person.xml", f"{VENDOR}.person+xml", f"{MICROSOFT}/2017/10/relationships/person", BOOK
    ),
    "slicers": Feature(
        "xl/slicers/slicer1.xml", f"{VENDOR}.slicer+xml", f"{MICROSOFT}/2007/relationships/slicer"
    ),
    "slicer caches": Feature(
        "xl/slicerCaches/slicerCache1.xml",
        f"{VENDOR}.slicerCache+xml",
        f"{MICROSOFT}/2007/relationships/slicerCache",
        BOOK,
    ),
    "timelines": Feature(
        "xl/timelines/timeline1.xml", f"{VENDOR}.timeline+xml", f"{MICROSOFT}/2011/relationships/timeline"
    ),
    "form controls": Feature(
        "xl/ctrlProps/ctrlProp1.xml", f"{VENDOR}.controlproperties+xml", f"{OPEN}/ctrlProp"
    ),
    "linked data types": Feature(
        "xl/richData/rdrichvalue.xml",
        f"{VENDOR}.rdrichvalue+xml",
        f"{MICROSOFT}/2017/06/relationships/rdRichValue",
        BOOK,
    ),
    "dynamic arrays": Feature(
        "xl/metadata.xml", f"{OFFICE}.spreadsheetml.sheetMetadata+xml", f"{OPEN}/sheetMetadata", BOOK
    ),
    "feature property bag": Feature(
        "xl/featurePropertyBag/featurePropertyBag.xml",
        f"{VENDOR}.featurepropertybag+xml",
        f"{MICROSOFT}/2022/11/relationships/FeaturePropertyBag",
        BOOK,
    ),
    "custom XML": Feature(
        "customXml/item1.xml", "application/xml", f"{OPEN}/customXml", BOOK, "../customXml/item1.xml"
    ),
    "Power Query": Feature(
        "customXml/item7.xml",
        "application/xml",
        f"{OPEN}/customXml",
        BOOK,
        "/customXml/item7.xml",
        b"<DataMashup>AAAA</DataMashup>",
    ),
    "query tables": Feature(
        "xl/queryTables/queryTable1.xml", f"{OFFICE}.spreadsheetml.queryTable+xml", f"{OPEN}/queryTable"
    ),
    "connections": Feature(
        "xl/connections.xml", f"{OFFICE}.spreadsheetml.connections+xml", f"{OPEN}/connections", BOOK
    ),
    "data model": Feature(
        "xl/model/item.data",
        f"{OFFICE}.model+data",
        f"{MICROSOFT}/2011/relationships/powerPivotData",
        BOOK,
        "",
        bytes(range(256)) * 9,
    ),
    "Python in Excel": Feature(
        "xl/python.xml", f"{VENDOR}.python+xml", f"{MICROSOFT}/2023/09/relationships/Python", BOOK
    ),
    "sensitivity labels": Feature(
        "docMetadata/LabelInfo.xml",
        "application/vnd.ms-office.classificationlabels+xml",
        f"{MICROSOFT}/2020/02/relationships/classificationlabels",
        "",
    ),
    "embedded fonts": Feature(
        "xl/fonts/font1.odttf", f"{OFFICE}.obfuscatedFont", f"{OPEN}/font", BOOK, "", bytes(2000)
    ),
    "an odd name": Feature(
        "xl/worksheets/custom/\u6570\u636e-%20x.dat",
        "application/octet-stream",
        "urn:x:odd",
        SHEET,
        "/xl/worksheets/custom/%E6%95%B0%E6%8D%AE-%2520x.dat",
        b"\0odd",
    ),
}


def _links_of(owner: str) -> str:
    folder, _, name = owner.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _with(path: Path, features: list[Feature]) -> Path:
    """The workbook with those parts, each declared and referred to."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for number, one in enumerate(features):
        links = _links_of(one.owner)
        empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        target = one.target or f"/{one.part}"
        link = f'<Relationship Id="rIdU{number}" Type="{one.kind}" Target="{target}"/>'.encode()
        parts[links] = parts.get(links, empty).replace(b"</Relationships>", link + b"</Relationships>")
        declared = f'<Override PartName="/{one.part}" ContentType="{one.content_type}"/>'.encode()
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            b"</Types>", declared + b"</Types>"
        )
        parts[one.part] = one.body
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _refresh(path: Path) -> None:
    book = Workbook.open(path)
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(path)


def _links(path: Path, features: list[Feature]) -> list[bool]:
    with zipfile.ZipFile(path) as archive:
        return [
            one.kind.encode() in archive.read(_links_of(one.owner))
            and one.content_type.encode() in archive.read("[Content_Types].xml")
            for one in features
        ]


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_stays_through_refreshes(name: str, tmp_path: Path) -> None:
    features = [FEATURES[name]]
    path = _with(plain_workbook(tmp_path / "客户.xlsx"), features)
    original = tmp_path / "original.xlsx"
    original.write_bytes(path.read_bytes())
    for _ in range(2):
        _refresh(path)
        assert lost_or_changed(original, path) == []
        assert _links(path, features) == [True]


def test_all_features_together_stay_and_nothing_grows(tmp_path: Path) -> None:
    features = list(FEATURES.values())
    path = _with(plain_workbook(tmp_path / "客户.xlsx"), features)
    original = tmp_path / "original.xlsx"
    original.write_bytes(path.read_bytes())
    _refresh(path)
    first = stored(path)
    for _ in range(10):
        _refresh(path)
    assert stored(path) == first
    assert lost_or_changed(original, path) == []
    assert all(_links(path, features))
