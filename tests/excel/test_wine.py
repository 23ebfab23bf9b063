"""xlwings' COM server with our functions on a Windows Python under Wine: optional, and never shipped.

``CRMSHEET_WINE_PYTHON`` names a ``python.exe`` of Windows whose site-packages hold xlwings, pywin32 and what crmsheet
needs; ``tests/tools/windows_python.sh`` makes one of packages of PyPI. A Wine that cannot import them is skipped with
what it said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from ast import literal_eval
from pathlib import Path

import pytest

import crmsheet
from crmsheet.excel.functions import function

DEBIAN_WINE = "/usr/lib/wine/wine64"
CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
READY = "numpy and xlwings are there"

CALL = f"""
import os, sys, threading, time
site = os.path.join(os.path.dirname(sys.executable), "Lib", "site-packages")
sys.path[:0] = [sys.argv[1], os.path.join(site, "win32"), os.path.join(site, "win32", "lib")]
os.add_dll_directory(os.path.join(site, "pywin32_system32"))
sys.coinit_flags = 0
import numpy, pythoncom, xlwings, win32com.client
print("{READY}", flush=True)
def serve():
    pythoncom.CoInitialize()
    xlwings.serve("{CLSID}")
threading.Thread(target=serve, daemon=True).start()
time.sleep(3)
server = win32com.client.Dispatch(
    pythoncom.CoCreateInstance("{CLSID}", None, pythoncom.CLSCTX_LOCAL_SERVER, pythoncom.IID_IDispatch)
)
def ask(name, *cells):
    return server.CallUDF("crmsheet.excel.udfs", name, cells, None, None)
answers = [
    ask("CRM_ICE", 8, 6, 4),
    ask("CRM_ICE", ((8,), (None,)), 6, 4),
    ask("CRM_TAGS", (("\u592a\u8d35\u4e86",), (None,))),
    ask("CRM_NEXT_DATE", "2024-05-06", None).strftime("%Y-%m-%d"),
    ask("CRM_ICE", 8, 6, 11),
]
print("answers", ascii(answers), flush=True)
os._exit(0)
"""


@pytest.mark.slow
def test_the_server_answers_a_call_under_wine(tmp_path: Path) -> None:
    wine = shutil.which("wine") or shutil.which(DEBIAN_WINE)
    python = os.environ.get("CRMSHEET_WINE_PYTHON", "")
    if not wine or not Path(python).is_file():
        pytest.skip("optional: needs Wine and CRMSHEET_WINE_PYTHON, a python.exe of Windows")
    script, said = tmp_path / "call.py", tmp_path / "said.txt"
    script.write_text(CALL, encoding="utf-8")
    # cmd gives Python real handles; without them it ends before its first line.
    inside = " ".join(map(_windows, (python, script, Path(crmsheet.__file__).parents[1])))
    done = subprocess.run(
        [wine, "cmd", "/c", f"{inside} > {_windows(said)} 2>&1 < {_windows(script)}"],
        capture_output=True, check=False, timeout=240, env={**os.environ, "WINEDEBUG": "-all"},
    )  # fmt: skip
    answer = said.read_text(encoding="utf-8", errors="replace") if said.exists() else repr(done.stderr)
    if READY not in answer:
        pytest.skip(f"this Wine cannot run it: {answer[:200]}")
    line = next((line for line in answer.splitlines() if line.startswith("answers ")), "")
    assert line, answer
    one, column, tags, day, refused = literal_eval(line.removeprefix("answers "))
    assert (one, column, tags) == (6.0, ((6.0,), ("#N/A",)), (("价格敏感型",), ("",)))
    assert day == "2024-05-06"
    assert refused == function("CRM_ICE")(8, 6, 11)


def _windows(path: str | Path) -> str:
    """A path as Wine's drive Z names it."""
    return "Z:" + str(path).replace("/", "\\")
