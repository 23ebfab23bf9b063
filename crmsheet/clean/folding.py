"""Cells as text, and half-width folding that keeps every position where it was."""

from __future__ import annotations

import re
from datetime import date
from math import isfinite
from typing import Final

_FULL_WIDTH: Final = {0xFF01 + i: 0x21 + i for i in range(94)}
_DASHES: Final = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63), "-")
_SPACES: Final = dict.fromkeys(
    (0x09, 0xA0, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, *range(0x202A, 0x202F)), " "
)
_FOLD: Final[dict[int, int | str]] = {**_FULL_WIDTH, **_DASHES, **_SPACES}
_FOLDABLE: Final = re.compile(f"[{re.escape(''.join(map(chr, _FOLD)))}]")


def cell_text(value: object) -> str:
    """Text of a cell as Excel holds it: whole floats without ``.0``, missing values and booleans empty.

    >>> cell_text(13800138000.0), cell_text(float("nan")), cell_text(None), cell_text(" 张三 ")
    ('13800138000', '', '', ' 张三 ')
    """
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int | date):
        return str(value)
    return _other_text(value)


def _float_text(value: float) -> str:
    if not isfinite(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def _other_text(value: object) -> str:
    # NumPy scalars and pandas.NA arrive here; this module must work without either library.
    item = getattr(value, "item", None)
    if callable(item):
        try:
            return cell_text(item())
        except (TypeError, ValueError, RecursionError):
            return ""
    text = str(value)
    return "" if text in {"<NA>", "NaT", "nan"} else text


def fold_width(text: str) -> str:
    """``text`` in half width, dashes as ``-`` and odd spaces as blanks; the length never changes.

    >>> fold_width("０２１－５４３２")
    '021-5432'
    """
    if text.isascii() or not _FOLDABLE.search(text):
        return text
    return text.translate(_FOLD)
