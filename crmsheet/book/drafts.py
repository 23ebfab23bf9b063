"""What a library writes by itself, a file or a folder, and puts in place in one step once it is whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from crmsheet.book.file_attributes import adopt
from crmsheet.book.locks import exclusive
from crmsheet.book.save import draft_prefix, remove, require_writable, sync_folder, temporary, translated


@contextlib.contextmanager
def replacing(target: Path, allowed: Callable[[Path], None]) -> Iterator[Path]:
    """A path beside ``target`` to write to; what stands there when the block ends well takes its place.

    ``allowed`` raises when what stands at ``target`` may not be replaced; it is asked again right before that happens.
    A file is replaced in one atomic step. No system does so for a folder: the old one steps aside first, and a run
    killed in that instant leaves it there, from where the next run puts it back.
    """
    target = Path(os.path.realpath(target))
    with translated(target), exclusive(target):
        _put_back(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary(target) as draft:
            yield draft
            _sync(draft)
            allowed(target)
            _swap(draft, target)
            sync_folder(target.parent)


def _put_back(target: Path) -> None:
    aside = _aside(target)
    if not aside.exists():
        return
    if target.exists():
        remove(aside)
    else:
        aside.rename(target)


def _swap(draft: Path, target: Path) -> None:
    if not target.is_dir():
        require_writable(target)
    if target.exists() and target.is_dir() == draft.is_dir():
        adopt(draft, target)
    if not target.exists() or (target.is_file() and draft.is_file()):
        os.replace(draft, target)
        return
    aside = _aside(target)
    target.rename(aside)
    try:
        draft.rename(target)
    except OSError:
        aside.rename(target)
        raise
    remove(aside)


def _aside(target: Path) -> Path:
    return target.with_name(f"{draft_prefix(target)}.old")


def _sync(draft: Path) -> None:
    """Flush every file of the draft to the disk."""
    for path in [draft] if draft.is_file() else sorted(draft.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    if draft.is_dir():
        sync_folder(draft)
