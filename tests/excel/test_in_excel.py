"""The button and the functions as Excel would run them: shipped VBA, xlwings' Windows engine, in-memory Excel.

No real Excel has seen this: what stands in for it, and where it is bent, is in ``com.py`` and ``vba.py``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyopenvba.interpreter import VBAErrorValue

import crmsheet as crm
from crmsheet.book import live_sheet
from crmsheet.book.handed_values import ERROR_NUMBERS
from crmsheet.book.live import LiveWorkbook, undisturbed
from crmsheet.book.live_cells import set_cell
from crmsheet.book.live_kept import KeptCells
from crmsheet.book.live_read import read_open
from crmsheet.book.raw import CellError, RawBook, RawSheet
from crmsheet.book.read import read_book
from crmsheet.data import read_toml
from crmsheet.errors import Interrupted
from crmsheet.excel import addin, refresh
from crmsheet.excel.failure import nothing_unlisted
from crmsheet.excel.functions import FUNCTIONS, NOT_AVAILABLE, function
from crmsheet.excel.registry import NoRegistry
from crmsheet.excel.workbook import MACROS
from crmsheet.labels import Labels
from crmsheet.live_rows import LIVE
from crmsheet.repairs.undo import TYPED_OVER as TYPED_OVER_CODE
from tests.excel import com
from tests.excel.books import DAY, macro_workbook
from tests.excel.vba import Runtime

pytestmark = pytest.mark.filterwarnings("ignore")
LABELS = Labels.load()
TYPED_OVER = ((6, "ice"), (7, "suggested_priority"))  # row and live column
HEADER = 4  # row of the headers of the records
CANCEL = 2  # vbCancel
NO_UNDERLINE = -4142  # xlUnderlineStyleNone
BELOW = 11  # the first row below the table of records


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook for both hosts: its day is typed on its settings sheet, two formulas are typed over, and a row
    stands below the table of records.
    """
    folder = tmp_path_factory.mktemp("excel")
    source = macro_workbook(folder / "source.xlsm")
    book = crm.app.Workbook.open(source)
    settings = next(sheet for sheet in read_book(source).sheets if sheet.name == LABELS.sheet("settings"))
    row, column = next(
        (row, cells.index("as_of")) for row, cells in enumerate(settings.rows, start=1) if "as_of" in cells
    )
    from crmsheet.recognize.workbook import find_settings

    place = find_settings(read_book(source))
    assert place is not None and column >= 0
    book.update_cells(settings.name, {(row, place.value_at): DAY})
    records = LABELS.sheet("records")
    headers = next(sheet for sheet in read_book(source).sheets if sheet.name == records).rows[HEADER - 1]
    ice, priority = ((row, headers.index(LABELS.live(code)) + 1) for row, code in TYPED_OVER)
    book.renew_values(records, {ice: 9, priority: "高"})
    book.update_cells(
        records, {(BELOW, 1): "C2024999", (BELOW, 2): "新来的有限公司", (BELOW, 10): "希望导出报表"}
    )
    book.save(folder / "客户管理.xlsm")
    return folder / "客户管理.xlsm"


@pytest.fixture(scope="module")
def refreshed(path: Path) -> Path:
    target = path.with_name("file.xlsm")
    crm.refresh(path, out=target)
    return target


@pytest.fixture(scope="module")
def by_file(refreshed: Path) -> RawBook:
    return read_book(refreshed)


@pytest.fixture(scope="module")
def clicked(path: Path) -> Iterator[Runtime]:
    runtime = Runtime(path)
    runtime.run("Auto_Open")
    runtime.described_at_open = dict(runtime.described)
    runtime.run("crm_refresh")
    yield runtime


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets without looks, which are half the work of the in-memory Excel, where only contents are judged."""
    monkeypatch.setattr(live_sheet, "draw_looks", lambda *_: None)


def same(live: RawSheet, file: RawSheet) -> list[str]:
    """Cells that differ. A formula that only Excel can calculate is remarked on by the file host alone."""
    uncalculated = LABELS.phrase("note.formula_without_value", sheet="客户需求记录", count=0, cell="")
    file = replace(file, rows=[row for row in file.rows if row[0] != uncalculated])
    assert len(live.rows) == len(file.rows)
    pairs = (
        (row, column, a, b)
        for row, (own, other) in enumerate(zip(live.rows, file.rows, strict=True), start=1)
        for column, (a, b) in enumerate(zip(own, other, strict=False), start=1)
    )
    return [
        f"{live.name} R{row}C{column}: {a!r} {b!r}"
        for row, column, a, b in pairs
        if a != (pytest.approx(b) if isinstance(b, float) else b)
    ]


def header_row(sheet: Any) -> int:
    """Row of the list's header."""
    return int(sheet.api.ListObjects(1).HeaderRowRange.Row)


