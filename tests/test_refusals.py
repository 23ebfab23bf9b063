"""An error about a file says in the user's language why, once, and proposes only names that are like it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from crmsheet.book.save import translated
from crmsheet.book.source import read_file
from crmsheet.data import LANGUAGES, read_toml, speaking
from crmsheet.errors import DamagedWorkbook, FileMissing, TargetNotWritable, refusal

KNOWN = read_toml("refusals.zh.toml")


def test_both_languages_know_the_same_refusals_of_the_system() -> None:
    assert all(read_toml(f"refusals.{one}.toml").keys() == KNOWN.keys() for one in LANGUAGES)
    assert all(hasattr(errno, name) for name in KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_a_refusal_of_the_system_is_translated(name: str) -> None:
    number = getattr(errno, name)
    with pytest.raises(TargetNotWritable) as raised, translated(Path("a.xlsx")):
        raise OSError(number, os.strerror(number))
    assert KNOWN[name] in str(raised.value) and os.strerror(number) not in str(raised.value)
    with speaking("en"):
        assert refusal(OSError(number, "x")) == read_toml("refusals.en.toml")[name]


def test_an_unknown_refusal_keeps_the_systems_words() -> None:
    assert refusal(OSError(errno.EIO, "the disk fell out")) == "the disk fell out"


def test_a_damaged_file_is_named_once_and_a_damaged_part_by_its_name() -> None:
    whole = str(DamagedWorkbook(path=Path("y.xlsx"), part="y.xlsx", reason="断了"))
    part = str(DamagedWorkbook(path=Path("y.xlsx"), part="xl/styles.xml", reason="断了"))
    assert whole.count("y.xlsx") == 1 and "xl/styles.xml" in part


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("none.xlsx", ""),
        ("客户管里.xlsx", "客户管理.xlsx"),
        ("客户管理.xls", "客户管理.xlsx"),
        ("说明.xlsx", ""),
    ],
)
def test_only_a_workbook_of_a_like_name_is_proposed(tmp_path: Path, asked: str, near: str) -> None:
    for name in ("e.xlsx", "客户管理.xlsx", "~$客户管理.xlsx", "说明.txt"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FileMissing) as raised:
        read_file(tmp_path / asked)
    assert raised.value.near == near
