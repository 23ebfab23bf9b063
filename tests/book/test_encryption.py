"""Workbooks with a password: read with it, written back under it, and never decrypted onto the disk."""

from __future__ import annotations

import builtins
import io
from pathlib import Path
from typing import Any

import msoffcrypto
import pytest
from click.testing import Result
from designs import plain_workbook, rich_design
from msoffcrypto.format.ooxml import OOXMLFile
from typer.testing import CliRunner

import crmsheet
from crmsheet.book.encryption import is_encrypted_file
from crmsheet.book.read import read_book
from crmsheet.book.save import Fingerprint
from crmsheet.book.workbook import Workbook
from crmsheet.cli import app
from crmsheet.cli.shell import first_line
from crmsheet.errors import EncryptedWorkbook, MissingExtra, TargetChanged, WrongPassword
from tests.sheets import RECORD, RECORD_HEADERS, write_book

PASSWORD = "客户2024!"


@pytest.fixture(name="secret")
def _secret(tmp_path: Path) -> Path:
    plain = plain_workbook(tmp_path / "plain.xlsx").read_bytes()
    return _sealed(tmp_path / "secret.xlsx", plain)


def _sealed(path: Path, plain: bytes) -> Path:
    with path.open("wb") as file:
        OOXMLFile(io.BytesIO(plain)).encrypt(PASSWORD, file)
    return path


def _opened(path: Path) -> bytes:
    plain = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(path.read_bytes()))
    file.load_key(password=PASSWORD)
    file.decrypt(plain)
    return plain.getvalue()


def test_without_its_password_it_is_refused(secret: Path) -> None:
    assert is_encrypted_file(secret)
    with pytest.raises(EncryptedWorkbook, match="password-file"):
        read_book(secret)
    with pytest.raises(WrongPassword):
        read_book(secret, password="客户2024！")


def test_the_password_opens_it(secret: Path) -> None:
    book = read_book(secret, password=PASSWORD)
    assert book.sheets[0].rows[1][0] == "华南机电"
    assert book.fingerprint == Fingerprint.of_file(secret)
    assert PASSWORD not in repr(book)


def test_a_refreshed_workbook_is_encrypted_as_before(tmp_path: Path) -> None:
    plain = write_book(tmp_path / "plain.xlsx", {"客户需求记录": [RECORD_HEADERS, RECORD]}).read_bytes()
    path = _sealed(tmp_path / "客户.xlsx", plain)
    before = path.read_bytes()
    result = crmsheet.refresh(path, as_of="2024-03-18", password=PASSWORD)
    assert _opened(path).startswith(b"PK")
    assert not path.read_bytes().startswith(b"PK")
    assert (tmp_path / "客户.bak.xlsx").read_bytes() == before
    names = [sheet.name for sheet in read_book(path, password=PASSWORD).sheets]
    assert set(result.sheets) <= set(names)
    assert len(crmsheet.check(path, as_of="2024-03-18", password=PASSWORD)) == len(result.issues)


def test_nothing_is_written_unencrypted_on_the_way(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Workbook.open(secret, password=PASSWORD)
    book.put_sheet("tiers", "客户分层", rich_design())
    written: list[bytes] = []
    real = Path.read_bytes

    def spy(path: Path) -> bytes:
        written.append(real(path))
        return written[-1]

    monkeypatch.setattr(Path, "read_bytes", spy)
    book.save(secret)
    assert written
    assert all(not data.startswith(b"PK") for data in written)


def test_a_file_saved_meanwhile_is_noticed_though_encrypted(secret: Path) -> None:
    book = Workbook.open(secret, password=PASSWORD)
    _sealed(secret, _opened(secret))
    with pytest.raises(TargetChanged):
        book.save(secret)


def test_the_missing_component_is_named(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__
    monkeypatch.setattr("crmsheet.book.encryption.import_module", _none)
    with pytest.raises(MissingExtra, match="password"):
        read_book(secret, password=PASSWORD)
    assert builtins.__import__ is real


def _none(name: str) -> Any:
    raise ModuleNotFoundError(name)


def test_a_password_file_may_end_with_a_line_break_and_carry_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "pw.txt"
    path.write_bytes("\ufeff密 码\r\n第二行\n".encode())
    assert first_line(path) == "密 码"


@pytest.fixture(name="team")
def _team(tmp_path: Path) -> Path:
    rows = [RECORD_HEADERS, RECORD]
    return _sealed(
        tmp_path / "客户.xlsx",
        write_book(tmp_path / "plain.xlsx", {"客户需求记录": rows}).read_bytes(),
    )


@pytest.fixture(name="password_file")
def _password_file(tmp_path: Path) -> str:
    (tmp_path / "pw.txt").write_text(PASSWORD, encoding="utf-8")
    return str(tmp_path / "pw.txt")


COMMANDS = {
    "clean": ["clean", "{book}", "--as-of", "2024-03-18"],
    "undo": ["clean", "{book}", "--undo", "--as-of", "2024-03-18"],
    "split": ["split", "{book}", "-o", "{folder}/copies"],
    "merge": ["merge", "{plain}", "{book}", "-o", "{folder}/merged.xlsx"],
    "import": ["import", "{book}", "-o", "{folder}/imported.xlsx"],
    "report": ["report", "{book}", "-o", "{folder}/report.html", "--as-of", "2024-03-18"],
    "followups": ["followups", "{book}", "-o", "{folder}/list.txt", "--as-of", "2024-03-18"],
    "doctor": ["doctor", "{book}"],
    "export": ["export", "{book}", "-o", "{folder}/tables", "--as-of", "2024-03-18"],
}


def _called(command: str, team: Path, *more: str) -> Result:
    places = {"book": str(team), "plain": str(team.with_name("plain.xlsx")), "folder": str(team.parent)}
    return CliRunner().invoke(app, [*(word.format(**places) for word in COMMANDS[command]), *more])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_password_file(command: str, team: Path, password_file: str) -> None:
    """What is a workbook again is under the same password; only lists and reports are made to be read."""
    before = team.read_bytes()
    assert _called(command, team, "--password-file", password_file).exit_code in (0, 1)
    written = [path for path in team.parent.rglob("*.xlsx") if path.name != "plain.xlsx"]
    assert all(is_encrypted_file(path) for path in written)
    made = [path for path in team.parent.iterdir() if path.name not in ("客户.xlsx", "plain.xlsx", "pw.txt")]
    assert made or command == "doctor"
    assert (team.read_bytes() == before) == (command not in ("clean", "undo"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_that_a_password_is_needed(command: str, team: Path) -> None:
    before = team.read_bytes()
    error = _called(command, team).exception
    assert isinstance(error, EncryptedWorkbook)
    assert (error.exit_code, "--password-file" in str(error)) == (3, True)
    assert team.read_bytes() == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk"])
def test_a_password_file_is_read_as_notepad_leaves_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "pw.txt"
    path.write_bytes("秘密abc 1 \r\n第二行".encode(encoding))
    assert first_line(path) == "秘密abc 1"
