"""The readers of cells in Pyodide: the answers they give in the browser are those they give here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import opencc_purepy
import pytest

import crmsheet

ROOT = Path(crmsheet.__file__).parents[1]
TOOLS = ROOT / "tests" / "tools"
PACKAGES = {"crmsheet": ROOT / "crmsheet", "opencc_purepy": Path(opencc_purepy.__file__).parent}

# What both sides run: each reader over the first column of its list of cases.
SCRIPT = """
import json, importlib
READERS = {
    "amounts": ("amounts", lambda m, text: repr(m.parse_money(text))),
    "phones": ("phones", lambda m, text: repr(m.classify_phone(text))),
    "industry": ("industry", lambda m, text: repr(m.classify_industry(text))),
    "region": ("regions", lambda m, text: repr(m.locate(text, kind="company"))),
    "sensitive": ("privacy", lambda m, text: m.mask(text)),
    "textnorm": ("text", lambda m, text: m.normalize_text(text)),
    "persons": ("persons", lambda m, text: repr(m.classify_person(text))),
    "dates": ("dates", lambda m, text: repr(m.parse_date(text, base=__import__("datetime").date(2024, 3, 18)))),
    "company_pairs": ("companies", lambda m, text: m.parse_company(text).key),
}
def answers(folder):
    found = {}
    for cases, (name, read) in READERS.items():
        module = importlib.import_module("crmsheet.clean." + name)
        lines = open(folder + "/" + cases + ".tsv", encoding="utf-8").read().splitlines()
        texts = [line.split("\\t")[0] for line in lines if line and not line.startswith("#")][1:]
        found[cases] = [read(module, text) for text in texts]
    return found
"""

NODE = """
const { loadPyodide } = require(process.argv[1]);
(async () => {
  const pyodide = await loadPyodide();
  const py = pyodide.FS;
  for (const [name, folder] of Object.entries(JSON.parse(process.argv[2]))) {
    py.mkdirTree('/packages/' + name);
    py.mount(py.filesystems.NODEFS, { root: folder }, '/packages/' + name);
  }
  py.mkdirTree('/cases');
  py.mount(py.filesystems.NODEFS, { root: process.argv[3] }, '/cases');
  const text = pyodide.runPython(`
import sys, json
sys.path.insert(0, '/packages')
assert 'pandas' not in sys.modules
${process.argv[4]}
result = answers('/cases')
assert 'scipy' not in sys.modules and 'pandas' not in sys.modules
json.dumps(result, ensure_ascii=False)
`);
  console.log(text);
})();
"""


def pyodide() -> Path:
    """The npm package; without it the running test ends here."""
    places = [os.environ.get("CRMSHEET_PYODIDE", ""), str(TOOLS / "node_modules" / "pyodide")]
    found = next((Path(place) for place in places if place and Path(place, "pyodide.js").exists()), None)
    if found is None or shutil.which("node") is None:
        reason = "pyodide is not installed: npm install --prefix tests/tools --no-package-lock"
        pytest.fail(reason) if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1" else pytest.skip(reason)
    return found


@pytest.mark.slow
def test_readers_answer_in_the_browser_as_they_do_here() -> None:
    package = pyodide()
    here: dict[str, object] = {}
    exec(SCRIPT, here)
    cases = ROOT / "tests" / "cases"
    folders = json.dumps({name: str(folder) for name, folder in PACKAGES.items()})
    command = ["node", "-e", NODE, str(package / "pyodide.js"), folders, str(cases), SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    expected = here["answers"](str(cases))  # type: ignore[operator]
    assert sum(map(len, expected.values())) > 1000
    assert found == expected
