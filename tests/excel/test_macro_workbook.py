"""The workbook with buttons: its VBA is ours and xlwings', byte for byte, and stays so through a refresh."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from collections import Counter
from importlib.resources import files
from pathlib import Path

import olefile
import openpyxl
import pytest
from oletools.olevba import VBA_Parser

import crmsheet as crm
from crmsheet.book.lint import findings
from crmsheet.book.package import Package
from crmsheet.data import read_text, read_toml
from crmsheet.excel import addin, project
from crmsheet.excel.functions import FUNCTIONS
from crmsheet.excel.registry import NoRegistry
from crmsheet.excel.workbook import MACROS, XLWINGS_VERSION, new_macro_workbook
from crmsheet.excel.wrappers import wrapper_source
from crmsheet.labels import Labels
from tests.excel.books import macro_workbook
from tests.render import missing_tools

DAY = "2024-03-18"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return macro_workbook(tmp_path_factory.mktemp("fresh") / "客户管理.xlsm")


@pytest.fixture(scope="module")
def refreshed(fresh: Path) -> Path:
    target = fresh.with_name("刷新后.xlsm")
    crm.refresh(fresh, out=target, as_of=DAY)
    return target


def modules(path: Path) -> dict[str, str]:
    """Source of every module that has any code, as olevba reads it."""
    parser = VBA_Parser(str(path))
    found = {name: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    return {name: code for name, code in found.items() if re.search(r"(?m)^(?!Attribute )\S", code)}


def test_olevba_sees_exactly_our_modules(fresh: Path) -> None:
    found = modules(fresh)
    assert set(found) == set(project.SOURCES)
    for name, code in found.items():
        shipped = read_text(f"vba/{name}")
        assert code.splitlines() == shipped.splitlines()
        assert code.isascii()


def test_the_project_holds_source_only(fresh: Path) -> None:
    ole = olefile.OleFileIO(io.BytesIO(zipfile.ZipFile(fresh).read("xl/vbaProject.bin")))
    assert ole.openstream("VBA/_VBA_PROJECT").read() == project.SOURCE_ONLY


def test_every_sheet_has_its_module_in_the_project(fresh: Path) -> None:
    """Fails when the template gains a sheet: run ``python -m crmsheet.excel.project`` and commit what it writes."""
    with zipfile.ZipFile(fresh) as package:
        names = {name for part in package.namelist() if "worksheets/sheet" in part and part.endswith(".xml")
                 for name in re.findall(rb'codeName="(\w+)"', package.read(part)[:2000])}  # fmt: skip
        declared = set(re.findall(rb"Document=(\w+)/", _stream(package.read("xl/vbaProject.bin"), "PROJECT")))
    assert names and names | {b"ThisWorkbook"} == declared


def _stream(data: bytes, name: str) -> bytes:
    content: bytes = olefile.OleFileIO(io.BytesIO(data)).openstream(name).read()
    return content


@pytest.mark.parametrize("name", project.PROJECTS)
def test_the_shipped_projects_are_built_from_the_shipped_source(name: str) -> None:
    assert (files("crmsheet.data") / "vba" / name).read_bytes() == project.build(name)


def test_the_shipped_wrappers_are_those_of_the_table() -> None:
    assert read_text("vba/crmsheet_udfs.bas") == wrapper_source()
    assert all(len(line) < 1000 for line in wrapper_source().splitlines())  # VBA takes 1023 characters


def test_xlwings_vba_is_that_of_the_pinned_package() -> None:
    xlwings = pytest.importorskip("xlwings")
    assert xlwings.__version__ == XLWINGS_VERSION
    pinned = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert f"xlwings=={XLWINGS_VERSION}" in pinned
    parser = VBA_Parser(str(Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"))
    for _, _, name, code in parser.extract_macros():
        if name in ("xlwings.bas", "Dictionary.cls"):
            assert code.splitlines() == read_text(f"vba/{name}").splitlines()
    parser.close()


def test_licences_of_foreign_vba_are_kept() -> None:
    notice = (files("crmsheet.data") / "licenses" / "xlwings.txt").read_text(encoding="utf-8")
    assert "Zoomer Analytics" in notice and "Redistributions in binary form" in notice
    notice = (files("crmsheet.data") / "licenses" / "VBA-Dictionary.txt").read_text(encoding="utf-8")
    assert "Tim Hall" in notice and "Permission is hereby granted" in notice


def test_the_settings_sheet_tells_vba_where_python_is(fresh: Path) -> None:
    sheet = openpyxl.load_workbook(fresh, keep_vba=True)["xlwings.conf"]
    assert sheet.sheet_state == "hidden"
    told = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0]}
    assert told["UDF MODULES"] == "crmsheet.excel.udfs"
    assert told["ADD_WORKBOOK_TO_PYTHONPATH"] == "false"
    assert told["CRMSHEET_VERSION"] == crm.__version__
    words = {row[0]: row[1:] for row in sheet.iter_rows(min_col=4, values_only=True) if row[0]}
    for one in FUNCTIONS:
        assert [text for text in words[one.name] if text] == [
            one.words["about"], *(one.words[argument.name] for argument in one.arguments)
        ]  # fmt: skip


def test_buttons_run_macros_that_exist(fresh: Path) -> None:
    source = read_text("vba/crmsheet.bas")
    with zipfile.ZipFile(fresh) as package:
        drawings = "".join(package.read(name).decode() for name in package.namelist() if "vmlDrawing" in name)
    assert set(re.findall(r"FmlaMacro>\[0\]!(\w+)<", drawings)) == set(MACROS.values())
    assert all(f"Public Sub {macro}()" in source for macro in MACROS.values())
    for command in MACROS:
        assert Labels.load().phrase(f"button.{command}") in drawings


# A procedure or constant that every module of the project, and a button, can reach.
PUBLIC_NAME = re.compile(
    r"(?im)^(?:Public )?(?:Const|Sub|Function|(?:Declare (?:PtrSafe )?(?:Sub|Function))|Property \w+) (\w+)"
)


def public_names(file: str) -> set[str]:
    """Names of a standard module, without case; one in two branches of a condition counts once."""
    return {name.casefold() for name in PUBLIC_NAME.findall(read_text(f"vba/{file}"))}


@pytest.mark.parametrize("sources", project.PROJECTS.values(), ids=list(project.PROJECTS))
def test_no_public_name_of_the_vba_stands_for_two_things(fresh: Path, sources: tuple[str, ...]) -> None:
    """VBA and Excel compare without case: ``crm_check`` would be the cell function ``CRM_CHECK``."""
    standard = [file for file in sources if file.endswith(".bas")]
    names = Counter(name for file in standard for name in public_names(file))
    assert {"crm_refresh", "crm_check_all", "crm_run", "crm_check", "runpython"} <= set(names)
    assert [name for name, count in names.items() if count > 1] == []
    modules_ = {project.module_name(file).casefold() for file in sources}
    assert not modules_ & set(names)
    defined = {name.casefold() for name in openpyxl.load_workbook(fresh, keep_vba=True).defined_names}
    assert "crm_today" in defined and not defined & set(names)


def test_the_guide_names_the_button_first(fresh: Path) -> None:
    guide = openpyxl.load_workbook(fresh, keep_vba=True).worksheets[0]
    step = next(
        cell.value for row in guide.iter_rows() for cell in row if "crmsheet refresh" in str(cell.value)
    )
    assert step.index("“刷新”按钮") < step.index("crmsheet refresh")


def test_a_refresh_keeps_macros_and_buttons_byte_for_byte(fresh: Path, refreshed: Path) -> None:
    before, after = zipfile.ZipFile(fresh), zipfile.ZipFile(refreshed)
    kept = [name for name in before.namelist() if "vba" in name.lower() or "vmlDrawing" in name]
    kept += [name for name in before.namelist() if "_rels" in name and "worksheets" in name]
    assert len(kept) > 10
    assert all(before.read(name) == after.read(name) for name in kept)
    assert "macroEnabled" in after.read("[Content_Types].xml").decode()
    assert set(modules(refreshed)) == set(project.SOURCES)


@pytest.mark.parametrize("stage", ["fresh", "refreshed"])
def test_lint_finds_nothing(stage: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(stage)
    assert list(findings(Package(path.read_bytes(), path))) == []


def test_libreoffice_opens_workbook_and_addin(refreshed: Path, tmp_path: Path) -> None:
    if missing_tools():
        if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1":
            pytest.fail(f"not installed: {missing_tools()}")
        pytest.skip(f"not installed: {missing_tools()}")
    ribbon, _ = addin.install(tmp_path / "addin", registry=NoRegistry())
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    # LibreOffice does not know an add-in by its name, so it is told how to read both.
    command += ["--infilter=Calc MS Excel 2007 VBA XML", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    command += [str(refreshed), str(ribbon)]
    subprocess.run(command, check=False, timeout=120, capture_output=True)
    book = openpyxl.load_workbook(tmp_path / "刷新后.xlsx", read_only=True)
    assert {"客户需求记录", "总览", "跟进清单", "xlwings.conf"} <= set(book.sheetnames)
    assert "xlwings.conf" in openpyxl.load_workbook(tmp_path / "crmsheet.xlsx", read_only=True).sheetnames


def test_a_macro_workbook_is_told_by_its_name(tmp_path: Path) -> None:
    from crmsheet.templates import new_workbook

    with pytest.raises(crm.CrmsheetError, match="xlsm"):
        new_workbook(tmp_path / "a.xlsm")
    with pytest.raises(crm.CrmsheetError, match="xlsm"):
        new_macro_workbook(tmp_path / "a.xlsx")
    assert read_toml("template.toml")["sheets"]
