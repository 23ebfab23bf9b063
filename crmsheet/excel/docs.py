"""The table of cell functions in ``docs/excel.md``, made from their words: ``python -m crmsheet.excel.docs``."""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.excel.functions import FUNCTIONS
from crmsheet.excel.wrappers import argument_name

START, END = "<!-- functions -->", "<!-- /functions -->"


def function_table() -> str:
    """Every function with its arguments and an example, as Markdown between its two marks."""
    return "\n".join([START, *_lines(), END])


def _lines() -> Iterator[str]:
    yield from ("| | | |", "| --- | --- | --- |")
    for one in FUNCTIONS:
        names = (f"[{argument_name(two)}]" if two.optional else argument_name(two) for two in one.arguments)
        arguments = "<br>".join(f"`{argument_name(two)}` {one.words[two.name]}" for two in one.arguments)
        yield f"| `{one.name}({', '.join(names)})` | {one.words['about']}<br>{arguments} | `{one.words['example']}` |"


if __name__ == "__main__":
    print(function_table())
