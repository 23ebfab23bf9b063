"""Text that was read in the wrong encoding, and read again in the right one where that is certain (R-055)."""

from __future__ import annotations

import re
from functools import cache

from crmsheet.data import read_toml

_PATTERNS = read_toml("text.toml")["patterns"]
_HAN = re.compile(_PATTERNS["han"])
_DECODED = re.compile(_PATTERNS["decoded"])
_WINDOWS = {  # what Windows shows for the bytes 80–9F, which Latin-1 leaves as control characters
    bytes([byte]).decode("cp1252", errors="replace"): byte for byte in range(0x80, 0xA0)
}
_WINDOWS.pop("\ufffd", None)
_HIGH = "[\u0080-\u00ff" + "".join(_WINDOWS) + "]"
_HIGH_RUN = re.compile(_HIGH + "{2,}")
_EURO = "\u20ac"  # Windows reads the byte 80 as the euro sign, on both code pages
_LEVEL_ONE = (0xB0, 0xD7)  # first bytes of the 3,755 everyday characters of GB 2312


def repair_mojibake(text: str) -> str:
    """``text`` with wrongly decoded Chinese decoded again; unchanged unless the whole of it makes sense.

    >>> repair_mojibake("鍖椾含"), repair_mojibake("ÖÐ¹ú"), repair_mojibake("锟斤拷")
    ('北京', '中国', '锟斤拷')
    """
    if _HIGH_RUN.search(text):
        text = _HIGH_RUN.sub(_decoded_run, text)
    if gbk_suspects().isdisjoint(text):
        return text
    return _utf8_read_as_gbk(text) or text


@cache
def gbk_suspects() -> frozenset[str]:
    """Characters that GBK shows for the first two bytes of a Chinese character in UTF-8."""
    pairs = (bytes([lead, trail]) for lead in (*range(0xE3, 0xEA), 0xEF) for trail in range(0x80, 0xC0))
    return frozenset(pair.decode("gb18030", errors="ignore") for pair in pairs) - {""}


def _utf8_read_as_gbk(text: str) -> str:
    try:
        raw = b"\x80".join(part.encode("gb18030") for part in text.split(_EURO))
        meant = raw.decode("utf-8")
    except UnicodeError:
        return ""
    foreign = [char for char in meant if not char.isascii()]
    return meant if _is_everyday(foreign) and any(map(_HAN.match, foreign)) else ""


def _is_everyday(chars: list[str]) -> bool:
    try:
        "".join(chars).encode("gbk")
    except UnicodeError:
        return False
    return True


def _decoded_run(run: re.Match[str]) -> str:
    raw = bytes(_WINDOWS.get(char) or ord(char) for char in run[0])
    return _utf8_text(raw) or _gbk_text(raw) or run[0]


def _utf8_text(raw: bytes) -> str:
    try:
        meant = raw.decode("utf-8")
    except UnicodeError:
        return ""
    return meant if all(map(_DECODED.match, meant)) else ""


def _gbk_text(raw: bytes) -> str:
    """Two Chinese characters or more, nearly all of them everyday ones, or nothing."""
    if len(raw) < 4:
        return ""
    try:
        meant = raw.decode("gbk")
    except UnicodeError:
        return ""
    everyday = sum(_LEVEL_ONE[0] <= lead <= _LEVEL_ONE[1] for lead in raw[::2])
    is_word = (
        all(map(_HAN.match, meant)) and len(set(meant)) > 1
    )  # ×××× is a person's blank, not two characters
    return meant if is_word and everyday * 4 >= len(meant) * 3 else ""