def column_of(sheet: Any, header: str) -> int:
    """Column of the list under that header."""
    row = sheet.range((header_row(sheet), 1), (header_row(sheet), 40)).value
    return int(row.index(header)) + 1


def test_what_is_read_of_an_open_workbook_is_what_is_read_of_the_file(path: Path) -> None:
    _, book = com.open_book(path)
    for live, file in zip(read_open(book).sheets, read_book(path).sheets, strict=True):
        assert same(live, file) == []
        assert set(live.merged) == set(file.merged)
        assert live.formulas == file.formulas  # hidden sheets are opened as visible ones by pyOpenVBA


def test_the_button_starts_our_python_on_this_workbook(clicked: Runtime) -> None:
    assert clicked.messages == []
    (command,) = clicked.commands
    assert '"C:\\Python\\python.exe" -B -c' in command
    assert "from crmsheet.excel import refresh; refresh.main('refresh')" in command
    assert f'--wb="{clicked.book.name}" --from_xl=1' in command
    assert 'prepare_sys_path(\\"false;' in command  # the workbook's folder is not on the path


def test_the_button_writes_the_sheets_that_the_command_line_writes(
    clicked: Runtime, by_file: RawBook
) -> None:
    live = {sheet.name: sheet for sheet in read_open(clicked.book).sheets}
    own = [sheet for sheet in by_file.sheets if sheet.own_key]
    assert len(own) >= 7
    for sheet in own:
        assert live[sheet.name].own_key == sheet.own_key
        assert same(live[sheet.name], sheet) == []
        assert live[sheet.name].hidden == sheet.hidden
    assert clicked.book.app.status_bar in (False, "FALSE", None)


def test_the_guide_leads_to_the_sheets_as_the_command_line_has_it(clicked: Runtime, refreshed: Path) -> None:
    guide, file = clicked.book.sheets[LABELS.sheet("guide")], openpyxl.load_workbook(refreshed).worksheets[0]
    links = [cell for row in file for cell in row if "HYPERLINK" in str(cell.value)]
    assert {LABELS.sheet("overview"), LABELS.sheet("repairs")} <= {cell.value.split('"')[3] for cell in links}
    for cell in links:
        live, remark = guide.range(cell.coordinate), guide.range((cell.row, 1)).expand("right")
        assert live.formula == cell.value
        assert live.api.Font.Underline == guide.range(links[0].coordinate).api.Font.Underline != NO_UNDERLINE
        assert read_toml("template.zh.toml")["guide"]["own"] not in remark.value


def test_a_total_names_its_cells_since_excel_would_grow_the_table_over_it(clicked: Runtime) -> None:
    formulas = [
        str(cell)
        for sheet in clicked.book.sheets
        for row in sheet.used_range.formula
        for cell in row
        if "SUBTOTAL" in str(cell)
    ]
    assert formulas
    assert [one for one in formulas if not re.fullmatch(r"=SUBTOTAL\(109,([A-Z]+)\d+:\1\d+\)", one)] == []


@pytest.mark.parametrize("code", ["records", "holidays"])
def test_live_columns_are_those_that_the_command_line_writes(
    clicked: Runtime, refreshed: Path, code: str
) -> None:
    live = clicked.book.sheets[LABELS.sheet(code)]
    _, book = com.open_book(refreshed)
    file = book.sheets[LABELS.sheet(code)]
    for how in ("formula", "value"):  # the values are those that the in-memory Excel calculates
        assert getattr(live.used_range, how) == getattr(file.used_range, how)
    if code == "records":
        headers = live.range((HEADER, 1), (HEADER, 60)).value
        for row in (BELOW, *(row for row, _ in TYPED_OVER)):
            formulas = (live.range((row, headers.index(LABELS.live(code)) + 1)).formula for code in LIVE)
            assert all(text.startswith("=") for text in formulas)


