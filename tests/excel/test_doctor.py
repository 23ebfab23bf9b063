"""Doctor, add-in and upgrade: every kind of machine is judged, and nothing is changed beyond what is said."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from oletools.olevba import VBA_Parser

import crmsheet as crm
from crmsheet import cli
from crmsheet.book.lint import findings
from crmsheet.book.package import Package
from crmsheet.book.read import read_book
from crmsheet.data import speaking
from crmsheet.errors import EncryptedWorkbook, UsageError
from crmsheet.excel import addin, machine, project
from crmsheet.excel.diagnosis import diagnose
from crmsheet.excel.machine import Excel, Machine, TrustedLocation
from crmsheet.excel.upgrade import upgrade
from crmsheet.excel.workbook import XLWINGS_VERSION
from crmsheet.excel.workbook_facts import WorkbookFacts, look_at_workbook
from crmsheet.labels import Labels
from tests.excel.books import macro_workbook
from tests.sdk import sdk_findings

LABELS = Labels.load()
PYTHON = r"C:\Python312\python.exe"
FINE = Machine(
    platform="win32",
    python=PYTHON,
    python_version=(3, 12),
    bits=64,
    xlwings=XLWINGS_VERSION,
    dlls=(f"xlwings32-{XLWINGS_VERSION}.dll", f"xlwings64-{XLWINGS_VERSION}.dll"),
    excel=Excel("16.0", r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE", 64),
)
STAMPED = {"CRMSHEET_VERSION": "1", "XLWINGS_VERSION": XLWINGS_VERSION, "INTERPRETER_WIN": PYTHON}


class Keys:
    """A registry in memory."""

    def __init__(self, values: Mapping[str, Mapping[str, str | int]]) -> None:
        self.content = {key: dict(one) for key, one in values.items()}

    def value(self, key: str, name: str) -> str | int | None:
        return self.content.get(key, {}).get(name)

    def keys(self, key: str) -> tuple[str, ...]:
        found = (one.removeprefix(f"{key}\\") for one in self.content if one.startswith(f"{key}\\"))
        return tuple(dict.fromkeys(one.split("\\")[0] for one in found))

    def write(self, key: str, values: Mapping[str, str | int]) -> None:
        self.content[key] = dict(values)

    def delete(self, key: str) -> bool:
        return self.content.pop(key, None) is not None


OFFICE = r"HKCU\Software\Microsoft\Office\16.0\Excel\Security"
WINDOWS = {
    r"HKCR\Excel.Application\CurVer": {"": "Excel.Application.16"},
    machine.APP_PATHS: {"": r"C:\Office16\EXCEL.EXE"},
    machine.CLICK_TO_RUN: {"Platform": "x64"},
    OFFICE: {"VBAWarnings": 2},
    rf"{OFFICE}\Trusted Locations\Location1": {"Path": "%APPDATA%\\Start\\", "AllowSubfolders": 1},
}


def codes(one: Machine, workbook: WorkbookFacts | None = None) -> dict[str, str]:
    return {found.code: found.verdict for found in diagnose(one, "1", workbook)}


def test_a_machine_where_all_is_well() -> None:
    found = codes(FINE, WorkbookFacts(Path("a.xlsm"), dict(STAMPED), from_internet=False))
    assert set(found.values()) == {"good"}
    assert {"python", "excel", "dll", "macros_ask", "stamp", "interpreter"} <= set(found)


@pytest.mark.parametrize(
    ("change", "code", "verdict"),
    [
        ({"python_version": (3, 10)}, "old_python", "bad"),
        ({"excel": replace(FINE.excel, version="12.0")}, "old_excel", "bad"),
        ({"excel": replace(FINE.excel, bits=0)}, "excel_of_any_bits", "good"),
        ({"python": r"C:\Users\u\AppData\Local\Microsoft\WindowsApps\python.exe"}, "store_python", "bad"),
        ({"xlwings": ""}, "no_xlwings", "bad"),
        ({"xlwings": "0.36.0"}, "xlwings_version", "bad"),
        ({"dlls": ("xlwings32-0.37.8.dll",)}, "no_dll", "bad"),
        ({"has_wps": True}, "wps", "hint"),
        ({"excel": Excel()}, "no_excel", "bad"),
        ({"excel": Excel(), "has_wps": True}, "wps", "bad"),
        ({"excel": replace(FINE.excel, macros=4)}, "macros_none", "bad"),
        ({"excel": replace(FINE.excel, macros=3)}, "macros_signed", "bad"),
        ({"excel": replace(FINE.excel, macros=4, by_policy=True)}, "macros_none_by_policy", "bad"),
        ({"excel": replace(FINE.excel, macros=1)}, "macros_all", "hint"),
        ({"excel": replace(FINE.excel, blocks_downloads=True)}, "blocks_downloads", "hint"),
        (
            {"excel": replace(FINE.excel, path=r"C:\Program Files\WindowsApps\x\EXCEL.EXE")},
            "store_excel",
            "hint",
        ),
        ({"excel": replace(FINE.excel, bits=32), "dlls": ()}, "no_dll", "bad"),
        ({"platform": "darwin"}, "mac", "hint"),
        ({"platform": "linux"}, "no_excel_here", "hint"),
    ],
)
def test_what_is_wrong_with_a_machine_is_found(change: dict[str, object], code: str, verdict: str) -> None:
    assert codes(FINE).get(code) != verdict
    assert codes(replace(FINE, **change))[code] == verdict


@pytest.mark.parametrize(
    ("settings", "zone", "code"),
    [
        ({}, "", "no_macros"),
        ({"CRMSHEET_VERSION": "0"}, "", "old_stamp"),
        ({"CRMSHEET_VERSION": "9.9.9"}, "", "newer_stamp"),
        ({"CRMSHEET_VERSION": ""}, "", "no_stamp"),
        ({"XLWINGS_VERSION": "0.30.0"}, "", "old_xlwings_stamp"),
        ({"INTERPRETER_WIN": r"D:\old\python.exe"}, "", "other_interpreter"),
        ({"INTERPRETER_WIN": ""}, "", "no_interpreter"),
        ({"CRMSHEET_VERSION": "1"}, "internet", "from_internet"),
    ],
)
def test_what_is_wrong_with_a_workbook_is_found(settings: dict[str, str], zone: str, code: str) -> None:
    facts = WorkbookFacts(
        Path("a.xlsm"), {**STAMPED, **settings} if settings else {}, from_internet=bool(zone)
    )
    assert code in codes(FINE, facts)
    assert code not in codes(FINE, WorkbookFacts(Path("a.xlsm"), dict(STAMPED), from_internet=False))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"path": Path("a.xlsx")}, "macros_misnamed"),
        ({"path": Path("a.xlsx"), "has_project": False}, "macros_lost"),
        ({"has_old_buttons": True}, "old_buttons"),
    ],
)
def test_what_a_workbook_lost_on_its_way_is_found(change: dict[str, Any], code: str) -> None:
    good = WorkbookFacts(Path("a.xlsm"), dict(STAMPED), from_internet=False)
    assert codes(FINE).get(code) is None and code not in codes(FINE, good)
    assert codes(FINE, replace(good, **change))[code] == "bad"


def test_an_excel_without_a_number_is_none() -> None:
    """Left behind by a removed Office: the key is there and names no version."""
    for left in ("Excel.Application", "", "Excel.Application.x"):
        keys = Keys({**WINDOWS, r"HKCR\Excel.Application\CurVer": {"": left}})
        assert codes(replace(FINE, excel=machine.look_at_excel(keys, {})))["no_excel"] == "bad"
        assert "16.0" in addin.trust_key(keys)


def test_the_addin_names_the_option_for_both_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addin.sys, "platform", "linux")
    for command in (addin.install, addin.uninstall):
        with pytest.raises(UsageError, match="--folder") as told:
            command(registry=Keys({}))
        assert "先看看" not in str(told.value)


def test_every_finding_has_words_with_what_it_needs() -> None:
    told = {code for code in LABELS.words["phrases"] if code.startswith("doctor.")}
    machines = [
        FINE,
        *(replace(FINE, platform=one) for one in ("darwin", "linux")),
        replace(FINE, xlwings="0", has_wps=True, dlls=(), python=r"C:\WindowsApps\python.exe"),
        replace(FINE, xlwings="", excel=Excel(), python_version=(3, 10)),
        replace(FINE, excel=replace(FINE.excel, version="12.0")),
        replace(FINE, excel=replace(FINE.excel, bits=0)),
        *(
            replace(FINE, excel=replace(FINE.excel, macros=level, by_policy=policy, blocks_downloads=True,
                    path="WindowsApps", trusted=(TrustedLocation("a", "/", with_subfolders=True),)))
            for level in (1, 2, 3, 4) for policy in (False, True)
        ),
    ]  # fmt: skip
    books = [
        WorkbookFacts(Path("/tmp/a.xlsm"), settings, from_internet=True)
        for settings in (
            {},
            dict(STAMPED),
            {**STAMPED, "CRMSHEET_VERSION": "0", "INTERPRETER_WIN": ""},
            {**STAMPED, "CRMSHEET_VERSION": "", "INTERPRETER_WIN": "D:"},
            {**STAMPED, "XLWINGS_VERSION": "0"},
            {**STAMPED, "CRMSHEET_VERSION": "9"},
        )
    ]
    books += [
        WorkbookFacts(Path("/tmp/a.xlsx"), STAMPED, from_internet=False, has_old_buttons=True),
        WorkbookFacts(Path("/tmp/a.xlsx"), STAMPED, from_internet=False, has_project=False),
    ]
    seen = [one for each in machines for book in books for one in diagnose(each, "1", book)]
    for one in seen:
        said = LABELS.phrase(f"doctor.{one.code}", **one.facts)
        assert "{" not in said and "?" not in said
        # What is wrong comes with what to do about it.
        assert one.verdict != "bad" or any(word in said for word in ("请", "命令行", "pip install")), said
    missing = told - {f"doctor.{one.code}" for one in seen}
    assert missing <= {"doctor.folder_trusted"}  # pure paths of Windows, tested below


def test_the_registry_tells_of_excel() -> None:
    excel = machine.look_at_excel(Keys(WINDOWS), {"APPDATA": r"C:\Users\u\AppData"})
    assert (excel.version, excel.bits, excel.macros, excel.by_policy) == ("16.0", 64, 2, False)
    assert excel.trusted == (
        TrustedLocation("Location1", "C:\\Users\\u\\AppData\\Start\\", with_subfolders=True),
    )
    assert machine.trusts(excel, r"C:\Users\u\AppData\Start\team")
    assert not machine.trusts(excel, r"C:\Users\u")
    policy = {r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security": {"VBAWarnings": 4}}
    strict = machine.look_at_excel(Keys({**WINDOWS, **policy}), {})
    assert (strict.macros, strict.by_policy) == (4, True)
    assert machine.look_at_excel(Keys({}), {}) == Excel()


def test_the_doctor_on_this_machine(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book = macro_workbook(tmp_path / "客户.xlsm")
    monkeypatch.setattr("sys.argv", ["crmsheet", "doctor", str(book), "--format", "json"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    told = json.loads(capfd.readouterr().out)
    assert {"python", "stamp"} <= {one["code"] for one in told}
    assert stopped.value.code == (1 if any(one["verdict"] == "bad" for one in told) else 0)


def test_the_doctor_on_a_workbook_with_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its password it is told as any other; without it, what is known of the machine is told all the same."""
    plain, path, word = macro_workbook(tmp_path / "plain.xlsm"), tmp_path / "客户.xlsm", tmp_path / "word.txt"
    with plain.open("rb") as source, path.open("wb") as target:
        OOXMLFile(source).encrypt("客户2024", target)
    monkeypatch.setattr(machine, "look", lambda: FINE)

    def told(*options: str) -> tuple[int, list[dict[str, str]], str]:
        monkeypatch.setattr("sys.argv", ["crmsheet", "doctor", str(path), "--format", "json", *options])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said, code = capsys.readouterr(), int(str(stopped.value.code))
        return code, json.loads(said.out), said.err

    for text, refusal in (("", "--password-file"), ("错了", "密码打不开")):
        word.write_text(text, encoding="utf-8")
        code, findings, error = told(*(["--password-file", str(word)] if text else []))
        assert code == EncryptedWorkbook.exit_code and refusal in error and path.name in error
        assert {"python", "excel"} <= {one["code"] for one in findings}
        assert not any(path.name in one["message"] for one in findings)
    word.write_text("客户2024\n", encoding="utf-8")
    code, findings, error = told("--password-file", str(word))
    of_book = [one for one in findings if path.name in one["message"]]
    assert [one["code"] for one in of_book] == ["stamp", "no_interpreter"]
    assert (code, error) == (1, "")
    assert "客户2024" not in repr(findings)


