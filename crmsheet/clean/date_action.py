"""What stands around a date in a cell: time of day, words that introduce it, the action that is left."""

from __future__ import annotations

from dataclasses import dataclass

from crmsheet.clean.date_patterns import AROUND, TABLE, Mention

_WEEKDAYS: dict[str, int] = TABLE["weekdays"]
_REACH = 12  # characters before a date that can introduce it
_MARKS = " ,;。:、!?.~|/)('_-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a date stands: the text without it, time and weekday beside it, the second mention of a range."""

    rest: str
    time: str = ""
    weekday: int | None = None
    joined: int | None = None


def surroundings(text: str, folded: str, mentions: list[Mention], best: int) -> Place:
    """What stands around mention ``best`` of ``text``; "Friday (15 March)" counts as one place."""
    start, end = mentions[best].start, mentions[best].end
    end, time, weekday = _after(folded, end)
    end, joined = _joined(folded, mentions, best, end)
    start, end = _neighbours(folded, mentions, (start, end))
    return Place(_rest(text, folded, start, end), time, weekday, joined)


def _after(folded: str, end: int) -> tuple[int, str, int | None]:
    """End of the time and of the words for "by" and "about" that follow a date, the time, the weekday."""
    found = AROUND["time"].match(folded, end)
    time, weekday = "", None
    if found:
        end, time = found.end(), found["time"].strip(" ,-T")
        weekday = _WEEKDAYS.get(found["wd"] or found["wb"] or "")
    until = AROUND["until"].match(folded, end)
    return (until.end() if until else end), time, weekday


def _joined(folded: str, mentions: list[Mention], best: int, end: int) -> tuple[int, int | None]:
    """End and place of a mention that ``best`` is joined to by "to" or "or"."""
    if best + 1 >= len(mentions) or not AROUND["joint"].match(folded[end : mentions[best + 1].start]):
        return end, None
    return _after(folded, mentions[best + 1].end)[0], best + 1


def _neighbours(folded: str, mentions: list[Mention], place: tuple[int, int]) -> tuple[int, int]:
    start, end = place
    for mention in mentions:
        if mention.start >= end and AROUND["adjacent"].match(folded[end : mention.start]):
            end = _after(folded, mention.end)[0]
    for mention in reversed(mentions):
        if mention.end <= start and AROUND["adjacent"].match(folded[_after(folded, mention.end)[0] : start]):
            start = mention.start
    return start, end


def _rest(text: str, folded: str, start: int, end: int) -> str:
    """``text`` without the date, the words that introduce it and the brackets that held only it."""
    start, end = _without_brackets(folded, start, end)
    start, end = _without_brackets(folded, _introduced_from(folded, start), end)
    head, tail = text[:start], text[end:]
    if not head.strip() or folded[:start].rstrip()[-1] in _MARKS:
        lead = AROUND["after_mark"].match(folded, end)
        tail = text[lead.end() :] if lead else tail
    if not tail.strip():
        head = head[: len(folded[:start].rstrip(_MARKS.replace(")", "")))]
    return " ".join((head + tail).split())


def _without_brackets(folded: str, start: int, end: int) -> tuple[int, int]:
    inner, outer = len(folded[:start].rstrip(" ")), end + len(folded[end:]) - len(folded[end:].lstrip(" "))
    if inner and folded[inner - 1] == "(" and folded[outer : outer + 1] == ")":
        return inner - 1, outer + 1
    return start, end


def _introduced_from(folded: str, start: int) -> int:
    before = folded[max(0, start - _REACH) : start]
    lead = AROUND["lead"].search(before)
    if lead:
        at = start - len(before) + lead.start()
        if at == 0 or folded[at - 1] in _MARKS:
            return at
    found = AROUND["preposition"].search(before)
    return start - len(before) + found.start() if found else start
