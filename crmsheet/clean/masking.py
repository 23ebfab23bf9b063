"""How personal data is written once it is masked (R-060, C-05)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmsheet.clean.findings import Finding, SensitiveKind
from crmsheet.clean.folding import fold_width
from crmsheet.data import read_toml

# Signs left readable at the front and at the back.
_KEPT: Final[dict[SensitiveKind, tuple[int, int]]] = {
    "mobile": (3, 4),
    "id": (6, 4),
    "card": (6, 4),
    "passport": (2, 2),
    "permit": (2, 2),
    "qq": (2, 2),
    "plate": (2, 2),
    "wechat": (2, 0),
}
_COUNTRY_PREFIX: Final = re.compile(r"(?:\(\+?[086]*\)|\+?(?:00)?86(?=.{11})|0(?=.{11}))[ -]?")
_ADDRESS_MASK: Final = "****"


@cache
def _district() -> re.Pattern[str]:
    return re.compile(read_toml("privacy.toml")["address"]["district"])


def mask_finding(finding: Finding) -> str:
    """The text that replaces ``finding``.

    >>> mask_finding(Finding("mobile", "+86 138 0013 8000", 0, 17))
    '+86 138****8000'
    >>> mask_finding(Finding("email", "zhangsan@qq.com", 0, 15))
    'z***@qq.com'
    """
    if finding.kind == "email":
        return _mask_email(fold_width(finding.text))
    if finding.kind == "address":
        kept = _district().match(finding.text)
        return (kept[0] if kept else "") + _ADDRESS_MASK
    if finding.kind == "military":
        return re.sub(r"\d", "*", finding.text)
    return _mask_middle(finding)


def _mask_email(address: str) -> str:
    provider = re.split(
        r"\s*(?:@|#|[(\[{<].{0,4}[)\]}>]|\sat\s)\s*", address, maxsplit=1, flags=re.IGNORECASE
    )[-1]
    return f"{address[0]}***@{provider}"


def _mask_middle(finding: Finding) -> str:
    text = fold_width(finding.text)
    prefix = _COUNTRY_PREFIX.match(text) if finding.kind == "mobile" else None
    signs = re.sub(r"[ .·-]", "", text[prefix.end() :] if prefix else text)
    head, tail = _KEPT[finding.kind]
    if len(signs) < head + tail + 3:
        head, tail = 1, 1
    kept_prefix = finding.text[: prefix.end()] if prefix else ""
    return f"{kept_prefix}{signs[:head]}{'*' * (len(signs) - head - tail)}{signs[len(signs) - tail :]}"