def test_install_writes_one_file_and_uninstall_takes_it_out(tmp_path: Path) -> None:
    registry = Keys(WINDOWS)
    path, key = addin.install(tmp_path / "XLSTART", registry=registry)
    assert key == "" and registry.content == Keys(WINDOWS).content
    assert [one.name for one in (tmp_path / "XLSTART").iterdir()] == ["crmsheet.xlam"]
    assert addin.uninstall(tmp_path / "XLSTART", registry=registry) == (True, False)
    assert not path.exists() and addin.uninstall(tmp_path / "XLSTART", registry=registry) == (False, False)


def test_trust_adds_one_location_of_the_user_and_nothing_more(tmp_path: Path) -> None:
    registry = Keys(WINDOWS)
    team = tmp_path / "team"
    team.mkdir()
    _, key = addin.install(tmp_path / "start", trust=team, registry=registry)
    added = {one: values for one, values in registry.content.items() if one not in WINDOWS}
    assert list(added) == [key] == [rf"{OFFICE}\Trusted Locations\crmsheet"]
    assert added[key]["Path"].startswith(str(team)) and added[key]["AllowSubfolders"] == 0
    assert addin.uninstall(tmp_path / "start", registry=registry) == (True, True)
    assert registry.content == Keys(WINDOWS).content
    for wide in (Path.home(), Path("/"), tmp_path / "nowhere"):
        with pytest.raises(crm.CrmsheetError, match="受信任"):
            addin.install(tmp_path / "other", trust=wide, registry=registry)
    assert not (tmp_path / "other").exists()


