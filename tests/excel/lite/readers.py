"""What both sides run: each reader over the first column of its list of cases, and the index of needs over theirs."""

import datetime
import importlib
import json

READERS = {
    "amounts": ("amounts", lambda m, text: repr(m.parse_money(text))),
    "phones": ("phones", lambda m, text: repr(m.classify_phone(text))),
    "industry": ("industry", lambda m, text: repr(m.classify_industry(text))),
    "region": ("regions", lambda m, text: repr(m.locate(text, kind="company"))),
    "sensitive": ("privacy", lambda m, text: m.mask(text)),
    "textnorm": ("text", lambda m, text: m.normalize_text(text)),
    "persons": ("persons", lambda m, text: repr(m.classify_person(text))),
    "dates": ("dates", lambda m, text: repr(m.parse_date(text, base=datetime.date(2024, 3, 18)))),
    "company_pairs": ("companies", lambda m, text: m.parse_company(text).key),
}


def _cells(folder, cases):
    with open(f"{folder}/{cases}.tsv", encoding="utf-8") as lines:
        kept = [line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#")]
    return [line.split("\t")[0] for line in kept][1:]


def _needs(folder):
    """The first phrase of each list of words that stands in each text."""
    from crmsheet.clean.phrase_index import PhraseIndex
    from crmsheet.data import read_toml

    lists = [words for topic in read_toml("lexicons.toml").values() for words in topic.values()]
    index = PhraseIndex([tuple(map(str, words)) for words in lists])
    looks = [(text, index.look(text)) for text in _cells(folder, "tags")]
    return [[one.first(text, look) for one in index.lists] for text, look in looks]


def answers(folder):
    found = {"needs": _needs(folder)}
    for cases, (name, read) in READERS.items():
        module = importlib.import_module(f"crmsheet.clean.{name}")
        found[cases] = [read(module, text) for text in _cells(folder, cases)]
    return found


assert json
