"""A refreshed file is shown, shared and protected as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from designs import plain_workbook

from crmsheet.book import file_attributes
from crmsheet.book.file_attributes import HIDDEN, NOT_INDEXED, adopt
from crmsheet.book.workbook import Workbook

ARCHIVE, READ_ONLY = 0x20, 0x1


@pytest.fixture(name="user")
def _user(tmp_path: Path) -> Path:
    return plain_workbook(tmp_path / "客户.xlsx")


def _refresh(path: Path) -> None:
    Workbook.open(path).save(path)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o2660])
def test_mode_stays(user: Path, mode: int) -> None:
    user.chmod(mode)
    _refresh(user)
    assert stat.S_IMODE(user.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="needs the rights of root")
def test_owner_stays(user: Path) -> None:
    os.chown(user, 1234, 4321)
    _refresh(user)
    assert (user.stat().st_uid, user.stat().st_gid) == (1234, 4321)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes on this system")
def test_extended_attributes_stay(user: Path) -> None:
    try:
        os.setxattr(user, "user.label", "内部".encode())
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    _refresh(user)
    assert os.getxattr(user, "user.label").decode() == "内部"


def test_what_the_system_refuses_stops_nothing(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "not permitted")

    for call in ("chown", "setxattr", "listxattr"):
        monkeypatch.setattr(os, call, refuse, raising=False)
    _refresh(user)
    assert Workbook.open(user).sheet_names


def _as_windows(monkeypatch: pytest.MonkeyPatch, path: Path, attributes: int) -> list[tuple[str, int]]:
    """``path`` shows these attributes of Windows; what is set on any file is noted down."""
    told: list[tuple[str, int]] = []
    real = Path.stat

    def stat_of(self: Path, **named: Any) -> Any:
        found = real(self, **named)
        names = [name for name in dir(found) if name.startswith("st_")]
        own = attributes if self == path else ARCHIVE
        return SimpleNamespace(**{name: getattr(found, name) for name in names} | {"st_file_attributes": own})

    monkeypatch.setattr(Path, "stat", stat_of)
    monkeypatch.setattr(
        file_attributes, "set_windows_attributes", lambda file, bits: told.append((file.name, bits))
    )
    return told


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        (ARCHIVE, []),
        (HIDDEN | ARCHIVE, [("new", HIDDEN | ARCHIVE)]),
        (HIDDEN | NOT_INDEXED, [("new", HIDDEN | NOT_INDEXED | ARCHIVE)]),
        (READ_ONLY | ARCHIVE, []),  # a read-only file is refused before
    ],
)
def test_attributes_of_windows_stay(
    user: Path, monkeypatch: pytest.MonkeyPatch, attributes: int, told: list[tuple[str, int]]
) -> None:
    new = user.with_name("new")
    new.write_bytes(b"")
    set_to = _as_windows(monkeypatch, user, attributes)
    adopt(new, user)
    assert set_to == told


def test_windows_refusing_stops_nothing(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_windows(monkeypatch, user, HIDDEN)

    def refuse(*_: object) -> None:
        raise OSError(5, "denied")

    monkeypatch.setattr(file_attributes, "set_windows_attributes", refuse)
    new = user.with_name("new")
    new.write_bytes(b"")
    adopt(new, user)
