"""What the buttons run: ``main("refresh")`` in a Python that Excel started, on the workbook it was pressed in.

Whatever happens, a person sees one plain message and never a traceback; that goes to a file for the maintainer.
"""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from crmsheet.analysis import UNREAD
from crmsheet.app import refresh_open, undo_open
from crmsheet.book.live import LiveWorkbook, undisturbed
from crmsheet.book.live_read import read_open
from crmsheet.book.tab_names import language_of
from crmsheet.data import speaking
from crmsheet.errors import CrmsheetError, UsageError
from crmsheet.excel.failure import LOG, is_busy, log_path, nothing_unlisted, reason_of, write_log
from crmsheet.excel.workbook_rules import front_workbook
from crmsheet.labels import Labels
from crmsheet.result import Result

# Sheets that a command writes; all when it names none. Where it leads afterwards, if anywhere.
ONLY = {"check": ("quality",)}
LEADS_TO = {"check": "quality", "today": "followups"}
COMMANDS = ("refresh", "check", "today", "accept", "undo", "report")
# Notes about what a person did or has to do, told at once; the others stand on the sheets.
TOLD = frozenset(
    (
        "undone", "nothing_to_undo", "not_undone", "not_undone_more", "repair_refused", "accept_without_value",
        "accepted_once", "sheet_protected", "sheet_renamed", "rows_kept_below", "typed_over", "formulas_restored",
        "charts_in_doubt",
    )
)  # fmt: skip
MOST_TOLD = 8  # a message box has no way to scroll


def main(command: str = "refresh") -> None:
    """Run ``command`` on the workbook that calls: one of :data:`COMMANDS`."""
    import xlwings  # noqa: PLC0415 - an extra, and only Excel calls this

    caller = xlwings.Book.caller()
    try:
        book = _workbook(caller)
        language = language_of(str(sheet.name) for sheet in book.sheets)
    except Exception as error:  # noqa: BLE001 - the last line of defence before a person
        _tell(caller, _plain(error), "critical")
        return
    with speaking(language):
        try:
            text, mode = run(book, command), "info"
        except Exception as error:  # noqa: BLE001 - as above
            text, mode = _plain(error), "critical"
        if text:
            _tell(book, text, mode)


def _tell(book: Any, text: str, mode: str) -> None:
    book.app.alert(text, title=Labels.load().phrase("excel_title"), mode=mode)


def run(book: Any, command: str) -> str:
    """Run ``command`` on an open workbook; the message for the person, blank when the sheets say it all."""
    if command not in COMMANDS:
        raise UsageError(problem=f"no command {command!r}; there are {', '.join(COMMANDS)}")
    labels = Labels.load()
    host = LiveWorkbook(book)
    with nothing_unlisted(host):
        with undisturbed(book):
            result = refresh_book(book, host, command)
        lead = LEADS_TO.get(command)
        if lead:
            book.sheets[host.own_sheets[lead]].activate()
        return _message(result, command, labels)


def refresh_book(book: Any, host: LiveWorkbook, command: str = "refresh") -> Result:
    """Read, analyze and write, with the stage in Excel's status bar."""
    narrate = _narrator(book)
    narrate("read")
    if command == "undo":
        return undo_open(host, read_open(book), narrate=narrate)
    raw = read_open(book, unread=UNREAD)
    return refresh_open(host, raw, only=ONLY.get(command, ()), narrate=narrate)


def _narrator(book: Any) -> Callable[[str], None]:
    labels = Labels.load()

    def narrate(stage: str) -> None:
        book.app.status_bar = labels.phrase("excel_stage", stage=labels.phrase(f"stage.{stage}"))

    return narrate


def _message(result: Result, command: str, labels: Labels) -> str:
    """Nothing after a plain refresh, unless there is something a person should know at once: the sheets are the
    message.
    """
    lines = [line for line in (_outcome(result, command, labels), *_told(result, labels)) if line]
    more = len(lines) - MOST_TOLD
    if more > 1:
        lines[MOST_TOLD:] = [labels.phrase("excel_more", count=more)]
    return "\n".join(lines)


def _outcome(result: Result, command: str, labels: Labels) -> str:
    if command == "check":
        counts = result.summary()["issues"].items()
        words = labels.join(f"{labels.choice('severity', code)} {count}" for code, count in counts)
        return labels.phrase("excel_checked", counts=words)
    if command == "report":
        return labels.phrase("excel_reported", path=_report(result))
    return labels.phrase("excel_accepted", count=result.repaired) if command == "accept" else ""


def _told(result: Result, labels: Labels) -> Iterator[str]:
    return (labels.phrase(f"note.{note.code}", **note.facts) for note in result.notes if note.code in TOLD)


def _report(result: Result) -> Path:
    """The report as a web page beside the workbook, opened in the browser."""
    from crmsheet.report.write import report_name, write_report  # noqa: PLC0415 - an extra of its own

    target = report_name(Path(result.source.source.path or LOG))
    if not (target.is_absolute() and target.parent.is_dir()):  # never saved, or it lives in the cloud
        target = Path(tempfile.gettempdir()) / target.name
    write_report(result, target, period=None, template=None)
    webbrowser.open(target.resolve().as_uri())
    return target


def _workbook(caller: Any) -> Any:
    """The workbook to work on: the caller, or, behind the add-in's ribbon, the one in front.

    A ribbon can be pressed with none in front: nothing is open, or only a protected view.
    """
    front = front_workbook(caller)
    if front is not caller and getattr(front.impl, "xl", front) is None:
        raise UsageError(problem=Labels.load().phrase("excel_no_workbook"))
    return front


def _plain(error: Exception) -> str:
    """What a person is told of an error; one that nobody foresaw goes to a file as a whole."""
    if isinstance(error, CrmsheetError):
        return str(error)
    labels = Labels.load()
    if is_busy(error):
        return labels.phrase("excel_busy")
    write_log(error)
    return labels.phrase("excel_failed", reason=reason_of(error), log=log_path())
