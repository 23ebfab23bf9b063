"""New workbooks: the empty template, the example team, and the demo that refreshes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from crmsheet.app import Narrate, PathText, as_day, refresh, silent
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.labels import Labels
from crmsheet.result import Result
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines


def new_workbook(path: PathText, *, example: bool = False, as_of: date | str | None = None) -> Path:
    """Write the template to ``path``, which must not exist yet; with ``example`` filled with the sample team."""
    target = Path(path)
    tables = sample_team(as_day(as_of)).tables if example else None
    write_new(target, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    return target


def write_demo(folder: PathText, *, as_of: date | str | None = None, narrate: Narrate = silent) -> Result:
    """Write the example workbook into ``folder``, replacing an earlier demo, and refresh it."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{Labels.load().phrase('demo_name')}.xlsx"
    target.unlink(missing_ok=True)
    new_workbook(target, example=True, as_of=as_of)
    return refresh(target, as_of=as_of, backup=False, narrate=narrate)
