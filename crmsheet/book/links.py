"""Links as formulas that look their row up, so that sorting the other sheet does not break them."""

from __future__ import annotations

from collections.abc import Sequence

from crmsheet.book.design import Formula

# Longest text that may stand between quotes in a formula.
LONGEST_LITERAL = 255


def link_cells(shown: Sequence[object], keys: Sequence[object], sheet: str, letters: str) -> list[object]:
    """Cells that show ``shown`` and lead to the row of ``sheet`` whose column ``letters`` holds the key."""
    return [link_cell(text, key, sheet, letters) for text, key in zip(shown, keys, strict=True)]


def row_links(
    shown: Sequence[object], keys: Sequence[object], places: Sequence[tuple[str, str, str]]
) -> list[object]:
    """Links of which each has a place of its own: sheet, column of the key, column to lead to.

    Without a key the last is the address of a cell: where the row stood.
    """
    return [
        link_cell(text, key, sheet, letters, target)
        if key or not target
        else sheet_link(sheet, str(text), target)
        for text, key, (sheet, letters, target) in zip(shown, keys, places, strict=True)
    ]


def link_cell(shown: object, key: object, sheet: str, letters: str, target: str = "") -> object:
    """A link to the row of ``key``, or ``shown`` itself where no link can be made.

    >>> link_cell("星河", "C2024001", "记录", "A").text
    'IFERROR(HYPERLINK("#\\'记录\\'!A"&MATCH("C2024001",\\'记录\\'!A:A,0),"星河"),"星河")'
    """
    text = "" if shown is None else str(shown)
    if not key or not text or max(len(text), len(str(key)) * 2) > LONGEST_LITERAL:
        return shown
    place, label = _place(sheet), _literal(text)
    sought = f"MATCH({_literal(_exactly(str(key)))},{place[1:]}{letters}:{letters},0)"
    return Formula(
        f"IFERROR(HYPERLINK({_literal(place + (target or letters))}&{sought},{label}),{label})", text
    )


def sheet_link(sheet: str, text: str, cell: str = "A1") -> Formula:
    """A link to the top of ``sheet``, or to a cell of it.

    >>> sheet_link("总览", "返回").text
    'HYPERLINK("#\\'总览\\'!A1","返回")'
    """
    return Formula(f"HYPERLINK({_literal(_place(sheet) + cell)},{_literal(text)})", text)


def _place(sheet: str) -> str:
    return "#'" + sheet.replace("'", "''") + "'!"


def _literal(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _exactly(key: str) -> str:
    # MATCH reads ? and * in a text as wildcards; ~ makes them letters again.
    for wildcard in "~?*":
        key = key.replace(wildcard, f"~{wildcard}")
    return key