def test_what_was_typed_over_a_formula_is_on_the_repair_log(clicked: Runtime) -> None:
    rows = clicked.book.sheets[LABELS.sheet("repairs")].used_range.value
    restored = {(row[1], row[2]) for row in rows if LABELS.phrase("formula_restored") in row}
    text = repr([row for row in rows if LABELS.phrase("formula_restored") in row])
    assert len(restored) == len(TYPED_OVER) and all(LABELS.live(code) in text for _, code in TYPED_OVER)


def test_the_wizard_is_told_about_every_function_when_the_workbook_opens(clicked: Runtime) -> None:
    for one in FUNCTIONS:
        about, arguments = clicked.described_at_open[one.name]
        assert about == one.words["about"]
        assert list(com.to_python(arguments)) == [one.words[argument.name] for argument in one.arguments]


def test_nothing_that_only_makes_it_look_right_failed(clicked: Runtime) -> None:
    book = clicked.book
    host = LiveWorkbook(book)
    com.RECORDED.clear()
    refresh.refresh_book(book, host)
    assert host.attempts.failed == []
    done = {name for name, _ in com.RECORDED}
    assert "Worksheet.ChartObjects().Add().Chart.ChartType" in done
    assert "Range.FormatConditions.Add().Interior.Color" in done
    sheet = book.sheets["跟进清单"]
    assert sheet["A1"].font.bold and sheet["A1"].merge_cells in (False, None)
    due = column_of(sheet, "应跟进日")
    assert sheet.range((header_row(sheet) + 1, due)).number_format == "yyyy-mm-dd"
    assert [table.name for table in sheet.tables] == ["crm_followups"]


def test_a_second_refresh_keeps_what_people_wrote_beside_and_below(clicked: Runtime, plain: None) -> None:
    book = clicked.book
    sheet = book.sheets["跟进清单"]
    top, named = header_row(sheet) + 1, column_of(sheet, "客户名称")
    names = [sheet.range((top + row, named)).value for row in range(12)]
    beside = int(sheet.used_range.last_cell.column) + 2
    sheet.range((top + 1, beside)).value = f"已约{names[1]}"
    bottom = sheet.used_range.last_cell.row
    sheet.range((bottom + 2, 2)).value = "下周开会"
    # A customer leaves a place near the top: others move up.
    records = book.sheets["客户需求记录"]
    written = {str(records.range((row, 2)).value).strip(): row for row in range(5, 41)}
    row = next(written[name] for name in names if name in written and name != names[1])
    records.range((row, 7)).value = "2024-03-17"
    records.range((row, 15)).value = "2024-06-20 回访"
    refresh.run(book, "refresh")
    cells = {
        str(sheet.range((row, 4)).value): sheet.range((row, beside)).value for row in range(5, bottom + 3)
    }
    assert cells[names[1]] == f"已约{names[1]}"
    assert "下周开会" in [sheet.range((row, 2)).value for row in range(bottom, bottom + 6)]


