"""Mail addresses: work or personal, slips of the keyboard, masks (R-006, R-023)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, Literal

from crmsheet.clean.blanks import is_blank, mask_sign
from crmsheet.clean.folding import cell_text, fold_width
from crmsheet.data import read_toml

EmailKind = Literal["corp", "personal", "personal_typo", "masked", "invalid", "empty"]

MAX_LENGTH: Final = 500
# What a cell with several addresses is called: the one that needs attention first.
_RANK: Final[tuple[EmailKind, ...]] = ("personal", "personal_typo", "corp", "masked", "invalid")
_ADDRESS: Final = re.compile(r"[\w%+'-]+(?:\.[\w%+'-]+)*@([^@\s]+)")
_DOMAIN: Final = re.compile(
    r"(?:[^\W_](?:[^\W_]|-+(?=[^\W_])){0,62}\.)+(?:[a-zA-Z]{2,24}|[^\W\da-zA-Z_]{2,8})"
)
_AT_WORD: Final = re.compile(r"\s*[(\[{]\s*(?:at|@|#)\s*[)\]}]\s*", re.IGNORECASE)
_IN_ANGLES: Final = re.compile(r"<([^<>]*@[^<>]*)>")
_NO_ADDRESS: Final = re.compile(r"[\d+() -]+|[^\x00-\x7f]+")


# An address without anything that would need tidying: no run of signs that may be a mask.
_PLAIN: Final = re.compile(r"(?!.*(?:xx|__|\.\.))[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class EmailReading:
    """What a mail cell holds; ``normalized`` is the address to write to, a work address before any other."""

    kind: EmailKind
    normalized: str = ""


def classify_email(text: object) -> EmailReading:
    """Whether a cell holds a work address, a personal one, a slip of one, a mask or nothing (R-023).

    >>> classify_email("邮箱：zhangsan@abc。com")
    EmailReading(kind='corp', normalized='zhangsan@abc.com')
    >>> classify_email("a@qq.con").kind, classify_email("zhang san@abc.com").kind
    ('personal_typo', 'invalid')
    """
    return _classify(cell_text(text)[:MAX_LENGTH])


@lru_cache(maxsize=65536)
def _classify(text: str) -> EmailReading:
    if _PLAIN.fullmatch(text):
        return _read_address(text)
    folded = fold_width(text).strip()
    if is_blank(folded):
        return EmailReading("empty")
    readings = [_read_address(part) for part in _parts(_tidy(folded))]
    if not readings:
        return EmailReading("invalid")
    kind = min((reading.kind for reading in readings), key=_RANK.index)
    first = next(reading for reading in readings if reading.kind == kind)
    work = next((reading for reading in readings if reading.kind == "corp"), first)
    return EmailReading(kind, work.normalized)


@cache
def _words() -> dict[str, Any]:
    return dict(read_toml("contacts.toml")["mail"])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_words()[name])


def _tidy(text: str) -> str:
    """Address text without labels and notes, with plain ``@``, ``.`` and ``*``."""
    text = _pattern("label").sub(" ", _AT_WORD.sub("@", text))
    text = _pattern("note").sub(" ", _pattern("ideographic_dot").sub(".", text))
    text = mask_sign().sub("*", text)
    return _pattern("mask_run").sub(lambda run: "*" * len(run[0]), text)


def _parts(text: str) -> Iterator[str]:
    """The pieces of a cell that claim to be addresses."""
    inner = _IN_ANGLES.findall(text)
    for piece in inner or _pattern("separator").split(text.replace("<", " ").replace(">", " ")):
        words = piece.split()
        # A Latin word beside an address is a broken address (zhang san@abc.com), a Chinese word is a name.
        whole = [piece.strip()] if any(_is_stray(word) for word in words) else words
        yield from (word for word in whole if "@" in word)


def _is_stray(word: str) -> bool:
    if "@" in word:
        return word.startswith("@") or word.endswith("@")
    return not _NO_ADDRESS.fullmatch(word)


def _read_address(part: str) -> EmailReading:
    address = _pattern("glued_words").sub("", part)
    if "*" in address:
        return EmailReading("masked" if re.fullmatch(r"[^@\s]+@[^@\s]+", address) else "invalid")
    found = _ADDRESS.fullmatch(address)
    if not found:
        return EmailReading("invalid")
    domain = found[1].lower()
    kind = domain_kind(domain)
    if kind != "personal_typo" and not _DOMAIN.fullmatch(domain):
        return EmailReading("invalid")
    return EmailReading(kind, address[: -len(domain)] + domain)


@lru_cache(maxsize=65536)
def domain_kind(domain: str) -> Literal["corp", "personal", "personal_typo"]:
    """Whose mail a domain carries: a provider's customers', or a company's.

    >>> domain_kind("vip.163.com"), domain_kind("staff.sina.com.cn"), domain_kind("gamil.com")
    ('personal', 'corp', 'personal_typo')
    """
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        if ".".join(labels[start:]) in _personal_domains():
            return "corp" if set(labels[:start]) & set(_words()["staff_prefixes"]) else "personal"
    return "personal_typo" if _is_slip(domain) else "corp"


@cache
def _personal_domains() -> frozenset[str]:
    return frozenset(_words()["personal"])


@cache
def _slips() -> frozenset[str]:
    """Misspelt provider domains: qq.con, 163com, 136.com."""
    roots = [domain.removesuffix(".com") for domain in _words()["personal"] if domain.endswith(".com")]
    tails = [f".{slip}" for slip in _words()["com_slips"]] + ["com"]
    return frozenset(_words()["name_slips"]) | {root + tail for root in roots for tail in tails}


def _is_slip(domain: str) -> bool:
    if domain in _slips():
        return True
    name, _, tail = domain.partition(".")
    if tail not in _com_tails() or domain in _words()["not_slips"]:
        return False
    # One slip leaves the first letter or the last as it was.
    likely = (known for known in _words()["long_names"] if name[:1] == known[0] or name[-1:] == known[-1])
    return any(is_one_slip(name, known) for known in likely)


@cache
def _com_tails() -> frozenset[str]:
    return frozenset({"com", *_words()["com_slips"]})


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether ``typed`` is ``meant`` with one letter wrong, missing, added, or two neighbours swapped.

    >>> is_one_slip("gamil", "gmail"), is_one_slip("outlok", "outlook"), is_one_slip("mail", "foxmail")
    (True, True, False)
    """
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = typed[start:], meant[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:] and len(b) > 1
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]
