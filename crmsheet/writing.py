"""What every writer of a workbook shares: where to, opening it, the sheets drawn into it, saving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from crmsheet.analysis import PathText
from crmsheet.book.draw import draw
from crmsheet.book.guide_index import guide_titles
from crmsheet.book.host import Host
from crmsheet.book.raw import RawBook
from crmsheet.book.save import backup_path
from crmsheet.book.tab_names import renamed_tabs, tabs_by_name
from crmsheet.book.workbook import Workbook
from crmsheet.errors import TargetExists, TargetNotWritable, UsageError
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.result import Result
from crmsheet.view import View, linked_to


def target_for(book: RawBook, out: PathText | None) -> Path:
    """Where to write, checked before any work is done: a regular file of the source's own kind."""
    source = Path(book.path)
    suffix = source.suffix.lower() if book.kind == "xlsx" else ".xlsx"
    target = (
        Path(out) if out is not None else source.with_suffix(source.suffix if book.kind == "xlsx" else suffix)
    )
    labels = Labels.load()
    if target.suffix.lower() != suffix and not target.is_dir():
        raise UsageError(problem=labels.phrase("wrong_suffix", path=target, suffix=suffix))
    if target.exists() and not target.is_file():
        raise TargetNotWritable(path=target, reason=labels.phrase("not_a_file"))
    if out is None and book.kind != "xlsx" and target.exists():
        raise TargetExists(path=target)
    return target


def open_book(book: RawBook) -> Workbook:
    """The workbook for writing; cells of a text file become the first sheet of a new one."""
    if book.kind == "xlsx":
        return Workbook.open(book.path, password=book.password)
    return Workbook.from_rows(book.sheets[0])


def put_views(result: Result, host: Host, views: Iterable[View]) -> Result:
    """Draw ``views`` into a workbook, open or closed; the result says under which names, and what to know.

    Sheets of an earlier run in another language get the names of this one.
    """
    names, notes = [], []
    labels = result.rules.labels
    host.rename_sheets(renamed_tabs(host.own_sheets, host.sheet_names, labels))
    tabs = tabs_by_name(host.own_sheets, host.sheet_names, labels)
    footer = labels.phrase("footer", as_of=result.as_of.isoformat())
    for view in map(partial(linked_to, tabs=tabs), views):
        name = host.put_sheet(view.key, view.name, draw(view, footer=footer), hidden=view.hidden, first=False)
        names.append(name)
        if name != view.name and view.name in host.sheet_names:
            notes.append(Note("sheet_renamed", {"sheet": view.name, "written": name}))
        del view  # a long list need not wait for the next one to be made
    for guide in guide_titles().intersection(host.sheet_names).difference(host.own_sheets.values()):
        host.renew_index(guide, host.own_sheets)
    return replace(result, sheets=tuple(names), notes=(*result.notes, *notes, *host.notes))


def save_over(result: Result, workbook: Workbook, book: RawBook, target: Path, *, backup: bool) -> Result:
    """Save the ``workbook`` that was read as ``book``; the result says where, and what to know of it.

    The file is not replaced when somebody else has changed it since; with ``backup`` a copy stays beside it.
    """
    in_place = target.exists() and target.samefile(book.path)
    told = len(workbook.notes)
    workbook.save(
        target,
        expect=book.fingerprint if in_place else None,
        backup=backup_path(target) if backup else None,
    )
    return replace(result, path=str(target), notes=(*result.notes, *workbook.notes[told:]))
