"""A piece of personal data and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

SensitiveKind = Literal[
    "id", "card", "mobile", "email", "passport", "permit", "military", "wechat", "qq", "plate", "address"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` is ``cell[start:end]`` exactly as typed (R-060)."""

    kind: SensitiveKind
    text: str
    start: int
    end: int


class Span(NamedTuple):
    """A kind of personal data at ``text[start:end]``."""

    kind: SensitiveKind
    start: int
    end: int
