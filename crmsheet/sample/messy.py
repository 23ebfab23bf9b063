"""The messy workbook: the sample team's records with planted faults of known kinds, and the list of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd

from crmsheet.data import read_toml
from crmsheet.fields import sheet
from crmsheet.sample.team import sample_team

SEED = 20261125
EXCEL_DAY_0 = date(1899, 12, 30)
MOST_CUSTOMERS = 850  # above 900 the sample team's brands get a third syllable
BEFORE = timedelta(days=45)
ANSWER_COLUMNS = ("position", "column", "fault", "value", "meant")
Change = Callable[["_Messy", int, Any], Any]


@dataclass(frozen=True)
class MessyBook:
    """``rows`` as typed, columns are field codes; ``answers`` one line per spoiled cell, rows counted from 0.

    ``meant`` is what the cell should say. ``duplicates`` pairs the ids under which one customer was entered.
    """

    rows: pd.DataFrame
    answers: pd.DataFrame
    duplicates: tuple[tuple[str, str], ...]
    as_of: date


@dataclass
class _Messy:
    random: Random
    rows: pd.DataFrame
    words: Mapping[str, Any]
    as_of: date
    done: dict[tuple[int, str], tuple[str, Any, Any]] = field(default_factory=dict)
    duplicates: list[tuple[str, str]] = field(default_factory=list)

    def put(self, position: int, column: str, fault: str, value: Any, meant: Any) -> None:
        self.rows.at[position, column] = value
        self.done[position, column] = (fault, value, meant)

    def pick(self, name: str) -> Any:
        return self.random.choice(self.words[name])


def messy_book(rows: int = 2000, as_of: date = date(2026, 11, 20), *, seed: int = SEED) -> MessyBook:
    """``rows`` records of the sixteen columns; the same arguments give the same workbook.

    >>> book = messy_book(rows=60)
    >>> len(book.rows), set(book.answers["column"]) <= set(book.rows)
    (60, True)
    """
    table = _records(rows, as_of)
    facts = read_toml("sample_messy.toml")
    messy = _Messy(Random(seed), table, facts["words"], as_of)
    for fault, what in facts["faults"].items():
        _plant(messy, fault, what)
    lines = [(*where, *what) for where, what in messy.done.items()]
    answers = pd.DataFrame(lines, columns=list(ANSWER_COLUMNS), dtype=object)
    return MessyBook(messy.rows, answers, tuple(messy.duplicates), as_of)


def _records(rows: int, as_of: date) -> pd.DataFrame:
    """The team's records; where they do not suffice, customers have an earlier record, too."""
    team = sample_team(as_of, customers=min(MOST_CUSTOMERS, rows), faults=False)
    codes = [one.code for one in sheet("records").fields[:16]]
    table = team.tables["records"].reindex(columns=codes).astype(object)
    earlier = table.assign(last_contact=table["last_contact"].map(lambda day: day - BEFORE), next_plan=None)
    return pd.concat([table, earlier], ignore_index=True).head(rows)


def _plant(messy: _Messy, fault: str, what: Mapping[str, Any]) -> None:
    """Spoil about ``share`` of the cells that hold something and were left alone so far."""
    column, wanted = what["column"], max(1, round(what["share"] * len(messy.rows)))
    free = [
        position
        for position, value in enumerate(messy.rows[column].tolist())
        if (position, column) not in messy.done and not pd.isna(value) or column == "remark"
    ]
    messy.random.shuffle(free)
    for position in free:
        if wanted and _spoil(messy, fault, position, column):
            wanted -= 1


def _spoil(messy: _Messy, fault: str, position: int, column: str) -> bool:
    """Whether the fault fits this cell; if so it is planted."""
    before = messy.rows.at[position, column]
    made = _CHANGES[fault](messy, position, before)
    if made is None:
        return False
    value, meant = made
    messy.put(position, column, fault, value, meant)
    return True


def _days(messy: _Messy, before: Any, patterns: str) -> tuple[str, str]:
    pattern = messy.pick(patterns)
    return pattern.format(y=before.year, m=before.month, d=before.day), before.isoformat()


def _without_year(messy: _Messy, position: int, before: date) -> tuple[str, str] | None:
    recent = timedelta(0) < messy.as_of - before < timedelta(days=300)
    return _days(messy, before, "date_without_year") if recent else None


def _text_pair(name: str) -> Change:
    return lambda messy, position, before: tuple(messy.pick(name))


def _word_of(name: str) -> Change:
    def change(messy: _Messy, position: int, before: str) -> tuple[str, str] | None:
        words = messy.words[name].get(before)
        return (messy.random.choice(words), before) if words else None

    return change


def _written(name: str) -> Change:
    return lambda messy, position, before: (messy.pick(name).format(n=messy.random.randint(1000, 9999)), None)


def _phone_format(messy: _Messy, position: int, before: str) -> tuple[str, str]:
    area, number = messy.random.choice(("010", "021", "0755")), f"6{messy.random.randint(1000000, 9999999)}"
    patterns = ("({a}){n}", "{a} {n}", "{a}{n}", "+86-{b}-{n}", "{a}－{n}", "{b}-{n}")
    text = messy.random.choice(patterns).format(a=area, b=area[1:], n=number)
    return text, f"{area}-{number}"


