"""Bad and hostile files end in one clear error of ours, never in another exception, and are not touched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from designs import plain_workbook, rich_design
from packages import rewritten

from crmsheet.book.limits import Limits
from crmsheet.book.workbook import Workbook
from crmsheet.errors import (
    CrmsheetError,
    DamagedWorkbook,
    EncryptedWorkbook,
    FileEmpty,
    FileMissing,
    LegacyWorkbook,
    NotAFile,
    ReadError,
    UnknownFormat,
)

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", FileEmpty),
        (b"hello", UnknownFormat),
        ("客户,金额\n".encode("gb18030"), UnknownFormat),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), EncryptedWorkbook),
        (COMPOUND + "Workbook".encode("utf-16-le"), LegacyWorkbook),
        (COMPOUND, UnknownFormat),
        (b"PK\3\4 and then nothing", DamagedWorkbook),
        (b"PK\5\6" + bytes(18), UnknownFormat),
    ],
)
def test_what_is_no_workbook_is_told_apart(tmp_path: Path, content: bytes, kind: type[ReadError]) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(kind):
        Workbook.open(path)
    assert path.read_bytes() == content


def test_a_missing_file_names_one_like_it(tmp_path: Path) -> None:
    plain_workbook(tmp_path / "客户管理.xlsx")
    with pytest.raises(FileMissing) as caught:
        Workbook.open(tmp_path / "客户管里.xlsx")
    assert caught.value.near == "客户管理.xlsx"


def test_a_folder_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(NotAFile):
        Workbook.open(tmp_path)


def _archive(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def _with(extra: tuple[str, bytes]) -> Callable[[Path], bytes]:
    def build(path: Path) -> bytes:
        with zipfile.ZipFile(path) as source:
            return _archive(*((name, source.read(name)) for name in source.namelist()), extra)

    return build


def _edited(name: str, edit: Callable[[bytes], bytes | None]) -> Callable[[Path], bytes]:
    def build(path: Path) -> bytes:
        return rewritten(path, path.with_name("edited.xlsx"), {name: edit}).read_bytes()

    return build


def _patched_directory(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\1\2")
    data[place + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("build", "kind", "code"),
    [
        (_with(("../evil.xml", b"x")), DamagedWorkbook, "traversal"),
        (_with(("xl\\..\\..\\evil.xml", b"x")), DamagedWorkbook, "traversal"),
        (_with(("XL/Workbook.xml", b"x")), DamagedWorkbook, "duplicate"),
        (_with(("xl/media/bomb.bin", bytes(90 << 20))), DamagedWorkbook, "expands_too_much"),
        (_edited("xl/workbook.xml", lambda xml: None), DamagedWorkbook, "missing"),
        (_edited("xl/workbook.xml", lambda xml: xml[:200]), DamagedWorkbook, "malformed_xml"),
        (_edited("xl/workbook.xml", lambda xml: b""), DamagedWorkbook, "malformed_xml"),
        (
            _edited("xl/workbook.xml", lambda xml: xml.replace(MAIN.encode(), b"urn:x")),
            DamagedWorkbook,
            "namespace",
        ),
        (
            _edited("xl/workbook.xml", lambda xml: xml.replace(b"sheets>", b"sheats>")),
            DamagedWorkbook,
            "no_sheets",
        ),
        (
            _edited("_rels/.rels", lambda xml: xml.replace(b'officeDocument"', b'x"')),
            DamagedWorkbook,
            "missing",
        ),
        (
            _edited("xl/workbook.xml", lambda xml: xml.replace(b"?>", b"?>" + BOMB.encode(), 1)),
            DamagedWorkbook,
            "doctype",
        ),
        (_edited("[Content_Types].xml", lambda xml: b"<x"), DamagedWorkbook, "malformed_xml"),
        (_edited("[Content_Types].xml", lambda xml: None), UnknownFormat, None),
        (_patched_directory, EncryptedWorkbook, None),
        (
            _edited(
                "[Content_Types].xml",
                lambda xml: xml.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
                ),
            ),
            LegacyWorkbook,
            None,
        ),
        (lambda path: path.read_bytes()[:-40], DamagedWorkbook, "not_zip"),
    ],
)
def test_hostile_archives_are_refused(
    tmp_path: Path, build: Callable[[Path], bytes], kind: type[ReadError], code: str | None
) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(build(plain_workbook(tmp_path / "user.xlsx")))
    with pytest.raises(kind) as caught:
        Workbook.open(path)
    assert caught.value.facts.get("code") == code
    assert str(caught.value)


def test_limits_can_be_raised(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(_with(("xl/media/bomb.bin", bytes(90 << 20)))(plain_workbook(tmp_path / "user.xlsx")))
    assert Workbook.open(path, Limits(ratio=5000)).sheet_names == ("客户需求记录",)


def test_external_entities_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim", encoding="utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    path = rewritten(
        plain_workbook(tmp_path / "user.xlsx"),
        tmp_path / "bad.xlsx",
        {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"?>", b"?>" + entity, 1)},
    )
    book = Workbook.open(path)
    with pytest.raises(DamagedWorkbook):
        book.update_cells("客户需求记录", {(1, 1): "x"})


def test_damage_in_a_part_we_need_is_named(tmp_path: Path) -> None:
    path = rewritten(
        plain_workbook(tmp_path / "user.xlsx"), tmp_path / "bad.xlsx", {"xl/styles.xml": lambda xml: xml[:99]}
    )
    book = Workbook.open(path)
    with pytest.raises(DamagedWorkbook) as caught:
        book.put_sheet("tiers", "客户分层", rich_design())
    assert caught.value.part == "xl/styles.xml"


def test_opendocument_is_named_as_legacy(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(LegacyWorkbook):
        Workbook.open(path)


@pytest.mark.slow
def test_bytes_changed_at_random_give_our_errors_only(tmp_path: Path) -> None:
    """A small fuzzer: each mutation opens and refreshes, or is refused by us."""
    import random

    chance = random.Random(7)
    source = tmp_path / "user.xlsx"
    with xlsxwriter.Workbook(source) as book:
        book.add_worksheet("客户").add_table("A1:B3", {"name": "t"})
    design = rich_design(3)
    original = source.read_bytes()
    with zipfile.ZipFile(source) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    for turn in range(300):
        if turn % 2:
            data = bytearray(original)
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        else:
            name = chance.choice(list(content))
            part = bytearray(content[name])
            place = chance.randrange(max(len(part), 1))
            part[place : place + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
            data = bytearray(_archive(*{**content, name: bytes(part)}.items()))
        try:
            mutated = Workbook(bytes(data), Path("fuzz.xlsx"))
            mutated.put_sheet("tiers", "客户分层", design)
            mutated.update_cells(mutated.sheet_names[0], {(1, 1): "x", (9, 9): 1})
            mutated.save(tmp_path / "out.xlsx")
        except CrmsheetError:
            continue
