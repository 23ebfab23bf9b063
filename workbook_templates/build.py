"""Builds the template workbooks that lie beside this script: ``python -m workbook_templates.build``.

They are what ``crmsheet new`` writes, in Chinese and in English; ``tests/test_built_template.py`` proves that the
bytes are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crmsheet.data import Language, speaking
from crmsheet.templates import new_workbook

FOLDER = Path(__file__).parent
BUILT: Mapping[str, Language] = {"客户管理.xlsx": "zh", "Customers.xlsx": "en"}


def build(folder: Path = FOLDER) -> list[Path]:
    """Write the templates into ``folder``, replacing those of an earlier build."""
    written = []
    for name, language in BUILT.items():
        target = folder / name
        target.unlink(missing_ok=True)
        with speaking(language):
            written.append(new_workbook(target))
    return written


if __name__ == "__main__":
    for path in build():
        print(path)
