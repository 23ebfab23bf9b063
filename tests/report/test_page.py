"""The web page in a real browser: it draws, sorts, filters, prints, reads well, and asks the network for nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from crmsheet.report.build import build_report
from crmsheet.report.look import Look, contrast
from crmsheet.report.options import chart_option, chart_theme
from crmsheet.report.page import html_page
from crmsheet.view import Chart, Series
from tests.browser import Page, browser
from tests.report.teams import HOSTILE, SEEN, hostile_report, hostile_result, sample_report, sample_result

READABLE = 4.5  # WCAG AA for text of this size

# Every piece of text the page shows, with its colour and that of what lies behind it.
CONTRASTS = """
(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const style = getComputedStyle(node);
      const image = style.backgroundImage.match(/rgb\\([^)]+\\)/);
      if (image) return rgb(image[0]);
      const color = rgb(style.backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !node.checkVisibility()) continue;
    if (["SCRIPT", "NOSCRIPT", "STYLE"].includes(node.tagName)) continue;
    const drawn = node.closest("svg") !== null;
    const color = rgb(drawn ? getComputedStyle(node).fill : getComputedStyle(node).color);
    const under = drawn ? behind(node.closest(".chart")) : behind(node);
    const [a, b] = [lum(color), lum(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const found = [walk.currentNode.textContent.trim(), ratio.toFixed(2), String(color), String(under), drawn];
    if (ratio < LIMIT) low.push(found);
  }
  return low;
})()
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser() as tab:
        yield tab


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "报告.html"
    path.write_text(html_page(sample_report()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "报告.html"
    path.write_text(html_page(hostile_report()), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (390, 1)])
def test_it_draws_every_chart_and_asks_for_nothing(page: Page, file: Path, width: int, columns: int) -> None:
    page.requests.clear()
    page.open(file, width=width)
    charts = page.run("document.querySelectorAll('.chart').length")
    assert charts == len(sum((section.figures for section in sample_report().sections), ()))
    assert page.run(
        "[...document.querySelectorAll('.chart')].every(c => c.querySelectorAll('svg path').length > 3)"
    )
    assert (
        page.run("getComputedStyle(document.querySelector('.figures')).gridTemplateColumns.split(' ').length")
        == columns
    )
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    assert page.complaints == []
    assert page.requests == [file.resolve().as_uri()]


def test_a_header_sorts_numbers_as_numbers_and_back(page: Page, file: Path) -> None:
    page.open(file)
    table = "document.querySelectorAll('#progress .panel')[2]"
    column = f"[...{table}.querySelectorAll('tbody tr')].map(row => +row.cells[5].dataset.order)"
    head = f"{table}.querySelectorAll('th')[5]"
    before = page.run(column)
    page.run(f"{head}.querySelector('button').click()")
    assert page.run(column) == sorted(before) != before
    assert page.run(f"{head}.getAttribute('aria-sort')") == "ascending"
    page.run(f"{head}.querySelector('button').click()")
    assert page.run(column) == sorted(before, reverse=True)


def test_the_filter_shows_rows_with_all_words_and_counts_them(page: Page, file: Path) -> None:
    page.open(file)
    needs = sample_result().requirements
    expected = int(((needs["final_priority"] == "high") & (needs["status"] == "done")).sum())
    page.run("document.querySelector('#needs details').open = true")
    page.run(
        "(() => { const box = document.querySelector('#needs details input'); box.value = '高 已解决';"
        "box.dispatchEvent(new Event('input')); })()"
    )
    shown = page.run(
        "[...document.querySelectorAll('#needs details tbody tr')].filter(r => !r.hidden).map(r => r.textContent)"
    )
    assert all("高" in row and "已解决" in row for row in shown)
    assert len(shown) >= expected > 0  # a need's own words may hold them too
    assert f"显示 {len(shown)} / {len(needs)} 行" == page.run(
        "document.querySelector('#needs details output').textContent"
    )


def test_a_chart_tells_its_numbers_when_pointed_at(page: Page, file: Path) -> None:
    page.open(file)
    spot = page.run(
        "(() => { const c = document.querySelector('.chart'); c.scrollIntoView({block: 'center'});"
        "const r = c.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height * 0.6]; })()"
    )
    page.move_mouse(*spot)
    page.move_mouse(spot[0] + 2, spot[1])
    assert (
        page.run(
            "new Promise(done => setTimeout(() => done(document.querySelector('.chart').textContent), 400))"
        ).count("显性")
        == 2
    )
    assert page.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_reads_well(page: Page, file: Path, dark: bool) -> None:  # noqa: FBT001
    page.open(file, dark=dark)
    page.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    low = page.run(CONTRASTS.replace("LIMIT", str(READABLE)))
    outside = [found for found in low if not (found[4] and re.fullmatch(r"\d+", found[0]))]
    assert outside == []  # numbers inside bars stand on the bar: next test


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_of_tones_and_bars_read_well(mode: str) -> None:
    look = Look.load(mode)
    for tone in look.tones.values():
        assert contrast(tone["fill"], tone["text"]) >= READABLE
    tones = ("info", "watch", "good", "bad", "plain", "accent", "strong")
    chart = Chart("stacked_column", "", ("a",), tuple(Series(tone, (1.0,), tone) for tone in tones))
    for series in chart_option(chart)["series"]:
        label = series["data"][0]["label"]
        assert contrast(label["color"], series["itemStyle"]["color"]) >= 3.9  # bold digits on a mid tone
    assert contrast(chart_theme(mode)["legend"]["textStyle"]["color"], look.colors["panel"]) >= READABLE


def test_print_cuts_no_chart(page: Page, file: Path, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    page.open(file)
    printed = page.pdf(tmp_path / "report.pdf")
    text = subprocess.run(
        ["pdftotext", "-bbox", str(printed), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.split("<page ")[1:]
    size = [float(value) for value in re.findall(r'(?:width|height)="([\d.]+)"', pages[0])[:2]]
    assert size == pytest.approx([595.3, 841.9], abs=1.5)  # A4
    words = [
        (number, word, [float(value) for value in box])
        for number, part in enumerate(pages)
        for *box, word in re.findall(
            r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', part
        )
    ]
    assert all(box[0] >= 0 and box[2] <= size[0] for _, _, box in words)
    for section in sample_report().sections:
        for figure in section.figures:
            _whole_on_one_page(figure.chart, words)


def _whole_on_one_page(chart: Chart, words: list[tuple[int, str, list[float]]]) -> None:
    """The title and the last category stand on one page, so that what is between them does too."""
    ends = (
        {name.split()[0] for name in (chart.categories[0], chart.categories[-1])}
        if chart.categories
        else set()
    )
    titled = {number for number, word, _ in words if word in chart.title}
    assert titled
    if chart.kind in ("column", "stacked_column", "stacked_bar"):
        labelled = [{number for number, word, _ in words if word == end} for end in ends]
        assert titled.intersection(*labelled)


def test_paper_is_light_though_the_screen_is_dark(page: Page, file: Path) -> None:
    page.open(file, dark=True)
    assert page.run("getComputedStyle(document.body).color") != "rgb(31, 41, 51)"
    page.call(
        "Emulation.setEmulatedMedia",
        media="print",
        features=[{"name": "prefers-color-scheme", "value": "dark"}],
    )
    assert page.run("getComputedStyle(document.body).color") == "rgb(31, 41, 51)"
    edges = (
        "[frame.querySelector('svg').getBoundingClientRect().right, frame.getBoundingClientRect().right + 1]"
    )
    inside = f"[...document.querySelectorAll('.chart')].map(frame => {edges})"
    assert all(drawn <= frame for drawn, frame in page.run(inside))
    assert page.run(
        "[...document.querySelectorAll('figure')].every(f => getComputedStyle(f).breakInside === 'avoid')"
    )
    page.media("")


def test_the_theme_button_changes_page_and_charts(page: Page, file: Path) -> None:
    page.open(file)
    colors = (
        "[getComputedStyle(document.body).color, document.querySelector('.chart text').getAttribute('fill')]"
    )
    light = page.run(colors)
    page.run("document.getElementById('theme').click()")
    dark = page.run(colors)
    assert all(one != other for one, other in zip(light, dark, strict=True))


def test_hostile_names_are_text(page: Page, hostile: Path) -> None:
    page.requests.clear()
    page.open(hostile)
    text = page.run(
        "document.body.innerText + [...document.querySelectorAll('details')].map(d => d.textContent).join()"
    )
    assert all(part in text for part in SEEN)
    spots = page.run(
        "[...document.querySelectorAll('.chart')].map(c => { const r = c.getBoundingClientRect();"
        "return [r.left + r.width / 2, r.top + r.height / 2 + scrollY]; })"
    )
    for x, y in spots:
        page.run(f"scrollTo(0, {y} - 300)")
        page.move_mouse(x, page.run(f"{y} - scrollY"))
    page.run("new Promise(done => setTimeout(done, 300))")
    assert page.run("typeof window.stolen") == "undefined"
    assert page.run("document.querySelectorAll('img, main script, iframe, object, embed').length") == 0
    assert page.run("49 === 7 * 7") and "49公司" not in text
    assert page.requests == [hostile.resolve().as_uri()]
    assert page.complaints == []


def test_the_policy_allows_no_network_and_no_other_script(page: Page, file: Path) -> None:
    page.open(file)
    blocked = page.run(
        "(async () => { const s = document.createElement('script'); s.textContent = 'window.added = 1';"
        "document.body.append(s);"
        "const asked = await fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused');"
        "return [typeof window.added, asked]; })()"
    )
    assert blocked == ["undefined", "refused"]
    assert not any("127.0.0.1" in url for url in page.requests)
    page.complaints.clear()


class _Attributes(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs] or [(tag, "", "")]


def test_nothing_in_the_file_points_outside() -> None:
    parser = _Attributes()
    parser.feed(html_page(sample_report()))
    assert not [found for found in parser.found if found[1] in ("src", "action", "data", "poster")]
    assert all(value.startswith("#") for _, name, value in parser.found if name == "href")
    assert not [found for found in parser.found if found[0] == "link" or found[1].startswith("on")]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert html_page(hostile_report()) == html_page(build_report(hostile_result()))
    assert len(HOSTILE) == 8
