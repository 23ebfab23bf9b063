"""Text of a cell as its writer meant it (R-055): what a machine added or damaged is repaired, the rest stays.

NFKC is never used: it would turn ① into 1, ㎡ into m2 and （） into ().
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from functools import cache, lru_cache

from crmsheet.clean.markup import strip_markup
from crmsheet.clean.mojibake import gbk_suspects, repair_mojibake
from crmsheet.clean.simplified import convertible_characters, drop_pinyin_glyphs, to_simplified
from crmsheet.data import read_table, read_toml

__all__ = ["as_text", "match_key", "normalize_text", "strip_invisible", "to_simplified"]

_TEXT = read_toml("text.toml")
_MOST_PASSES = 4  # one pass settles what people type; more only for text nested on purpose, such as &amp;lt;
_LONGEST_CACHED = 1000

# Format characters, fillers, controls, private use, lone surrogates and noncharacters. The zero-width joiner
# and the variation selector stay inside an emoji; \n stays.
_INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e"
    r"\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc\ufdd0-\ufdef\ufffe\uffff"
    r"\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e001f\U000e0080-\U000e0fff\U000f0000-\U0010ffff"
)
_EMOJI = r"\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff\U000e007f"
_INVISIBLE_RUN = re.compile(
    rf"[{_INVISIBLE}]+|(?<![{_EMOJI}\ufe0f])\u200d+|\u200d+(?![{_EMOJI}])|(?<![{_EMOJI}0-9#*])\ufe0f+"
)
_LINE_BREAK = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_SPACES = r"\t\x1c-\x1f \xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"
_SPACE_RUN = re.compile(rf"[{_SPACES}]+")
_AROUND_BREAK = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")
_TEXT_PREFIX = re.compile(r"\A'(?=[^'\s][^']*\Z)")
_TRAILING = re.compile(
    rf"(?<=[^\W_]|[{re.escape(_TEXT['closing_marks'])}])[{re.escape(_TEXT['trailing_marks'])}]\Z"
)


@cache
def _replacements() -> dict[int, str]:
    """Single characters that have one right form: full-width letters, radicals, currency signs."""
    kept = _TEXT["kept_fullwidth"]
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in kept}
    radicals = {ord(row["glyph"]): row["character"] for row in read_table("glyphs.tsv")}
    symbols = {ord(sign): plain for sign, plain in _TEXT["symbols"].items()}
    return wide | radicals | symbols


@cache
def _suspicious() -> frozenset[str]:
    """Characters that some step of ``normalize_text`` may touch, besides the ranges of ``_SUSPICIOUS_RANGES``."""
    return frozenset({chr(code) for code in _replacements()} | convertible_characters() | gbk_suspects())


# A set of thousands of characters costs a regular expression 7 µs a cell, a frozenset a twentieth of that.
_SUSPICIOUS_RANGES = re.compile(
    rf"[{_INVISIBLE}\u200d\ufe0f\n\r\v\f\x80-\xff\u2028\u2029&<{_SPACES.replace(' ', '')}"
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]"
)


# Most names and words: of the signs that need a closer look, only those of ``_suspicious`` can be among these.
_PLAIN = re.compile(r"[\u4e00-\u9fff0-9A-Za-z()（）]*")


def is_plain(text: str) -> bool:
    """Whether ``text`` is letters, digits and round brackets that :func:`normalize_text` leaves as they are.

    >>> is_plain("北京恒达"), is_plain("北京恆達"), is_plain("北京，恒达")
    (True, False, False)
    """
    return _PLAIN.fullmatch(text) is not None and _suspicious().isdisjoint(text)


def _is_clean(text: str) -> bool:
    """Whether no step can change ``text``."""
    return is_plain(text) or not (
        not _suspicious().isdisjoint(text)
        or _SUSPICIOUS_RANGES.search(text)
        or text[:1] in OPENING_MARKS
        or text[-1:] in CLOSING_MARKS
        or "  " in text
        or "_x" in text
        or not unicodedata.is_normalized("NFC", text)
    )


# Where text can be untidy besides: at its ends, and where two characters meet.
OPENING_MARKS = frozenset(" '=")
CLOSING_MARKS = frozenset(" " + _TEXT["trailing_marks"])
UNTIDY_PAIRS = ((" ", " "), ("_", "x"))


def suspicious_characters(among: str) -> frozenset[str]:
    """Characters of ``among`` that some step of :func:`normalize_text` may touch wherever they stand."""
    return frozenset(_SUSPICIOUS_RANGES.findall(among)) | _suspicious().intersection(among)


def as_text(value: object) -> str:
    """A cell's value as a person sees it: ``''`` for a blank or missing one, no ``.0`` behind whole numbers.

    >>> as_text(45356.0), as_text(None), as_text(float("nan")), as_text(True)
    ('45356', '', '', 'TRUE')
    """
    match value:
        case str():
            return value
        case bool():
            return str(value).upper()
        case float():
            return _number_text(value)
        case datetime():
            return _datetime_text(value)
        case date():
            return value.isoformat()
    is_missing = value is None or type(value).__name__ in {"NAType", "NaTType"}
    return "" if is_missing else str(value)


def _number_text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else str(value)


def _datetime_text(value: datetime) -> str:
    if type(value).__name__ == "NaTType":
        return ""
    return value.isoformat(sep=" ").removesuffix(" 00:00:00")


def normalize_text(text: object) -> str:
    """The text that was meant: plain letters, digits and spaces, simplified characters, nothing invisible.

    Applying it twice changes nothing more (R-055).

    >>> normalize_text("Ｅｘｃｅｌ　导出"), normalize_text("保證業(yè)務決策"), normalize_text("鍖椾含")
    ('Excel 导出', '保证业务决策', '北京')
    >>> normalize_text("①支持100㎡（含）～"), normalize_text(None)
    ('①支持100㎡（含）～', '')
    """
    written = as_text(text)
    if len(written) > _LONGEST_CACHED:
        return _normalize(written)
    return _normalize_cached(written)


def _normalize(text: str) -> str:
    for _ in range(_MOST_PASSES):
        if _is_clean(text):
            break
        before, text = text, _one_pass(text)
        if text == before:
            break
    return text


_normalize_cached = lru_cache(maxsize=65536)(_normalize)


def _one_pass(text: str) -> str:
    text = strip_markup(repair_mojibake(text))
    text = strip_invisible(_LINE_BREAK.sub("\n", text))
    text = unicodedata.normalize("NFC", text).translate(_replacements())
    text = to_simplified(drop_pinyin_glyphs(text))
    return _trim(_TEXT_PREFIX.sub("", text) if text.startswith("'") else text)


def strip_invisible(text: str) -> str:
    """``text`` without zero-width, control and private-use characters; joined emoji stay whole.

    >>> strip_invisible("\\u200b北京A科技\\ufeff")
    '北京A科技'
    """
    return _INVISIBLE_RUN.sub("", text)


def _trim(text: str) -> str:
    text = _SPACE_RUN.sub(" ", text)
    if "\n" in text:
        text = _BLANK_LINES.sub("\n\n", _AROUND_BREAK.sub("\n", text))
    return _TRAILING.sub("", text.strip()).rstrip()


def match_key(text: object) -> str:
    """A key that is equal for all spellings of one label: normalised, lower case, no spaces, plain marks.

    >>> match_key("客户 名称：") == match_key("客戶名稱:")
    True
    >>> match_key("预算（万元）")
    '预算(万元)'
    """
    return _match_key(normalize_text(text))


@lru_cache(maxsize=65536)
def _match_key(text: str) -> str:
    key = "".join(text.casefold().split()).translate(_key_punctuation())
    return key.rstrip(":") or key


@cache
def _key_punctuation() -> dict[int, str]:
    return {ord(mark): plain for mark, plain in _TEXT["key_punctuation"].items()}
