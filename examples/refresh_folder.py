"""Refresh every workbook of a folder; one bad file does not stop the others.

    python examples/refresh_folder.py FOLDER [--as-of 2026-11-20]

Each file is refreshed in place and its old state kept beside it (name.bak.xlsx). The exit code is 1 when a file failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import crmsheet as crm


def refresh_folder(folder: Path, as_of: str | None = None) -> dict[str, str]:
    """File name → one line about what came out, or what was wrong."""
    outcome = {}
    for path in sorted(folder.glob("*.xlsx")):
        if path.name.startswith("~$") or path.stem.endswith(".bak"):
            continue
        try:
            summary = crm.refresh(path, as_of=as_of).summary()
        except crm.CrmsheetError as error:
            outcome[path.name] = f"FAILED: {error}"
        else:
            outcome[path.name] = f"{summary['customers']} customers, {summary['overdue']} overdue"
    return outcome


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--as-of")
    given = options.parse_args()
    outcome = refresh_folder(given.folder, given.as_of)
    for name, line in outcome.items():
        print(f"{name}: {line}")
    return int(any(line.startswith("FAILED") for line in outcome.values()))


if __name__ == "__main__":
    sys.exit(main())
