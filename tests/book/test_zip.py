"""Entries are copied as they are, and what we write any zip reader reads."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.book import zipstream
from crmsheet.book.zipstream import BadEntry, Entry, deflate, inflate, read_directory, write_archive


def _archive(entries: list[Entry]) -> bytes:
    buffer = io.BytesIO()
    write_archive(entries, buffer.write)
    return buffer.getvalue()


def _zip(method: int = zipfile.ZIP_DEFLATED, **content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@given(st.lists(st.tuples(st.text("abc/表_", min_size=1, max_size=9), st.binary(max_size=3000)), max_size=6))
def test_what_we_write_is_read_back(content: list[tuple[str, bytes]]) -> None:
    unique = {name.strip("/") or "x": data for name, data in content}
    data = _archive([deflate(name, [piece]) for name, piece in unique.items()])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == unique
    assert {entry.name: inflate(entry) for entry in read_directory(data)} == unique


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_copies_keep_compressed_bytes_and_time(method: int) -> None:
    source = _zip(method, a=b"x" * 999, b=b"")
    copied = _archive(read_directory(source))
    for before, after in zip(read_directory(source), read_directory(copied), strict=True):
        assert bytes(before.raw) == bytes(after.raw)
        assert (before.stamp, before.crc, before.method) == (after.stamp, after.crc, after.method)


def test_the_same_entries_give_the_same_bytes() -> None:
    entries = [deflate("a", [b"one", b"two"]), deflate("b", [])]
    assert _archive(entries) == _archive([deflate("a", [b"onetwo"]), deflate("b", [b""])])


def test_data_descriptors_become_plain_headers() -> None:
    class Unseekable(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("a", b"descriptor" * 50)
    entries = read_directory(bytes(pipe.data))
    assert inflate(entries[0]) == b"descriptor" * 50
    copied = _archive(entries)
    assert struct.unpack("<H", copied[6:8])[0] & 8 == 0
    assert zipfile.ZipFile(io.BytesIO(copied)).read("a") == b"descriptor" * 50


def test_names_keep_their_encoding() -> None:
    source = bytearray(_zip(**{"aaaa": b"1"}))
    odd = bytes(source).replace(b"aaaa", "客户".encode("gbk"))
    entries = read_directory(odd)
    assert "客户".encode("gbk") in _archive(entries)


def test_huge_sizes_use_zip64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipstream, "LIMIT_32", 50)
    big = Entry("big", b"y" * 60, zipstream.STORED, zipstream.zlib.crc32(b"y" * 60), 60)
    data = _archive([big, deflate("after", [b"z"])])
    assert data.count(b"PK\6\6") == 1
    assert b"PK\6\7" in data


def test_zip64_archives_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a", "w", force_zip64=True) as part:
        part.write(b"zip64")
    entries = read_directory(buffer.getvalue())
    assert inflate(entries[0]) == b"zip64"
    assert zipfile.ZipFile(io.BytesIO(_archive(entries))).read("a") == b"zip64"


def test_without_isal_the_content_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipstream, "_fast", None)
    entry = deflate("a", [b"abc" * 1000, b"d"])
    assert inflate(entry) == b"abc" * 1000 + b"d"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"crc": 1}, "checksum"),
        ({"size": 5}, "longer_than_declared"),
        ({"size": 5000}, "checksum"),
        ({"method": 14}, "compression"),
        ({"raw": b"\xff\xff\xff"}, "checksum"),
    ],
)
def test_entries_that_contradict_the_directory_are_refused(change: dict[str, object], code: str) -> None:
    good = deflate("a", [b"abc" * 1000])
    facts = {name: getattr(good, name) for name in Entry.__slots__} | change
    with pytest.raises(BadEntry) as caught:
        inflate(Entry(**facts))
    assert caught.value.code == code


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    data = _zip(a=b"abc" * 1000)
    with pytest.raises((zipfile.BadZipFile, BadEntry)):
        read_directory(data[:-30])
