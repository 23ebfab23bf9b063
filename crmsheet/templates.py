"""New workbooks: the empty template, the example team, and the demo that refreshes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import chain, count
from pathlib import Path

import pandas as pd

from crmsheet.analysis import Narrate, PathText, as_day, silent
from crmsheet.app import refresh
from crmsheet.book.macros import Macros
from crmsheet.book.save import make_folder, write_new
from crmsheet.book.template import template
from crmsheet.errors import UsageError
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.report.word_template import build_template
from crmsheet.result import Result
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines


def new_workbook(
    path: PathText, *, example: bool = False, as_of: date | str | None = None, macros: Macros | None = None
) -> Path:
    """Write the template to ``path``, which must not exist yet; with ``example`` filled with the sample team.

    ``macros`` make it a workbook with buttons, ``.xlsm``: see ``crmsheet.excel.workbook``. A name that ends in
    .docx gets the template of the report instead, for the team's own colours and logo.
    """
    target = Path(path)
    if target.suffix.lower() == ".docx":
        write_new(target, build_template())
        return target
    suffix = ".xlsx" if macros is None else ".xlsm"
    if target.suffix.lower() != suffix:
        raise UsageError(problem=Labels.load().phrase("wrong_suffix", path=target, suffix=suffix))
    tables = sample_team(as_day(as_of)).tables if example else None
    write_new(target, _template(tables, macros))
    return target


def _template(tables: Mapping[str, pd.DataFrame] | None, macros: Macros | None = None) -> bytes:
    return template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables, macros=macros)


def write_demo(folder: PathText, *, as_of: date | str | None = None, narrate: Narrate = silent) -> Result:
    """Write the example workbook into ``folder`` and refresh it, in place of an earlier one that nobody saved since.

    One that somebody saved stays; the new one then gets the next free number, and a note says so.
    """
    place = Path(folder)
    make_folder(place)
    first = place / f"{Labels.load().phrase('demo_name')}.xlsx"
    content = _template(sample_team(as_day(as_of)).tables)
    target = _free(first, content)
    write_new(target, content)
    result = refresh(target, as_of=as_of, backup=False, narrate=narrate)
    if target == first:
        return result
    kept = Note("demo_kept", {"kept": first.name, "file": target.name})
    return replace(result, notes=(kept, *result.notes))


def _free(first: Path, content: bytes) -> Path:
    """``first``, or the name with the lowest number that no file has, but an example as we wrote it, which goes."""
    numbered = (first.with_name(f"{first.stem} {n}{first.suffix}") for n in count(2))
    return next(path for path in chain([first], numbered) if not path.exists() or _gone(path, content))


def _gone(path: Path, content: bytes) -> bool:
    """Whether an example was as we wrote it, and could be removed: every program that saves leaves its properties."""
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(io.BytesIO(content)) as new:
            untouched = all(old.read(part) == new.read(part) for part in SAVED_BY)
        if untouched:
            path.unlink()
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return untouched


SAVED_BY = ("docProps/core.xml",)
