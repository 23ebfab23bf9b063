"""What the doctor looks at: facts about this machine's Python and Excel, gathered once and judged elsewhere."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PureWindowsPath

from crmsheet.excel.registry import Registry, this_registry

OFFICE = r"Software\Microsoft\Office"
POLICIES = r"Software\Policies\Microsoft\Office"
APP_PATHS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
WPS = (r"HKCU\Software\Kingsoft\Office", r"HKLM\SOFTWARE\WOW6432Node\Kingsoft\Office")
STORE = "windowsapps"


@dataclass(frozen=True, slots=True)
class TrustedLocation:
    """One folder whose macros run without asking; ``key`` is its name in the registry."""

    key: str
    path: str
    with_subfolders: bool


@dataclass(frozen=True, slots=True)
class Excel:
    """``version`` is the registry's (16.0 since 2016), blank when Excel is missing; ``bits`` 0 when unknown.

    ``macros`` is VBAWarnings: 1 all, 2 ask (also when unset), 3 signed only, 4 none. ``by_policy``: the
    administrator set it. ``blocks_downloads``: macros of files from the internet never run.
    """

    version: str = ""
    path: str = ""
    bits: int = 0
    macros: int = 2
    by_policy: bool = False
    blocks_downloads: bool = False
    trusted: tuple[TrustedLocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """``platform`` as Python names it; ``dlls`` are the xlwings DLLs beside this Python, by file name."""

    platform: str
    python: str
    python_version: tuple[int, int]
    bits: int
    xlwings: str = ""
    dlls: tuple[str, ...] = ()
    excel: Excel = Excel()
    has_wps: bool = False

    @property
    def is_store_python(self) -> bool:
        """Python of the Microsoft Store runs in a cage: Excel cannot load its DLL."""
        return STORE in self.python.lower()


def look(registry: Registry | None = None) -> Machine:
    """The facts of this machine."""
    asked = registry or this_registry()
    return Machine(
        platform=sys.platform,
        python=sys.executable,
        python_version=(sys.version_info.major, sys.version_info.minor),
        bits=struct.calcsize("P") * 8,
        xlwings=_version("xlwings"),
        dlls=tuple(sorted(path.name for path in _dll_folders(Path(sys.executable)))),
        excel=look_at_excel(asked, os.environ),
        has_wps=any(asked.keys(key) for key in WPS),
    )


def look_at_excel(registry: Registry, environment: Mapping[str, str]) -> Excel:
    """Excel as the registry tells of it."""
    current = registry.value(r"HKCR\Excel.Application\CurVer", "")
    release = current.rsplit(".", 1)[-1] if isinstance(current, str) else ""
    if not release.isdecimal():  # a half removed Excel leaves the key without a number
        return Excel()
    number = f"{release}.0"
    security = rf"{number}\Excel\Security"
    own, set_by_policy = (
        registry.value(rf"HKCU\{root}\{security}", "VBAWarnings") for root in (OFFICE, POLICIES)
    )
    level = set_by_policy if set_by_policy is not None else own
    path = registry.value(APP_PATHS, "")
    return Excel(
        version=number,
        path=path if isinstance(path, str) else "",
        bits=_excel_bits(registry, number),
        macros=level if isinstance(level, int) else 2,
        by_policy=set_by_policy is not None,
        blocks_downloads=registry.value(rf"HKCU\{POLICIES}\{security}", "blockcontentexecutionfrominternet")
        == 1,
        trusted=tuple(_trusted(registry, rf"HKCU\{OFFICE}\{security}\Trusted Locations", environment)),
    )


def _excel_bits(registry: Registry, number: str) -> int:
    """Bitness as Office records it: for click-to-run in one place, for installer packages with Outlook."""
    told = registry.value(CLICK_TO_RUN, "Platform") or registry.value(
        rf"HKLM\SOFTWARE\Microsoft\Office\{number}\Outlook", "Bitness"
    )
    return {"x64": 64, "x86": 32}.get(str(told), 0)


def _trusted(registry: Registry, key: str, environment: Mapping[str, str]) -> Iterator[TrustedLocation]:
    for name in registry.keys(key):
        path = registry.value(rf"{key}\{name}", "Path")
        if isinstance(path, str):
            for variable, value in environment.items():
                path = path.replace(f"%{variable}%", value)
            subfolders = registry.value(rf"{key}\{name}", "AllowSubfolders") == 1
            yield TrustedLocation(name, path, subfolders)


def trusts(excel: Excel, folder: str) -> bool:
    """Whether macros of workbooks in ``folder`` run without asking."""
    wanted = PureWindowsPath(folder.rstrip("\\"))
    for location in excel.trusted:
        trusted = PureWindowsPath(location.path.rstrip("\\"))
        if wanted == trusted or (location.with_subfolders and trusted in wanted.parents):
            return True
    return False


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _dll_folders(python: Path) -> Iterator[Path]:
    """xlwings' VBA looks beside the interpreter, then one folder up (virtual environments)."""
    for folder in (python.parent, python.parent.parent):
        yield from folder.glob("xlwings*-*.dll")
