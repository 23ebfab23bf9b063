"""Macros that buttons of earlier workbooks run under a name that was given up, and the names they have now.

VBA compares names without case, so ``crm_check`` was also the cell function CRM_CHECK; ``crm_today`` is the defined
name of the day the sheets' formulas count from. Either way Excel could take the one for the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from crmsheet.book.package import Package

RENAMED = {b"crm_check": b"crm_check_all", b"crm_today": b"crm_call_today"}

# XlsxWriter writes a button's macro into the VML only; Excel repeats it in the drawing and on the sheet.
_PARTS = re.compile(r"xl/(drawings|worksheets)/[^/]+\.(vml|xml)", re.IGNORECASE)
_CALL = re.compile(
    rb"(<x:FmlaMacro>\s*|\bmacro=[\"'])((?:\[0\]!)?)(" + b"|".join(RENAMED) + rb")(?=\s*[<\"'])",
    re.IGNORECASE,
)


def redirected(content: bytes, path: Path) -> Iterator[tuple[str, bytes]]:
    """Part and new content of every part of a workbook whose buttons run a name of :data:`RENAMED`."""
    package = Package(content, path)
    for part in package:
        if not _PARTS.fullmatch(part):
            continue
        before = package.read(part)
        after = _CALL.sub(lambda call: call[1] + call[2] + RENAMED[call[3].lower()], before)
        if after != before:
            yield part, after
