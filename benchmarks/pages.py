"""Pages of docs/ whose measured sections are written anew by the scripts that measured them."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(page: Path, name: str, body: str) -> None:
    """Put ``body`` between the markers of section ``name`` of ``page``; ends the script when there are none."""
    found = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    text = page.read_text(encoding="utf-8")
    if not found.search(text):
        raise SystemExit(f"{page} has no markers <!-- {name} --> … <!-- /{name} -->")
    page.write_text(found.sub(lambda marks: f"{marks[1]}{body}\n{marks[2]}", text), encoding="utf-8")
