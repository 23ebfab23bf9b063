"""audit(): the month's random sample of customers to verify, into the same workbook (R-061)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from crmsheet import steps
from crmsheet.analysis import Narrate, PathText, analyzed, in_its_language, setup_by, silent
from crmsheet.book.read import read_book
from crmsheet.collector import collector_paused
from crmsheet.errors import UsageError
from crmsheet.judging import judge
from crmsheet.labels import Labels
from crmsheet.recognize import recognize
from crmsheet.result import Result
from crmsheet.rules import Rules
from crmsheet.tables.audit import read_audits
from crmsheet.views.audit import audit_view
from crmsheet.writing import open_book, put_views, save_over, target_for

_MONTH = re.compile(r"\s*(\d{4})[-/.\u5e74]?(0?[1-9]|1[0-2])\u6708?\s*")
_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*([%\uff05])?\s*")
PERCENT = 100


@collector_paused()
@in_its_language
def audit(  # noqa: PLR0913 - each is one option of the command line
    path: PathText,
    *,
    month: str | None = None,
    share: float | str | None = None,
    seed: str = "",
    out: PathText | None = None,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    backup: bool = True,
    password: str = "",
    narrate: Narrate = silent,
) -> Result:
    """Draw the customers of ``month`` (``2026-11``, by default that of the day) whose entries are to be verified.

    Only the audit list is written; what people filled in there stays, and so does whom the month has drawn
    already: a larger ``share`` (0.1 or ``10%``) adds to it, another ``seed`` counts for what is yet to be drawn.
    ``audit`` of the result are the customers drawn. A month or share that cannot be read raises ``UsageError``.
    """
    narrate("read")
    book = read_book(Path(path), password=password)
    target = target_for(book, out)
    narrate("analyze")
    tables = recognize(book)
    result = analyzed(judge(book, tables, setup_by(rules, as_of), tables.earlier("quality")))
    result = draw(_with_share(result, share), as_month(month, result.as_of), seed)
    narrate("write")
    workbook = open_book(book)
    result = put_views(result, workbook, [audit_view(result)])
    narrate("save")
    return save_over(result, workbook, book, target, backup=backup)


def draw(result: Result, month: str, seed: str = "") -> Result:
    """The result with its ``audit``: the customers drawn for ``month``, and what of them wants evidence."""
    earlier = read_audits(result.source.source.earlier("audit"), result.rules.labels)
    customers = steps.flag_evidence(result.customers, result.rules)
    customers = steps.draw_audit(customers, earlier, result.rules, month, seed)
    return replace(result, audit=customers[customers["audit_drawn"]].assign(audit_month=month))


def as_month(typed: str | None, day: date) -> str:
    """A month as typed, in the form ``2026-11``; that of ``day`` for none.

    >>> as_month("2026/3", date(2026, 11, 20)), as_month(None, date(2026, 11, 20))
    ('2026-03', '2026-11')
    """
    if typed is None:
        return f"{day:%Y-%m}"
    found = _MONTH.fullmatch(typed)
    if found is None:
        raise UsageError(problem=Labels.load().phrase("audit_month_unknown", found=typed))
    return f"{found[1]}-{int(found[2]):02d}"


def _with_share(result: Result, share: float | str | None) -> Result:
    """The result under rules that draw ``share`` of the customers."""
    if share is None:
        return result
    rules = result.rules
    changed = rules.audit.model_copy(update={"share": as_share(share)})
    return replace(result, rules=rules.model_copy(update={"audit": changed}))


def as_share(typed: float | str) -> float:
    """A share from 0 to 1, as a number or a percentage.

    >>> as_share("5%"), as_share(0.05)
    (0.05, 0.05)
    """
    found = _SHARE.fullmatch(str(typed))
    share = float(found[1]) / (PERCENT if found[2] else 1) if found else -1.0
    if not 0 <= share <= 1:
        raise UsageError(problem=Labels.load().phrase("audit_share_unknown", found=typed))
    return share
