"""Zip archives as a list of entries whose compressed bytes are passed on untouched.

``zipfile`` reads the directory; everything else (raw copies, streams, zip64) is written here, because
``zipfile`` can only copy an entry by inflating and deflating it again. Times are fixed, so the same
entries give the same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

STORED, DEFLATED = 0, 8
UTF8_NAME = 0x800
FIXED_STAMP = ((2024 - 1980) << 9 | 1 << 5 | 1) << 16  # 2024-01-01 00:00, as MS-DOS date and time
LIMIT_32 = 0xFFFFFFFF
PIECE = 1 << 20  # uncompressed bytes at a time
SAMPLE_BYTES = 1 << 17  # of a part that was written, kept to look at
SLICE = 1 << 16  # compressed bytes at a time: what a piece leaves over is copied

_fast: Any = import_module("isal.isal_zlib") if find_spec("isal") else None
_crc32 = (_fast or zlib).crc32
_DEFLATE_ERRORS = (zlib.error, _fast.error) if _fast else (zlib.error,)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive, compressed. ``written`` tells our own entries from those copied as they
    were; ``ends`` are the first and the last :data:`SAMPLE_BYTES` of what was written.
    """

    name: str
    raw: bytes | memoryview
    method: int
    crc: int
    size: int
    name_flag: int = 0
    stamp: int = FIXED_STAMP
    attributes: int = 0
    system: int = 0
    written: bool = False
    ends: tuple[bytes, bytes] = (b"", b"")

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


