"""Builds the VBA projects that are shipped: ``python -m crmsheet.excel.project`` after a change of VBA source.

Needs pyOpenVBA (extra ``excel``). The result is committed, so that a new workbook needs no such library, and a
test builds it again and compares.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from crmsheet.data import read_text, read_toml
from crmsheet.excel.wrappers import MODULE, wrapper_source

# Modules of a project: file of data/vba, in the order they are declared.
SOURCES = ("xlwings.bas", "Dictionary.cls", "crmsheet.bas", f"{MODULE}.bas")
PROJECTS = {"workbook.bin": SOURCES, "addin.bin": (*SOURCES, "ribbon.bas")}

# A project without compiled code says so in this header, and Excel compiles the source on opening ([MS-OVBA] 2.3.4.1).
SOURCE_ONLY = bytes.fromhex("CC61FFFF000000")


def module_name(file: str) -> str:
    """Name under which a source file stands in the project.

    >>> module_name("ribbon.bas"), module_name("Dictionary.cls")
    ('crmsheet_ribbon', 'Dictionary')
    """
    head = read_text(f"vba/{file}").split('Attribute VB_Name = "', 1)[1]
    return head.split('"', 1)[0]


def source(file: str) -> str:
    """Source of one module with the line ends that VBA wants."""
    return "\r\n".join(read_text(f"vba/{file}").splitlines()) + "\r\n"


def sheet_count(project: str) -> int:
    """Document modules that belong to sheets: one for each sheet of the template, two for the add-in's."""
    return 2 if project == "addin.bin" else len(read_toml("template.toml")["sheets"]) + len(BESIDES)


# Sheets of a macro workbook that template.toml does not list: guide, settings, holidays, xlwings.conf.
BESIDES = ("guide", "settings", "holidays", "conf")


def build(project: str) -> bytes:
    """The project as the bytes of a ``vbaProject.bin``; the same source gives the same modules."""
    import pyopenvba  # noqa: PLC0415 - an extra

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.xlsm"
        _write_base(path, sheet_count(project))
        with pyopenvba.ExcelFile(path) as file:
            file.add_vba_project()
            replace_modules(file.vba_project(), PROJECTS[project])
            file.save(path)
        with zipfile.ZipFile(path) as package:
            return source_only(package.read("xl/vbaProject.bin"))


def replace_modules(project: Any, sources: Sequence[str]) -> None:
    """Put our modules into an open project, in place of older ones of the same names."""
    import pyopenvba  # noqa: PLC0415 - an extra

    for file in sources:
        name = module_name(file)
        if name.casefold() in {known.casefold() for known in project.module_names()}:
            project.delete_module(name)
        kind = pyopenvba.VBAModuleKind.other if file.endswith(".cls") else pyopenvba.VBAModuleKind.standard
        project.add_module(name, source(file), kind=kind)


def source_only(project: bytes) -> bytes:
    """The project without compiled code, which belongs to one version of Office."""
    from pyopenvba import cfb  # noqa: PLC0415 - an extra

    container = cfb.CFB.from_bytes(project)
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", SOURCE_ONLY)
    return bytes(container.to_bytes())


def _write_base(path: Path, sheets: int) -> None:
    """An empty macro workbook with as many sheets as the project has document modules."""
    from crmsheet.book.macros import bare_workbook  # noqa: PLC0415 - loads XlsxWriter

    path.write_bytes(bare_workbook(sheets))


def main() -> None:
    """Write generated source and both projects into ``crmsheet/data/vba``."""
    folder = Path(str(files("crmsheet.data") / "vba"))
    (folder / f"{MODULE}.bas").write_text(wrapper_source(), encoding="ascii", newline="\n")
    read_text.cache_clear()
    for name in PROJECTS:
        (folder / name).write_bytes(build(name))


if __name__ == "__main__":
    main()
