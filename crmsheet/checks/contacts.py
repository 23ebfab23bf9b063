"""Readers of telephone numbers and mail addresses."""

from __future__ import annotations

import re
from typing import Any

from crmsheet.checks.cell import Cell, Context, Fault, Kind, as_text
from crmsheet.clean.contacts import classify_email, classify_phone
from crmsheet.clean.privacy import mask

_PHONE_FAULTS = {
    "mobile": "personal_phone",
    "masked_mobile": "personal_phone_masked",
    "garbled": "phone_mask_lost",
    "invalid": "phone_invalid",
    "mixed": "phone_mixed",
}
_FLOAT = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")  # what Excel makes of a number in a narrow column

_EMAIL_FAULTS = {
    "personal": "personal_email",
    "personal_typo": "personal_email",
    "invalid": "email_invalid",
}


def read_phone(value: Any, context: Context) -> Cell:
    """Normalised number and its kind; personal mobiles are offered masked (R-006, R-022, C-05)."""
    text = as_text(value)
    reading = classify_phone(value if isinstance(value, (int, float)) else text)
    number = reading.normalized or text
    code = _PHONE_FAULTS.get(reading.kind)
    if code and _FLOAT.fullmatch(text):
        code = "phone_damaged"
    if code == "personal_phone":
        strict = "_strict" if context.rules.cleaning.strict_privacy else ""
        return Cell((number, reading.kind), (Fault(code + strict, mask(number)),))
    if code:
        return Cell((number, reading.kind), (Fault(code),))
    if number != text:
        repaired = "phone_zero_restored" if "leading_zero" in reading.assumed else "phone_format"
        return Cell((number, reading.kind), (Fault(repaired, number),))
    return Cell((number, reading.kind))


def read_email(value: Any, context: Context) -> Cell:
    """Normalised address and its kind; personal mailboxes are pointed out (R-023)."""
    text = as_text(value)
    reading = classify_email(text)
    address = reading.normalized or text
    code = _EMAIL_FAULTS.get(reading.kind)
    if code:
        return Cell((address, reading.kind), (Fault(code),))
    return Cell((address, reading.kind), () if address == text else (Fault("email_format", address),))


KINDS = {
    "phone": Kind(read_phone, ("", "_kind"), (None, "empty"), tidy=False),
    "email": Kind(read_email, ("", "_kind"), (None, "empty"), tidy=False),
}
