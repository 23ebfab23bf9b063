"""One digest per owner, cut into messages that a group robot takes; cuts fall between lines, never in a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from crmsheet.report.followups import by_owner, message_words, spoken_day

Style = Literal["text", "markdown"]

_LONGEST_FIELD = 60  # characters of a customer's own words in one line
_NUMBER_ROOM = 40  # bytes kept free for "(12/34)" in the first line
# Signs that a chat would read as markup, and the wide ones that look alike.
_MARKUP = str.maketrans("<>[]`*_#~|\\", "＜＞［］｀＊＿＃～｜＼")


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one owner; ``part`` of ``parts``."""

    owner: str
    title: str
    body: str
    part: int = 1
    parts: int = 1

    @property
    def size(self) -> int:
        """Bytes as UTF-8, which is what chats count."""
        return len(self.body.encode())


def digests(
    lines: pd.DataFrame, as_of: date, *, days: int = 7, style: Style = "text", limit: int | None = None
) -> list[Message]:
    """The messages of every owner in ``lines``; each has at most ``limit`` bytes (default: one per owner)."""
    return [
        message
        for owner, own in by_owner(lines)
        for message in _messages(owner, own, as_of, days, style, limit)
    ]


def _messages(  # noqa: PLR0913, PLR0917 - what a digest is made of
    owner: str, own: pd.DataFrame, as_of: date, days: int, style: Style, limit: int | None
) -> Iterator[Message]:
    said = message_words()
    shown = _plain(owner, style)
    header = said["header"].format(owner=shown, day=spoken_day(as_of))
    counts = said["counts"].format(**_counts(own), days=days)
    entries = [_entry(number, line, style) for number, line in enumerate(own.to_dict("records"), start=1)]
    head = f"**{header}**" if style == "markdown" else header
    room = None if limit is None else limit - len(head.encode()) - _NUMBER_ROOM
    bodies = list(_packed([[counts], *entries], room))
    for part, body in enumerate(bodies, start=1):
        number = said["part"].format(part=part, parts=len(bodies)) if len(bodies) > 1 else ""
        yield Message(owner, said["title"], f"{head}{number}\n{body}", part, len(bodies))


def _counts(own: pd.DataFrame) -> dict[str, int]:
    reminders = own["reminder"].value_counts()
    later = int(reminders.get("soon", 0)) + int(reminders.get("later", 0))
    return {
        "overdue": int(reminders.get("overdue", 0)),
        "today": int(reminders.get("today", 0)),
        "later": later,
    }


def _entry(number: int, line: dict[Any, Any], style: Style) -> list[str]:
    """The lines about one customer: who, what was agreed, what is open, what was said last, what to do."""
    said = message_words()
    name = _plain(line["customer_name"], style)
    title = said["entry"].format(number=number, name=name, tier=line["tier"], when=_when(line))
    parts = {"plan": line["next_plan"], "need": line["top_need"]}
    told = [said[code].format(text=_short(_plain(value, style))) for code, value in parts.items() if value]
    told.append(_last_words(line, style))
    return [f"**{title}**" if style == "markdown" else title, *(f"   {part}" for part in told)]


def _when(line: dict[Any, Any]) -> str:
    said = message_words()
    if line["reminder"] == "overdue":
        return str(said["overdue"].format(days=line["overdue_days"]))
    return str(
        said["today"] if line["reminder"] == "today" else said["soon"].format(day=spoken_day(line["due"]))
    )


def _last_words(line: dict[Any, Any], style: Style) -> str:
    said, day = message_words(), spoken_day(line["last_contact"])
    if not day:
        return str(said["never"])
    notes = _short(_plain(line["contact_notes"], style))
    return str(said["said"].format(day=day, text=notes or "—"))


def _plain(value: str, style: Style) -> str:
    """Text that a chat shows as it is typed: in markdown, signs of markup become their wide forms."""
    return value.translate(_MARKUP) if style == "markdown" else value


def _short(value: str) -> str:
    return (
        value if len(value) <= _LONGEST_FIELD else value[: _LONGEST_FIELD - 1] + message_words()["continued"]
    )


def _packed(entries: Iterable[list[str]], room: int | None) -> Iterator[str]:
    """Entries joined into bodies of at most ``room`` bytes: whole entries, or else whole lines."""
    body: list[str] = []
    for entry in entries:
        if room is not None and body and _size([*body, *entry]) > room:
            yield "\n".join(body)
            body = []
        for line in entry:
            kept = line if room is None else _cut(line, room)
            if room is not None and body and _size([*body, kept]) > room:
                yield "\n".join(body)
                body = []
            body.append(kept)
    if body:
        yield "\n".join(body)


def _size(lines: list[str]) -> int:
    return len("\n".join(lines).encode())


def _cut(line: str, room: int) -> str:
    """The line, ended where ``room`` bytes end, between two characters."""
    data = line.encode()
    return (
        line
        if len(data) <= room
        else data[: max(room - 3, 0)].decode(errors="ignore") + message_words()["continued"]
    )
