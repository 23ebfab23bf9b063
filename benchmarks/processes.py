"""What a job costs together with every process it starts: seconds and memory."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock and of all processors, and the highest memory in MB."""

    wall: float
    processor: float
    memory: float


def measure(job: str, *arguments: object) -> Cost:
    """Cost of the Python text ``job`` and of every process it starts."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "job.py"
        script.write_text("import sys\n" + job, "utf-8")
        _adopt_orphans()
        began, before = time.perf_counter(), os.times()
        process = subprocess.Popen([sys.executable, str(script), *map(str, arguments)], env=_as_installed())
        highest, tree = 0, psutil.Process(process.pid)
        while process.poll() is None:
            highest = max(highest, _resident(tree))
            time.sleep(0.5)
        wall = time.perf_counter() - began
        _await_orphans()
        after = os.times()
    if process.returncode:
        raise RuntimeError(job)
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall, spent, highest / 2**20)


@cache
def _as_installed() -> dict[str, str]:
    """The environment, with our modules compiled as pip leaves them and all other packages are: a process that has to
    compile the package first would be measured for that.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found = find_spec("crmsheet")
    places = list(found.submodule_search_locations or ()) if found else []
    subprocess.run([sys.executable, "-m", "compileall", "-q", *places], env=environment, check=True)
    return environment


def _resident(tree: psutil.Process) -> int:
    total = 0
    try:
        for process in [tree, *tree.children(recursive=True)]:
            total += process.memory_full_info().pss
    except psutil.Error:
        pass
    return total


def _adopt_orphans() -> None:
    """Processes whose parent ends before them become ours: a server of workers does, and its seconds count."""
    subreaper = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h
    ctypes.CDLL(None, use_errno=True).prctl(subreaper, 1, 0, 0, 0)


def _await_orphans() -> None:
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return
