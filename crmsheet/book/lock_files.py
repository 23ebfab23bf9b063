"""Who has a workbook open: the files that Excel, WPS and LibreOffice lay beside it meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crmsheet.book.save import owner_file

# Excel: a length byte and the name in the system's code page, 55 bytes; the same in UTF-16, 165 in all.
_UTF16_LENGTH_AT = 55
_LONGEST = 4096


def lock_owner(path: Path | str) -> str | None:
    """Name of whoever has ``path`` open, ``""`` when the name cannot be told, None when nobody has.

    A lock file that was left behind by a crash cannot be told from a living one.
    """
    path = Path(path)
    places: tuple[tuple[Path | None, Callable[[bytes], str]], ...] = (
        (owner_file(path), _excel_name),
        (path.with_name(f".~lock.{path.name}#"), _libreoffice_name),
        (path.with_name(f".~{path.name}"), _excel_name),  # WPS
    )
    for place, name_in in places:
        if place is not None and place.is_file():
            return name_in(_beginning(place))
    return None


def _beginning(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(_LONGEST)
    except OSError:  # Windows keeps it to whoever made it
        return b""


def _excel_name(data: bytes) -> str:
    """
    >>> _excel_name(bytes([5]) + b"Zhang".ljust(54) + bytes([2, 0]) + "张三".encode("utf-16-le"))
    '张三'
    """
    length = int.from_bytes(data[_UTF16_LENGTH_AT : _UTF16_LENGTH_AT + 2], "little")
    start = _UTF16_LENGTH_AT + 2
    return data[start : start + 2 * length].decode("utf-16-le", "ignore").strip("\0 ")


def _libreoffice_name(data: bytes) -> str:
    """
    >>> _libreoffice_name("张三,zhang,pc-3,20.11.2026 09:12,file:///home/zhang;".encode())
    '张三'
    """
    fields = data.decode("utf-8", "ignore").split(",")
    return next((field.strip() for field in fields[:2] if field.strip()), "")
