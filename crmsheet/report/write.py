"""One report, three kinds of file: the name's suffix chooses."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from crmsheet.book.save import backup_path, write_file
from crmsheet.collector import collector_paused
from crmsheet.errors import FileMissing, UsageError
from crmsheet.report.build import build_report
from crmsheet.report.model import Report
from crmsheet.report.optional import library
from crmsheet.report.words import in_its_words, phrase
from crmsheet.result import Result

_PAGES, _WORD, _PDF = (".html", ".htm"), ".docx", ".pdf"


@collector_paused()
@in_its_words
def write_report(
    result: Result,
    path: str | PathLike[str],
    *,
    period: str | None = None,
    template: str | PathLike[str] | None = None,
) -> Path:
    """Write the report of ``result`` to ``path`` (.html, .docx, .pdf), replacing an earlier one.

    People go on writing in a Word file: the one that is replaced is kept beside it as a backup.

    ``period`` as in ``build_report``. ``template`` is the team's own Word file with placeholders, for .docx
    and .pdf; see ``docs/report.md``.
    """
    target, own = Path(path), Path(template) if template is not None else None
    require_kinds(target, own)
    backup = backup_path(target) if target.suffix.lower() == _WORD else None
    write_file(target, _drawn(build_report(result, period), target, own), backup=backup)
    return target


def report_name(workbook: Path) -> Path:
    """Where the report of a workbook goes when nobody says: beside it."""
    return workbook.with_name(f"{workbook.stem}-{phrase('default_name')}.html")


def require_kinds(target: Path, template: Path | None = None) -> None:
    """Refuse what no report can be written to, or drawn with, before any work is done."""
    suffix = target.suffix.lower()
    if suffix not in (*_PAGES, _WORD, _PDF):
        raise UsageError(problem=phrase("suffix_unknown", path=target))
    if template is None:
        return
    if suffix in _PAGES:
        raise UsageError(problem=phrase("template_for_word", path=target))
    if not template.is_file():
        raise FileMissing(path=template, near="")
    if template.suffix.lower() != _WORD or (target.exists() and target.samefile(template)):
        raise UsageError(problem=phrase("template_not_word", path=template))


def _drawn(report: Report, target: Path, template: Path | None) -> bytes:
    """The file's bytes. Hosts are loaded here: each needs libraries of its own."""
    suffix = target.suffix.lower()
    if suffix in _PAGES:
        return str(library("crmsheet.report.page").html_page(report)).encode()
    document = bytes(library("crmsheet.report.word").word_document(report, template, printed=suffix == _PDF))
    if suffix == _WORD:
        return document
    return bytes(library("crmsheet.report.pdf").pdf_document(document))
