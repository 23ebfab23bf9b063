"""Readers of ids, names, choices and free text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from crmsheet.checks.cell import Cell, Context, Fault, Kind, as_text, is_blank, is_placeholder, tidy
from crmsheet.checks.screening import telling
from crmsheet.checks.shifted import looks_like_date, looks_like_phone
from crmsheet.clean.companies import parse_company
from crmsheet.clean.company_words import trade_ending
from crmsheet.clean.contacts import classify_person
from crmsheet.clean.industry import classify_industry
from crmsheet.clean.industry_names import names_in, translated
from crmsheet.clean.names import surname_length
from crmsheet.clean.privacy import find_sensitive, mask
from crmsheet.clean.private_customers import is_no_name, is_private_customer
from crmsheet.clean.regions import locate
from crmsheet.clean.text import match_key
from crmsheet.data import read_toml
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.tier_names import all_tier_names, tier_names

_REMARK = re.compile("^(.*?)\\s*[(\uff08\\[\u3010](.*?)[)\uff09\\]\u3011]?\\s*$")  # value (remark)


def read_customer_id(value: Any, context: Context) -> Cell:
    """``C`` + year + number (R-001); case and width are repaired, anything else is only reported."""
    wanted = context.rules.cleaning.customer_id_pattern
    pattern = _compiled(wanted)
    if type(value) is str and pattern.fullmatch(value):
        return Cell((value,))
    text = as_text(value).strip()
    repaired = _plain_id(text)
    if not pattern.fullmatch(repaired):
        lettered = f"C{repaired}" if repaired.isdigit() and pattern.fullmatch(f"C{repaired}") else ""
        said = Fault("id_letter", lettered) if lettered else Fault("id_format", detail=_said(wanted, context))
        return Cell((text or None,), (said,))
    if repaired != text:
        return Cell((repaired,), (Fault("id_case", repaired),))
    return Cell((text,))


def _said(pattern: str, context: Context) -> str:
    """The usual form of an id in words, another as the settings spell it."""
    usual = pattern == Rules.load().cleaning.customer_id_pattern
    return context.rules.labels.phrase(f"id_form.{'usual' if usual else 'own'}", pattern=pattern)


def customer_id_of(text: str, rules: Rules) -> str:
    """The id that a cell of this text is read as, blank where it says none: for tables that are no sheets.

    >>> [customer_id_of(text, Rules.load()) for text in ("ｃ2026 00002", " A-7 ", "无")]
    ['C202600002', 'A-7', '']
    """
    written = tidy(text)[0].strip()
    if is_blank(written) or is_placeholder(written, rules):
        return ""
    repaired = _plain_id(written)
    return repaired if _compiled(rules.cleaning.customer_id_pattern).fullmatch(repaired) else written


def _plain_id(text: str) -> str:
    return text.upper().replace(" ", "")


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


LONG_NAME = 11  # a legal form takes at most six characters; what is left is too long for a bare trade


@cache
def _company_forms() -> tuple[str, ...]:
    return tuple(read_toml("companies.toml")["forms"]["company"].split())


def read_company(value: Any, context: Context) -> Cell:
    """Customer name; a missing legal form or a person's name is only pointed out (R-002, C-21)."""
    text = as_text(value)
    if text.endswith(_company_forms()) and len(text) > LONG_NAME:
        return Cell((text,))
    if len(text) > LONG_NAME // 2 and trade_ending(text):
        return Cell((text,))  # a line of business at the end: nothing that would be pointed out
    name = parse_company(text)
    if name.legal_form and not name.brand and not name.region:
        return Cell((text,), (Fault("name_without_brand"),))
    if not name.legal_form and not name.trade:
        return Cell((text,), (Fault(_kind_of_name(text)),))
    return Cell((text,))


def _kind_of_name(text: str) -> str:
    """What a customer's name without legal form and trade is: nobody's, a person's, or else a short one."""
    if is_no_name(text):
        return "name_unclear"
    return "name_is_person" if is_private_customer(text) else "name_short"


def read_industry(value: Any, context: Context) -> Cell:
    """Name of the section, for grouping, and its letter; the cell itself may name a division (R-003, C-17)."""
    text = as_text(value)
    reading = classify_industry(text, mapping=context.rules.mapping.industry)
    said = translated(context.rules.labels.language)
    if not reading.certain or not reading.section:
        asked = "industry_ambiguous" if reading.candidates else "industry_unknown"
        return Cell(
            (text, ""), (Fault(asked, detail=" / ".join(said.get(n, n) for n in reading.candidates)),)
        )
    written = translated(context.written.language)
    name = written.get(reading.name, reading.name)
    standard = names_in(context.written.language).get(reading.division, name)
    values = said.get(reading.name, reading.name), reading.section
    if text in context.rules.mapping.industry and text != standard:
        return Cell(values, (Fault("mapped", standard),))
    return Cell(values, () if text in (standard, name) else (Fault("industry_nonstandard", standard),))


_PERSON_FAULTS = {
    "full_name": "person_unmasked",
    "masked_no_surname": "person_no_surname",
    "dept": "not_a_person",
    "not_name": "not_a_person",
}


def read_person(value: Any, context: Context) -> Cell:
    """Contact name as typed; full names are offered masked (R-004, R-020)."""
    text = as_text(value)
    reading = classify_person(text)
    if any(found.kind == "mobile" for found in find_sensitive(text)):
        return Cell((text,), (Fault("phone_in_person", _masked(reading.masked)),))
    nameless = reading.kind == "title_masked" and (reading.masked or "").startswith("*")
    code = "person_no_surname" if nameless else _PERSON_FAULTS.get(reading.kind)
    return Cell((text,), (Fault(code, reading.masked or ""),) if code else ())


