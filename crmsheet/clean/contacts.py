"""Contact cells: telephone numbers, mail addresses, persons (R-004, R-006, R-020, R-022, R-023)."""

from __future__ import annotations

from crmsheet.clean.emails import EmailReading, classify_email
from crmsheet.clean.persons import PersonReading, classify_person
from crmsheet.clean.phones import PhoneReading, classify_phone

__all__ = [
    "EmailReading",
    "PersonReading",
    "PhoneReading",
    "classify_email",
    "classify_person",
    "classify_phone",
]
