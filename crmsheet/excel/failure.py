"""What a person is told when a command fails midway, and what becomes of the cells it had changed by then."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmsheet.book.live import LiveWorkbook, undisturbed
from crmsheet.errors import CrmsheetError, Interrupted
from crmsheet.labels import Labels

# Answers of an Excel in which somebody is just typing or has a dialog open: it takes no calls then.
# RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE
BUSY = frozenset({-2147418111, -2147417846, -2146777998})
LOG = "crmsheet-error.log"
REPAIR_LOG = "repairs"  # key of the sheet that lists what was changed on entry sheets
MOST_NAMED, LONGEST_REASON = 10, 200


def log_path() -> Path:
    """Where the last failure is told in full."""
    return Path(tempfile.gettempdir()) / LOG


@contextmanager
def nothing_unlisted(host: LiveWorkbook) -> Iterator[None]:
    """Whatever fails inside, no cell that people filled stays changed without standing on the repair log.

    Before the log is written they are put back; after it they are listed and can be undone. :class:`Interrupted`
    says which, and names the cells that Excel would not take back.
    """
    try:
        yield
    except Exception as error:
        logged, left = REPAIR_LOG in host.drawn, []
        if not logged:
            with undisturbed(host.book):
                left = host.put_back()
        understood = isinstance(error, CrmsheetError) or is_busy(error)
        if understood and not (logged or left):
            raise
        write_log(error)
        reason, data = reason_of(error, host.place), _state(logged=logged, left=left)
        raise Interrupted(reason=reason, data=data, log=log_path()) from error


def is_busy(error: Exception) -> bool:
    return getattr(error, "hresult", None) in BUSY


def write_log(error: Exception) -> None:
    """The whole of an error, for the maintainers."""
    log_path().write_text("".join(traceback.format_exception(error)), encoding="utf-8")


def reason_of(error: Exception, place: str = "") -> str:
    """An error in one plain line: what Excel said and where we were, never the tuple that COM makes of it."""
    if isinstance(error, CrmsheetError):
        return str(error)
    labels = Labels.load()
    if is_busy(error):
        said = labels.phrase("excel_reason_busy")
    elif hasattr(error, "hresult"):
        said = labels.phrase("excel_reason", said=_said_by_excel(error))
    else:
        said = labels.phrase("excel_reason_own", said=f"{type(error).__name__} {error}"[:LONGEST_REASON])
    return labels.phrase("excel_reason_at", place=place, reason=said) if place else said


def _said_by_excel(error: Exception) -> str:
    """The description in a COM error: (number, what it is in general, (.., source, description, ..), argument)."""
    details = next((one for one in error.args if isinstance(one, tuple)), ())
    told = [one for one in (*details[2:3], *error.args[1:2]) if isinstance(one, str) and one.strip()]
    return told[0].strip()[:LONGEST_REASON] if told else f"0x{error.args[0] & 0xFFFFFFFF:08X}"


def _state(*, logged: bool, left: list[str]) -> str:
    labels = Labels.load()
    if left:
        more = "…" if len(left) > MOST_NAMED else ""
        return labels.phrase("excel_data_left", cells=labels.join(left[:MOST_NAMED]) + more)
    return labels.phrase("excel_data_logged" if logged else "excel_data_kept")
