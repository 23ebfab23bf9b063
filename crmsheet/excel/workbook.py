"""What makes a workbook one with buttons and cell functions: project, settings of this machine, words, buttons."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from crmsheet.analysis import PathText
from crmsheet.book.macros import Button, Macros
from crmsheet.excel.functions import FUNCTIONS
from crmsheet.excel.wrappers import REGISTERED_IN
from crmsheet.labels import Labels
from crmsheet.templates import new_workbook

# VBA, DLL and Python package must be of one version: the VBA that is shipped is this one's.
XLWINGS_VERSION = "0.37.8"
STAMP = "CRMSHEET_VERSION"
XLWINGS_STAMP = "XLWINGS_VERSION"

# No name may be that of a cell function or of a defined name, whatever its case.
MACROS = {
    "refresh": "crm_refresh", "check": "crm_check_all", "today": "crm_call_today", "undo": "crm_undo",
}  # fmt: skip
BUTTON_PLACES = {"guide": (0, 4), "records": (0, 4)}
MESSAGES = ("python_missing", "failed", "function_failed", "undo_asks")


def new_macro_workbook(path: PathText, *, example: bool = False, as_of: date | str | None = None) -> Path:
    """Write the template with buttons and cell functions to ``path`` (``.xlsm``), which must not exist yet."""
    return new_workbook(path, example=example, as_of=as_of, macros=workbook_macros(Labels.load()))


def workbook_macros(labels: Labels) -> Macros:
    """The macros of a workbook that is used on this machine."""
    return Macros(
        project=project("workbook.bin"),
        settings=settings(),
        words=words(labels),
        buttons=[
            Button(macro, labels.phrase(f"button.{command}"), int(labels.phrase(f"button_width.{command}")))
            for command, macro in MACROS.items()
        ],
        button_sheets={labels.sheet(code): place for code, place in BUTTON_PLACES.items()},
    )


def project(name: str) -> bytes:
    """A shipped ``vbaProject.bin``."""
    return (files("crmsheet.data") / "vba" / name).read_bytes()


def settings() -> dict[str, str]:
    """What xlwings' VBA reads: which Python to start on this machine, which module holds the functions."""
    return {
        "INTERPRETER_WIN": sys.executable if sys.platform == "win32" else "",
        "INTERPRETER_MAC": sys.executable if sys.platform == "darwin" else "",
        "UDF MODULES": REGISTERED_IN,
        # A file beside the workbook must never be imported in place of a package.
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        STAMP: version("crmsheet"),
        XLWINGS_STAMP: XLWINGS_VERSION,
    }


def words(labels: Labels) -> list[Sequence[str]]:
    """Key, text and further texts: what VBA says, and what the function wizard shows."""
    said = [(key, labels.phrase(f"vba.{key}")) for key in MESSAGES]
    described = [
        (one.name, one.words["about"], *(one.words[argument.name] for argument in one.arguments))
        for one in FUNCTIONS
    ]
    return [*said, *described]
