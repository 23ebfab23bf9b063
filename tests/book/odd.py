"""Workbooks with one odd thing each, written part by part: what no library here writes and no corpus file holds.

    python -m tests.book.odd FOLDER     # writes them all, to be looked at or run through tests.corpus_run

Each is small and, as far as Excel's documentation and the Open XML SDK tell, valid. The first sheet is the record
sheet of a team.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import odd_beside
import odd_sheets
from odd_parts import ODD, Odd
from odd_zip import with_descriptors, with_zip64

ARCHIVES = {"zip64 entries": with_zip64, "data descriptors": with_descriptors}
NAMES = (*ARCHIVES, *ODD)
__all__ = ["NAMES", "odd_beside", "odd_sheets", "written"]


def written(name: str, path: Path) -> Path:
    """The odd workbook of that name at ``path``, whose suffix follows the content."""
    odd = Odd.plain()
    if name in ODD:
        ODD[name](odd)
    path = path.with_suffix(odd.suffix)
    path.write_bytes(ARCHIVES.get(name, Odd.archive)(odd))
    return path


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one in NAMES:
        print(written(one, folder / one.replace(" ", "_")))
