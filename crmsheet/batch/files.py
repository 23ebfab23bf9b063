"""The workbooks of a run: which are meant, whose they are, and the hash of what they hold."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from glob import glob
from os import PathLike
from pathlib import Path

from crmsheet.analysis import PathText
from crmsheet.book.workbook_files import is_hidden, is_other_spreadsheet, is_workbook
from crmsheet.data import LANGUAGES
from crmsheet.errors import FileMissing, UsageError
from crmsheet.labels import Labels

_WILD = "*?["


@dataclass(frozen=True)
class Source:
    """One workbook of the run. ``number`` is its place in the order of paths, which decides wherever files differ.

    ``skipped`` says why a file that lies among the workbooks is not read: format, broken, folder, link.
    """

    number: int
    path: Path
    unit: str
    digest: str = ""
    skipped: str = ""

    @property
    def content(self) -> str:
        """Equal for files that hold the same."""
        return self.digest or str(self.path)


def find_sources(paths: PathText | Iterable[PathText], *, apart_from: Path | None = None) -> list[Source]:
    """The workbooks meant by patterns, folders and files, in the order of their paths, but the summary that a batch
    wrote into ``apart_from``; any other workbook in there raises :class:`UsageError`. A file that is not there and a
    pattern or folder without any workbook stand in the list as they were given: reading them tells that nothing is
    there. So do files that look like spreadsheets of the team and are not read, with the reason.
    """
    given = [paths] if isinstance(paths, str | PathLike) else list(paths)
    named = {one: _apart(_named(Path(one)), apart_from) for one in given}
    pairs = [pair for those in named.values() for pair in those.items()]
    found = sorted({path.resolve() for path, reason in pairs if not reason})
    skipped = {path: reason for path, reason in pairs if reason and path.resolve() not in found}
    if not skipped and not any(path.exists() for path in found):
        raise FileMissing(path=", ".join(map(str, given)), near="")
    themselves = {path.resolve() for path, reason in pairs if not reason and not path.is_symlink()}
    skipped |= {path: "link" for path, _ in pairs if path.is_symlink() and path.resolve() in themselves}
    nothing = {Path(one).resolve() for one, those in named.items() if not those}
    units = units_of(found)
    return [
        Source(number, path, units.get(path, path.stem), skipped=skipped.get(path, ""))
        for number, path in enumerate(sorted({*found, *nothing, *skipped}))
    ]


def summary_names() -> set[str]:
    """What the summary workbook of a batch is called in every language."""
    return {f"{Labels.load(language).phrase('batch_workbook')}.xlsx" for language in LANGUAGES}


def _apart(named: Iterable[tuple[Path, str]], out: Path | None) -> dict[Path, str]:
    """What is named, but for what lies in ``out``: results would replace it, or it is one of them."""
    apart: dict[Path, str] = {}
    for path, reason in named:
        inside = out is not None and out in path.resolve().parents
        if not inside:
            apart[path.absolute()] = reason
        elif not reason and not _is_summary(path.resolve()):
            raise UsageError(problem=Labels.load().phrase("batch_workbooks_inside", file=path, folder=out))
    return apart


def _is_summary(path: Path) -> bool:
    """Whether a file in the folder of a batch is its summary, or a copy that somebody kept beside it."""
    return path.name.startswith(tuple(Path(name).stem for name in summary_names()))


def _named(path: Path) -> Iterator[tuple[Path, str]]:
    """What a path, folder or pattern names, links as links, and why it is not read, if so."""
    if path.is_dir():
        yield from ((one, why) for one in path.rglob("*") if (why := _why_skipped(one)) is not None)
    elif path.exists():  # whatever letters its name has
        yield path, ""
    elif any(letter in str(path) for letter in _WILD):
        literal = str(path).replace("[", "[[]")  # a folder may be called [2026]
        for one in map(Path, glob(str(path), recursive=True) or glob(literal, recursive=True)):
            if not one.is_dir() and not is_hidden(one):
                yield one, "" if one.is_file() else "broken"


def _why_skipped(path: Path) -> str | None:
    """Of what lies in a folder; None of files that are nobody's workbook."""
    if path.is_dir():
        return "folder" if path.is_symlink() else None
    if is_workbook(path):
        return "" if path.is_file() else "broken"
    return "format" if is_other_spreadsheet(path) else None


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
