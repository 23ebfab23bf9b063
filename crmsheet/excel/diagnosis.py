"""The doctor's judgement: facts in, findings out, each with what to do. Pure, so every machine can be tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from crmsheet.excel.machine import Machine, trusts
from crmsheet.excel.workbook import XLWINGS_VERSION
from crmsheet.excel.workbook_facts import WorkbookFacts, is_newer

Verdict = Literal["good", "hint", "bad"]
OLDEST_PYTHON = (3, 11)
OLDEST_EXCEL = 14.0  # 2010
WITH_EXCEL = ("win32", "darwin")
MACRO_SUFFIXES = (".xlsm", ".xltm")
ALL, ASK, SIGNED, NONE = 1, 2, 3, 4  # VBAWarnings


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding: a code that labels word as ``doctor.<code>``, a verdict, and facts for the words."""

    code: str
    verdict: Verdict
    facts: dict[str, Any] = field(default_factory=dict)


def diagnose(machine: Machine, installed: str, workbook: WorkbookFacts | None = None) -> list[Diagnosis]:
    """Every finding about ``machine`` and, if given, ``workbook``; ``installed`` is this package's version."""
    found = [*_python(machine)]
    found += [*(_windows(machine) if machine.platform == "win32" else _elsewhere(machine))]
    if workbook is not None:
        found += [*_workbook(workbook, machine, installed)]
    return found


def _python(machine: Machine) -> Iterator[Diagnosis]:
    facts = {"path": machine.python, "bits": machine.bits, "version": "{}.{}".format(*machine.python_version)}
    is_new = machine.python_version >= OLDEST_PYTHON
    yield Diagnosis("python", "good", facts) if is_new else Diagnosis("old_python", "bad", facts)
    if machine.is_store_python:
        yield Diagnosis("store_python", "bad", facts)
    if machine.platform not in WITH_EXCEL:
        return
    if not machine.xlwings:
        yield Diagnosis("no_xlwings", "bad")
    elif machine.xlwings != XLWINGS_VERSION:
        yield Diagnosis("xlwings_version", "bad", {"found": machine.xlwings, "wanted": XLWINGS_VERSION})


def _elsewhere(machine: Machine) -> Iterator[Diagnosis]:
    yield Diagnosis("mac" if machine.platform == "darwin" else "no_excel_here", "hint")


def _windows(machine: Machine) -> Iterator[Diagnosis]:
    excel = machine.excel
    if machine.has_wps:
        yield Diagnosis("wps", "hint" if excel.version else "bad")
    if not excel.version:
        yield Diagnosis("no_excel", "bad")
        return
    facts = {"version": excel.version, "bits": excel.bits}
    if float(excel.version) < OLDEST_EXCEL:
        yield Diagnosis("old_excel", "bad", facts)
    else:
        yield Diagnosis("excel" if excel.bits else "excel_of_any_bits", "good", facts)
    if "windowsapps" in excel.path.lower():
        yield Diagnosis("store_excel", "hint")
    if machine.xlwings:
        yield from _dll(machine)
    yield from _macros(machine)


def _dll(machine: Machine) -> Iterator[Diagnosis]:
    """VBA loads the DLL of Excel's bitness; it starts a Python of any."""
    bits = machine.excel.bits or machine.bits
    name = f"xlwings{bits}-{XLWINGS_VERSION}.dll"
    yield Diagnosis(
        "dll" if name in machine.dlls else "no_dll", "good" if name in machine.dlls else "bad", {"name": name}
    )


def _macros(machine: Machine) -> Iterator[Diagnosis]:
    excel = machine.excel
    code = {ALL: "macros_all", ASK: "macros_ask", SIGNED: "macros_signed", NONE: "macros_none"}.get(
        excel.macros, "macros_ask"
    )
    verdict: Verdict = "good" if excel.macros == ASK else "hint" if excel.macros == ALL else "bad"
    yield Diagnosis(f"{code}_by_policy" if excel.by_policy and verdict == "bad" else code, verdict)
    if excel.blocks_downloads:
        yield Diagnosis("blocks_downloads", "hint")
    places = "; ".join(location.path for location in excel.trusted)
    yield Diagnosis("trusted" if places else "nothing_trusted", "good", {"places": places})


def _workbook(workbook: WorkbookFacts, machine: Machine, installed: str) -> Iterator[Diagnosis]:
    facts: dict[str, Any] = {"path": workbook.path}
    if not workbook.settings:
        yield Diagnosis("no_macros", "hint", facts)
        return
    if not workbook.has_project:
        yield Diagnosis("macros_lost", "bad", facts)
        return
    if workbook.path.suffix.lower() not in MACRO_SUFFIXES:
        yield Diagnosis("macros_misnamed", "bad", facts)
    if workbook.has_old_buttons:
        yield Diagnosis("old_buttons", "bad", facts)
    yield _stamp(workbook, installed, facts)
    if machine.platform in WITH_EXCEL:
        yield _interpreter(workbook.interpreter(machine.platform), machine, facts)
    if workbook.from_internet:
        yield Diagnosis("from_internet", "bad", facts)
    if machine.platform == "win32" and trusts(machine.excel, str(workbook.path.resolve().parent)):
        yield Diagnosis("folder_trusted", "good", facts)


def _stamp(workbook: WorkbookFacts, installed: str, facts: dict[str, Any]) -> Diagnosis:
    if workbook.stamp != installed:
        told = {**facts, "found": workbook.stamp, "installed": installed}
        code = "newer_stamp" if is_newer(workbook.stamp, installed) else "old_stamp"
        return Diagnosis(code if workbook.stamp else "no_stamp", "bad", told)
    if workbook.xlwings_stamp != XLWINGS_VERSION:
        return Diagnosis("old_xlwings_stamp", "bad", {**facts, "wanted": XLWINGS_VERSION})
    return Diagnosis("stamp", "good", {**facts, "version": workbook.stamp})


def _interpreter(python: str, machine: Machine, facts: dict[str, Any]) -> Diagnosis:
    told = {**facts, "found": python, "python": machine.python}
    if python.lower() == machine.python.lower():
        return Diagnosis("interpreter", "good", told)
    return Diagnosis("other_interpreter" if python else "no_interpreter", "bad", told)