def test_the_addin_is_sound(tmp_path: Path) -> None:
    path, _ = addin.install(tmp_path, registry=Keys({}))
    assert path.read_bytes() == addin.build_addin()
    with zipfile.ZipFile(path) as package:
        ribbon = package.read("customUI/customUI14.xml").decode("utf-8")
        assert b"ms-excel.addin.macroEnabled.main" in package.read("[Content_Types].xml")
    from crmsheet.excel.refresh import COMMANDS

    assert {one.removeprefix("crm_") for one in re.findall(r'<button id="(\w+)"', ribbon)} == set(COMMANDS)
    assert [label for label in re.findall(r'label="([^"]+)"', ribbon) if label != "crmsheet"] == [
        "客户需求", "刷新", "检查", "接受修复", "撤销修复", "今天该联系谁", "报告"
    ]  # fmt: skip
    assert "原表" in ribbon and "原始数据不改" not in ribbon  # a refresh writes accepted suggestions back
    parser = VBA_Parser(str(path))
    names = {name for _, _, name, code in parser.extract_macros() if "Sub " in code or "Function " in code}
    parser.close()
    assert {name.split(".")[0] for name in names} == {
        project.module_name(one) for one in project.PROJECTS["addin.bin"]
    }
    assert list(findings(Package(path.read_bytes(), path))) == []
    assert sdk_findings(path) == []


