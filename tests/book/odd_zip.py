"""Archives as other programs pack them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from odd_parts import Odd

FULL = 0xFFFFFFFF


class _Pipe(io.RawIOBase):
    """What cannot be gone back in: sizes come after the content."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += data
        return len(data)


def with_descriptors(odd: Odd) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in odd.parts.items():
            made.writestr(name, content)
    return bytes(pipe.data)


def with_zip64(odd: Odd) -> bytes:
    """Every size and offset in the extra fields of zip64, as for an archive beyond 4 GB, with its own end records."""
    body, directory = bytearray(), bytearray()
    for name, content in odd.parts.items():
        data = content.encode() if isinstance(content, str) else content
        packed = zlib.compress(data, wbits=-15)
        label = name.encode()
        facts = (45, 0x800, 8, 0x1883, 0x5C22, zlib.crc32(data), FULL, FULL, len(label))
        sizes = struct.pack("<QQ", len(data), len(packed))
        offset = len(body)
        body += b"PK\3\4" + struct.pack("<HHHHHIIIHH", *facts, 4 + len(sizes)) + label
        body += struct.pack("<HH", 1, len(sizes)) + sizes + packed
        extra = sizes + struct.pack("<Q", offset)
        directory += b"PK\1\2" + struct.pack(
            "<HHHHHHIIIHHHHHII", 45, *facts, 4 + len(extra), 0, 0, 0, 0, FULL
        )
        directory += label + struct.pack("<HH", 1, len(extra)) + extra
    count, start = len(odd.parts), len(body)
    end64 = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), start)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, start + len(directory), 1)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, FULL, FULL, 0)
    return bytes(body + directory + end64 + locator + end)
