"""Ways to damage the structure of a zip archive: what its directory says and what stands there do not agree."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
# Offset and width of the fields of an entry of the directory.
FLAGS, METHOD, CHECKSUM, PACKED, SIZE, NAME_LENGTH, EXTRA_LENGTH, OFFSET = (
    (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4),
)  # fmt: skip
_ODD = (0, 1, 2, 8, 9, 99, 0x7FFF, 0xFFFF, 0xFFFF_FFFE, 0xFFFF_FFFF)


def damage_structure(data: bytes, chance: random.Random) -> bytes:
    """``data`` with one fault in its directory or its local headers; as it is where there is no directory."""
    entries = _places(data, CENTRAL)
    if not entries:
        return data
    ways: tuple[Callable[[bytes, list[int], random.Random], bytes], ...] = (
        _odd_field, _odd_field, _same_place, _swapped_places, _odd_local, _wrong_count, _second_end, _zip64_marks,
    )  # fmt: skip
    return chance.choice(ways)(data, entries, chance)


def _places(data: bytes, mark: bytes) -> list[int]:
    found, start = [], data.find(mark)
    while start >= 0 and start + 46 <= len(data):
        found.append(start)
        start = data.find(mark, start + 4)
    return found


def _put(data: bytes, place: int, width: int, number: int) -> bytes:
    content = (number & (1 << 8 * width) - 1).to_bytes(width, "little")
    return data[:place] + content + data[place + width :]


def _odd_field(data: bytes, entries: list[int], chance: random.Random) -> bytes:
    """Sizes, checksum, method, flags, lengths or place of one entry."""
    fields = (FLAGS, METHOD, CHECKSUM, PACKED, SIZE, NAME_LENGTH, EXTRA_LENGTH, OFFSET)
    offset, width = chance.choice(fields)
    return _put(data, chance.choice(entries) + offset, width, chance.choice(_ODD))


def _same_place(data: bytes, entries: list[int], chance: random.Random) -> bytes:
    """Two entries that overlap: both start where one does, or one within the other."""
    one, other = chance.choice(entries), chance.choice(entries)
    start = struct.unpack_from("<I", data, other + OFFSET[0])[0] + chance.choice((0, 0, 1, 30))
    return _put(data, one + OFFSET[0], 4, start)


def _swapped_places(data: bytes, entries: list[int], chance: random.Random) -> bytes:
    one, other = chance.choice(entries), chance.choice(entries)
    first, second = (struct.unpack_from("<I", data, place + OFFSET[0])[0] for place in (one, other))
    return _put(_put(data, one + OFFSET[0], 4, second), other + OFFSET[0], 4, first)


def _odd_local(data: bytes, _: list[int], chance: random.Random) -> bytes:
    """A local header that tells another story than the directory."""
    headers = _places(data, LOCAL)
    if not headers:
        return data
    offset, width = chance.choice(((6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)))
    return _put(data, chance.choice(headers) + offset, width, chance.choice(_ODD))


def _wrong_count(data: bytes, _: list[int], chance: random.Random) -> bytes:
    """The end of the directory counts, measures or places it wrongly."""
    end = data.rfind(END)
    offset, width = chance.choice(((8, 2), (10, 2), (12, 4), (16, 4), (20, 2)))
    return data if end < 0 else _put(data, end + offset, width, chance.choice(_ODD))


def _second_end(data: bytes, _: list[int], chance: random.Random) -> bytes:
    """An end of a directory in the comment of the real one."""
    return data + chance.choice((END + bytes(18), END + b"\xff" * 18, data[-200:]))


def _zip64_marks(data: bytes, entries: list[int], chance: random.Random) -> bytes:
    """Sizes said to stand in a zip64 field that is not there."""
    place = chance.choice(entries)
    return _put(_put(data, place + PACKED[0], 4, 0xFFFF_FFFF), place + SIZE[0], 4, 0xFFFF_FFFF)
