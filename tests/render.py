"""Pictures of a workbook, page by page: ``python -m tests.render FILE.xlsx OUTDIR``.

LibreOffice prints the workbook to PDF, pdftoppm turns each page into a PNG. The theme's font is not free;
Noto Sans CJK, which is about as wide, stands in for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>{family}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
</fontconfig>"""
TOOLS = ("soffice", "pdftoppm", "pdftotext")


def missing_tools() -> list[str]:
    """Programs that rendering needs and this machine lacks."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def render(workbook: Path, outdir: Path, *, dpi: int = 80) -> list[Path]:
    """One PNG per printed page of ``workbook``, in order, written to ``outdir``."""
    outdir.mkdir(parents=True, exist_ok=True)
    for old in outdir.glob(f"{workbook.stem}-*.png"):
        old.unlink()
    pdf = to_pdf(workbook, outdir)
    stem = outdir / workbook.stem
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(stem)], check=True, timeout=300)
    return sorted(outdir.glob(f"{workbook.stem}-*.png"))


def to_pdf(workbook: Path, outdir: Path) -> Path:
    """The workbook as LibreOffice prints it, in a profile of its own: two calls on one write nothing."""
    with tempfile.TemporaryDirectory() as profile:
        fonts = Path(profile, "fonts.conf")
        fonts.write_text(FONTS.format(family="微软雅黑"), encoding="utf-8")
        command = ["soffice", f"-env:UserInstallation=file://{profile}/lo", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", str(outdir), str(workbook)]
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        subprocess.run(command, check=True, timeout=300, env=environment, stdout=subprocess.DEVNULL)
    return outdir / f"{workbook.stem}.pdf"


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    if lacking := missing_tools():
        print(f"not installed: {', '.join(lacking)}", file=sys.stderr)
        return 1
    for page in render(Path(arguments[0]), Path(arguments[1])):
        print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
