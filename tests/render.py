"""Pictures of a workbook, page by page: ``python -m tests.render FILE.xlsx OUTDIR [SHEET …] [--pages 1-9] [--dpi 80]``.

LibreOffice prints the workbook to PDF, pdftoppm turns each page into a PNG. The theme's font is not free;
Noto Sans CJK, which is about as wide, stands in for it. With SHEET names only those are printed, out of a copy
in which the other sheets are empty, so the lists of a large workbook need not wait for its entry sheets.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from lxml import etree

from tests.book.packages import parts, rewritten

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>{family}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
</fontconfig>"""
TOOLS = ("soffice", "pdftoppm", "pdftotext")
LONGEST_WAIT = 300
WORKBOOK, RELATIONSHIPS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
NO_CELLS = f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData/></worksheet>'.encode()


def missing_tools() -> list[str]:
    """Programs that rendering needs and this machine lacks."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def render(
    workbook: Path, outdir: Path, *, sheets: Collection[str] = (), pages: str = "", dpi: int = 80
) -> list[Path]:
    """One PNG per printed page of ``workbook``, in order, written to ``outdir``; of ``sheets`` only, if given."""
    outdir.mkdir(parents=True, exist_ok=True)
    for old in outdir.glob(f"{workbook.stem}-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        printed = only_sheets(workbook, Path(folder, workbook.name), sheets) if sheets else workbook
        pdf = to_pdf(printed, outdir, pages=pages)
    stem = outdir / workbook.stem
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(stem)], check=True, timeout=LONGEST_WAIT
    )
    return sorted(outdir.glob(f"{workbook.stem}-*.png"))


def to_pdf(workbook: Path, outdir: Path, *, pages: str = "") -> Path:
    """The workbook as LibreOffice prints it, in a profile of its own: two calls on one write nothing."""
    choice = (
        f":calc_pdf_Export:{json.dumps({'PageRange': {'type': 'string', 'value': pages}})}" if pages else ""
    )
    with tempfile.TemporaryDirectory() as profile:
        fonts = Path(profile, "fonts.conf")
        fonts.write_text(FONTS.format(family="微软雅黑"), encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation=file://{profile}/lo", "--headless", "--norestore"]
        command += ["--convert-to", f"pdf{choice}", "--outdir", str(outdir), str(workbook)]
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        subprocess.run(command, check=True, timeout=LONGEST_WAIT, env=environment, stdout=subprocess.DEVNULL)
    return outdir / f"{workbook.stem}.pdf"


def only_sheets(workbook: Path, target: Path, names: Collection[str]) -> Path:
    """A copy of the workbook in which the sheets not named are hidden and hold no cells."""
    package = parts(workbook)
    root = etree.fromstring(package[WORKBOOK])
    targets = {one.get("Id"): one.get("Target") for one in etree.fromstring(package[RELATIONSHIPS])}
    tabs = list(root.iter(f"{MAIN}sheet"))
    if unknown := set(names) - {tab.get("name") for tab in tabs}:
        raise ValueError(f"no sheet {', '.join(sorted(unknown))} in {workbook.name}")
    emptied = {}
    for tab in tabs:
        tab.set("state", "visible" if tab.get("name") in names else "hidden")
        if tab.get("name") not in names:
            emptied[_part(targets[tab.get(ID)])] = NO_CELLS
    shown = next(place for place, tab in enumerate(tabs) if tab.get("name") in names)
    for view in root.iter(f"{MAIN}workbookView"):
        view.attrib.update({"activeTab": str(shown), "firstSheet": str(shown)})
    return rewritten(workbook, target, {WORKBOOK: etree.tostring(root), **emptied})


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.render", description=__doc__)
    parser.add_argument("workbook", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("sheets", nargs="*", help="names of the sheets to print; without any, all")
    parser.add_argument("--pages", default="", help="such as 1-9 or 1,3,100-")
    parser.add_argument("--dpi", type=int, default=80)
    chosen = parser.parse_args(arguments)
    if lacking := missing_tools():
        print(f"not installed: {', '.join(lacking)}", file=sys.stderr)
        return 1
    for page in render(
        chosen.workbook, chosen.outdir, sheets=chosen.sheets, pages=chosen.pages, dpi=chosen.dpi
    ):
        print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
