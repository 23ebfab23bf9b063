"""Looks into packages, and makes odd ones out of plain ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from crmsheet.book import zipstream

Edit = bytes | None | Callable[[bytes], bytes]

# Parts that adding a sheet has to change, by the end of their names.
SHARED = (
    "[content_types].xml",
    "/workbook.xml",
    "/workbook2.xml",
    "/_rels/workbook.xml.rels",
    "/_rels/workbook2.xml.rels",
    "/styles.xml",
    "/app.xml",
    "/calcchain.xml",
)


def stored(path: Path) -> dict[str, tuple[bytes, int]]:
    """Compressed bytes and checksum of every entry."""
    return {
        entry.name: (bytes(entry.raw), entry.crc) for entry in zipstream.read_directory(path.read_bytes())
    }


def parts(path: Path) -> dict[str, bytes]:
    """Content of every part."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def is_shared(name: str) -> bool:
    return ("/" + name.replace("\\", "/").lower().lstrip("/")).endswith(SHARED)


def lost_or_changed(before: Path, after: Path) -> list[str]:
    """Names of parts that should be the same stored bytes in ``after``, and are not."""
    old, new = stored(before), stored(after)
    return [name for name in old if new.get(name) != old[name] and not is_shared(name)]


def rewritten(
    source: Path, target: Path, edits: Mapping[str, Edit], *, names: Callable[[str], str] = str
) -> Path:
    """A copy of ``source`` whose parts are edited, dropped (None) or added, and renamed by ``names``."""
    buffer = io.BytesIO()
    content = parts(source)
    for name, edit in edits.items():
        content[name] = edit(content[name]) if callable(edit) else edit
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            if data is not None:
                info = zipfile.ZipInfo("x")
                info.filename = names(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
    target.write_bytes(buffer.getvalue())
    return target