def test_a_mark_on_the_quality_sheet_repairs_the_cell_and_undo_takes_it_back(
    clicked: Runtime, plain: None
) -> None:
    book = clicked.book
    quality = book.sheets["数据质量"]
    rows = quality.used_range.options(ndim=2).value
    header = next(place for place, row in enumerate(rows) if "采纳" in row)
    column = {name: place for place, name in enumerate(rows[header]) if name}
    place = next(
        place
        for place, row in enumerate(rows[header + 1 :], start=header + 1)
        if row[column["建议改为"]]
        and row[column["工作表"]] == "客户需求记录"
        and "*" not in str(row[column["现在的值"]])  # a masked number is not what stands in the cell
    )
    found = rows[place]
    mark = quality.range((place + 1, column["采纳"] + 1))
    mark.value = "是"
    refresh.run(book, "check")  # writes no log, so it changes nothing that was entered
    asked = book.sheets[found[column["工作表"]]][str(found[column["刷新时位置"]])]
    assert str(asked.value) == str(found[column["现在的值"]]) and mark.value == "是"
    message = refresh.run(book, "accept")
    assert message.startswith("已改 1 处")
    entry = book.sheets[found[column["工作表"]]][str(found[column["刷新时位置"]])]
    wanted = found[column["建议改为"]]
    assert str(entry.value) == str(wanted) or str(entry.value)[:10] == str(wanted)[:10]
    log = [cell for row in book.sheets["清洗日志"].used_range.options(ndim=2).value for cell in row]
    assert found[column["刷新时位置"]] in log
    before = entry.value
    clicked.answer = CANCEL
    clicked.run("crm_undo")
    assert clicked.messages[-1] == LABELS.phrase("vba.undo_asks") and entry.value == before
    assert LABELS.phrase("note.undone", count=1, kept=0) in refresh.run(book, "undo").splitlines()
    assert str(entry.value) == str(found[column["现在的值"]])


OVER = {"tiers": {"computed_tier": "我定的", "amount_total": 5}, "followups": {"due": datetime(2027, 1, 4)}}
RENAMED = {"tiers": "我的分层", "records": "需求台账 2024"}


def places_typed_over(sheets: Mapping[str, RawSheet]) -> Iterator[tuple[str, tuple[int, int], Any]]:
    """Sheet, cell of the second row of its list and what is typed there."""
    for key, cells in OVER.items():
        rows = sheets[LABELS.sheet(key)].rows
        header = next(row for row, line in enumerate(rows) if LABELS.column("customer_name") in line)
        for code, value in cells.items():
            yield key, (header + 3, rows[header].index(LABELS.column(code)) + 1), value


def test_what_was_typed_over_a_list_is_told_as_by_the_command_line(
    refreshed: Path, by_file: RawBook, plain: None, tmp_path: Path
) -> None:
    """In an open workbook whose list and entry sheet were renamed; the log says what it says for the file."""
    places = list(places_typed_over({sheet.name: sheet for sheet in by_file.sheets}))
    file = openpyxl.load_workbook(refreshed, keep_vba=True)
    for key, place, value in places:
        file[LABELS.sheet(key)].cell(*place, value)
    file.save(tmp_path / "typed.xlsm")
    lines = crm.refresh(tmp_path / "typed.xlsm").repairs
    expected = lines[lines["code"] == TYPED_OVER_CODE]
    assert len(expected) == len(places)

    _, book = com.open_book(refreshed)
    for key, place, value in places:
        book.sheets[LABELS.sheet(key)].range(place).value = value
    for key, name in RENAMED.items():
        com.rename_sheet(book, LABELS.sheet(key), name)
    result = refresh.refresh_book(book, LiveWorkbook(book))
    names = {LABELS.sheet(key): name for key, name in RENAMED.items()}
    told = result.repairs[result.repairs["code"] == TYPED_OVER_CODE]
    wanted = expected.assign(sheet=expected["sheet"].replace(names))
    columns = ["sheet", "cell", "field", "record", "before", "after", "reason"]
    assert told[columns].values.tolist() == wanted[columns].values.tolist()
    message = refresh._message(result, "refresh", LABELS)
    assert LABELS.phrase("note.typed_over", sheet=RENAMED["tiers"], count=2) in message

    sheets = {sheet.name: sheet for sheet in read_open(book).sheets}
    assert set(RENAMED.values()) <= set(sheets) and not set(names) & set(sheets)
    assert sheets[RENAMED["tiers"]].own_key == "tiers"
    assert "我定的" in repr(sheets[LABELS.sheet("repairs")].rows)
    assert "我定的" not in repr(sheets[RENAMED["tiers"]].rows)
    # The list is what the command line writes, and nothing is told a second time.
    by_line = {sheet.own_key: sheet for sheet in read_book(tmp_path / "typed.xlsm").sheets}
    assert same(sheets[RENAMED["tiers"]], by_line["tiers"]) == []
    assert LiveWorkbook(book).typed_cells() == []


