"""Every kind of workbook the program writes, small, each by the function that its door calls."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

import crmsheet as crm
from crmsheet import live_rows
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.data import Language, speaking
from crmsheet.excel import addin
from crmsheet.excel.registry import NoRegistry
from crmsheet.excel.upgrade import upgrade
from crmsheet.excel.workbook import new_macro_workbook
from crmsheet.exchange import import_export
from crmsheet.labels import Labels
from crmsheet.report.write import write_report
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines
from crmsheet.teams import merge, split
from crmsheet.templates import new_workbook, write_demo
from tests.sheets import RECORD, RECORD_HEADERS, write_book

BEFORE, DAY = date(2026, 9, 28), date(2026, 11, 20)
EXPORT = """公司,联系人,手机,行业
杭州云帆测试有限公司,张*,0571-00123456,互联网
"""


@dataclass(frozen=True)
class Shelf:
    """A folder, and what has been written into it so far: later ones are made from earlier ones."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def new(self, name: str) -> Path:
        return self.folder / name


def write_every_kind(folder: Path, language: Language) -> dict[str, Path]:
    """One workbook of each kind of :data:`WRITERS`; in English without :data:`ONLY_CHINESE`."""
    shelf = Shelf(folder)
    with speaking(language):
        for kind, write in WRITERS.items():
            if language == "zh" or kind not in ONLY_CHINESE:
                shelf.made[kind] = write(shelf)
    return shelf.made


def _example(shelf: Shelf) -> Path:
    path = shelf.new("example.xlsx")
    tables = sample_team(DAY, customers=12).tables
    write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    return path


def _refreshed_twice(shelf: Shelf) -> Path:
    path = shelf.new("refreshed.xlsx")
    crm.refresh(shelf.made["example"], out=path, as_of=BEFORE)
    crm.refresh(path, as_of=DAY, backup=False)
    return path


def _refreshed_with_values(shelf: Shelf) -> Path:
    """As a record sheet of more than ten thousand rows is."""
    most, path = live_rows.MOST_FORMULAS, shelf.new("values.xlsx")
    live_rows.MOST_FORMULAS = 5
    try:
        crm.refresh(shelf.made["refreshed"], out=path, as_of=DAY)
    finally:
        live_rows.MOST_FORMULAS = most
    return path


def _plain_user(shelf: Shelf) -> Path:
    path = write_book(shelf.new("plain.xlsx"), {"客户需求记录": [RECORD_HEADERS, RECORD]})
    crm.refresh(path, as_of=DAY, backup=False)
    return path


def _from_csv(shelf: Shelf) -> Path:
    text = shelf.new("typed.csv")
    text.write_text(",".join(RECORD_HEADERS) + "\n" + ",".join(str(one or "") for one in RECORD), "utf-8")
    crm.refresh(text, as_of=DAY)
    return text.with_suffix(".xlsx")


def _written_into(shelf: Shelf) -> Path:
    result = crm.analyze_workbook(shelf.made["example"], as_of=DAY)
    crm.write_analysis(result, write_book(shelf.new("other.xlsx"), {"一": [["甲"]]}), backup=False)
    return shelf.new("other.xlsx")


def _cleaned(shelf: Shelf) -> Path:
    path = shelf.new("cleaned.xlsx")
    assert crm.clean_workbook(shelf.made["refreshed"], path, accept="all", as_of=DAY).repaired
    return path


def _undone(shelf: Shelf) -> Path:
    path = shelf.new("undone.xlsx")
    crm.undo_repairs(shelf.made["cleaned"], path, as_of=DAY)
    return path


def _masked_copy(shelf: Shelf) -> Path:
    return split(shelf.made["refreshed"], shelf.new("copies"), mask=True).copies[0].path


def _merged(shelf: Shelf) -> Path:
    """Two copies that disagree about a cell."""
    other, path = shelf.new("other copy.xlsx"), shelf.new("merged.xlsx")
    book = openpyxl.load_workbook(shelf.made["example"])
    book.worksheets[1].cell(6, 5, "别的职位")
    book.save(other)
    assert len(merge([shelf.made["example"], other], path).conflicts)
    return path


def _imported(shelf: Shelf) -> Path:
    source, path = shelf.new("export.csv"), shelf.new("imported.xlsx")
    source.write_text(EXPORT, "utf-8")
    import_export(source, path)
    return path


def _audited(shelf: Shelf) -> Path:
    path = shelf.new("audited.xlsx")
    assert len(crm.audit(shelf.made["imported"], out=path, as_of=DAY).audit)
    return path


def _batch(shelf: Shelf) -> Path:
    """Two workbooks and one that cannot be read."""
    broken = shelf.new("broken.xlsx")
    broken.write_bytes(b"no workbook")
    files = [shelf.made["example"], shelf.made["masked copy"], broken]
    result = crm.batch(files, out=shelf.new("batch"), as_of=DAY, workers=1)
    return next(result.folder.glob("*.xlsx"))


def _buttons(shelf: Shelf) -> Path:
    return new_macro_workbook(shelf.new("buttons.xlsm"))


def _buttons_refreshed(shelf: Shelf) -> Path:
    crm.refresh(shelf.made["buttons"], out=shelf.new("pressed.xlsm"), as_of=DAY)
    return shelf.new("pressed.xlsm")


def _upgraded(shelf: Shelf) -> Path:
    path = Path(shutil.copy(shelf.made["buttons refreshed"], shelf.new("upgraded.xlsm")))
    upgrade(path)
    return path


def _demo(shelf: Shelf) -> Path:
    return Path(write_demo(shelf.new("demo"), as_of=DAY).path)


def _report(shelf: Shelf) -> Path:
    result: Any = crm.analyze_workbook(shelf.made["refreshed"], as_of=DAY)
    return write_report(result, shelf.new("report.docx"))


# In the order of writing. The demo is the whole sample team, refreshed.
WRITERS: dict[str, Callable[[Shelf], Path]] = {
    "template": lambda shelf: new_workbook(shelf.new("template.xlsx")),
    "example": _example,
    "refreshed": _refreshed_twice,
    "values": _refreshed_with_values,
    "plain": _plain_user,
    "csv": _from_csv,
    "written into": _written_into,
    "cleaned": _cleaned,
    "undone": _undone,
    "masked copy": _masked_copy,
    "merged": _merged,
    "imported": _imported,
    "audited": _audited,
    "batch": _batch,
    "buttons": _buttons,
    "buttons refreshed": _buttons_refreshed,
    "upgraded": _upgraded,
    "add-in": lambda shelf: addin.install(shelf.new("addin"), registry=NoRegistry())[0],
    "demo": _demo,
    "report": _report,
    "template of the report": lambda shelf: new_workbook(shelf.new("template.docx")),
}
# Their words and formulas are those of others: not calculated anew, not written in English.
REPEATING = {"values", "plain", "csv", "written into", "undone", "upgraded"}
ONLY_CHINESE = {*REPEATING, "demo"}
