"""Workbooks of the sample team, as a team that has worked with the program for a while has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import crmsheet as crm
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.labels import Labels
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines
from tests.task_samples import sample_tasks

BEFORE, DAY = date(2026, 9, 28), date(2026, 11, 20)


def worked_workbook(path: Path, customers: int) -> Path:
    """The filled template with tasks, refreshed on two days."""
    tables = dict(sample_team(DAY, customers=customers).tables)
    if "tasks" not in tables:
        result = crm.analyze(crm.Tables.from_frames(**tables), crm.Rules.load(), DAY)
        tables["tasks"] = sample_tasks(result.requirements, DAY)
    write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    for day in (BEFORE, DAY):
        crm.refresh(path, as_of=day, backup=False)
    return path
