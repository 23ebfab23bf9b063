"""The pictures of the README, taken anew: ``python -m tools.pictures`` writes them to docs/images.

The example team is refreshed on two days, a week apart, and its sheets are printed by LibreOffice as anybody would
print them; of each page the margins and the footer are cut off. Needs what ``tests.render`` needs.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

from PIL import Image, ImageChops

from crmsheet.app import refresh
from crmsheet.labels import Labels
from crmsheet.templates import new_workbook
from tests.render import missing_tools, render

DAYS = date(2026, 11, 13), date(2026, 11, 20)
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
# Name of the picture, and the sheet and page it shows.
PICTURES = {
    "overview": ("overview", 1),
    "followups": ("followups", 1),
    "core": ("core", 1),
    "solutions": ("solutions", 3),
}
WIDTH, DPI = 1100, 150
FOOTER = 0.94  # of the height of a page
MARGIN = 12
KMEANS = 4  # rounds of sorting colours into the palette, after which the plain ones are exact


def main() -> int:
    """Take all pictures; 1 and a message when a program is missing."""
    if lacking := missing_tools():
        print(f"not installed: {', '.join(lacking)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        workbook = _example(Path(folder, "example.xlsx"))
        for name, (key, page) in PICTURES.items():
            sheet = Labels.load().sheet(key)
            pages = render(workbook, Path(folder, name), sheets=[sheet], pages=str(page), dpi=DPI)
            target = IMAGES / f"{name}.png"
            trimmed(Image.open(pages[0])).save(target, optimize=True)
            print(target)
    return 0


def _example(path: Path) -> Path:
    new_workbook(path, example=True, as_of=DAYS[-1])
    for day in DAYS:
        refresh(path, as_of=day, backup=False)
    return path


def trimmed(page: Image.Image) -> Image.Image:
    """The page without its footer and white margins, ``WIDTH`` pixels wide."""
    body = page.convert("RGB").crop((0, 0, page.width, int(page.height * FOOTER)))
    white = Image.new("RGB", body.size, "white")
    left, top, right, bottom = ImageChops.difference(body, white).getbbox() or (0, 0, *body.size)
    body = body.crop((max(left - MARGIN, 0), max(top - MARGIN, 0), right + MARGIN, bottom + MARGIN))
    height = round(body.height * WIDTH / body.width)
    resized = body.resize((WIDTH, height), Image.Resampling.LANCZOS)
    return resized.quantize(256, kmeans=KMEANS, dither=Image.Dither.NONE)  # a third of the bytes


if __name__ == "__main__":
    sys.exit(main())
