"""Workbooks calculated anew by LibreOffice, which otherwise trusts the values saved in a file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

PROGRAM = "soffice"
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def recalculated(workbooks: Sequence[Path], folder: Path) -> list[Path]:
    """Copies of ``workbooks`` in ``folder`` whose every formula was calculated; skips without LibreOffice.

    Saved values are taken out first, so none can be handed back.
    """
    if shutil.which(PROGRAM) is None:
        reason = f"{PROGRAM} is not installed"
        pytest.fail(reason) if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1" else pytest.skip(reason)
    bare = folder / "bare"
    bare.mkdir(parents=True)
    files = [_without_values(one, bare / f"{number}.xlsx") for number, one in enumerate(workbooks)]
    with tempfile.TemporaryDirectory() as profile:
        settings = Path(profile, "user", "registrymodifications.xcu")
        settings.parent.mkdir()
        settings.write_text(ALWAYS, encoding="utf-8")
        command = [PROGRAM, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "xlsx", "--outdir", str(folder), *map(str, files)]
        subprocess.run(command, check=True, timeout=300, capture_output=True)
    return [folder / one.name for one in files]


def _without_values(workbook: Path, bare: Path) -> Path:
    with ZipFile(workbook) as source, ZipFile(bare, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f>|<f\b[^>]*/>)<v>[^<]*</v>", rb"\1", data)
            target.writestr(name, data)
    return bare