class BadEntry(ValueError):
    """An entry whose bytes contradict the directory. ``code`` is worded by its catcher."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(name, code)
        self.name, self.code = name, code


def read_directory(data: bytes) -> list[Entry]:
    """Every entry of the archive ``data``, in order, as views of its compressed bytes.

    Raises ``zipfile.BadZipFile`` or :class:`BadEntry` when the archive is broken, cut off or overlapping.
    """
    view = memoryview(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [_entry(view, info) for info in archive.infolist()]


def _entry(view: memoryview, info: zipfile.ZipInfo) -> Entry:
    if info.flag_bits & 1:
        raise BadEntry(info.filename, "encrypted")
    start = info.header_offset
    header = bytes(view[start : start + 30])
    if len(header) < 30 or header[:4] != b"PK\3\4":
        raise BadEntry(info.filename, "truncated")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start += 30 + name_length + extra_length
    raw = view[start : start + info.compress_size]
    if len(raw) < info.compress_size:
        raise BadEntry(info.filename, "truncated")
    return Entry(
        name=info.orig_filename,
        raw=raw,
        method=info.compress_type,
        crc=info.CRC,
        size=info.file_size,
        name_flag=info.flag_bits & UTF8_NAME,
        stamp=_stamp(info.date_time),
        attributes=info.external_attr,
        system=info.create_system,
    )


def _stamp(when: tuple[int, int, int, int, int, int]) -> int:
    year, month, day, hour, minute, second = when
    date = (max(year, 1980) - 1980) << 9 | month << 5 | day
    return date << 16 | hour << 11 | minute << 5 | second // 2


def inflate(entry: Entry) -> bytes:
    """Uncompressed bytes, never more than the directory promises, with the checksum verified."""
    return b"".join(inflate_pieces(entry))


def inflate_pieces(entry: Entry) -> Iterator[bytes]:
    """Uncompressed bytes of ``entry`` in pieces; raises :class:`BadEntry` at the end when they are not as
    promised.
    """
    crc = size = 0
    for piece in _decompressed(entry):
        size += len(piece)
        if size > entry.size:
            raise BadEntry(entry.name, "longer_than_declared")
        crc = _crc32(piece, crc)
        yield piece
    if size != entry.size or crc != entry.crc:
        raise BadEntry(entry.name, "checksum")


def _decompressed(entry: Entry) -> Iterator[bytes]:
    if entry.method == STORED:
        yield bytes(entry.raw)
        return
    if entry.method != DEFLATED:
        raise BadEntry(entry.name, "compression")
    engine = (_fast or zlib).decompressobj(wbits=-15)
    try:
        for start in range(0, len(entry.raw), SLICE):
            pending: bytes | memoryview = entry.raw[start : start + SLICE]
            while pending and not engine.eof:
                yield engine.decompress(pending, PIECE)
                pending = engine.unconsumed_tail
        yield engine.flush()
    except _DEFLATE_ERRORS:
        raise BadEntry(entry.name, "checksum") from None


def deflate(name: str, pieces: Iterable[bytes]) -> Entry:
    """A new entry; ``pieces`` are compressed as they come, so a huge part never stands in memory
    uncompressed.
    """
    engine = _fast.compressobj(level=2, wbits=-15) if _fast else zlib.compressobj(6, zlib.DEFLATED, -15)
    raw, crc, size, first, last = [], 0, 0, b"", b""
    for piece in pieces:
        crc = _crc32(piece, crc)
        size += len(piece)
        raw.append(engine.compress(piece))
        first = first if len(first) >= SAMPLE_BYTES else (first + piece)[:SAMPLE_BYTES]
        last = piece if len(piece) >= SAMPLE_BYTES else last[-SAMPLE_BYTES:] + piece
    raw.append(engine.flush())
    ends = first, last[-SAMPLE_BYTES:]
    return Entry(name, b"".join(raw), DEFLATED, crc, size, name_flag=_flag(name), written=True, ends=ends)


def stored(name: str, content: bytes) -> Entry:
    """A new entry whose bytes stand as they are: what is read once and at once is not worth compressing."""
    return Entry(name, content, STORED, _crc32(content), len(content), name_flag=_flag(name), written=True)


def _flag(name: str) -> int:
    return 0 if name.isascii() else UTF8_NAME


def write_archive(entries: Iterable[Entry], write: Callable[[bytes | memoryview], Any]) -> None:
    """Write a complete archive of ``entries`` through ``write``, front to back."""
    position, directory = 0, []
    for entry in entries:
        header = local_header(entry)
        write(header)
        write(entry.raw)
        directory.append(_directory_record(entry, position))
        position += len(header) + len(entry.raw)
    for record in directory:
        write(record)
    write(_end_records(len(directory), position, sum(map(len, directory))))


def _name(entry: Entry) -> bytes:
    return entry.name.encode("utf-8" if entry.name_flag else "cp437")


def local_header(entry: Entry) -> bytes:
    """What stands before the bytes of ``entry`` in an archive that we write."""
    name, packed, size, extra = _name(entry), len(entry.raw), entry.size, b""
    if max(packed, size) >= LIMIT_32:
        extra = struct.pack("<HHQQ", 1, 16, size, packed)
        packed = size = LIMIT_32
    return (
        struct.pack(
            "<4sHHHIIIIHH", b"PK\3\4", 45 if extra else 20, entry.name_flag, entry.method, entry.stamp,
            entry.crc, packed, size, len(name), len(extra),
        )
        + name
        + extra
    )  # fmt: skip


def _directory_record(entry: Entry, offset: int) -> bytes:
    name, packed, size, extra = _name(entry), len(entry.raw), entry.size, b""
    if max(packed, size, offset) >= LIMIT_32:
        extra = struct.pack("<HHQQQ", 1, 24, size, packed, offset)
        packed = size = offset = LIMIT_32
    needed = 45 if extra else 20
    return (
        struct.pack(
            "<4sBBHHHIIIIHHHHHII", b"PK\1\2", needed, entry.system, needed, entry.name_flag, entry.method,
            entry.stamp, entry.crc, packed, size, len(name), len(extra), 0, 0, 0, entry.attributes, offset,
        )
        + name
        + extra
    )  # fmt: skip


def _end_records(count: int, start: int, length: int) -> bytes:
    big = b""
    if count > 0xFFFF or start >= LIMIT_32:
        big = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
        big += struct.pack("<4sIQI", b"PK\6\7", 0, start + length, 1)
    short = min(count, 0xFFFF)
    end = (0, 0, short, short, min(length, LIMIT_32), min(start, LIMIT_32), 0)
    return big + struct.pack("<4sHHHHIIH", b"PK\5\6", *end)
