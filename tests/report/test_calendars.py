"""Calendar files as ``icalendar`` reads them: stable ids, moves, cancellations, folding."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import icalendar
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import crmsheet as crm
from crmsheet.errors import FileUnreadable
from crmsheet.report.calendars import STATE_FILE, write_calendars
from crmsheet.report.ics import Event, calendar_text, fold
from crmsheet.result import Result
from tests.report.teams import hostile_result, sample_result

RULES = crm.Rules.load()


def team(day: str, **plans: tuple[str, str]) -> Result:
    """Customers by id with their owner and plan, as of ``day``."""
    records = pd.DataFrame(
        [
            {
                "customer_id": key,
                "customer_name": f"{key}公司",
                "owner": owner,
                "next_plan": plan,
                "last_contact": "2026-11-01",
            }
            for key, (owner, plan) in plans.items()
        ]
    )
    return crm.analyze(crm.Tables.from_frames(records=records), RULES, day)


def events(path: Path) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    return {
        str(event["SUMMARY"]).split("（")[0].removeprefix("联系 "): event for event in calendar.walk("VEVENT")
    }


def files(folder: Path, owner: str) -> tuple[dict[str, icalendar.Event], dict[str, icalendar.Event]]:
    """The owner's standing events and the cancelled ones."""
    standing = next(path for path in folder.glob(f"跟进-{owner}*.ics") if "取消" not in path.name)
    cancelled = [path for path in folder.glob(f"跟进-{owner}*取消.ics")]
    return events(standing), events(cancelled[0]) if cancelled else {}


def test_an_event_is_a_day_with_an_alarm(tmp_path: Path) -> None:
    (path,) = write_calendars(team("2026-11-20", C2024001=("张", "2026-11-24上门拜访")), tmp_path)
    raw = path.read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") and max(map(len, raw.split(b"\r\n"))) <= 75
    calendar = icalendar.Calendar.from_ical(raw)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH") and calendar.errors == []
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART") == date(2026, 11, 24)
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)
    assert "上门拜访" in event["DESCRIPTION"] and event["TRANSP"] == "TRANSPARENT"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(hours=9) and alarm["ACTION"] == "DISPLAY"


def test_an_update_moves_the_event_and_a_repeat_changes_nothing(tmp_path: Path) -> None:
    (path,) = write_calendars(team("2026-11-20", C2024001=("张", "2026-11-24上门拜访")), tmp_path)
    first, bytes_of_first = events(path)["C2024001公司"], path.read_bytes()
    write_calendars(team("2026-11-20", C2024001=("张", "2026-11-24上门拜访")), tmp_path)
    assert path.read_bytes() == bytes_of_first
    write_calendars(team("2026-11-20", C2024001=("张", "2026-11-26上门拜访")), tmp_path)
    moved = events(path)["C2024001公司"]
    assert moved["UID"] == first["UID"]
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == (0, 1)
    assert moved.decoded("DTSTART") == date(2026, 11, 26)


def test_an_event_that_moves_beyond_the_days_asked_for_still_moves(tmp_path: Path) -> None:
    write_calendars(
        team("2026-11-20", C2024001=("张", "2026-11-24拜访"), C2024002=("张", "2026-11-23拜访")), tmp_path
    )
    later = team(
        "2026-11-20",
        C2024001=("张", "2026-12-24拜访"),
        C2024002=("张", "2026-11-23拜访"),
        C2024003=("张", "2026-12-24拜访"),
    )
    write_calendars(later, tmp_path)
    standing, cancelled = files(tmp_path, "张")
    due = later.customers["due"]
    assert standing["C2024001公司"].decoded("DTSTART") == due["C2024001"].date()
    assert set(standing) == {"C2024001公司", "C2024002公司"} and not cancelled


def test_a_solved_one_is_cancelled_once_and_comes_back_with_a_higher_number(tmp_path: Path) -> None:
    both = {"C2024001": ("张", "2026-11-24拜访"), "C2024002": ("张", "2026-11-23拜访")}
    write_calendars(team("2026-11-20", **both), tmp_path)
    uid = files(tmp_path, "张")[0]["C2024001公司"]["UID"]
    alone = {"C2024002": both["C2024002"]}
    for day in ("2026-11-20", "2026-11-20"):
        write_calendars(team(day, **alone), tmp_path)
        standing, cancelled = files(tmp_path, "张")
        assert set(standing) == {"C2024002公司"}
        gone = cancelled["C2024001公司"]
        assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (uid, 1, "CANCELLED")
    text = next(tmp_path.glob("*取消.ics")).read_text(encoding="utf-8")
    assert "METHOD:CANCEL" in text and "VALARM" not in text
    write_calendars(team("2026-11-20", **both), tmp_path)
    standing, cancelled = files(tmp_path, "张")
    assert (standing["C2024001公司"]["UID"], standing["C2024001公司"]["SEQUENCE"]) == (uid, 2)
    assert not cancelled


