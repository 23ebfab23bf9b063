"""merge(): what several people filled in becomes one workbook; what they disagree on is listed cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from crmsheet.analysis import PathText, in_its_language
from crmsheet.book.read import read_book
from crmsheet.errors import TargetExists, UsageError
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.recognize import recognize
from crmsheet.teams.combine import Context, Merged, combine
from crmsheet.teams.conflicts import Conflict, Identity, conflict_frame, decided, odd_choices, read_choices
from crmsheet.teams.files import TeamFile
from crmsheet.teams.write import MergeWriter

CONFLICTS = "conflicts"  # key of our sheet


@dataclass(frozen=True)
class MergeResult:
    """What a merge did. ``conflicts`` has one line per pair of values, decided ones with their choice.

    ``rows`` counts the rows of each table in the merged workbook, ``added`` those that were not in the workbook it
    was written into, ``changed`` the cells of other rows that took a new value.
    """

    path: str
    rows: dict[str, int]
    added: int
    changed: int
    conflicts: pd.DataFrame
    notes: tuple[Note, ...] = field(default=())

    @property
    def open(self) -> int:
        """Conflicts that nobody has decided yet."""
        return int((~decided(self.conflicts["conflict_choice"], Labels.load())).sum())


def merge(
    paths: Sequence[PathText], out: PathText, *, base: PathText | None = None, password: str = ""
) -> MergeResult:
    """Merge the workbooks ``paths`` into ``out`` (USERS 10, R-065).

    Rows are known by id (``teams.toml``). With ``base``, the workbook they all started from, what one of them changed
    counts; without it, what one of them filled. Two different values of a cell are a conflict: the first file's stays
    in place, both are listed on the sheet of conflicts with who and when, and a choice made there is honoured by the
    next merge into the same ``out``. Rows are never dropped. The result is ``base`` (or the first file) with those
    cells changed and rows added; everything else in it stays as it was. An earlier ``out`` is kept as a backup.
    ``password`` opens those that are encrypted; then ``out`` is encrypted under it, too.
    """
    sources = [Path(path) for path in paths]
    container = Path(base) if base is not None else sources[0] if sources else None
    if container is None or len(sources) + (base is not None) < 2:
        raise UsageError(problem=Labels.load().phrase("merge_too_few"))
    return _merge_into(container, sources, Path(out), with_base=base is not None, password=password)


@in_its_language
def _merge_into(
    container: PathText, sources: Sequence[Path], target: Path, *, with_base: bool, password: str
) -> MergeResult:
    labels = Labels.load()
    _require_distinct(sources, target, Path(container), labels)
    earlier = _earlier_conflicts(target, password)
    choices, odd = dict(read_choices(earlier, labels)), odd_choices(earlier, labels)
    files = [TeamFile.read(path, labels, password) for path in sources]
    common = TeamFile.read(Path(container), labels, password) if with_base else None
    writer = MergeWriter(common or files[0], labels)
    conflicts = list(_merge_tables(files, common, writer, choices))
    places = [writer.place(row, one) for row, one in conflicts]
    words = {identity: word for identity, (word, _) in odd.items()}
    frame = conflict_frame([conflict for _, conflict in conflicts], places, words, labels)
    read = [*files, *([common] if common else [])]
    writer.save(target, frame, next((file.book.password for file in read if file.book.password), ""))
    notes = (*_notes(files, writer), *_odd_notes(odd.values(), labels))
    return MergeResult(str(target), writer.rows, writer.added, writer.changed, frame, notes)


def _merge_tables(
    files: Sequence[TeamFile], common: TeamFile | None, writer: MergeWriter, choices: dict[Identity, str]
) -> Iterator[tuple[Merged, Conflict]]:
    for entity in SHEETS:
        parts = [part for file in files if (part := file.part(entity)) is not None]
        if not parts:
            continue
        base = common.part(entity) if common is not None else None
        context = Context(entity, writer.labels, choices)
        merged, conflicts = combine(context, base.rows if base else None, parts)
        writer.put(entity, merged)
        yield from conflicts


def _require_distinct(sources: Sequence[Path], target: Path, container: Path, labels: Labels) -> None:
    """A file twice would agree with itself; a target that is also read could not be merged again."""
    read = [*sources, *([container] if container not in sources else [])]
    seen: dict[Path, Path] = {}
    for path in read:
        if path.resolve() in seen:
            raise UsageError(problem=labels.phrase("merge_twice", path=path))
        seen[path.resolve()] = path
    if target.resolve() in seen:
        raise UsageError(problem=labels.phrase("merge_onto_source", path=target))
    if target.suffix.lower() != container.suffix.lower():
        raise UsageError(problem=labels.phrase("wrong_suffix", path=target, suffix=container.suffix.lower()))


def _earlier_conflicts(target: Path, password: str) -> pd.DataFrame:
    """The list of conflicts on the target of an earlier merge; a file that no merge wrote is not replaced."""
    if not target.exists():
        return pd.DataFrame()
    book = read_book(target, password=password)
    if CONFLICTS not in book.own:
        raise TargetExists(path=target)
    return recognize(book).earlier(CONFLICTS)


def _odd_notes(odd: Iterable[tuple[str, str]], labels: Labels) -> Iterator[Note]:
    """Choices that are none of the words of the list: they decide nothing, and who typed them must learn so."""
    allowed = "/".join(labels.choices("conflict_choice"))
    for word, cell in odd:
        yield Note("conflict_choice_unknown", {"cell": cell, "value": word, "allowed": allowed})


def _notes(files: Sequence[TeamFile], writer: MergeWriter) -> Iterator[Note]:
    """What a reader should know: sheets that stay behind, settings that differ, and what writing noticed."""
    for file in files:
        if file.left_behind and file is not writer.container:
            sheets = writer.labels.join(file.left_behind)
            yield Note("sheets_left_behind", {"file": file.book.path.name, "sheets": sheets})
        if file.settings != writer.container.settings:
            names = {"file": file.book.path.name, "used": writer.container.book.path.name}
            yield Note("settings_differ", names)
    yield from writer.notes
