"""The ribbon add-in: one file in Excel's start folder, and nothing else unless a trusted folder is asked for."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from crmsheet.book.macros import addin
from crmsheet.book.save import make_folder, write_file
from crmsheet.data import read_text
from crmsheet.errors import TargetNotWritable, UsageError
from crmsheet.excel.machine import OFFICE, look_at_excel
from crmsheet.excel.registry import Registry, this_registry
from crmsheet.excel.workbook import project, workbook_macros
from crmsheet.labels import Labels

FILE = "crmsheet.xlam"
TRUST_KEY = "crmsheet"
MAC_START = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"


def build_addin() -> bytes:
    """The add-in for this machine; the same machine gives the same bytes."""
    macros = replace(
        workbook_macros(Labels.load()), project=project("addin.bin"), buttons=(), button_sheets={}
    )
    return addin(macros, read_text("vba/ribbon.xml"))


def start_folder() -> Path:
    """Where Excel opens add-ins from by itself."""
    if sys.platform == "darwin":
        return Path.home() / MAC_START
    if sys.platform == "win32" and "APPDATA" in os.environ:
        return Path(os.environ["APPDATA"]) / "Microsoft" / "Excel" / "XLSTART"
    raise UsageError(problem=Labels.load().phrase("addin_no_excel"))


def install(
    folder: Path | None = None, *, trust: Path | None = None, registry: Registry | None = None
) -> tuple[Path, str]:
    """Write the add-in into ``folder``, by default Excel's start folder; returns its path.

    With ``trust``, that folder becomes one trusted location of the current user; its registry key comes second.
    """
    target = (folder or start_folder()) / FILE
    key = _trust(trust, registry or this_registry()) if trust is not None else ""
    make_folder(target.parent)
    write_file(target, build_addin())
    return target, key


def uninstall(folder: Path | None = None, *, registry: Registry | None = None) -> tuple[bool, bool]:
    """Take out what :func:`install` put in: whether there was an add-in, and whether a trusted location."""
    target = (folder or start_folder()) / FILE
    asked = registry or this_registry()
    had_trust = asked.delete(trust_key(asked))
    try:
        target.unlink()
    except FileNotFoundError:
        return False, had_trust
    except OSError as error:
        raise TargetNotWritable(
            path=target, reason=Labels.load().phrase("addin_open", error=error)
        ) from error
    return True, had_trust


def trust_key(registry: Registry) -> str:
    """Our one key among the trusted locations."""
    version = look_at_excel(registry, {}).version or "16.0"
    return rf"HKCU\{OFFICE}\{version}\Excel\Security\Trusted Locations\{TRUST_KEY}"


def _trust(folder: Path, registry: Registry) -> str:
    place = folder.resolve()
    too_wide = {Path.home().resolve(), Path.home().resolve() / "Downloads", Path(place.anchor)}
    if place in too_wide or not place.is_dir():
        raise UsageError(problem=Labels.load().phrase("addin_trust_too_wide", path=place))
    key = trust_key(registry)
    try:
        registry.write(key, {"Path": f"{place}{os.sep}", "Description": TRUST_KEY, "AllowSubfolders": 0})
    except OSError as error:
        raise UsageError(problem=Labels.load().phrase("addin_no_registry")) from error
    return key
