"""Check digits and ranges of identity and card numbers (GB 11643, ISO/IEC 7812)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS: Final = "10X98765432"
# First two digits of GB/T 2260: provinces, Taiwan, Hong Kong, Macao, and 83 for residents from Taiwan.
_REGIONS: Final = (
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
)
_PROVINCES: Final = frozenset(map(str, (*_REGIONS, 71, 81, 82, 83)))
_EARLIEST_BIRTH: Final = 1900
_LATEST_BIRTH: Final = 2099
# Issuers whose cards circulate in China: UnionPay 62, Visa, Mastercard, JCB, and older ranges of banks.
_ISSUERS: Final = re.compile(
    r"62\d{14,17}|4\d{15}|4[35]\d{17}|40\d{15,17}|5[1-5]\d{14}|35(?:2[89]|[3-8]\d)\d{12}|9558\d{15}|60(?:14|29|3\d)\d{12,15}"
)
_SIM_CARD: Final = re.compile(r"8986")


def is_resident_id(number: str) -> bool:
    """Whether 18 signs are an identity number: province, date of birth and check sign.

    >>> is_resident_id("11010119900307123" + "3"), is_resident_id("110101199003071234")
    (True, False)
    """
    if not re.fullmatch(r"[1-8]\d{16}[\dXx]", number) or not _is_birth(number[:2], number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_SIGNS[total % 11] == number[17].upper()


def is_old_resident_id(number: str) -> bool:
    """Whether 15 digits can be an identity number of the first generation (no check digit).

    >>> is_old_resident_id("110101900307123"), is_old_resident_id("138001380001234")
    (True, False)
    """
    return bool(re.fullmatch(r"[1-8]\d{14}", number)) and _is_birth(number[:2], f"19{number[6:12]}")


def _is_birth(province: str, digits: str) -> bool:
    if province not in _PROVINCES or not _EARLIEST_BIRTH <= int(digits[:4]) <= _LATEST_BIRTH:
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def passes_luhn(digits: str) -> bool:
    """Check digit of bank cards.

    >>> passes_luhn("6225880123456783"), passes_luhn("6225880123456784")
    (True, False)
    """
    doubled = (divmod(2 * int(digit), 10) for digit in digits[-2::-2])
    return (sum(map(sum, doubled)) + sum(map(int, digits[::-2]))) % 10 == 0


def is_issued_card(digits: str) -> bool:
    """Whether ``digits`` is a card number by issuer range, length and check digit."""
    return bool(_ISSUERS.fullmatch(digits)) and passes_luhn(digits)


def is_card_like(digits: str) -> bool:
    """Whether ``digits`` can be a card number of any issuer; enough only where the words around say card."""
    is_long_enough = 15 <= len(digits) <= 19 and digits[0] in "3456789"
    return is_long_enough and not _SIM_CARD.match(digits) and passes_luhn(digits)
