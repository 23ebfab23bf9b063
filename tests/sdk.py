"""Microsoft's Open XML SDK as judge of what we write: ``assert sdk_findings(path) == []``.

The validator comes from npm (``tests/tools/package.json``). It is looked for in ``CRMSHEET_OOXML_VALIDATOR``, in
``tests/tools`` and on the PATH; without it the calling test is skipped, or fails where
``CRMSHEET_REQUIRE_TOOLS=1``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = "ooxml-validator"
INSTALLED = Path(__file__).parent / "tools" / "node_modules" / ".bin" / PROGRAM


def sdk_findings(path: Path) -> list[str]:
    """What the SDK finds wrong with a workbook, one line each: part, place, description."""
    found = subprocess.run([validator(), str(path)], capture_output=True, text=True, timeout=300, check=False)
    report = json.loads(found.stdout)
    return [f"{error['path']} {error['xPath']}: {error['description']}" for error in report["errors"]]


def validator() -> str:
    """The program; without one the running test ends here."""
    places = (os.environ.get("CRMSHEET_OOXML_VALIDATOR"), str(INSTALLED), PROGRAM)
    program = next((found for place in places if place and (found := shutil.which(place))), None)
    if program is None:
        reason = f"{PROGRAM} is not installed: npm install --prefix tests/tools --no-package-lock"
        pytest.fail(reason) if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1" else pytest.skip(reason)
    return program
