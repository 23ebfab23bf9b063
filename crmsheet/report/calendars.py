"""Calendar files of a folder, kept in step with the workbook from run to run.

What was written before is remembered in ``.crmsheet-calendar.json`` beside the files: per event its owner, day,
text and sequence number. Without that file everything counts as new, and calendars keep their old entries.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.book.save import make_folder, write_file
from crmsheet.errors import FileUnreadable
from crmsheet.report.followups import all_followups, message_words, select_followups, spoken_day
from crmsheet.report.ics import Event, calendar_text
from crmsheet.report.words import in_its_words
from crmsheet.result import Result

STATE_FILE = ".crmsheet-calendar.json"
_KEPT_DAYS = 60  # a cancellation is repeated this long, for calendars that are read late
_UNSAFE_IN_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class _Known:
    """An event as last written; ``cancelled`` is the day it was called off."""

    owner: str
    event: Event
    mark: str
    cancelled: date | None = None


@dataclass(frozen=True, slots=True)
class _State:
    events: Mapping[str, _Known] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> _State:
        path = folder / STATE_FILE
        if not path.exists():
            return cls()
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))["events"]
            return cls({uid: _known(uid, entry) for uid, entry in stored.items()})
        except (ValueError, KeyError, TypeError, AttributeError) as reason:
            raise FileUnreadable(path=path, reason=reason) from reason

    def write(self, folder: Path) -> None:
        stored = {uid: _stored(known) for uid, known in sorted(self.events.items())}
        text = json.dumps({"version": 1, "events": stored}, ensure_ascii=False, indent=1)
        write_file(folder / STATE_FILE, text.encode())


@in_its_words
def write_calendars(result: Result, folder: Path, *, owner: str | None = None, days: int = 7) -> list[Path]:
    """Write one calendar per owner into ``folder``, and one with the cancellations where there are any.

    A customer who is due keeps one event for good. When the due day moves, the event moves with it, beyond
    ``days`` too; when nothing is due any more, or another owner has taken over, it is cancelled. An overdue
    customer's event stands on the result's day, so that the calendar shows it today.
    """
    make_folder(folder)
    before = _State.read(folder)
    after = _State(dict(_updated(before, _wanted(result, owner, days, before), result.as_of, owner)))
    owners = sorted({known.owner for known in after.events.values() if owner in (None, known.owner)})
    names = _file_names(owners)
    paths = [path for name in owners for path in _write_owner(folder, name, names[name], after)]
    after.write(folder)
    return paths


def _wanted(result: Result, owner: str | None, days: int, before: _State) -> dict[str, tuple[str, Event]]:
    """Events that should stand in calendars: what is due soon, and what is known already and still due."""
    everybody = all_followups(result, owner=owner)
    soon = select_followups(result, owner=owner, days=days).index
    events = {}
    for customer, line in zip(everybody.index, everybody.to_dict("records"), strict=True):
        uid = event_uid(str(customer), line["owner"])
        if customer in soon or (uid in before.events and before.events[uid].cancelled is None):
            events[uid] = (str(line["owner"]), _event(uid, line, result.as_of))
    return events


def event_uid(customer: str, owner: str) -> str:
    """The event's name for all times; an owner's calendar has its own.

    >>> event_uid("C2024001", "张*") == event_uid("C2024001", "张*") != event_uid("C2024001", "李*")
    True
    """
    mark = hashlib.sha256("\n".join((owner, customer)).encode()).hexdigest()
    return f"{mark[:32]}@crmsheet"


def _event(uid: str, line: Mapping[Any, Any], as_of: date) -> Event:
    said = message_words()
    overdue = line["reminder"] == "overdue"
    summary = said["summary_overdue" if overdue else "summary"].format(
        name=line["customer_name"], tier=line["tier"]
    )
    parts = {
        "plan": line["next_plan"],
        "need": line["top_need"],
        "do": line["actions"],
        "reason": line["due_reason"],
    }
    told = [said[code].format(text=text) for code, text in parts.items() if text]
    if line["contact_notes"] and not pd.isna(line["last_contact"]):
        told.insert(0, said["said"].format(day=spoken_day(line["last_contact"]), text=line["contact_notes"]))
    return Event(
        uid=uid,
        day=max(pd.Timestamp(line["due"]).date(), as_of),
        summary=summary,
        description="\n".join(told),
        stamp=as_of,
        category=line["tier"],
        urgent=overdue or line["reminder"] == "today",
    )


def _updated(
    before: _State, wanted: Mapping[str, tuple[str, Event]], as_of: date, owner: str | None
) -> dict[str, _Known]:
    events = {}
    for uid, (name, event) in wanted.items():
        events[uid] = _kept(before.events.get(uid), name, event)
    for uid, known in before.events.items():
        if uid in events:
            continue
        if owner not in (None, known.owner):
            events[uid] = known  # another owner's calendar is not touched
        elif known.cancelled is None:
            called_off = replace(known.event, sequence=known.event.sequence + 1, stamp=as_of)
            events[uid] = replace(known, event=called_off, cancelled=as_of)
        elif as_of - known.cancelled <= timedelta(days=_KEPT_DAYS):
            events[uid] = known
    return events


def _kept(known: _Known | None, owner: str, event: Event) -> _Known:
    """The event as it was when nothing about it has changed, else with the next sequence number."""
    mark = _mark(event)
    if known is None:
        return _Known(owner, event, mark)
    if known.mark == mark and known.cancelled is None:
        return known
    return _Known(owner, replace(event, sequence=known.event.sequence + 1), mark)


def _mark(event: Event) -> str:
    told = "\n".join(
        (event.day.isoformat(), event.summary, event.description, event.category, str(event.urgent))
    )
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _write_owner(folder: Path, owner: str, stem: str, state: _State) -> list[Path]:
    said = message_words()
    own = [known for known in state.events.values() if known.owner == owner]
    standing = [known.event for known in own if known.cancelled is None]
    gone = [known.event for known in own if known.cancelled is not None]
    name = said["calendar"].format(owner=owner)
    paths = [folder / said["calendar_file"].format(owner=stem)]
    write_file(paths[0], calendar_text(name, standing).encode())
    cancelled = folder / said["cancelled_file"].format(owner=stem)
    if gone:
        write_file(cancelled, calendar_text(name, gone, method="CANCEL").encode())
        paths.append(cancelled)
    else:
        cancelled.unlink(missing_ok=True)
    return paths


def _file_names(owners: list[str]) -> dict[str, str]:
    """A file name for each owner: ``张*`` cannot be one, and ``张_`` may be two people."""
    names: dict[str, str] = {}
    for owner in owners:
        stem = _UNSAFE_IN_NAME.sub("_", owner).strip(". ")[:60] or "_"
        mark = hashlib.sha256(owner.encode()).hexdigest()[:4]
        taken = {name.casefold() for name in names.values()}
        names[owner] = stem if stem == owner and stem.casefold() not in taken else f"{stem}-{mark}"
    return names


def _stored(known: _Known) -> dict[str, Any]:
    event = known.event
    return {
        "owner": known.owner,
        "day": event.day.isoformat(),
        "summary": event.summary,
        "description": event.description,
        "stamp": event.stamp.isoformat(),
        "sequence": event.sequence,
        "category": event.category,
        "urgent": event.urgent,
        "mark": known.mark,
        "cancelled": known.cancelled.isoformat() if known.cancelled else None,
    }


def _known(uid: str, entry: Mapping[str, Any]) -> _Known:
    event = Event(
        uid=uid,
        day=date.fromisoformat(entry["day"]),
        summary=str(entry["summary"]),
        description=str(entry["description"]),
        stamp=date.fromisoformat(entry["stamp"]),
        sequence=int(entry["sequence"]),
        category=str(entry["category"]),
        urgent=bool(entry["urgent"]),
    )
    cancelled = date.fromisoformat(entry["cancelled"]) if entry["cancelled"] else None
    return _Known(str(entry["owner"]), event, str(entry["mark"]), cancelled)
