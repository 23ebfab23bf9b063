"""What an earlier run read: found again by the hash of content, rules, day and program; what nobody needs goes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from crmsheet.batch.reading import DONE, Group
from crmsheet.batch.saving import checksum


def kept_groups(parts: Path) -> list[Group]:
    """The groups of workbooks that were read to their end. One that is broken is as if it had not been read."""
    found = (_finished(folder) for folder in sorted(parts.glob("*")) if not folder.name.startswith("."))
    return [group for group in found if group is not None]


def _finished(folder: Path) -> Group | None:
    try:
        done = json.loads((folder / DONE).read_text("utf-8"))
        group = Group(folder, done["types"], done["files"])
        whole = set(group.types) == set(done["checksums"])
        whole &= all("place" in report for report in group.reports.values())
        whole &= all(checksum(folder / f"{code}.parquet") == told for code, told in done["checksums"].items())
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ):  # cut off, edited, or of another version
        return None
    return group if whole else None


def prune(parts: Path, needed: Collection[Path]) -> None:
    """Remove the groups that no file of this run needs, and drafts of runs that broke off."""
    for folder in parts.glob("*"):
        if folder not in needed:
            shutil.rmtree(folder, ignore_errors=True)
