"""What comes out of text files: encodings, delimiters, quoting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet import errors
from crmsheet.book.raw import CellError
from crmsheet.book.read import read_book


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


CELLS = [["客户编号", "客户名称"], ["00012", "甲,乙公司"], ["C2", None]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(("delimiter", "suffix"), [(",", "csv"), (";", "csv"), ("\t", "tsv"), ("\t", "txt")])
def test_text_files_of_every_encoding_and_delimiter(
    written: Callable[[str, bytes], Path], encoding: str, delimiter: str, suffix: str
) -> None:
    text = delimiter.join(CELLS[0]) + f'\r\n00012{delimiter}"甲,乙公司"\r\nC2\r\n'  # type: ignore[arg-type]
    book = read_book(written(f"客户.{suffix}", text.encode(encoding)))
    assert book.kind == "csv"
    assert (book.sheets[0].name, book.sheets[0].rows) == ("客户", CELLS)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ('a,b\n"x\ny",2\n', [["a", "b"], ["x\ny", "2"]]),
        ("sep=;\na;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
        ('a,b\n15" 屏,2\n"没关,3\n4,5\n', [["a", "b"], ['15" 屏', "2"], ['"没关', "3"], ["4", "5"]]),
        ("a,b\n\n#N/A,2\n", [["a", "b"], [None, None], [CellError("#N/A"), "2"]]),
        ("只有一列\n甲\n", [["只有一列"], ["甲"]]),
    ],
)
def test_csv_as_people_and_programs_write_it(
    written: Callable[[str, bytes], Path], text: str, rows: list[list[object]]
) -> None:
    assert read_book(written("a.csv", text.encode())).sheets[0].rows == rows


def test_one_damaged_character_does_not_change_the_encoding_of_a_file(
    written: Callable[[str, bytes], Path],
) -> None:
    data = "客户名称,行业\n星河科技,制造业\n".encode() + b"\xff,x\n"
    assert read_book(written("a.csv", data)).sheets[0].rows[1] == ["星河科技", "制造业"]


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("text") / "a.csv"
    path.write_bytes(data)
    try:
        rows = read_book(path).sheets[0].rows
    except errors.ReadError:
        return
    assert len({len(row) for row in rows}) <= 1
