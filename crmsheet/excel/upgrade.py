"""Brings a macro workbook up to date: our VBA modules, what the buttons run, this machine's Python, the words.

Everything else stays: a person's own modules in the same project, and every other part of the file.
"""

from __future__ import annotations

import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crmsheet.book.encryption import decrypted
from crmsheet.book.macros import WORDS_COLUMN
from crmsheet.book.save import Fingerprint, backup_path
from crmsheet.book.sheet_names import CONF_SHEET
from crmsheet.book.source import read_file
from crmsheet.book.workbook import Workbook
from crmsheet.errors import MissingExtra, UsageError
from crmsheet.excel import project
from crmsheet.excel.button_macros import redirected
from crmsheet.excel.workbook import settings, words
from crmsheet.excel.workbook_facts import PROJECT_PART, WorkbookFacts, is_newer, look_at_workbook
from crmsheet.labels import Labels


def upgrade(path: Path, password: str = "") -> list[str]:
    """Upgrade the workbook at ``path`` in place, a copy of the old one beside it; returns the modules renewed.

    One that ``password`` opens stays under it.
    """
    path = Path(path)
    fingerprint = Fingerprint.of_file(path) if path.is_file() else None
    _require_ours(look_at_workbook(path, password))
    workbook = Workbook.open(path, password=password)
    workbook.update_cells(CONF_SHEET, _conf_cells(), number_formats={})
    content = decrypted(path, read_file(path), password)
    workbook.replace_part(PROJECT_PART, _renewed(content))
    for part, redirected_part in redirected(content, path):
        workbook.replace_part(part, redirected_part)
    workbook.save(path, expect=fingerprint, backup=backup_path(path))
    return [project.module_name(file) for file in project.SOURCES]


def _require_ours(workbook: WorkbookFacts) -> None:
    """Refuse a workbook without our macros, and one whose macros are of a later release than this package."""
    labels, installed = Labels.load(), version("crmsheet")
    if not (workbook.settings and workbook.has_project):
        raise UsageError(problem=labels.phrase("upgrade_no_macros", path=workbook.path))
    if is_newer(workbook.stamp, installed):
        told = labels.phrase("upgrade_newer", path=workbook.path, found=workbook.stamp, installed=installed)
        raise UsageError(problem=told)


def _conf_cells() -> dict[tuple[int, int], object]:
    cells: dict[tuple[int, int], object] = {}
    for row, (key, value) in enumerate(settings().items(), start=1):
        cells[row, 1], cells[row, 2] = key, value or None
    for row, line in enumerate(words(Labels.load()), start=1):
        cells |= {(row, WORDS_COLUMN + 1 + place): text for place, text in enumerate(line)}
    return cells


def _renewed(content: bytes) -> bytes:
    """The project of a workbook with our modules as shipped now."""
    try:
        import pyopenvba  # noqa: PLC0415 - an extra
    except ImportError:
        words_ = Labels.load().phrase("upgrade_feature")
        raise MissingExtra(feature=words_, extra="excel", module="pyOpenVBA") from None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.xlsm"
        copy.write_bytes(content)
        with pyopenvba.ExcelFile(copy) as file:
            vba: Any = file.vba_project()
            project.replace_modules(vba, project.SOURCES)
            file.save(copy)
        with zipfile.ZipFile(copy) as package:
            return project.source_only(package.read(PROJECT_PART))
