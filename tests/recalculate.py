"""A workbook calculated anew by LibreOffice, which otherwise trusts the values saved in a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PROGRAM = "soffice"
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def recalculated(workbook: Path, folder: Path) -> Path:
    """A copy of ``workbook`` in ``folder`` whose every formula was calculated; skips without LibreOffice."""
    if shutil.which(PROGRAM) is None:
        reason = f"{PROGRAM} is not installed"
        pytest.fail(reason) if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1" else pytest.skip(reason)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        settings = Path(profile, "user", "registrymodifications.xcu")
        settings.parent.mkdir()
        settings.write_text(ALWAYS, encoding="utf-8")
        command = [PROGRAM, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "xlsx", "--outdir", str(folder), str(workbook)]
        subprocess.run(command, check=True, timeout=300, capture_output=True)
    return folder / workbook.name
