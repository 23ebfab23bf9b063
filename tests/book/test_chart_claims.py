"""Our charts are known again after programs that drop their names; a user's charts stay."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from designs import plain_workbook
from openpyxl.chart import BarChart, Reference
from packages import parts, rewritten

from crmsheet.book.draw import draw
from crmsheet.book.drawn import Drawn
from crmsheet.book.live_charts import KINDS, LINE_WITH_MARKERS
from crmsheet.book.live_claims import own_charts
from crmsheet.book.live_sheet import Attempts
from crmsheet.book.ooxml import TRANSITIONAL
from crmsheet.book.plan_charts import ChartPlan, read_charts
from crmsheet.book.workbook import Workbook
from crmsheet.view import Chart, Charts, Series, Text, View

MONTHS = ("1月", "2月", "3月")
CHARTS = (
    Chart("doughnut", "分层", MONTHS, (Series("客户数", (3, 2, 1)),)),
    Chart(
        "combo",
        "成交",
        MONTHS,
        (Series("金额", (5, 1, 2)), Series("次数", (1, 2, 3), line=True, secondary=True)),
    ),
    Chart("stacked_bar", "跟进", MONTHS, (Series("逾期", (1, 1, 4)), Series("其他", (2, 2, 1)))),
    Chart(
        "combo",
        "互动",
        MONTHS,
        (Series("金额", (0, 0, 0)), Series("次数", (1, 2, 3), line=True, secondary=True)),
    ),
)


def _refresh(source: Path, target: Path, charts: tuple[Chart, ...] = CHARTS) -> list[tuple[str, int]]:
    book = Workbook.open(source)
    rows = tuple(Text((f"第{number}行",)) for number in range(len(charts)))  # the blocks of cells move
    book.put_sheet("overview", "总览", draw(View("overview", "总览", "总览", "", (*rows, Charts(charts)))))
    book.save(target)
    return [(note.code, int(note.facts["count"])) for note in book.notes]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    _refresh(plain_workbook(tmp_path / "user.xlsx"), tmp_path / "ours.xlsx")
    return tmp_path / "ours.xlsx"


def _nameless(xml: bytes) -> bytes:
    return xml.replace(b'name="crm:Chart ', b'name="Chart ')


def _drawn(book: Path) -> tuple[Counter[str], int]:
    """Names in the drawing, and parts of charts in the file."""
    found = parts(book)
    sheet = openpyxl.load_workbook(book)["总览"]
    (drawing,) = (xml.decode() for name, xml in found.items() if name.startswith("xl/drawings/drawing"))
    names = Counter("ours" if "crm:" in piece[:20] else "theirs" for piece in drawing.split(' name="')[1:])
    count = sum(1 for name in found if name.startswith("xl/charts/chart"))
    assert len(sheet._charts) == count
    return names, count


def test_charts_are_known_again_after_openpyxl_and_a_users_own_chart_stays(
    written: Path, tmp_path: Path
) -> None:
    saved = openpyxl.load_workbook(written)
    sheet = saved["总览"]
    own, theirs = copy.deepcopy(sheet._charts[2]), BarChart()
    own.anchor._from.row += 30  # a copy of ours, over our cells
    own.anchor.to.row += 30
    sheet._charts.append(own)
    theirs.add_data(Reference(saved.worksheets[0], min_col=1, min_row=1, max_row=3))
    sheet.add_chart(theirs, "A40")
    saved.save(tmp_path / "saved.xlsx")
    told = _refresh(tmp_path / "saved.xlsx", tmp_path / "again.xlsx", CHARTS[:3])
    assert told == [("charts_in_doubt", 1)]
    assert _drawn(tmp_path / "again.xlsx") == ({"ours": 3, "theirs": 2}, 5)
    assert _refresh(tmp_path / "again.xlsx", tmp_path / "third.xlsx", CHARTS[:3]) == []
    assert _drawn(tmp_path / "third.xlsx") == ({"ours": 3, "theirs": 2}, 5)


def test_what_was_redrawn_after_openpyxl_is_what_a_first_run_draws(written: Path, tmp_path: Path) -> None:
    openpyxl.load_workbook(written).save(tmp_path / "saved.xlsx")
    assert _refresh(tmp_path / "saved.xlsx", tmp_path / "again.xlsx") == []
    assert _drawn(tmp_path / "again.xlsx") == _drawn(written) == ({"ours": 4}, 4)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<xdr:col>0</xdr:col>", b"<xdr:col>1</xdr:col>"),
        (b"<xdr:to>", b"<xdr:to><!-- -->"),
        (b'descr="', b'title="" descr="'),
    ],
    ids=["moved", "spelled otherwise", "described"],
)
def test_a_chart_that_was_moved_and_lost_its_name_is_not_surely_ours(
    old: bytes, new: bytes, written: Path, tmp_path: Path
) -> None:
    moved = old.startswith(b"<xdr:col")
    nameless = {"xl/drawings/drawing1.xml": lambda xml: _nameless(xml).replace(old, new, 1)}
    told = _refresh(rewritten(written, tmp_path / "moved.xlsx", nameless), tmp_path / "again.xlsx")
    assert told == ([("charts_in_doubt", 1)] if moved else [])
    assert _drawn(tmp_path / "again.xlsx")[0] == ({"ours": 4, "theirs": 1} if moved else {"ours": 4})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c:barDir val="bar"/>', b'<c:barDir val="col"/>'),
        (b"<c:f>", b"<c:f>'\xe5\x85\xb6\xe4\xbb\x96'!$A$1</c:f><c:f>"),
    ],
    ids=["another kind", "another series"],
)
def test_a_chart_that_shows_something_else_in_the_place_of_ours_stays(
    old: bytes, new: bytes, written: Path, tmp_path: Path
) -> None:
    changed = {
        "xl/drawings/drawing1.xml": _nameless,
        "xl/charts/chart3.xml": lambda xml: xml.replace(old, new, 1),
    }
    _refresh(rewritten(written, tmp_path / "changed.xlsx", changed), tmp_path / "again.xlsx")
    assert _drawn(tmp_path / "again.xlsx")[0] == {"ours": 4, "theirs": 1}


def test_charts_of_an_open_excel_are_replaced_by_their_names(written: Path, tmp_path: Path) -> None:
    named = {"xl/drawings/drawing1.xml": lambda xml: xml.replace(b'"crm:Chart ', b'"crm_chart_')}
    _refresh(rewritten(written, tmp_path / "named.xlsx", named), tmp_path / "again.xlsx")
    assert _drawn(tmp_path / "again.xlsx") == ({"ours": 4}, 4)


def test_a_copy_that_excel_named_stays_without_a_word(written: Path, tmp_path: Path) -> None:
    def copied(xml: bytes) -> bytes:
        anchor = xml[xml.rindex(b"<xdr:twoCellAnchor") : xml.rindex(b"</xdr:wsDr>")]
        copy_of_it = _nameless(anchor).replace(b"<xdr:row>", b"<xdr:row>1")
        return xml.replace(b"</xdr:wsDr>", copy_of_it + b"</xdr:wsDr>")

    edited = rewritten(written, tmp_path / "copied.xlsx", {"xl/drawings/drawing1.xml": copied})
    assert _refresh(edited, tmp_path / "again.xlsx") == []
    assert _drawn(tmp_path / "again.xlsx") == ({"ours": 4, "theirs": 1}, 5)


class _Shape:
    """A chart on a sheet of an open Excel, of which one reads what Excel says of its series and corners."""

    def __init__(self, plan: ChartPlan, name: str, down: int = 0) -> None:
        corners = plan.top_left, plan.bottom_right
        self.Name, self.HasChart, self.AlternativeText = name, -1, "CRM 看板"
        cells = [SimpleNamespace(Row=one.row + 1 + down, Column=one.column + 1) for one in corners]
        self.TopLeftCell, self.BottomRightCell = cells
        made = [
            SimpleNamespace(
                Formula=f"=SERIES({one.name},{one.categories},{one.values},1)",
                ChartType=LINE_WITH_MARKERS if one.line and plan.kind != "line" else KINDS[plan.kind],
            )
            for one in plan.series
        ]
        series = SimpleNamespace(Count=len(made), Item=lambda number: made[number - 1])
        self.Chart = SimpleNamespace(SeriesCollection=lambda: series)


def test_an_open_excel_knows_them_by_name_or_mark_and_leaves_every_other(written: Path) -> None:
    cells = openpyxl.load_workbook(written)["总览"]
    design = draw(View("overview", "总览", "总览", "", (*[Text(("行",))] * 4, Charts(CHARTS))))
    plans = list(read_charts(Drawn(design, TRANSITIONAL)))
    ours = [
        *(_Shape(one, f"图表 {number}") for number, one in enumerate(plans)),
        _Shape(plans[0], "crm_chart_1", 9),
    ]
    copied, picture = _Shape(plans[0], "图表 9", 3), SimpleNamespace(Name="CRM 截图", HasChart=0)
    sheet = SimpleNamespace(
        Name="总览",
        Shapes=[*ours, copied, picture],
        Cells=lambda row, column: SimpleNamespace(Value=cells.cell(row, column).value),
    )
    attempts = Attempts()
    assert list(own_charts(sheet, attempts)) == ours
    assert attempts.failed == []
