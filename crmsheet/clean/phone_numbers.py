"""One telephone number of mainland China or abroad, read from a run of digits and separators (R-022)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from crmsheet.data import read_table

PhoneKind = Literal[
    "fixed",
    "fixed_no_area",
    "mobile",
    "service",
    "foreign",
    "mixed",
    "masked_mobile",
    "masked_fixed",
    "garbled",
    "invalid",
    "empty",
]

# Number blocks handed out by the ministry; 154, 160, 161, 163, 164, 168, 169, 179 and 194 are not.
MOBILE_DIGITS: Final = r"1(?:[348]\d|5[0-35-9]|6[2567]|7[0-8]|9[0-35-9])\d{8}"

_MOBILE: Final = re.compile(f"0?({MOBILE_DIGITS})")
_FIXED: Final = re.compile(r"0(?:10|2\d|[3-9]\d\d)")
_LOCAL: Final = re.compile(r"[2-9]\d{6,7}")
# Separators, if any, stand behind the area code: 2024-03-15 00 is no number of 020.
_MAYBE_ZEROLESS: Final = re.compile(r"\d{10,11}|\(?(?:10|2\d|[3-9]\d\d)[) -]{1,2}\d{3,4}[ -]?\d{4}")
# 20240315 in a telephone column is a date from the column beside it.
_DATE: Final = re.compile(r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_FREE_CALL: Final = re.compile(r"([48]00)(\d{3})(\d{4})")
# 400-12345 is a free call that lost digits, and no local number.
_CUT_FREE_CALL: Final = re.compile(r"[48]00[ -][\d -]{1,7}")
_PLAIN: Final = re.compile(r"0[0-9]{2,3}-[0-9]{7,8}|1[3-9][0-9]{9}")
_SHORT: Final = re.compile(
    r"95\d{3}|9510\d{4}|1010\d{4}|96\d{3,4}|11[04-9]|12[0-2]|100\d\d|11[168]\d{2,3}|12[1-9]\d\d"
)
_ABROAD: Final = re.compile(r"(?:\+|00)([1-9]\d{6,14})")
# Country codes that need no plus sign because the grouping shows them: 852-23456789, 1-650-253-0000.
_BARE_COUNTRY: Final = re.compile(r"\(?(85[23]|886|1(?=-\d{3}-\d{3}-\d{4}$))[)-] ?(\d[\d -]{6,11})")
_STRIPPED_MASK: Final = re.compile(r"1[3-9]\d{5}")
_EXTENSION: Final = re.compile(
    r"(?P<number>.*\d)\)?(?:\s*[x#*-]\s*\(?(?P<marked>\d{1,6})\)?|\s+(?P<spaced>\d{3,4})|\s*\((?P<bracketed>\d{2,6})\))"
)
_SEPARATORS: Final = re.compile(r"[\s().-]+")
# National length of a number (without country code) where the plan fixes it.
_NATIONAL_LENGTHS: Final = {
    "1": (10,),
    "852": (8,),
    "853": (8,),
    "886": (8, 9),
    "65": (8,),
    "81": (9, 10),
    "82": (8, 9, 10),
}


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One number: its kind, how it is written, and the place of its area code."""

    kind: PhoneKind
    normalized: str = ""
    area: str = ""
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaCode:
    """A trunk code: place and possible lengths of local numbers."""

    code: str
    place: str
    lengths: frozenset[int]


@cache
def area_codes() -> dict[str, AreaCode]:
    """Every trunk code of mainland China by code, with its leading zero."""
    return {
        row["code"]: AreaCode(row["code"], row["place"], frozenset(map(int, row["digits"].split("/"))))
        for row in read_table("area_codes.tsv")
    }


def read_plain(text: str) -> PhoneNumber | None:
    """A number written as most are, 021-54321234 or 13800138000; None for any other text.

    >>> read_plain("13800138000").kind, read_plain("138 0013 8000")
    ('mobile', None)
    """
    if not _PLAIN.fullmatch(text):
        return None
    if text[0] == "1":
        return PhoneNumber("mobile", text) if _MOBILE.fullmatch(text) else None
    number = _read_fixed(text.replace("-", "", 1))
    # 0510-5… and 051-05… have the same digits; the area code must be what stands before the dash.
    return number if number and number.normalized == text else None


def read_number(run: str) -> PhoneNumber | None:
    """The number that ``run`` is as a whole: digits, ``*``, ``+``, separators, ``x`` before an extension.

    >>> read_number("(010)6234 5678")
    PhoneNumber(kind='fixed', normalized='010-62345678', area='北京', assumed=())
    >>> read_number("138****5678").kind, read_number("1385678").kind, read_number("010-6234567")
    ('masked_mobile', 'garbled', None)
    """
    readers: tuple[Callable[[str], PhoneNumber | None], ...] = (
        _read_abroad,
        _read_complete,
        _read_extension,
        _read_masked,
        _read_garbled,
    )
    text = _without_edge_marks(_national(run))
    if _CUT_FREE_CALL.fullmatch(text) and len(_compact(text)) < len("4001234567"):
        return None
    return next((number for read in readers if (number := read(text))), None)


