"""The template workbook in the repository is the one the program writes."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.sdk import sdk_findings
from workbook_templates.build import BUILT, FOLDER, build


@pytest.mark.parametrize("name", BUILT)
def test_the_built_template_is_what_the_program_writes(name: str, tmp_path: Path) -> None:
    build(tmp_path)
    assert _parts(FOLDER / name) == _parts(tmp_path / name), "run: python -m workbook_templates.build"


def _parts(path: Path) -> dict[str, bytes]:
    """Bytes of every part, in order; how they are packed depends on the machine's zlib."""
    with ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("name", BUILT)
def test_the_built_template_is_small_and_sound(name: str) -> None:
    assert (FOLDER / name).stat().st_size <= 120_000
    assert sdk_findings(FOLDER / name) == []
