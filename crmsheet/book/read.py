"""Reads a workbook or a text file of cells into a :class:`~crmsheet.book.raw.RawBook`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crmsheet.book import cell_facts, csv_text, encryption, extents, source, values
from crmsheet.book.cell_facts import CellFacts
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.ooxml import XmlRejected
from crmsheet.book.package import Package
from crmsheet.book.percentages import percent_styles
from crmsheet.book.raw import CellError, CellValue, Percent, RawBook, RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart
from crmsheet.errors import CrmsheetError, FileMissing, LegacyWorkbook, NotAFile, UnknownFormat

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
LEGACY_SUFFIXES = frozenset(
    {".xls", ".xlt", ".xla", ".et", ".ett", ".xlsb", ".ods", ".ots", ".wk4", ".numbers", ".dbf"}
)

_ERROR_TYPE = re.compile(rb'(<c r="[A-Z]+\d+"[^>]*) t="e"')


@dataclass(frozen=True, slots=True)
class _Scanned:
    """One worksheet before its values are read. ``opened`` is its part where calamine needs another form than that
    of the file, and that of a small sheet, which would be opened once more else.
    """

    entry: SheetEntry
    facts: CellFacts | None
    oversize: tuple[int, int] | None = None
    opened: bytes | None = None


def read_book(path: Path | str, *, unread: Collection[str] = (), password: str = "") -> RawBook:
    """Everything in the file at ``path``; raises a :class:`~crmsheet.errors.ReadError` and nothing else.

    ``unread`` are keys of own sheets whose cells are not needed; they come without rows. ``password`` opens an
    encrypted workbook.
    """
    path = Path(path)
    modified = source.modified_at(path)
    book = _read(path, _content(path), frozenset(unread), password)
    return replace(book, fingerprint=replace(book.fingerprint, modified=modified))


def _read(path: Path, data: bytes, unread: frozenset[str], password: str) -> RawBook:
    if encryption.is_encrypted(data):
        book = _read_workbook(path, encryption.decrypted(path, data, password), unread)
        return replace(book, fingerprint=Fingerprint.of_bytes(data), password=password)
    if data.startswith((source.COMPOUND_FILE, b"PK")):
        return _read_workbook(path, data, unread)
    if path.suffix.lower() in LEGACY_SUFFIXES:
        raise LegacyWorkbook(path=path, suffix=path.suffix.lower())
    if path.suffix.lower() not in TEXT_SUFFIXES:
        source.refuse_other_formats(path, data)
    sheet = RawSheet(path.stem, csv_text.read_rows(path, data))
    return RawBook(path, "csv", (sheet,), Fingerprint.of_bytes(data))


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise NotAFile(path=path)
        return source.read_file(path)
    except ValueError:  # a name no file can have
        raise FileMissing(path=path, near="") from None


def _open(path: Path, data: bytes) -> Package:
    try:
        return Package(data, path)
    except UnknownFormat:
        if path.suffix.lower() in LEGACY_SUFFIXES:
            raise LegacyWorkbook(path=path, suffix=path.suffix.lower()) from None
        raise


def _read_workbook(path: Path, data: bytes, unread: frozenset[str]) -> RawBook:
    package = _open(path, data)
    try:
        workbook = WorkbookPart(package)
        keys = _own_keys(workbook)
        percents = percent_styles(package, workbook)
        entries = [entry for entry in workbook.sheets() if entry.kind == "worksheet"]
    except ValueError as error:  # a number that is none, in a part that lists things
        raise source.damaged(path, "workbook.xml", "malformed_xml", str(error)) from None
    scanned = [_scan(package, entry, percents) for entry in entries if keys.get(entry.name) not in unread]
    rows = dict(_values(package, workbook, scanned))
    facts = {sheet.entry.name: sheet for sheet in scanned}
    sheets = tuple(_sheet(entry, keys, facts.get(entry.name), rows.get(entry.name, [])) for entry in entries)
    return RawBook(path, "xlsx", sheets, Fingerprint.of_bytes(data), workbook.date1904)


def _own_keys(workbook: WorkbookPart) -> dict[str, str]:
    """Sheet name → key, for the sheets that hidden names mark as ours."""
    entries = {entry.name.lower(): entry.name for entry in workbook.sheets()}
    areas = DefinedNames(workbook).own_areas()
    return {entries[name.lower()]: key for key, (name, _) in areas.items() if name.lower() in entries}


def _scan(package: Package, entry: SheetEntry, percents: frozenset[int]) -> _Scanned:
    data = package.read(entry.part)
    try:
        xml = cell_facts.plain(data)
        oversize = extents.too_large(xml)
        if oversize:
            return _Scanned(entry, None, oversize)
        facts = cell_facts.scan(xml, percents)
    except XmlRejected as error:
        package.fail(entry.part, error.code, error.detail)
    if not values.READABLE_ERRORS.issuperset(facts.errors.values()):
        return _Scanned(entry, facts, opened=_ERROR_TYPE.sub(rb'\1 t="str"', xml))
    known = xml is not data or len(xml) <= values.SMALL_PART
    return _Scanned(entry, facts, opened=xml if known else None)


def _values(
    package: Package, workbook: WorkbookPart, scanned: list[_Scanned]
) -> Iterator[tuple[str, list[list[CellValue]]]]:
    """Name and rows of every sheet that can be held."""
    held = [sheet for sheet in scanned if sheet.facts]
    parts = [sheet.entry.part for sheet in held]
    opened = {sheet.entry.part: sheet.opened for sheet in held if sheet.opened is not None}
    part = workbook.name
    try:
        reader = values.open_values(package, workbook, parts, opened)
        for index, sheet in enumerate(held):
            part = sheet.entry.part
            yield sheet.entry.name, values.read_rows(reader, index)
    except (CrmsheetError, MemoryError):
        raise
    except BaseException as error:  # calamine's panics do not derive from Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise source.damaged(package.path, part, "malformed_xml", str(error)) from None


def _sheet(
    entry: SheetEntry, keys: dict[str, str], scanned: _Scanned | None, rows: list[list[CellValue]]
) -> RawSheet:
    sheet = RawSheet(entry.name, rows, hidden=entry.hidden, own_key=keys.get(entry.name, ""))
    if scanned is None or scanned.facts is None:
        return replace(sheet, oversize=scanned.oversize if scanned else None)
    facts = scanned.facts
    _correct(rows, facts)
    return replace(
        sheet,
        merged=facts.merged,
        hidden_rows=facts.hidden_rows,
        hidden_columns=facts.hidden_columns,
        formulas=facts.formulas,
        uncached=facts.uncached,
    )


def _correct(rows: list[list[CellValue]], facts: CellFacts) -> None:
    """Put back into freshly read ``rows`` what calamine does not tell."""
    for (row, column), text in facts.errors.items():
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = CellError(text)
    for row, column in facts.percents:
        value: Any = rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else None
        if value.__class__ in (int, float):
            rows[row - 1][column - 1] = Percent(value)
