"""One run at a time per workbook on a machine, and no lock file left when it is over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crmsheet.book import locks
from crmsheet.errors import TargetInUse

RACE = """
import os, sys, time
from pathlib import Path
from crmsheet.book.locks import exclusive
target, mark, turns = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for turn in range(turns):
    with exclusive(target):
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))  # fails while another run is inside
        time.sleep(0.0005)
        mark.unlink()
"""


@pytest.fixture(name="target", autouse=True)
def _target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(locks.tempfile, "gettempdir", lambda: str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    return tmp_path / "客户.xlsx"


def _left(target: Path) -> list[Path]:
    return list((target.parent / "temporary").iterdir())


def test_no_lock_file_stays(target: Path) -> None:
    with locks.exclusive(target):
        assert _left(target) == [locks.lock_file(target)]
    assert _left(target) == []


def test_no_lock_file_stays_when_the_run_fails(target: Path) -> None:
    with contextlib.suppress(ZeroDivisionError), locks.exclusive(target):
        raise ZeroDivisionError
    assert _left(target) == []


def test_giving_up_leaves_the_others_lock_alone(target: Path) -> None:
    with locks.exclusive(target):
        with pytest.raises(TargetInUse), locks.exclusive(target, patience=0.05):
            pass
        assert _left(target) == [locks.lock_file(target)]
    assert _left(target) == []


def test_processes_that_race_are_never_inside_together(target: Path) -> None:
    mark = target.with_name("inside")
    command = [sys.executable, "-c", RACE, str(target), str(mark), "40"]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [one.communicate()[1] for one in running]
    assert [one.returncode for one in running] == [0, 0], told
    assert _left(target) == []


def test_threads_that_race_are_never_inside_together(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiter that gets hold of a file removed meanwhile must look again: many short turns make that happen."""
    monkeypatch.setattr(locks, "PAUSE_SECONDS", 0.0001)
    inside, most = [0], [0]

    def turns() -> None:
        for _ in range(60):
            with locks.exclusive(target):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0002)
                inside[0] -= 1

    threads = [threading.Thread(target=turns) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert _left(target) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_the_next_run_takes_over_what_a_killed_one_left(target: Path) -> None:
    killed = RACE.replace("mark.unlink()", f"os.kill(os.getpid(), {int(signal.SIGKILL)})")
    subprocess.run([sys.executable, "-c", killed, str(target), str(target.with_name("m")), "1"], check=False)
    assert _left(target) == [locks.lock_file(target)]
    with locks.exclusive(target, patience=0):
        pass
    assert _left(target) == []


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be replaced there")
def test_a_file_put_in_its_place_is_not_removed(target: Path) -> None:
    path = locks.lock_file(target)
    with locks.exclusive(target):
        path.unlink()
        path.write_bytes(b"another run's")
    assert path.read_bytes() == b"another run's"


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no such flag")
def test_a_link_in_the_temporary_folder_is_not_followed(target: Path) -> None:
    victim = target.with_name("victim")
    locks.lock_file(target).symlink_to(victim)
    with locks.exclusive(target):
        assert not victim.exists()


def test_windows_leaves_a_file_that_is_waited_for(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(locks, "_free", locks._free_after_closing)
    with monkeypatch.context() as waited_for:
        waited_for.setattr(Path, "unlink", refuse)
        with locks.exclusive(target):
            pass
    assert _left(target) == [locks.lock_file(target)]
    with locks.exclusive(target, patience=0):
        pass
    assert _left(target) == []
