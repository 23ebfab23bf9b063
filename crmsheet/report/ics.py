"""Calendar files (RFC 5545): one all-day event per customer, with an alarm; updates move it, solved ones cancel it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

FOLD_AT = 75  # octets of a line, without its end
_PRODUCT = "-//crmsheet//followups//ZH"
_ALARM = "PT9H"  # nine in the morning of the day
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})

Method = Literal["PUBLISH", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Event:
    """One day in a calendar. ``uid`` never changes; a higher ``sequence`` replaces what came before."""

    uid: str
    day: date
    summary: str
    description: str
    stamp: date
    sequence: int = 0
    category: str = ""
    urgent: bool = False


def calendar_text(name: str, events: Iterable[Event], *, method: Method = "PUBLISH") -> str:
    """The calendar file: CRLF lines folded by octets; the same events give the same text."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for event in sorted(events, key=lambda one: (one.day, one.uid)):
        lines += _event_lines(event, method)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in fold(line))


def fold(line: str) -> Iterator[str]:
    """The line as physical lines of at most 75 octets; no character is torn apart.

    >>> [len(part.encode()) for part in fold("跟" * 30)]
    [75, 16]
    """
    part, room = "", FOLD_AT
    for letter in line:
        width = len(letter.encode())
        if width > room:
            yield part
            part, room = " ", FOLD_AT - 1
        part += letter
        room -= width
    yield part


def _event_lines(event: Event, method: Method) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{event.stamp:%Y%m%d}T000000Z"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    if method == "CANCEL":
        yield "STATUS:CANCELLED"
    else:
        yield from _details(event)
    yield "END:VEVENT"


def _details(event: Event) -> Iterator[str]:
    yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.category:
        yield f"CATEGORIES:{_escaped(event.category)}"
    yield f"PRIORITY:{1 if event.urgent else 5}"
    yield "STATUS:CONFIRMED"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_escaped(event.summary)}"
    yield f"TRIGGER:{_ALARM}"
    yield "END:VALARM"


def _escaped(text: str) -> str:
    """Text as a value: separators escaped, control characters gone."""
    kept = "".join(letter for letter in text if letter in "\n\t" or letter >= " ")
    return kept.translate(_ESCAPED)