def test_each_button_of_a_workbook_runs_its_own_command(
    clicked: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(refresh, "run", lambda _, command: ran.append(command))
    monkeypatch.setattr(clicked, "answer", 1)
    for macro in MACROS.values():
        clicked.run(macro)
    assert ran == list(MACROS)


def test_today_leads_to_the_followups(clicked: Runtime, plain: None) -> None:
    book = clicked.book
    assert refresh.run(book, "today") == ""
    assert book.sheets.active.name == "跟进清单"
    assert refresh.run(book, "check").startswith("检查完成：错误")
    assert book.sheets.active.name == "数据质量"


def test_each_button_of_the_ribbon_runs_its_command_on_the_workbook_in_front(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = addin.install(tmp_path, registry=NoRegistry())
    runtime = Runtime(file, in_front=path)
    ran: list[tuple[str, str]] = []
    monkeypatch.setattr(refresh, "run", lambda book, command: ran.append((str(book.name), command)))
    for command in refresh.COMMANDS:
        runtime.app.add_module(PRESS.format(command=command), name=f"press_{command}", kind="standard")
        runtime.run(f"press_{command}")
    assert ran == [(path.name, command) for command in refresh.COMMANDS]
    assert runtime.messages == [LABELS.phrase("vba.undo_asks")]


def test_the_ribbon_with_no_workbook_in_front_says_what_to_do(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    file, _ = addin.install(tmp_path, registry=NoRegistry())
    engine = com.windows_engine()
    _, caller = com.open_book(file)
    monkeypatch.setattr(type(caller), "name", file.name)
    monkeypatch.setattr(type(caller.app), "alert", lambda _, text, **__: said.append(text))
    nothing = engine.Book(impl=type(caller.impl)(None))  # what xlwings makes of no ActiveWorkbook
    monkeypatch.setattr(type(caller.app.books), "active", nothing)
    engine.Book.set_mock_caller(caller)
    refresh.main("check")
    assert said == [LABELS.phrase("excel_no_workbook")]


# What Excel does with a click: the callback gets the button as an object with an ID.
PRESS = """Attribute VB_Name = "press_{command}"
Public Sub press_{command}()
    Dim control As Object
    Set control = CreateObject("crmsheet.test.crm_{command}")
    crm_ribbon control
End Sub
"""


def test_the_report_of_an_open_workbook_is_written_and_shown(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(refresh.webbrowser, "open", shown.append)
    monkeypatch.setattr(refresh.tempfile, "gettempdir", lambda: str(tmp_path))
    _, book = com.open_book(path)
    result = crm.analyze_workbook(path)
    for place in (path, Path("工作簿1")):  # the second was never saved
        source = replace(result.source, source=replace(result.source.source, path=place))
        monkeypatch.setattr(refresh, "refresh_book", lambda *_, one=source: replace(result, source=one))
        message = refresh.run(book, "report")
        (made,) = (path.parent if place.is_absolute() else tmp_path).glob("*.html")
        assert str(made) in message and shown[-1] == made.resolve().as_uri()
        assert "<html" in made.read_text(encoding="utf-8")


def test_an_odd_workbook_is_refreshed_and_what_people_did_stays(clicked: Runtime, plain: None) -> None:
    """A deleted sheet comes back, a protected one is named, long texts, errors and hidden rows stay as they are."""
    book = clicked.book
    records = book.sheets[LABELS.sheet("records")]
    book.sheets[LABELS.sheet("trends")].delete()
    records["P5"].value, records["P6"].formula = "长" * 20_000, "=1/0"
    records.api.Range("7:7").EntireRow.Hidden = True
    before = records.range("A4:P12").formula
    records.api.Protect()
    try:
        message = refresh.run(book, "refresh")
    finally:
        records.api.Unprotect()
    assert message == LABELS.phrase("note.sheet_protected", sheet=records.name)
    assert LABELS.sheet("trends") in [sheet.name for sheet in book.sheets]
    assert records.range("A4:P12").formula == before and records.api.Range("7:7").EntireRow.Hidden


def test_excel_is_as_it_was_also_after_an_error(path: Path) -> None:
    _, book = com.open_book(path)
    app = book.app
    book.sheets["客户信息"].activate()
    app.calculation = "automatic"
    with pytest.raises(ZeroDivisionError), undisturbed(book):
        assert app.screen_updating is False and app.calculation == "manual"
        book.sheets["配置"].activate()
        raise ZeroDivisionError
    assert app.screen_updating is True and app.calculation == "automatic" and app.enable_events is True
    assert book.sheets.active.name == "客户信息"


def test_an_error_is_one_plain_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, book = com.open_book(path)
    said: list[str] = []
    monkeypatch.setattr(type(book.app), "alert", lambda _, text, **__: said.append(text))
    com.windows_engine().Book.set_mock_caller(book)
    before = [sheet.name for sheet in book.sheets]
    monkeypatch.setattr(refresh, "refresh_book", lambda *_: 1 / 0)
    refresh.main("refresh")
    assert "没有完成" in said[0] and "Traceback" not in said[0]
    assert "ZeroDivisionError" in refresh.log_path().read_text(encoding="utf-8")
    for sheet in before[1:-1]:
        book.sheets[sheet].clear()
    monkeypatch.undo()
    monkeypatch.setattr(type(book.app), "alert", lambda _, text, **__: said.append(text))
    refresh.main("refresh")
    assert "没有找到客户表" in said[1]
    assert [sheet.name for sheet in book.sheets] == before


def refused_by_excel(*_: object) -> None:
    told = (0, "Microsoft Excel", "应用程序定义或对象定义错误", None, 0, -2146827284)
    raise com.ComError(-2147352567, "Exception occurred.", told, None)


def test_what_fails_midway_leaves_no_cell_changed_and_says_so(
    refreshed: Path, plain: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, book = com.open_book(refreshed)
    said: list[str] = []
    monkeypatch.setattr(type(book.app), "alert", lambda _, text, **__: said.append(text))
    com.windows_engine().Book.set_mock_caller(book)
    quality, records = book.sheets["数据质量"], book.sheets["客户需求记录"]
    rows = quality.used_range.options(ndim=2).value
    header = next(place for place, row in enumerate(rows) if "采纳" in row)
    column = {name: place for place, name in enumerate(rows[header]) if name}
    marked = [
        (place, row)
        for place, row in enumerate(rows[header + 1 :], start=header + 2)
        if row[column["建议改为"]] and row[column["工作表"]] == records.name
    ]
    quality.range((marked[0][0], column["采纳"] + 1)).value = "是"
    asked = str(marked[0][1][column["刷新时位置"]])
    restored = next(iter(TYPED_OVER))
    headers = records.range((HEADER, 1), (HEADER, 60)).value
    typed_over = restored[0], headers.index(LABELS.live(restored[1])) + 1
    records.range(typed_over).value = 9
    before = records.used_range.formula
    drawn: list[str] = []
    changed: list[Any] = []

    def second_fails(target: Any, *given: Any) -> Any:
        drawn.append(target.sheet.name)
        if len(drawn) < 2:
            return draw(target, *given)
        changed.extend([records[asked].value, records.range(typed_over).formula])
        return refused_by_excel()

    draw = live_sheet.draw_plan
    monkeypatch.setattr("crmsheet.book.live.draw_plan", second_fails)
    refresh.main("refresh")
    assert len(drawn) == 2 and records.used_range.formula == before
    assert str(changed[0]) == str(marked[0][1][column["建议改为"]]) and changed[1].startswith("=")
    (text,) = said
    assert f"写到“{drawn[1]}”时" in text and "应用程序定义或对象定义错误" in text
    assert LABELS.phrase("excel_data_kept") in text and "-2147352567" not in text and "ComError" not in text
    assert "ComError" in refresh.log_path().read_text(encoding="utf-8")


def test_cells_are_put_back_as_what_they_were(path: Path) -> None:
    _, book = com.open_book(path)
    sheet, kept = book.sheets[LABELS.sheet("orders")], KeptCells()
    given = {"K5": "'00123", "K6": "=1+1", "K7": 5, "K8": datetime(2024, 3, 18), "K9": "#N/A"}
    for place, value in given.items():
        sheet[place].formula = value
    sheet["K8"].number_format = "yyyy-mm-dd"
    sheet["K7"].number_format = "@"
    before = {
        place: (sheet[place].formula, sheet[place].value, sheet[place].number_format) for place in given
    }
    for place in given:
        kept.keep(sheet[place])
        set_cell(sheet, (sheet[place].row, sheet[place].column), "改过", "0.00")
    assert kept.put_back() == [] and kept.put_back() == []
    after = {place: (sheet[place].formula, sheet[place].value, sheet[place].number_format) for place in given}
    assert after == before


@pytest.mark.parametrize(
    ("drawn", "left", "told"),
    [
        ({"overview", "repairs"}, [], LABELS.phrase("excel_data_logged")),
        ({"overview"}, ["客户信息!B5"], LABELS.phrase("excel_data_left", cells="客户信息!B5")),
        (set(), [], LABELS.phrase("excel_data_kept")),
    ],
)
def test_a_failure_says_what_became_of_the_cells(
    path: Path, drawn: set[str], left: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, book = com.open_book(path)
    host = LiveWorkbook(book)
    host.drawn |= drawn
    asked: list[bool] = []
    monkeypatch.setattr(host, "put_back", lambda: asked.append(True) or left)
    with pytest.raises(Interrupted) as found, nothing_unlisted(host):
        refused_by_excel()
    assert found.value.data == told and told in str(found.value)
    assert bool(asked) != ("repairs" in drawn)  # what is on the log stays


def test_a_busy_excel_is_told_as_such(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, book = com.open_book(path)
    said: list[str] = []
    monkeypatch.setattr(type(book.app), "alert", lambda _, text, **__: said.append(text))
    com.windows_engine().Book.set_mock_caller(book)

    def busy(*_: object) -> None:
        raise com.ComError(-2147418111, "Call was rejected by callee.", None, None)

    monkeypatch.setattr(refresh, "refresh_book", busy)
    refresh.main("refresh")
    assert said == [LABELS.phrase("excel_busy")]


def test_a_missing_python_is_told_before_anything_starts(path: Path) -> None:
    runtime = Runtime(path)
    runtime.without_python()
    runtime.run("crm_refresh")
    assert runtime.commands == []
    assert runtime.messages == [LABELS.phrase("vba.python_missing")]


UDFS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("CRM_ICE", (8, 6, 4), 6.0),
    ("CRM_ICE", (8, 6, "x"), "易用“x”应为 1 到 10 的分数"),
    ("CRM_PRIORITY", (8, 7, 6), "高"),
    ("CRM_TAGS", ("预算控制在10万元以内",), "价格敏感型"),
    ("CRM_SENTIMENT", ("很不满意",), "不满"),
    ("CRM_VALUE_TAG", (100_000,), "高价值"),
    ("CRM_RFM_TIER", (12, 5, 182_000), "高价值"),
    ("CRM_CLV", (5_000, 4, 0.3), 18_000.0),
    ("CRM_AMOUNT", ("8.5万元",), 85_000.0),
    ("CRM_PHONE_KIND", ("13800138000",), "手机"),
    ("CRM_SENSITIVE", ("138-0013-8000",), "手机号"),
    ("CRM_MASK", ("138-0013-8000",), "138****8000"),
    ("CRM_INDUSTRY", ("互联网行业",), "信息传输、软件和信息技术服务业"),
    ("CRM_REGION", ("粤",), "广东省"),
    ("CRM_COMPANY_KEY", ("恒达（北京）科技有限公司",), "北京恒达科技"),
    ("CRM_WORKDAYS", ("2025-09-26", "2025-09-30"), 3.0),
    ("CRM_DUE", ("流失风险", "2024-03-01", "2024-03-18"), datetime(2024, 3, 8)),
    ("CRM_NEXT_DATE", ("2024-05-06 电话",), datetime(2024, 5, 6)),
]
# A scratch range of the workbook: what stands in it and how a function is called on it.
RANGES: list[tuple[str, list[list[Any]], tuple[Any, ...]]] = [
    ("CRM_TIER", [[12, 5, 182_000], [400, 1, 300], ["x", 1, 1]], ()),
    ("CRM_TAGS", [["预算控制在10万元以内"], [None], ["希望导出报表"]], ()),
    ("CRM_ICE", [[8], [9], [None]], (6, 4)),
    ("CRM_COMPANY_KEY", [["恒达（北京）科技有限公司"]], ()),
]


@pytest.mark.parametrize(("name", "cells", "expected"), UDFS)
def test_a_wrapper_hands_its_cells_to_python(
    clicked: Runtime, name: str, cells: tuple[Any, ...], expected: Any
) -> None:
    assert com.to_python(clicked.run(name, *cells)) == expected


@pytest.mark.parametrize(("name", "rows", "more"), RANGES)
def test_a_wrapper_hands_a_range_to_python_and_an_array_back(
    clicked: Runtime, name: str, rows: list[list[Any]], more: tuple[Any, ...]
) -> None:
    place = clicked.book.sheets[LABELS.sheet("settings")].range("AA1").resize(len(rows), len(rows[0]))
    place.value = rows
    found = clicked.run(name, place.impl.xl.target, *more)
    place.clear()
    cells = [
        [com.to_python(cell) for cell in row] for row in (found if isinstance(found, list) else [[found]])
    ]
    lacking = com.ERROR_BASE + 2042  # the wrapper makes Excel's error of the text
    expected = function(name)(rows, *more)
    as_rows = expected if isinstance(expected, list) else [[expected]]
    wanted = [[lacking if cell == NOT_AVAILABLE else cell for cell in row] for row in as_rows]
    assert cells == wanted and isinstance(found, list) == isinstance(expected, list)


def test_no_wrapper_is_left_out() -> None:
    called = {name for name, *_ in (*UDFS, *RANGES)} | {"CRM_CHECK"}
    assert called == {one.name for one in FUNCTIONS}


@pytest.mark.parametrize("number", sorted(ERROR_NUMBERS))
@pytest.mark.parametrize("name", ["CRM_AMOUNT", "CRM_VALUE_TAG", "CRM_PHONE_KIND"])
def test_no_error_of_excel_is_a_number_to_a_function(name: str, number: int) -> None:
    com.windows_engine()
    options = {"ndim": 2, "err_to_str": True}
    given = importlib.import_module("xlwings.conversion").read(None, com.ERROR_BASE + number, options)
    found = function(name)(given)
    assert found in (NOT_AVAILABLE, LABELS.phrase("function_number", value=ERROR_NUMBERS[number]))


def test_currency_and_later_errors_of_an_open_workbook_read_as_those_of_a_file(path: Path) -> None:
    """Excel hands over money as decimals cut to four places; xlwings leaves the later errors as numbers."""
    _, book = com.open_book(path)
    sheet = book.sheets[LABELS.sheet("orders")]
    money, lost = sheet["E5"], sheet["G5"]
    money.value, money.number_format = 5000.123456, "$#,##0.00"
    lost.api.target.vba_set("Value", VBAErrorValue(2045), [], {})
    assert money.value == Decimal("5000.1235") and lost.value == com.ERROR_BASE + 2045
    rows = next(one for one in read_open(book).sheets if one.name == sheet.name).rows
    assert (rows[HEADER][4], type(rows[HEADER][4])) == (5000.123456, float)
    assert (rows[HEADER][6], type(rows[HEADER][6])) == ("#SPILL!", CellError)


def test_the_wrapper_of_check_takes_a_range_of_the_sheet(clicked: Runtime) -> None:
    table = clicked.book.sheets[LABELS.sheet("profiles")].range("A4:P9")
    found = com.to_python(clicked.run("CRM_CHECK", table.impl.xl.target))
    assert found == function("CRM_CHECK")(table.value)
    assert len(found) == 6 and any(cell for (cell,) in found[1:])


def test_a_wrapper_makes_the_error_of_excel_from_a_missing_value(clicked: Runtime) -> None:
    assert com.to_python(clicked.run("CRM_ICE", 8, "", 4)) == com.ERROR_BASE + 2042
