"""Formats that cannot be written back are read for checking all the same, and cannot end the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import crmsheet
from crmsheet.book.legacy import read_any_book
from crmsheet.errors import LegacyUnreadable, LegacyWorkbook
from tests.sheets import RECORD, RECORD_HEADERS, write_book

MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)
CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="一">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
)


def _ods(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", CONTENT.format(rows=rows))
    return path


def _row(texts: list[str]) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row>{cells}</table:table-row>"


def test_an_open_document_sheet_is_checked(tmp_path: Path) -> None:
    path = _ods(tmp_path / "客户.ods", _row(RECORD_HEADERS) + _row([str(value or "") for value in RECORD]))
    assert read_any_book(path).kind == "legacy"
    issues = crmsheet.check(path, as_of="2024-03-18")
    assert set(issues["sheet"]) == {"一"}
    with pytest.raises(LegacyWorkbook, match="crmsheet check"):
        crmsheet.refresh(path, as_of="2024-03-18")


@pytest.mark.slow
def test_an_old_excel_file_is_checked(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1":
            pytest.fail("soffice is not installed")
        pytest.skip("soffice is not installed")
    source = write_book(tmp_path / "客户.xlsx", {"客户需求记录": [RECORD_HEADERS, RECORD]})
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xls",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    old, new = (crmsheet.check(tmp_path / f"客户.{kind}", as_of="2024-03-18") for kind in ("xls", "xlsx"))
    assert len(new)
    assert old[["cell", "code", "value"]].equals(new[["cell", "code", "value"]])


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
        'office:value-type="float" office:value="1"/></table:table-row>',
        "<table:table-row><table:table-cell>",
        "",
    ],
)
def test_hostile_files_end_in_the_usual_refusal(tmp_path: Path, rows: str) -> None:
    path = _ods(tmp_path / "a.ods", rows)
    try:
        assert read_any_book(path).sheets[0].rows == []
    except LegacyUnreadable as error:
        assert error.suffix == ".ods" and "crmsheet check" not in str(error)
