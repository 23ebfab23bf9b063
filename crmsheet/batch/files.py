"""The workbooks of a run: which are meant, whose they are, and the hash of what they hold."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from glob import glob
from os import PathLike
from pathlib import Path

from crmsheet.analysis import PathText
from crmsheet.book.workbook_files import is_workbook
from crmsheet.errors import FileMissing

_WILD = "*?["


@dataclass(frozen=True)
class Source:
    """One workbook of the run. ``number`` is its place in the order of paths, which decides wherever files differ."""

    number: int
    path: Path
    unit: str
    digest: str = ""

    @property
    def content(self) -> str:
        """Equal for files that hold the same."""
        return self.digest or str(self.path)


def find_sources(paths: PathText | Iterable[PathText], *, apart_from: Path | None = None) -> list[Source]:
    """The workbooks meant by patterns, folders and files, in the order of their paths, but those that a batch
    wrote into ``apart_from``. A file that is not there and a pattern or folder without any workbook stand in the list
    as they were given: reading them tells that nothing is there.
    """
    given = [paths] if isinstance(paths, str | PathLike) else list(paths)
    matched = {one: _matching(Path(one), apart_from) for one in given}
    found = sorted({path for those in matched.values() for path in those})
    if not any(path.exists() for path in found):
        raise FileMissing(path=", ".join(map(str, given)), near="")
    nothing = {Path(one).resolve() for one, those in matched.items() if not those}
    everything = sorted({*found, *nothing})
    units = units_of(found)
    return [Source(number, path, units.get(path, path.stem), "") for number, path in enumerate(everything)]


def _matching(path: Path, apart_from: Path | None) -> set[Path]:
    return {
        one
        for one in (found.resolve() for found in _named(path))
        if apart_from is None or apart_from not in one.parents
    }


def _named(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return (one for one in path.rglob("*") if one.is_file() and is_workbook(one))
    if path.exists():  # whatever letters its name has
        return (path,)
    if any(letter in str(path) for letter in _WILD):
        known = (Path(one) for one in glob(str(path), recursive=True))
        return (one for one in known if one.is_file() and not one.name.startswith(("~$", ".")))
    return ()


def units_of(paths: Sequence[Path]) -> dict[Path, str]:
    """Whose each file is: its folder, named from the folder that all have in common, so that two folders of one name
    stay two units; files of one folder are a unit each.

    >>> list(units_of([Path("/g/east/2024/a.xlsx"), Path("/g/west/2024/a.xlsx"), Path("/g/b.xlsx")]).values())
    ['east/2024', 'west/2024', 'g']
    >>> list(units_of([Path("/g/east/a.xlsx"), Path("/g/east/b.xlsx")]).values())
    ['a', 'b']
    """
    folders = {path.parent for path in paths}
    if len(folders) < 2:
        return {path: path.stem for path in paths}
    if len({path.anchor for path in paths}) > 1:  # drives have nothing in common
        return {path: str(path.parent) for path in paths}
    common = Path(os.path.commonpath(folders))
    return {path: _below(path.parent, common) for path in paths}


def _below(folder: Path, common: Path) -> str:
    return folder.relative_to(common).as_posix() if folder != common else folder.name or str(folder)


def digest_of(path: Path, mark: str) -> str:
    """Hash of the content and of what it is judged by; blank when the file cannot be read."""
    digest = hashlib.sha256(mark.encode())
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def known_digests(sources: Sequence[Source], mark: str) -> list[Source]:
    """The sources with the hash of their content."""
    return [replace(one, digest=digest_of(one.path, mark)) for one in sources]
