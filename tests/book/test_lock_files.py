"""Who has a workbook open."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmsheet.book.lock_files import lock_owner

NAMELESS = bytes([2]) + b"??".ljust(54)


def test_nobody_has_a_file_open_without_a_lock_file(tmp_path: Path) -> None:
    assert lock_owner(tmp_path / "客户.xlsx") is None


@pytest.mark.parametrize(
    ("name", "content", "owner"),
    [
        ("~$客户.xlsx", NAMELESS + bytes([2, 0]) + "张三".encode("utf-16-le") + b" \0" * 40, "张三"),
        ("~$客户.xlsx", b"", ""),
        (".~lock.客户.xlsx#", b",zhang,pc-3,20.11.2026 09:12,file:///home/zhang;", "zhang"),
        (".~客户.xlsx", NAMELESS + bytes([2, 0]) + "李四".encode("utf-16-le"), "李四"),
    ],
)  # fmt: skip
def test_the_lock_file_beside_a_workbook_tells_who(
    tmp_path: Path, name: str, content: bytes, owner: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert lock_owner(tmp_path / "客户.xlsx") == owner
