"""What spreadsheets and web pages leave in copied text: Excel escapes, HTML entities and tags (R-055)."""

from __future__ import annotations

import re
from html.entities import name2codepoint

_EXCEL_UNDERSCORE = re.compile(r"(?<!_x005F)(?:_x005F)++_")
_EXCEL_CONTROL = re.compile(r"_x(00[01][0-9A-Fa-f]|007F)_")
_FORMULA_TEXT = re.compile(r'="([^"]*)"')
_ENTITY = re.compile(
    r"&(?:(?:amp|#0{0,6}38|#x0{0,6}26);)*(?:(?:(?P<name>[A-Za-z]{2,8}[1-4]?)|#(?P<dec>\d{1,7})|#x(?P<hex>[0-9A-Fa-f]{1,6}));)?",
)
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_TAG_NAMES = r"(?:p|div|span|b|i|u|em|strong|font|a|ul|ol|li|table|tbody|tr|td|th|h[1-6]|img|hr)"
_CLOSING_TAG = re.compile(rf"</{_TAG_NAMES}>", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)
_TAG = re.compile(rf"</?{_TAG_NAMES}(?:\s[^<>]{{0,200}})?/?>", re.IGNORECASE)


def strip_markup(text: str) -> str:
    """``text`` as it looked on the page or in the cell it was copied from; line breaks become ``\\n``.

    >>> strip_markup("&nbsp;A&amp;B<br>C_x000D_")
    '\\xa0A&B\\nC\\r'
    >>> strip_markup("AT&T <5")
    'AT&T <5'
    """
    if "_x" in text:
        text = _EXCEL_CONTROL.sub(lambda code: chr(int(code[1], 16)), _EXCEL_UNDERSCORE.sub("_", text))
    if text.startswith('="') and (whole := _FORMULA_TEXT.fullmatch(text)):
        text = whole[1]
    if "&" in text:
        text = _ENTITY.sub(_decoded_entity, text)
    return _without_tags(text) if "<" in text else text


def _decoded_entity(entity: re.Match[str]) -> str:
    """The character that is meant; the source text when there is no such entity or character."""
    if entity["name"]:
        code = name2codepoint.get(entity["name"], name2codepoint.get(entity["name"].lower(), 0))
        code = ord("'") if entity["name"] == "apos" else code
    else:
        code = int(entity["dec"] or 0) or int(entity["hex"] or "0", 16)
    if not code:
        tail = entity["name"] or ""
        return f"&{tail};" if tail else "&"
    is_character = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else entity[0]


def _without_tags(text: str) -> str:
    text = _BREAK.sub("\n", text)
    if not _CLOSING_TAG.search(text):
        return text  # a lone <b> may be a person's own sign
    return _TAG.sub("", _BLOCK_END.sub("\n", text))
