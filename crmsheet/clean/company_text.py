"""A company cell without what is no part of the name: numbering, labels, remarks, signs (R-002, R-055)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from crmsheet.clean.company_places import NOWHERE, Place, leading_place, place_named
from crmsheet.clean.company_words import GROUP, WORDS, branch_ending, pattern, split_trade, word_set
from crmsheet.clean.persons import classify_person
from crmsheet.clean.text import is_plain, normalize_text
from crmsheet.data import read_toml

LONGEST: Final = 200  # characters of a cell that are looked at; the longest registered name has about 60
_ROUND: Final = {"[": "(", "]": ")"}
_SQUARE: Final = {ord(sign): plain for sign, plain in _ROUND.items()}
_FORMS: Final = ("form", "form_slip", "form_disorder", "bare_form", "cut_form", "latin_form")
_STOCK: Final = WORDS["words"]["stock_sign"]
_PEOPLE: Final = frozenset({"full_name", "surname_title", "masked", "title_masked"})


@cache
def _signs() -> dict[int, str]:
    marks = read_toml("text.toml")["key_punctuation"]
    return {ord(sign): _ROUND.get(plain, plain) for sign, plain in marks.items()} | _SQUARE


def has_han(text: str) -> bool:
    """Whether ``text`` has a Chinese character."""
    return pattern("han").search(text) is not None


def bare_name(text: str) -> str:
    """``text`` in one width, lower case and simplified characters, without numbering and label in front.

    >>> bare_name("1.杭州雲創網絡科技有限公司，"), bare_name("【重点】客户：恒达（北京）科技")
    ('杭州云创网络科技有限公司', '恒达(北京)科技')
    """
    written = text[:LONGEST]
    folded = (written if is_plain(written) else normalize_text(written)).casefold()
    if folded.isalnum():  # as most names are
        if not _starts().match(folded):
            return folded
    else:
        folded = pattern("form_gap").sub("", folded.translate(_signs()))
    bare = _without_start("label", _without_start("numbering", folded)).strip(" ,;:\"'")
    later = _without_start("former_mark", bare)
    # 原力科技 is a trade name: only before a place does the character mean “formerly”.
    return later if later is not bare and leading_place(later)[1] else bare


@cache
def _starts() -> re.Pattern[str]:
    """Whatever may stand in front of a name that has no signs."""
    return re.compile(
        "|".join(f"(?:{pattern(name).pattern})" for name in ("numbering", "label", "former_mark"))
    )


def _without_start(name: str, text: str) -> str:
    """``text`` without what the pattern finds at its beginning."""
    found = pattern(name).match(text)
    return text[found.end() :] if found else text


class Form(NamedTuple):
    """A name split at its legal form."""

    head: str
    form: str
    tail: str


def split_form(text: str) -> Form:
    """What stands before the first legal form of a company, the form, and what follows it.

    >>> split_form("中国移动通信集团江苏有限公司南京分公司")
    Form(head='中国移动通信集团江苏', form='有限公司', tail='南京分公司')
    """
    for name in _FORMS:
        if found := pattern(name).search(text):
            break
    else:
        return Form(text, "", "")
    form, head = found[0], text[: found.start()]
    if _STOCK in head and not pattern("full_form").match(form):
        head = pattern("form_remainder").sub("", head)
    return Form(head, form.strip(" ,("), text[found.end() :])


class Remarks(NamedTuple):
    """What brackets and additions said, apart from the name: a place, a branch, that it is a group."""

    place: Place = NOWHERE
    branch: str = ""
    is_group: bool = False

    def with_note(self, note: str) -> Remarks | None:
        """These remarks and what ``note`` adds; None when ``note`` is nothing known."""
        note = pattern("signs").sub("", note)
        if not note or note in word_set("form_notes") or note in word_set("departments"):
            return self._replace(is_group=self.is_group or note == GROUP)
        if (place := place_named(note)) != NOWHERE:
            return self._with_place(place)
        if branch_ending(note) and not pattern("former").match(note):
            return self._replace(branch=self.branch or note)
        return None

    def _with_place(self, place: Place) -> Remarks:
        if self.place in {NOWHERE, place}:
            return self._replace(place=place)
        # 上海恒达科技有限公司（北京）: a second place is where the branch sits.
        return self._replace(branch=self.branch or place.name)


NO_REMARKS: Final = Remarks()
GROUP_ONLY: Final = Remarks(is_group=True)


def take_brackets(head: str, remarks: Remarks) -> tuple[str, Remarks]:
    """``head`` without brackets, and their meaning; what is no remark stays in the name: 恒达（国际）贸易.

    >>> take_brackets("恒达(北京)科技", Remarks())[0], take_brackets("(重点)恒达科技", Remarks())[0]
    ('恒达科技', '恒达科技')
    """
    pieces, last = [], 0
    for found in pattern("bracket").finditer(head):
        pieces.append(head[last : found.start()])
        last = found.end()
        known = remarks.with_note(found[1])
        remarks = known or remarks
        if known is None and not _is_remark(found[1], "".join(pieces), head[last:]):
            pieces.append(found[1])
    return re.sub("[()]", "", "".join([*pieces, head[last:]])), remarks


def _is_remark(note: str, before: str, after: str) -> bool:
    if pattern("masked").fullmatch(note):
        return False
    if pattern("note").fullmatch(note) or pattern("number_note").search(note):
        return True
    return (not before or not after) and bool(before or after) and not split_trade(note)[1]


def read_tail(tail: str, remarks: Remarks) -> Remarks:
    """What follows the legal form: a branch or a place counts; people, departments and notes do not."""
    outside, inside = pattern("bracket").sub(" ", tail), pattern("bracket").findall(tail)
    first = next(iter(pattern("separator").sub(" ", re.sub("[()]", " ", outside)).split()), "")
    for note in (first, *inside):
        remarks = remarks.with_note(note) or remarks
    return remarks


def drop_additions(head: str) -> str:
    """A name without legal form, less what is added behind a separator: 恒达科技-张三, 恒达科技 13800138000.

    >>> drop_additions("恒达科技/王经理"), drop_additions("北京-恒达-科技"), drop_additions("恒达科技 张三")
    ('恒达科技', '北京-恒达-科技', '恒达科技')
    """
    parts = pattern("separator").split(head)
    if len(parts) < 2 or len(parts[0]) < 2 or not has_han(parts[0]):
        return head
    kept = next((at for at, part in enumerate(parts) if at and _is_addition(part)), len(parts))
    return head if kept == len(parts) else "".join(parts[:kept])


def _is_addition(part: str) -> bool:
    if (
        part in word_set("departments")
        or pattern("number_note").search(part)
        or pattern("note").fullmatch(part)
    ):
        return True
    return classify_person(part).kind in _PEOPLE and not split_trade(part)[1]
