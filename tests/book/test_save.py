"""At any instant the user has the old file or the new one, whole; failures are ours and say why."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from designs import plain_workbook, rich_design

from crmsheet.book import locks, save
from crmsheet.book.save import Fingerprint, backup_path, owner_file, write_new
from crmsheet.book.workbook import Workbook
from crmsheet.errors import (
    DiskFull,
    TargetChanged,
    TargetExists,
    TargetInUse,
    TargetNotWritable,
    WouldDamage,
    WriteError,
)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return plain_workbook(tmp_path / "客户.xlsx")


def _refresh(path: Path, **options: Any) -> None:
    book = Workbook.open(path)
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(path, **options)


def _leftovers(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir() if entry.name.startswith(save.TEMPORARY)]


def test_a_refresh_in_place_keeps_mode_and_backs_up(user: Path) -> None:
    before = user.read_bytes()
    user.chmod(0o640)
    _refresh(user, backup=backup_path(user))
    assert stat.S_IMODE(user.stat().st_mode) == 0o640
    assert user.with_name("客户.bak.xlsx").read_bytes() == before
    assert user.read_bytes() != before
    assert _leftovers(user.parent) == []


def test_a_new_file_takes_the_usual_mode(user: Path) -> None:
    Workbook.open(user).save(user.with_name("new.xlsx"))
    plain = user.with_name("plain")
    plain.write_bytes(b"")
    assert user.with_name("new.xlsx").stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(user: Path) -> None:
    link = user.with_name("link.xlsx")
    link.symlink_to(user)
    _refresh(link)
    assert link.is_symlink()
    assert "客户分层" in Workbook.open(user).sheet_names


def test_a_file_saved_meanwhile_by_someone_else_is_not_overwritten(user: Path) -> None:
    book = Workbook.open(user)
    book.put_sheet("tiers", "客户分层", rich_design())
    plain_workbook(user, sheet="别人的")
    theirs = user.read_bytes()
    with pytest.raises(TargetChanged):
        book.save(user)
    assert user.read_bytes() == theirs
    assert _leftovers(user.parent) == []


def test_a_file_deleted_meanwhile_counts_as_changed(user: Path) -> None:
    book = Workbook.open(user)
    user.unlink()
    with pytest.raises(TargetChanged):
        book.save(user, expect=book.fingerprint)


def test_a_read_only_file_is_refused(user: Path) -> None:
    user.chmod(0o444)
    with pytest.raises(TargetNotWritable):
        _refresh(user)


def test_a_missing_folder_is_named(user: Path) -> None:
    with pytest.raises(TargetNotWritable):
        Workbook.open(user).save(user.parent / "没有" / "x.xlsx")


def test_a_folder_is_no_target(user: Path) -> None:
    with pytest.raises(TargetNotWritable):
        Workbook.open(user).save(user.parent)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EACCES, TargetNotWritable),
        (errno.EROFS, TargetNotWritable),
        (errno.EBUSY, TargetInUse),
        (errno.EIO, TargetNotWritable),
    ],
)
def test_system_errors_become_ours(
    user: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[WriteError]
) -> None:
    before = user.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(kind):
        _refresh(user)
    assert user.read_bytes() == before
    assert _leftovers(user.parent) == []


def test_a_file_open_in_excel_on_windows_is_in_use(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = PermissionError(errno.EACCES, "in use")
    error.winerror = 32  # type: ignore[attr-defined]

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(TargetInUse):
        _refresh(user)


class _Dying:
    """A file whose ``n``-th write fails half way, like a full disk or a pulled plug."""

    def __init__(self, file: Any, at: int) -> None:
        self._file, self._left = file, at

    def write(self, data: bytes) -> int:
        self._left -= 1
        if self._left < 0:
            self._file.write(bytes(data)[: len(data) // 2])
            raise OSError(errno.ENOSPC, "full")
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Dying:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def test_a_failure_at_any_write_leaves_the_old_file(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = user.read_bytes()
    real = os.fdopen
    failures = 0
    for at in range(400):
        monkeypatch.setattr(os, "fdopen", lambda *a, n=at, **k: _Dying(real(*a, **k), n))
        try:
            _refresh(user, backup=backup_path(user))
        except DiskFull:
            failures += 1
            assert not backup_path(user).exists() or backup_path(user).read_bytes() == before
            assert user.read_bytes() == before
            assert _leftovers(user.parent) == []
        else:
            break
    assert failures > 20
    assert zipfile.ZipFile(user).testzip() is None


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file(
    user: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = user.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "torn")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(WriteError):
        _refresh(user, backup=backup_path(user))
    monkeypatch.undo()
    assert user.read_bytes() == before
    assert _leftovers(user.parent) == []


def test_a_backup_that_fails_stops_the_save(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = user.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(DiskFull):
        _refresh(user, backup=backup_path(user))
    assert user.read_bytes() == before
    assert not backup_path(user).exists()


def test_a_disk_that_returns_other_bytes_is_noticed(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = user.read_bytes()
    real: Callable[[int], None] = os.fsync

    def corrupt(handle: int) -> None:
        real(handle)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.pwrite(handle, b"not these bytes", 300)

    book = Workbook.open(user)
    book.put_sheet("tiers", "客户分层", rich_design())
    monkeypatch.setattr(os, "fsync", corrupt)
    with pytest.raises(WouldDamage):
        book.save(user)
    monkeypatch.undo()
    assert user.read_bytes() == before


def test_what_a_killed_run_left_is_cleared(user: Path) -> None:
    killed = (
        "import os, signal, sys; from pathlib import Path; from crmsheet.book import save; "
        "from crmsheet.book.workbook import Workbook; "
        "save.verify_archive = lambda *a: os.kill(os.getpid(), signal.SIGKILL); "
        "Workbook.open(sys.argv[1]).save(sys.argv[1])"
    )
    before = user.read_bytes()
    run = subprocess.run([sys.executable, "-c", killed, str(user)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert user.read_bytes() == before
    assert len(_leftovers(user.parent)) == 1
    _refresh(user)
    assert _leftovers(user.parent) == []


def test_a_second_run_waits_for_the_first(user: Path) -> None:
    with locks.exclusive(user):
        waiting = threading.Thread(target=_refresh, args=(user,))
        waiting.start()
        time.sleep(0.3)
        assert "客户分层" not in Workbook.open(user).sheet_names
    waiting.join(timeout=20)
    assert "客户分层" in Workbook.open(user).sheet_names


def test_no_lock_file_stays_behind(user: Path) -> None:
    with locks.exclusive(user):
        assert locks.lock_file(user).exists()
    assert not locks.lock_file(user).exists()


def test_a_second_run_gives_up_in_the_end(user: Path) -> None:
    with locks.exclusive(user), pytest.raises(TargetInUse), locks.exclusive(user, patience=0.1):
        pass


def test_a_lock_file_nobody_may_open_does_not_stop_a_refresh(
    user: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(locks, "lock_file", lambda _: tmp_path / "none" / "lock")
    _refresh(user)
    assert "客户分层" in Workbook.open(user).sheet_names


def test_write_new_never_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    write_new(path, b"one")
    with pytest.raises(TargetExists):
        write_new(path, b"two")
    assert path.read_bytes() == b"one"
    assert _leftovers(tmp_path) == []


def test_excels_owner_file_is_seen(user: Path) -> None:
    assert owner_file(user) is None
    user.with_name("~$客户.xlsx").write_bytes(b"")
    assert owner_file(user) == user.with_name("~$客户.xlsx")


def test_fingerprints_of_file_and_bytes_agree(user: Path) -> None:
    assert Fingerprint.of_file(user) == Fingerprint.of_bytes(user.read_bytes())


def test_a_file_touched_but_not_changed_is_written_and_told(user: Path) -> None:
    book = Workbook.open(user)
    book.put_sheet("tiers", "客户分层", rich_design())
    os.utime(user, (1_700_000_000, 1_700_000_000))
    book.save(user)
    assert [note.code for note in book.notes] == ["touched_meanwhile"]
    assert "客户分层" in Workbook.open(user).sheet_names


def test_a_file_left_alone_is_not_told_of(user: Path) -> None:
    book = Workbook.open(user)
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(user, backup=backup_path(user))
    assert book.notes == []


@pytest.mark.parametrize("keep_times", [True, False])
@pytest.mark.parametrize("keep_size", [True, False])
def test_size_and_hash_decide_whatever_the_time_stamp(
    user: Path, keep_times: object, keep_size: object
) -> None:
    book = Workbook.open(user)
    book.put_sheet("tiers", "客户分层", rich_design())
    was, theirs = user.stat(), bytearray(user.read_bytes())
    theirs[-1] ^= 1
    user.write_bytes(theirs if keep_size else theirs + b"\0")
    if keep_times:
        os.utime(user, ns=(was.st_atime_ns, was.st_mtime_ns))
    with pytest.raises(TargetChanged):
        book.save(user)


def test_a_file_saved_while_its_backup_is_made_is_kept(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check right before the last step: a copy of a large file over a slow network takes a while."""
    book = Workbook.open(user)
    book.put_sheet("tiers", "客户分层", rich_design())
    real = save._back_up

    def slow(target: Path, backup: Path) -> None:
        real(target, backup)
        target.write_bytes(b"theirs")

    monkeypatch.setattr(save, "_back_up", slow)
    with pytest.raises(TargetChanged):
        book.save(user, backup=backup_path(user))
    assert user.read_bytes() == b"theirs"