def test_upgrade_renews_our_macros_and_keeps_everything_else(tmp_path: Path) -> None:
    import pyopenvba

    path = macro_workbook(tmp_path / "客户.xlsm")
    with pyopenvba.ExcelFile(path) as file:
        vba = file.vba_project()
        vba.delete_module("crmsheet")
        vba.add_module("crmsheet", 'Attribute VB_Name = "crmsheet"\r\nSub crm_refresh()\r\nEnd Sub\r\n')
        vba.add_module("Mine", 'Attribute VB_Name = "Mine"\r\nSub mine()\r\n    MsgBox 1\r\nEnd Sub\r\n')
        file.save(path)
    book = crm.app.Workbook.open(path)
    book.update_cells("xlwings.conf", {(5, 2): "0.0.1", (1, 2): r"D:\gone\python.exe"})
    book.save(path)
    before = zipfile.ZipFile(path)
    content = {name: before.read(name) for name in before.namelist()}
    assert look_at_workbook(path).stamp == "0.0.1"

    assert "crmsheet" in upgrade(path)

    assert look_at_workbook(path).stamp == look_at_workbook(macro_workbook(tmp_path / "neu.xlsm")).stamp
    after = zipfile.ZipFile(path)
    changed = {name for name in content if after.read(name) != content[name]}
    conf = next(name for name in content if name.startswith("xl/worksheets/") and b"0.0.1" in content[name])
    assert "xl/vbaProject.bin" in changed
    assert changed <= {"xl/vbaProject.bin", conf, "xl/workbook.xml", "xl/sharedStrings.xml"}
    with pyopenvba.ExcelFile(path) as file:
        found = file.vba_modules()
    assert "MsgBox 1" in found["Mine"] and "RunPython" in found["crmsheet"]
    assert path.with_name("客户.bak.xlsm").exists()
    assert openpyxl.load_workbook(path, keep_vba=True).sheetnames[0] == "使用说明"
    assert sdk_findings(path) == []