def _national(run: str) -> str:
    """``run`` without China's country code."""
    text = run.strip(" -.")
    bare = re.sub(r"^\(?(?:\+|00)\s?86\)?[\s-]*(?:\(0\)\s*(?=\d))?", "", text)
    if bare != text:
        return bare
    after_86 = re.sub(r"^\(?86\)?[\s-]*", "", text)
    is_prefix = after_86 != text and len(_compact(after_86)) > 8
    return after_86 if is_prefix and _read_with_mask(after_86) else text


def _read_with_mask(text: str) -> PhoneNumber | None:
    return _read_complete(text) or _read_extension(text) or _read_masked(text)


def _without_edge_marks(text: str) -> str:
    """A number complete by itself with a star before or behind it is not masked; the star is a footnote."""
    inner = text.strip("* ")
    number = _read_complete(inner) if inner != text else None
    is_whole = number is not None and number.kind != "fixed_no_area" and not number.assumed
    return inner if is_whole else text


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text)


def _read_abroad(text: str) -> PhoneNumber | None:
    region = _BARE_COUNTRY.fullmatch(text)
    plain = f"+{_compact(region[1] + region[2])}" if region else _compact(text.replace("(0)", ""))
    found = _ABROAD.fullmatch(plain)
    if not found:
        return None
    digits = found[1]
    code = next((code for code in _NATIONAL_LENGTHS if digits.startswith(code)), "")
    if code and len(digits) - len(code) not in _NATIONAL_LENGTHS[code]:
        return None
    return None if digits.startswith("86") else PhoneNumber("foreign", f"+{digits}")


def _read_complete(text: str) -> PhoneNumber | None:
    """A number without extension, complete as it stands."""
    digits = _compact(text)
    if mobile := _MOBILE.fullmatch(digits):
        return PhoneNumber("mobile", mobile[1])
    return _read_fixed(digits) or _read_service(digits) or _read_zeroless(text) or _read_local(digits)


def _read_fixed(digits: str) -> PhoneNumber | None:
    area = _area_of(digits)
    local = digits[len(area.code) :] if area else ""
    if area and _LOCAL.fullmatch(local) and len(local) in area.lengths:
        return PhoneNumber("fixed", f"{area.code}-{local}", area.place)
    if area and _SHORT.fullmatch(local) and len(local) >= 5:
        return PhoneNumber("service", f"{area.code}-{local}")
    return None


def _area_of(digits: str) -> AreaCode | None:
    trunk = _FIXED.match(digits)
    return area_codes().get(trunk[0]) if trunk else None


def _read_service(digits: str) -> PhoneNumber | None:
    if free := _FREE_CALL.fullmatch(digits):
        return PhoneNumber("service", "-".join(free.groups()))
    return PhoneNumber("service", digits) if _SHORT.fullmatch(digits) else None


def _read_zeroless(text: str) -> PhoneNumber | None:
    """A landline whose leading zero a numeric cell has eaten: 1062345678, 755-26001234."""
    digits = _compact(text)
    if not _MAYBE_ZEROLESS.fullmatch(text):
        return None
    number = _read_fixed(f"0{digits}") if len(digits) in {10, 11} else None
    if number is None or number.kind != "fixed":
        return None
    return PhoneNumber(number.kind, number.normalized, number.area, ("leading_zero",))


def _read_local(digits: str) -> PhoneNumber | None:
    is_local = _LOCAL.fullmatch(digits) and not _DATE.fullmatch(digits)
    return PhoneNumber("fixed_no_area", digits) if is_local else None


def _read_extension(text: str) -> PhoneNumber | None:
    found = _EXTENSION.fullmatch(text)
    number = _read_complete(found["number"]) if found else None
    if found is None or number is None or (not found["marked"] and number.kind != "fixed"):
        return None
    if "*" in text and number.assumed:
        # The star may hide a digit, and then the missing zero is a guess on a guess.
        return None
    extension = found["marked"] or found["spaced"] or found["bracketed"]
    return PhoneNumber(number.kind, f"{number.normalized}-{extension}", number.area, number.assumed)


def _read_masked(text: str) -> PhoneNumber | None:
    signs = re.sub(r"x\d*$", "", _compact(text))
    if "*" not in signs or not re.fullmatch(r"[\d*]{3,14}", signs):
        return None
    if signs.startswith(("013", "014", "015", "016", "017", "018", "019")):
        signs = signs[1:]
    is_mobile = re.match(r"1[3-9*]", signs) or (signs.startswith("*") and len(signs) < 12)
    return PhoneNumber("masked_mobile" if is_mobile else "masked_fixed")


def _read_garbled(text: str) -> PhoneNumber | None:
    """A masked mobile whose mask got lost, 139****5678 → 1395678: seven digits no local number can be."""
    return PhoneNumber("garbled") if _STRIPPED_MASK.fullmatch(_compact(text)) else None