def _masked(name: str | None) -> str:
    """Surname and one star, also of a name with a title."""
    name = name or ""
    return name if not name or "*" in name else f"{name[: surname_length(name) or 1]}*"


def read_owner(value: Any, context: Context) -> Cell:
    """Name of the colleague in charge; the team's own mapping unifies spellings (R-014)."""
    text = as_text(value)
    if _of_another_column(text, "", context.rules.labels):
        return Cell((text,), (Fault("misplaced", detail=context.rules.labels.phrase("expected.owner")),))
    mapped = context.rules.mapping.owner.get(text, text)
    return Cell((mapped,), (Fault("owner_mapped", mapped),) if mapped != text else ())


def read_choice(value: Any, context: Context) -> Cell:
    """Code of a closed vocabulary; a remark in brackets is kept apart (C-01, C-02, C-16, R-036)."""
    text = as_text(value)
    labels = context.rules.labels
    vocabulary = context.field.vocabulary
    code = labels.choice_code(vocabulary, text)
    remark = ""
    if code is None and (split := _REMARK.match(text)):
        code, remark = labels.choice_code(vocabulary, split[1]), split[2]
    if code is None:
        return Cell((None, ""), (_unknown_choice(text, context),))
    written = context.written.choice(vocabulary, code)
    if remark:
        return Cell((code, remark), (Fault("choice_with_remark", written, remark),))
    return Cell((code, ""), () if text == written else (Fault("choice_synonym", written),))


def _unknown_choice(text: str, context: Context) -> Fault:
    labels = context.rules.labels
    allowed = "/".join(context.written.choices(context.field.vocabulary))
    if _of_another_column(text, context.field.vocabulary, labels):
        return Fault("misplaced", detail=allowed)
    return Fault("choice_unknown", detail=allowed)


def _of_another_column(text: str, vocabulary: str, labels: Labels) -> bool:
    """Whether a cell holds a telephone, a date or a word of another closed list."""
    return looks_like_phone(text) or looks_like_date(text) or _other_vocabulary(text, vocabulary, labels)


@lru_cache(maxsize=4096)
def _other_vocabulary(text: str, own: str, labels: Labels) -> bool:
    closed = ("level", "status", "contact_method")
    return any(labels.choice_code(name, text) for name in closed if name != own)


def read_yes_no(value: Any, context: Context) -> Cell:
    """True or False."""
    if isinstance(value, bool):
        return Cell((value,))
    code = context.rules.labels.choice_code("yes_no", as_text(value))
    if code is None:
        allowed = "/".join(context.written.choices("yes_no"))
        return Cell((None,), (Fault("choice_unknown", detail=allowed),))
    return Cell((code == "yes",))


def read_tier(value: Any, context: Context) -> Cell:
    """Code of a tier by its name, in any language, or code."""
    text, rules = as_text(value), context.rules
    wanted = match_key(text)
    written = tier_names(rules, context.written.language)
    for name, code in all_tier_names(rules):
        if wanted in (match_key(name), code):
            return Cell((code,), () if text == written[code] else (Fault("choice_synonym", written[code]),))
    allowed = "/".join(written.values())
    return Cell((None,), (Fault("choice_unknown", detail=allowed),))


def read_region(value: Any, context: Context) -> Cell:
    """Text, province and city (R-039)."""
    text = as_text(value)
    place = locate(text, kind="cell")
    return Cell((text, place.province, place.city), () if place.province else (Fault("region_unknown"),))


def read_text(value: Any, context: Context) -> Cell:
    """Free text; personal data and formulas typed as text are pointed out (R-060)."""
    text = as_text(value)
    faults = tuple(Fault(f"sensitive_{found.kind}", mask(text), found.text) for found in find_sensitive(text))
    if text[:1] in "=@" and len(text) > 1:
        faults += (Fault("formula_text", "'" + text),)
    return Cell((text,), faults)


def _odd_ids(texts: Sequence[str], context: Context) -> npt.NDArray[np.bool_]:
    """Texts that :func:`read_customer_id` may repair or report."""
    known = _compiled(context.rules.cleaning.customer_id_pattern).fullmatch
    return np.array([known(text) is None for text in texts], dtype=bool)


def _bare_names(texts: Sequence[str], _: Context) -> npt.NDArray[np.bool_]:
    """Texts that :func:`read_company` has to take apart."""
    forms = _company_forms()
    return np.array([not (len(text) > LONG_NAME and text.endswith(forms)) for text in texts], dtype=bool)


def _telling(texts: Sequence[str], _: Context) -> npt.NDArray[np.bool_]:
    """Texts that :func:`read_text` may point something out in."""
    marks = telling(texts)
    marks |= np.array([text.startswith(("=", "@")) for text in texts], dtype=bool)
    return marks


KINDS = {
    "customer_id": Kind(read_customer_id, telling=_odd_ids),
    "company": Kind(read_company, telling=_bare_names),
    "industry": Kind(read_industry, ("", "_section"), (None, "")),
    "person": Kind(read_person),
    "owner": Kind(read_owner),
    "choice": Kind(read_choice, ("", "_remark"), (None, "")),
    "yes_no": Kind(read_yes_no),
    "tier": Kind(read_tier),
    "region": Kind(read_region, names=("region", "province", "city"), blanks=(None, "", "")),
    "text": Kind(read_text, telling=_telling),
}