def test_upgrade_points_the_buttons_of_earlier_workbooks_to_what_they_run_now(tmp_path: Path) -> None:
    """As XlsxWriter wrote them and as Excel saves them: in the VML, in the drawing and on the sheet."""
    path = macro_workbook(tmp_path / "客户.xlsm")
    control = b'<controlPr defaultSize="0" macro="[0]!crm_check"/><!-- [0]!crm_check -->'
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    (first, second) = (name for name in content if "vmlDrawing" in name)
    today = {name: content[name] for name in (first, second)}
    for name, now in today.items():
        content[name] = (
            content[name].replace(b"crm_check_all", b"crm_check").replace(b"crm_call_today", b"CRM_TODAY")
        )
        assert content[name] != now
    sheet = next(name for name in content if name.endswith("sheet1.xml"))
    content[sheet] = content[sheet].replace(b"<legacyDrawing", control + b"<legacyDrawing")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    others = {name: data for name, data in content.items() if b"crm_today" in data and name not in today}

    assert look_at_workbook(path).has_old_buttons
    upgrade(path)
    assert not look_at_workbook(path).has_old_buttons

    with zipfile.ZipFile(path) as package:
        assert {name: package.read(name) for name in today} == today
        assert control.replace(b'!crm_check"', b'!crm_check_all"') in package.read(sheet)
        # The defined name of the day, and the formulas that use it, are none of the buttons' business.
        formulas = [name for name in others if "worksheets" in name and name != sheet]
        assert formulas and all(package.read(name) == others[name] for name in formulas)
        assert b'name="crm_today"' in package.read("xl/workbook.xml")


def test_upgrade_never_puts_older_macros_in_place_of_newer_ones(tmp_path: Path) -> None:
    path = macro_workbook(tmp_path / "客户.xlsm")
    book = crm.app.Workbook.open(path)
    book.update_cells("xlwings.conf", {(5, 2): "9.9.9"})
    book.save(path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"9\.9\.9.*pip install -U"):
        upgrade(path)
    assert path.read_bytes() == before


def test_a_workbook_saved_without_its_macros_is_told_so(tmp_path: Path) -> None:
    """Excel saves one as .xlsx: our settings sheet stays, the macros are gone."""
    path = macro_workbook(tmp_path / "客户.xlsm")
    assert look_at_workbook(path).has_project
    openpyxl.load_workbook(path).save(tmp_path / "另存.xlsx")
    facts = look_at_workbook(tmp_path / "另存.xlsx")
    assert facts.settings and not facts.has_project
    with pytest.raises(UsageError, match="没有本程序的按钮"):
        upgrade(tmp_path / "另存.xlsx")


def test_doctor_and_upgrade_speak_the_language_of_the_workbook(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what they write into it: the words of the buttons and of the function wizard."""
    with speaking("en"):
        path = macro_workbook(tmp_path / "customers.xlsm")

    def conf() -> list[list[object]]:
        return next(sheet for sheet in read_book(path).sheets if sheet.name == "xlwings.conf").rows

    before = conf()
    assert not re.search("[\u4e00-\u9fff]", str(before))
    for command in (["doctor", str(path)], ["workbook", "upgrade", str(path)]):
        monkeypatch.setattr("sys.argv", ["crmsheet", *command])
        with pytest.raises(SystemExit):
            cli.main()
        assert not re.search("[\u4e00-\u9fff]", capfd.readouterr().out)
    assert conf() == before


def test_upgrade_refuses_what_has_no_macros_of_ours(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(crm.CrmsheetError, match="没有本程序的按钮"):
        upgrade(tmp_path / "a.xlsx")