def test_a_cancellation_is_forgotten_in_the_end(tmp_path: Path) -> None:
    write_calendars(team("2026-11-20", C2024001=("张", "2026-11-24拜访")), tmp_path)
    for day, told in (("2026-11-21", True), ("2027-01-15", True), ("2027-03-01", False)):
        write_calendars(team(day, C2024002=("张", "2027-06-01拜访")), tmp_path, days=0)
        assert bool(list(tmp_path.glob("*取消.ics"))) is told


def test_a_customer_who_changes_hands_leaves_one_calendar_for_the_other(tmp_path: Path) -> None:
    write_calendars(team("2026-11-20", C2024001=("张", "2026-11-24拜访")), tmp_path)
    write_calendars(team("2026-11-20", C2024001=("李", "2026-11-24拜访")), tmp_path)
    assert set(files(tmp_path, "李")[0]) == {"C2024001公司"}
    standing, cancelled = files(tmp_path, "张")
    assert not standing and set(cancelled) == {"C2024001公司"}


def test_one_owners_run_leaves_the_others_alone(tmp_path: Path) -> None:
    both = {"C2024001": ("张", "2026-11-24拜访"), "C2024002": ("李", "2026-11-23拜访")}
    write_calendars(team("2026-11-20", **both), tmp_path)
    before = next(tmp_path.glob("跟进-李*.ics")).read_bytes()
    moved = {**both, "C2024001": ("张", "2026-11-25拜访")}
    (path,) = write_calendars(team("2026-11-20", **moved), tmp_path, owner="张")
    assert "张" in path.name and next(tmp_path.glob("跟进-李*.ics")).read_bytes() == before
    assert files(tmp_path, "张")[0]["C2024001公司"]["SEQUENCE"] == 1


def test_an_overdue_event_stands_on_today(tmp_path: Path) -> None:
    (path,) = write_calendars(team("2026-11-20", C2024001=("张", "2026-11-10拜访")), tmp_path)
    assert events(path)["C2024001公司"].decoded("DTSTART") == date(2026, 11, 20)
    write_calendars(team("2026-11-23", C2024001=("张", "2026-11-10拜访")), tmp_path)
    event = events(path)["C2024001公司"]
    assert (event.decoded("DTSTART"), event["SEQUENCE"]) == (date(2026, 11, 23), 1)


def test_a_whole_team_and_hostile_names(tmp_path: Path) -> None:
    paths = write_calendars(sample_result(), tmp_path / "team")
    found = [
        event for path in paths for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    ]
    assert len({event["UID"] for event in found}) == len(found) > 100
    names = {path.name for path in write_calendars(hostile_result(), tmp_path / "hostile")}
    assert len(names) == 8 and not any(sign in name for name in names for sign in '\\/:*?"<>|')
    said = [
        str(event["SUMMARY"])
        for path in (tmp_path / "hostile").glob("*.ics")
        for event in events(path).values()
    ]
    assert any("甲</script><img src=x onerror=window.stolen=1>公司" in one for one in said)
    assert any("]]>" in one for one in said)


def test_a_broken_memory_is_named_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / STATE_FILE).write_text("{")
    with pytest.raises(FileUnreadable, match="crmsheet-calendar"):
        write_calendars(team("2026-11-20", C2024001=("张", "2026-11-24拜访")), tmp_path)
    assert (tmp_path / STATE_FILE).read_text() == "{"


@given(st.text(max_size=300))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    event = Event("u@crmsheet", date(2026, 11, 20), text, text, date(2026, 11, 20))
    raw = calendar_text(text, [event]).encode("utf-8", "surrogatepass")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert b"\n".join(raw.split(b"\r\n")).count(b"\r") == 0


@given(
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"), exclude_characters="\x85\u2028\u2029"),
        max_size=200,
    )
)
def test_names_survive_a_calendar(text: str) -> None:
    event = Event("u@crmsheet", date(2026, 11, 20), text, "x", date(2026, 11, 20))
    (read,) = icalendar.Calendar.from_ical(calendar_text("n", [event]).encode()).walk("VEVENT")
    assert str(read["SUMMARY"]) == text


def test_lines_are_folded_between_characters() -> None:
    for line in ("跟进" * 60, "a" * 75, "a" * 76, "😀" * 40):
        parts = list(fold(line))
        assert all(len(part.encode()) <= 75 for part in parts)
        assert parts[0] + "".join(part.removeprefix(" ") for part in parts[1:]) == line
