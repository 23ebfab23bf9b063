"""Reads a written archive back: every entry as it should be, and those we compressed really decompress."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from crmsheet.book.zipstream import PIECE, BadEntry, Entry, inflate_pieces, local_header
from crmsheet.errors import WouldDamage


def verify_archive(path: Path, entries: Sequence[Entry]) -> None:
    """Raise :class:`WouldDamage` unless the archive at ``path`` holds exactly ``entries``."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for expected, found in itertools.zip_longest(entries, archive.infolist()):
                if expected is None or found is None or _facts(expected) != _directory_facts(found):
                    raise BadEntry(expected.name if expected else path.name, "checksum")
                _verify_content(file, expected, found.header_offset)
    except (BadEntry, zipfile.BadZipFile) as error:
        raise WouldDamage(part=path.name, cell="", rule="read_back", found=str(error)) from None


def _verify_content(file: BinaryIO, entry: Entry, offset: int) -> None:
    file.seek(offset)
    header = local_header(entry)
    if file.read(len(header)) != header:
        raise BadEntry(entry.name, "checksum")
    for start in range(0, len(entry.raw), PIECE):
        expected = entry.raw[start : start + PIECE]
        if file.read(len(expected)) != expected:
            raise BadEntry(entry.name, "checksum")
    if entry.written:
        for _ in inflate_pieces(entry):
            pass


def _directory_facts(info: zipfile.ZipInfo) -> tuple[str, int, int, int]:
    return info.orig_filename, info.compress_type, info.CRC, info.file_size


def _facts(entry: Entry) -> tuple[str, int, int, int]:
    return entry.name, entry.method, entry.crc, entry.size
