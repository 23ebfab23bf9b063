"""Text that a Word document can hold."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str) -> str:
    """The text without characters that no XML document may hold.

    >>> clean_text("a\\x07b")
    'ab'
    """
    return _ILLEGAL.sub("", text)
