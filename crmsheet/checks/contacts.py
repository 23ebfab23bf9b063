"""Readers of telephone numbers and mail addresses."""

from __future__ import annotations

import re
from typing import Any

from crmsheet.checks.cell import Cell, Context, Fault, Kind, as_text
from crmsheet.clean.contacts import classify_email, classify_phone
from crmsheet.clean.phones import PhoneReading
from crmsheet.clean.privacy import mask

_PHONE_FAULTS = {
    "mobile": "personal_phone",
    "masked_mobile": "personal_phone_masked",
    "garbled": "phone_mask_lost",
    "invalid": "phone_invalid",
    "mixed": "phone_mixed",
}
_NUMBERS = frozenset({"mobile", "masked_mobile", "fixed", "fixed_ext", "service", "mixed", "garbled"})
_BETWEEN = re.compile("[\\s,;/|\uff0c\uff1b\u3001]+")
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
    if "@" in text and (mailbox := _mailbox_fault(text, reading.kind)):
        cell = (
            _phone_cell(text, number, reading, context) if reading.kind in _NUMBERS else Cell((None, "empty"))
        )
        return Cell(cell.values, (*cell.faults, mailbox))
    return _phone_cell(text, number, reading, context)


def _mailbox_fault(text: str, kind: str) -> Fault | None:
    """A mail address typed beside or instead of the number (R-006)."""
    words = [word for word in _BETWEEN.split(text) if "@" in word]
    kinds = [classify_email(word).kind for word in words]
    if any(found in _EMAIL_FAULTS and found != "invalid" for found in kinds):
        return Fault("personal_email", detail=words[0])
    return Fault("email_in_phone", detail=words[0]) if words and kind not in _NUMBERS else None


def _phone_cell(text: str, number: str, reading: PhoneReading, context: Context) -> Cell:
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
