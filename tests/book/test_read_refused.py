"""Files that cannot be read end in one clear error of ours, never in another exception."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from designs import rich_design
from handmade import MAIN, handmade, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet import errors
from crmsheet.book.raw import RawSheet
from crmsheet.book.read import read_book
from crmsheet.book.workbook import Workbook


def read_only_sheet(path: Path, data: bytes) -> RawSheet:
    path.write_bytes(data)
    return read_book(path).sheets[0]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def cfb(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)


def without(name: str) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(handmade("")))
    return zipped({part: source.read(part).decode() for part in source.namelist() if part != name})


WHOLE = handmade('<row r="1"><c r="A1"><v>5</v></c></row>' * 400)
ENTITY = '<row r="1"><c r="A1" t="inlineStr"><is><t>&bomb;</t></is></c></row>'
DOCTYPE = f'<!DOCTYPE w [<!ENTITY e "x">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.xlsx", b"", errors.FileEmpty),
        ("a.csv", b"", errors.FileEmpty),
        ("a.xlsx", b"hello", errors.UnknownFormat),
        ("a.xlsx", b"<html><table></table></html>", errors.UnknownFormat),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", errors.UnknownFormat),
        ("a.xls", cfb("Workbook"), errors.LegacyWorkbook),
        ("a.xls", b"<html><table></table></html>", errors.LegacyWorkbook),
        ("a.et", b"\x01\x02", errors.LegacyWorkbook),
        ("a.xlsx", cfb("EncryptedPackage"), errors.EncryptedWorkbook),
        ("a.xlsx", cfb("WordDocument"), errors.UnknownFormat),
        ("a.ods", zipped({"mimetype": "application/vnd.oasis.opendocument"}), errors.LegacyWorkbook),
        ("a.xlsx", zipped({"photo.txt": "x"}), errors.UnknownFormat),
        ("a.xlsx", WHOLE[: len(WHOLE) // 2], errors.DamagedWorkbook),
        ("a.xlsx", WHOLE[:-10], errors.DamagedWorkbook),
        ("a.xlsx", without("xl/workbook.xml"), errors.DamagedWorkbook),
        ("a.xlsx", without("xl/_rels/workbook.xml.rels"), None),
        ("a.xlsx", handmade("", sheet="<worksheet><sheetData><row"), errors.DamagedWorkbook),
        ("a.xlsx", handmade("", sheet=f'<worksheet xmlns="{MAIN}"><sheetData>{ONE}'), errors.DamagedWorkbook),
        ("a.xlsx", handmade('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), errors.DamagedWorkbook),
        ("a.xlsx", handmade('<row r="1"><c r="A1" s="1"><v>-1e300</v></c></row>'), errors.DamagedWorkbook),
        ("a.xlsx", handmade(ENTITY), errors.DamagedWorkbook),
        ("a.xlsx", handmade("", sheet=DOCTYPE), errors.DamagedWorkbook),
        ("a.xlsx", zipped({"[Content_Types].xml": "<x/>", "../evil": "x"}), errors.DamagedWorkbook),
    ],
)  # fmt: skip
def test_bad_files_raise_our_own_errors(
    written: Callable[[str, bytes], Path], name: str, data: bytes, error: type[errors.ReadError] | None
) -> None:
    path = written(name, data)
    if error is None:
        assert read_book(path).sheets == ()
        return
    with pytest.raises(error) as caught:
        read_book(path)
    assert caught.value.exit_code == 3
    assert name in str(caught.value)


def test_a_sheet_number_that_is_none_is_refused_at_opening(written: Callable[[str, bytes], Path]) -> None:
    whole = handmade("")
    source = zipfile.ZipFile(io.BytesIO(whole))
    parts = {part: source.read(part).decode() for part in source.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace('sheetId="1"', 'sheetId="../1"')
    with pytest.raises(errors.DamagedWorkbook):
        Workbook.open(written("a.xlsx", zipped(parts)))


def test_a_relationship_that_leads_the_styles_elsewhere_is_refused_when_we_write(
    written: Callable[[str, bytes], Path],
) -> None:
    source = zipfile.ZipFile(io.BytesIO(handmade("")))
    parts = {part: source.read(part).decode() for part in source.namelist()}
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace('Target="styles.xml"', 'Target="../_rels/.rels"')
    book = Workbook.open(written("a.xlsx", zipped(parts)))
    with pytest.raises(errors.DamagedWorkbook, match="_rels/.rels"):
        book.put_sheet("tiers", "客户分层", rich_design(2))


def test_a_missing_file_names_one_like_it(written: Callable[[str, bytes], Path], tmp_path: Path) -> None:
    written("客户管理.xlsx", b"x")
    with pytest.raises(errors.FileMissing) as caught:
        read_book(tmp_path / "客户管里.xlsx")
    assert "客户管理.xlsx" in str(caught.value)


def test_a_folder_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(errors.NotAFile):
        read_book(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    with pytest.raises(errors.NotAFile):
        read_book(tmp_path / "a.xlsx")


def test_a_name_no_file_can_have_is_missing() -> None:
    with pytest.raises(errors.FileMissing):
        read_book("a\0.xlsx")


def test_a_refused_file_says_so(
    written: Callable[[str, bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(errors.FileUnreadable):
        read_book(written("a.xlsx", b"x"))


@pytest.mark.parametrize(
    "rows",
    [
        ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZZZZZ1"><v>1</v></c></row>',
        '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
    ],
)
def test_a_used_range_too_large_to_hold_is_left_out(tmp_path: Path, rows: str) -> None:
    sheet = read_only_sheet(tmp_path / "a.xlsx", handmade(rows))
    assert sheet.oversize is not None
    assert sheet.rows == []


@pytest.mark.parametrize(
    "rows",
    [
        ONE + '<row r="1048576"><c r="XFD1048576" s="1"/></row>',
        ONE + '<row r="2"><c r="XFD2"><v>1</v></c></row>',
        ONE + '<row r="1048576"><c r="Z1048576"><v>1</v></c></row>',
    ],
    ids=["only formatted", "every column", "every row"],
)
def test_a_used_range_that_fits_is_read(tmp_path: Path, rows: str) -> None:
    sheet = read_only_sheet(tmp_path / "a.xlsx", handmade(rows))
    assert sheet.oversize is None
    assert sheet.rows[0][0] == 1


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_damage_to_a_file_is_our_error_or_none(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes
) -> None:
    data = handmade('<row r="1"><c r="A1"><v>5</v></c></row>')
    place = len(noise) * 7919 % len(data)
    path = tmp_path_factory.mktemp("damage") / "a.xlsx"
    path.write_bytes(data[:place] + noise + data[place + len(noise) :])
    try:
        read_book(path)
    except errors.ReadError:
        return
