"""Kills, starves and disturbs refreshes, and counts how often the user's file was anything but whole.

    python -m tests.reliability [--kills 200] [--fuzz-seconds 300] [--write] [FOLDER ...]

``--write`` puts the figures into docs/reliability.md. FOLDER holds more workbooks for the fuzzer. The exit code is
the number of failures.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.pages import write_section
from crmsheet.book.save import Fingerprint, backup_path
from crmsheet.book.workbook import Workbook
from crmsheet.errors import CrmsheetError, DiskFull, TargetNotWritable
from tests import fuzz
from tests.sheets import RECORD, RECORD_HEADERS, write_book

DOCUMENT = Path(__file__).parents[1] / "docs" / "reliability.md"
AS_OF = "2024-03-18"
# Loads the program once; then each line asks for a child that refreshes the workbook again and again.
NURSERY = (
    "import os, sys, crmsheet, crmsheet.app\n"
    f"crmsheet.refresh(sys.argv[1], as_of='{AS_OF}')\n"
    "for line in sys.stdin:\n"
    "    child = os.fork()\n"
    "    while not child:\n"
    f"        crmsheet.refresh(sys.argv[1], as_of='{AS_OF}')\n"
    "    print(child, flush=True)\n"
    "    os.waitpid(child, 0)\n"
    "    print('gone', flush=True)\n"
)
LONGEST = 1.0  # seconds until a kill: about one refresh
Row = tuple[str, str, str]


def _workbook(folder: Path) -> Path:
    rows = [RECORD_HEADERS, *[[f"C2024{n:03d}", *RECORD[1:]] for n in range(1, 40)]]
    return write_book(folder / "客户.xlsx", {"客户需求记录": rows})


def _is_whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            complete = archive.testzip() is None
        return complete and "客户需求记录" in Workbook.open(path).sheet_names
    except (zipfile.BadZipFile, CrmsheetError, OSError):
        return False


def kill_refreshes(folder: Path, times: int) -> Row:
    """A child refreshes the workbook again and again; each time it is killed at another instant."""
    path, chance, broken = _workbook(folder), random.Random(6), 0
    command = [sys.executable, "-c", NURSERY, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None and nursery.stdout is not None
        for _ in range(times):
            print("one", file=nursery.stdin, flush=True)
            child = int(nursery.stdout.readline())
            time.sleep(chance.uniform(0, LONGEST))
            os.kill(child, signal.SIGKILL)
            nursery.stdout.readline()
            broken += not _is_whole(path) or (backup_path(path).exists() and not _is_whole(backup_path(path)))
    Workbook.open(path).save(path)
    Workbook.open(path).save(path, backup=backup_path(path))  # each clears what was left where it writes
    return (
        "killed (SIGKILL) at a random instant of a refresh in place",
        f"{times}",
        _told(broken, _left(folder)),
    )


def fail_every_write(folder: Path) -> Row:
    """The n-th write call of a refresh fails half way, for every n there is."""
    path = _workbook(folder)
    before, real, at, broken = path.read_bytes(), os.fdopen, 0, 0
    while True:
        os.fdopen = _dying(real, at)  # type: ignore[assignment]
        try:
            _put_sheet(path, backup=True)
            break
        except DiskFull:
            backup = backup_path(path)
            broken += path.read_bytes() != before or (backup.exists() and backup.read_bytes() != before)
            at += 1
        finally:
            os.fdopen = real
    return (
        "every write call failing half way (disk full), one after the other",
        f"{at}",
        _told(broken, _left(folder)),
    )


def _dying(real: Callable[..., object], at: int) -> Callable[..., object]:
    def open_dying(*arguments: object, **named: object) -> object:
        file = real(*arguments, **named)
        write, left = file.write, [at]  # type: ignore[attr-defined]

        class Dying:
            def write(self, data: bytes) -> int:
                left[0] -= 1
                if left[0] < 0:
                    write(bytes(data)[: len(data) // 2])
                    raise OSError(errno.ENOSPC, "full")
                return int(write(data))

            def __getattr__(self, name: str) -> object:
                return getattr(file, name)

            def __enter__(self) -> Dying:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()  # type: ignore[attr-defined]

        return Dying()

    return open_dying


def fill_the_disk(folder: Path) -> Row:
    """The system itself refuses to let a file grow (RLIMIT_FSIZE), at ever larger sizes."""
    path = _workbook(folder)
    tried = broken = 0
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in range(0, 200_000, 997):
        before = path.read_bytes()
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
        try:
            _put_sheet(path)
        except CrmsheetError:
            tried += 1
            broken += path.read_bytes() != before
        else:
            break
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
    return "the system refusing a file of that size (RLIMIT_FSIZE)", f"{tried}", _told(broken, _left(folder))


SMALL_DISK_KB = 4096


def fill_a_small_disk(folder: Path) -> Row | None:
    """A file system of its own (tmpfs, else a loop device), filled up but for ever more bytes; None where mounting
    is not allowed. The last trial of each has room enough and must be written.
    """
    place = folder / "disk"
    place.mkdir()
    kind = _mounted(place, folder)
    if not kind:
        return None
    tried = broken = 0
    try:
        path = _workbook(place)
        before, ballast = path.read_bytes(), place / "ballast"
        for free in range(0, 400_000, 4096):
            _fill(place, ballast, free)
            try:
                _put_sheet(path, backup=True)
                break
            except DiskFull:
                tried += 1
                broken += path.read_bytes() != before or _left(place) > 0
            finally:
                ballast.unlink()
        broken += path.read_bytes() == before or not _is_whole(path)
    finally:
        subprocess.run(["umount", str(place)], check=False)
    return (
        f"a full disk ({kind} of {SMALL_DISK_KB // 1024} MB), 4 KB more room each time",
        f"{tried}",
        _told(broken, 0),
    )


def _mounted(place: Path, folder: Path) -> str:
    image = folder / "image"
    image.write_bytes(bytes(SMALL_DISK_KB << 10))
    ways = {
        "tmpfs": [["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_KB}k", "tmpfs", str(place)]],
        "ext4 on a loop device": [
            ["mkfs.ext4", "-q", str(image)],
            ["mount", "-o", "loop", str(image), str(place)],
        ],
    }
    for kind, commands in ways.items():
        with contextlib.suppress(OSError):
            if not any(subprocess.run(one, capture_output=True, check=False).returncode for one in commands):
                return kind
    return ""


def _fill(place: Path, ballast: Path, free: int) -> None:
    """Take all room of the disk but ``free`` bytes."""
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            room = shutil.disk_usage(place).free - free
            if room <= 0:
                return
            file.write(bytes(min(room, 1 << 16)))
            file.flush()


def refuse_read_only(folder: Path) -> Row:
    """A file, and a folder, that nobody may write to; a file system mounted for reading only where that is allowed."""
    path = _workbook(folder)
    before, broken, tried = path.read_bytes(), 0, 0
    for locked, mode in ((path, 0o444), (folder, 0o555)):
        was = locked.stat().st_mode
        locked.chmod(mode)
        try:
            if locked is path or os.geteuid() != 0:  # root may write into any folder
                tried += 1
                broken += not _refused(path)
        finally:
            locked.chmod(was)
    place = folder / "disk"
    place.mkdir()
    if _mounted(place, folder):
        copy = _workbook(place)
        was_there = copy.read_bytes()
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        try:
            tried += 1
            broken += not _refused(copy) or copy.read_bytes() != was_there
        finally:
            subprocess.run(["umount", str(place)], check=False)
    broken += path.read_bytes() != before
    return "a file, folder or disk that may only be read", f"{tried}", _told(broken, _left(folder))


def _refused(path: Path) -> bool:
    try:
        _put_sheet(path)
    except TargetNotWritable:
        return True
    return False


def change_meanwhile(folder: Path) -> Row:
    """Somebody saves the file, replaces it, or deletes it between reading and writing."""
    path, broken = _workbook(folder), 0
    content = path.read_bytes()
    changes: tuple[Callable[[], object], ...] = (
        lambda: path.write_bytes(content + b"\0"),
        lambda: path.write_bytes(content[:-1] + bytes([content[-1] ^ 1])),
        lambda: (folder / "new").write_bytes(b"other" * 999) and os.replace(folder / "new", path),
        path.unlink,
    )
    for change in changes:
        path.write_bytes(content)
        book = Workbook.open(path)
        change()
        now = Fingerprint.of_file(path) if path.exists() else None
        try:
            book.save(path, expect=book.fingerprint)
            broken += 1
        except CrmsheetError:
            broken += (Fingerprint.of_file(path) if path.exists() else None) != now
    return (
        "changed, replaced or deleted by somebody meanwhile",
        f"{len(changes)}",
        _told(broken, _left(folder)),
    )


def refresh_at_once(folder: Path) -> Row:
    """Four refreshes of one file at the same time: each succeeds or says why not."""
    path, broken, times = _workbook(folder), 0, 5
    command = [sys.executable, "-m", "crmsheet", "refresh", str(path), "--as-of", AS_OF]
    for _ in range(times):
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)
        ]
        codes = [(one.communicate(), one.returncode)[1] for one in running]
        broken += not _is_whole(path) or not set(codes) <= {0, 4} or 0 not in codes
    return "four refreshes of one file at once", f"{times}", _told(broken, _left(folder))


def _put_sheet(path: Path, *, backup: bool = False) -> None:
    sys.path.insert(0, str(Path(__file__).parent / "book"))
    from designs import rich_design

    book = Workbook.open(path)
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(path, backup=backup_path(path) if backup else None)


def _left(folder: Path) -> int:
    return len(list(folder.glob(".~crm-*")))


def _told(broken: int, left: int) -> str:
    return f"{broken} files broken, {left} temporary files left"


def fuzzed(folder: Path, seconds: float, folders: list[Path]) -> Row:
    seeds = fuzz.find_seeds(folders, folder)
    outcomes, faults, memory = fuzz.run(seeds, seconds, 100_000)
    told = ", ".join(f"{what} {outcomes[what]:,}" for what in fuzz.FINE)
    return (
        f"damaged workbooks made from {len(seeds)} ({told})",
        f"{sum(outcomes.values()):,}",
        f"{len(faults)} files broken or errors not ours; at most {memory} MB",
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--fuzz-seconds", type=float, default=300)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    trials: tuple[Callable[[Path], Row | None], ...] = (
        lambda folder: kill_refreshes(folder, asked.kills),
        fail_every_write,
        fill_the_disk,
        fill_a_small_disk,
        refuse_read_only,
        change_meanwhile,
        refresh_at_once,
        lambda folder: fuzzed(folder, asked.fuzz_seconds, asked.folders),
    )
    rows = []
    for trial in trials:
        with tempfile.TemporaryDirectory() as folder:
            row = trial(Path(folder))
        if row is not None:
            rows.append(row)
            print(" | ".join(row), flush=True)
    lines = [
        "| what happens | times | result |",
        "| --- | ---: | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    if asked.write:
        write_section(DOCUMENT, "trials", "\n".join(lines))
    return sum(not row[2].startswith("0 ") for row in rows)


if __name__ == "__main__":
    sys.exit(main())
