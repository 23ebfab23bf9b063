"""What Excel accepts as the name of a table or of a formula."""

from __future__ import annotations

import re

LONGEST = 255
_NAME = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}\d{1,7}|[Rr]\d*[Cc]\d*|[RrCc]")


def is_allowed(name: str) -> bool:
    """A letter or underscore first, no blanks, and nothing that could be a cell.

    >>> [is_allowed(name) for name in ("crm_tiers", "客户表", "a b", "AB12", "R1C1", "1a")]
    [True, True, False, False, False, False]
    """
    return bool(_NAME.fullmatch(name)) and not _LOOKS_LIKE_CELL.fullmatch(name) and len(name) <= LONGEST