def _mobile(messy: _Messy, position: int, before: str) -> tuple[str, str]:
    number = f"1430000{messy.random.randint(1000, 9999)}"
    return number, f"{number[:3]}****{number[-4:]}"


def _shifted_cell(messy: _Messy, position: int, before: str) -> tuple[str, str] | None:
    if (position, "phone") in messy.done:
        return None
    messy.put(position, "phone", "moved_away", None, None)
    return f"010-6{messy.random.randint(1000000, 9999999)}", before


def _shifted_row(messy: _Messy, position: int, before: Any) -> tuple[Any, Any] | None:
    """From the telephone on every cell stands one column further right; what was last falls off."""
    codes = list(messy.rows.columns)
    span = codes[codes.index("phone") : codes.index("next_plan") + 1]
    if any((position, code) in messy.done for code in span):
        return None
    values = [messy.rows.at[position, code] for code in span]
    for code, value in zip(span[1:], values[:-1], strict=True):
        messy.put(position, code, "shifted_cells", value, None)
    messy.put(position, span[0], "shifted_cells", None, values[0])
    return messy.rows.at[position, "contact_method"], before


def _duplicate(messy: _Messy, position: int, before: str) -> tuple[str, str] | None:
    """A customer of one row again under a variant of its name and an id of its own, in place of another one."""
    old, new = messy.pick("name_variants")
    ids = messy.rows["customer_id"]
    other = messy.random.randrange(len(messy.rows))
    full = str(messy.rows.at[other, "customer_name"])
    free = (ids == ids[other]).sum() == (ids == ids[position]).sum() == 1 and old in full
    if (
        other == position
        or not free
        or {(other, "customer_name"), (position, "customer_name")} & set(messy.done)
    ):
        return None
    messy.duplicates.append((str(ids[other]), str(ids[position])))
    messy.put(other, "customer_name", "duplicate_original", full, full)
    return full.replace(old, new), full


def _garbled(messy: _Messy, position: int, before: str) -> tuple[str, str] | None:
    """UTF-8 read as GBK, where every pair of bytes happens to be a character, as most are."""
    text = before.encode().decode("gb18030", "replace")
    return (text, before) if "\ufffd" not in text and text.encode("gb18030").decode() == before else None


def _spaced(messy: _Messy, position: int, before: str) -> tuple[str, str]:
    spaces = ("{v} ", " {v}", "\u3000{v}", "{v}\xa0", "{v}\n", "\u200b{v}", "\t{v} ")
    return messy.random.choice(spaces).format(v=before), before


def _full_name(messy: _Messy, position: int, before: str) -> tuple[str, str]:
    place = messy.random.randrange(len(messy.words["full_names"]))
    return messy.words["full_names"][place], messy.words["masked_names"][place]


def _id_case(messy: _Messy, position: int, before: str) -> tuple[str, str] | None:
    alone = (messy.rows["customer_id"] == before).sum() == 1
    return (before.lower(), before) if alone else None


_CHANGES: Mapping[str, Change] = {
    "duplicate_name": _duplicate,
    "phone_format": _phone_format,
    "phone_damaged": lambda messy, position, before: ("1.39E+10", None),
    "mask_lost": lambda messy, position, before: (f"139{messy.random.randint(1000, 9999)}", None),
    "personal_mobile": _mobile,
    "personal_mailbox": _written("personal_mail"),
    "blank_required": lambda messy, position, before: (None, before),
    "blank_expected": lambda messy, position, before: (None, before),
    "shifted_cell": _shifted_cell,
    "shifted_row": _shifted_row,
    "serial_date": lambda messy, position, before: ((before - EXCEL_DAY_0).days, before.isoformat()),
    "date_format": lambda messy, position, before: _days(messy, before, "date_formats"),
    "date_without_year": _without_year,
    "date_impossible": lambda messy, position, before: (_days(messy, before, "date_impossible")[0], None),
    "date_future": lambda messy, position, before: (messy.as_of + timedelta(days=200 + position % 100), None),
    "synonym": _word_of("synonyms"),
    "value_with_comment": lambda messy, position, before: (before + messy.pick("comments"), before),
    "industry_alias": _word_of("industries"),
    "industry_ambiguous": lambda messy, position, before: (messy.pick("ambiguous_industries"), None),
    "traditional": _text_pair("traditional_texts"),
    "glyph_mix": _text_pair("glyph_texts"),
    "utf8_as_gbk": _garbled,
    "gbk_as_utf8": lambda messy, position, before: (
        before.encode("gb18030").decode("utf-8", "replace"),
        None,
    ),
    "odd_spaces": _spaced,
    "full_name": _full_name,
    "placeholder": _written("placeholders"),
    "id_case": _id_case,
    "id_format": lambda messy, position, before: (f"{before[:5]}-{before[5:]}", None),
    "id_number": _written("id_notes"),
    "bank_card": _written("card_notes"),
}
