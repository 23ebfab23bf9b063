"""Formulas: what Excel refuses to load, told without calculating."""

from __future__ import annotations

import re

LONGEST = 8192
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")|(?P<sheet>'(?:[^']|'')*')|(?P<open>[({])|(?P<close>[)}])|["']"""
)
_FUNCTION = re.compile(r"(?<![\w.])((?:_xlfn\.)?(?:_xlws\.)?[A-Z][A-Z0-9]*(?:\.[A-Z0-9]+)*)\(")

# Functions that Excel 2007 did not have: in files their names begin with _xlfn.
FUTURE = frozenset(
    (
        *("AGGREGATE", "ARRAYTOTEXT", "BYCOL", "BYROW", "CHOOSECOLS", "CHOOSEROWS", "CONCAT", "DAYS", "DROP"),
        *(
            "ENCODEURL",
            "EXPAND",
            "FILTER",
            "FILTERXML",
            "FORECAST.ETS",
            "FORMULATEXT",
            "HSTACK",
            "IFNA",
            "IFS",
        ),
        *("ISFORMULA", "ISOWEEKNUM", "LAMBDA", "LET", "MAXIFS", "MINIFS", "NUMBERVALUE", "PERCENTILE.EXC"),
        *(
            "PERCENTILE.INC",
            "PERCENTRANK.EXC",
            "PERCENTRANK.INC",
            "QUARTILE.EXC",
            "QUARTILE.INC",
            "RANDARRAY",
        ),
        *(
            "RANK.AVG",
            "RANK.EQ",
            "SEQUENCE",
            "SHEET",
            "SHEETS",
            "SORT",
            "SORTBY",
            "STDEV.P",
            "STDEV.S",
            "SWITCH",
        ),
        *("TAKE", "TEXTAFTER", "TEXTBEFORE", "TEXTJOIN", "TEXTSPLIT", "TOCOL", "TOROW", "UNICHAR", "UNICODE"),
        *(
            "UNIQUE",
            "VAR.P",
            "VAR.S",
            "VSTACK",
            "WEBSERVICE",
            "WRAPCOLS",
            "WRAPROWS",
            "XLOOKUP",
            "XMATCH",
            "XOR",
        ),
    )
)


def fault(formula: str) -> str:
    """Why Excel would not load ``formula``, empty when it would.

    >>> fault("SUM(A1:A3"), fault('IF(A1="(",1,0)'), fault("XLOOKUP(A1,B:B,C:C)")
    ('unbalanced', '', 'needs _xlfn.: XLOOKUP')
    """
    if not formula.strip():
        return "empty"
    if formula.startswith("="):
        return "begins with ="
    if len(formula) > LONGEST:
        return f"{len(formula)} characters"
    if not _balanced(formula):
        return "unbalanced"
    young = [name for name in _FUNCTION.findall(_without_text(formula)) if name in FUTURE]
    return f"needs _xlfn.: {young[0]}" if young else ""


def _balanced(formula: str) -> bool:
    waiting: list[str] = []
    for match in _TOKEN.finditer(formula):
        if match["open"]:
            waiting.append(")" if match["open"] == "(" else "}")
        elif match["close"]:
            if not waiting or waiting.pop() != match["close"]:
                return False
        elif not (match["text"] or match["sheet"]):
            return False
    return not waiting


def _without_text(formula: str) -> str:
    return _TOKEN.sub(lambda match: match[0] if match["open"] or match["close"] else " ", formula)
