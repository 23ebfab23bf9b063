"""What plainly belongs into another column: a telephone among plans, a date among owners (R-056)."""

from __future__ import annotations

import re

from crmsheet.clean.contacts import classify_phone

_PHONE_KINDS = frozenset({"mobile", "masked_mobile", "fixed", "fixed_ext", "service"})
_PHONE = re.compile(r"[\d*+() -]{7,24}")
_DATE = re.compile(r"(19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}")


def looks_like_phone(text: str) -> bool:
    """Whether the whole cell is a telephone number, masked or not.

    >>> looks_like_phone("1395678****"), looks_like_phone("010-62345678"), looks_like_phone("100-500")
    (True, True, False)
    """
    return _PHONE.fullmatch(text.strip()) is not None and classify_phone(text).kind in _PHONE_KINDS


def looks_like_date(text: str) -> bool:
    """Whether the whole cell is a date written in full.

    >>> looks_like_date("2024-03-15"), looks_like_date("2024001")
    (True, False)
    """
    return _DATE.fullmatch(text.strip()) is not None
