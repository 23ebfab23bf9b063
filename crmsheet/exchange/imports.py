"""import_export(): an export of another system becomes a workbook of ours; the mapping of headers is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.analysis import PathText
from crmsheet.book.encryption import encrypted_like
from crmsheet.book.raw import CellValue, RawBook, RawSheet
from crmsheet.book.read import read_book
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.clean.headers import recognize_header
from crmsheet.clean.text import as_text
from crmsheet.errors import TargetExists, UsageError, did_you_mean
from crmsheet.exchange.sources import Source, best_source, known_sources, plain, remember
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.recognize import recognize
from crmsheet.settings import setting_lines

ROWS_LOOKED_AT = 20  # exports of reports open with a title and filters


@dataclass(frozen=True)
class ImportResult:
    """What an import wrote: ``rows`` per table, ``own`` the headers that became columns of the team's own."""

    path: Path
    source: str
    rows: Mapping[str, int]
    own: tuple[str, ...]
    mapping: Path | None


def import_export(
    path: PathText,
    out: PathText,
    *,
    table: str | None = None,
    mapping: PathText | None = None,
    password: str = "",
) -> ImportResult:
    """Write the rows of an export (CSV, XLSX) into the new workbook ``out`` (R-065).

    The export is known by its headers: the mapping file's descriptions first, then the shipped ones, else as any
    sheet is recognised. ``table`` (a code or a sheet's name) says what it is when its headers do not. What was
    understood is written to the mapping file, by default beside ``out``, to be corrected there and used again. An
    export that ``password`` opens becomes a workbook under the same password.
    """
    labels, target = Labels.load(), Path(out)
    memory = Path(mapping) if mapping is not None else target.with_suffix(".mapping.toml")
    if target.exists():
        raise TargetExists(path=target)
    book = read_book(Path(path), password=password)
    sources = known_sources(memory)
    found = _find(book, sources)
    if table is not None:
        sheet, first, _ = found or (*_first_table(book), None)
        found = (sheet, first, Source(Path(path).stem, _table_code(table, labels), _texts(sheet, first)))
    if found is None:
        tables = recognize(book)
        frames = {code: one.raw for code, one in tables.tables.items() if len(one.raw)}
        source = None
    else:
        sheet, first, source = found
        source, frames = _frames(sheet, first, source, sources)
        remember(memory, source)
    package = template(labels=labels, rules_rows=setting_lines(), tables=frames)
    write_new(target, encrypted_like(book, package))
    rows = {code: len(frame) for code, frame in frames.items()}
    name = source.name if source else labels.phrase("generic_source")
    return ImportResult(target, name, rows, tuple(_own(frames)), memory if source else None)


def _find(book: RawBook, sources: Sequence[Source]) -> tuple[RawSheet, int, Source] | None:
    """The first sheet with a header line of a known export: sheet, number of that line from 1, description."""
    for sheet in book.sheets:
        for number in range(1, min(len(sheet.rows), ROWS_LOOKED_AT) + 1):
            source = best_source(sources, _texts(sheet, number))
            if source is not None:
                return sheet, number, source
    return None


def _first_table(book: RawBook) -> tuple[RawSheet, int]:
    """The first sheet with cells, and its first line with at least two texts."""
    for sheet in book.sheets:
        for number in range(1, min(len(sheet.rows), ROWS_LOOKED_AT) + 1):
            if sum(map(bool, _texts(sheet, number))) > 1:
                return sheet, number
    raise UsageError(problem=Labels.load().phrase("import_empty", path=book.path))


def _texts(sheet: RawSheet, number: int) -> list[str]:
    return [as_text(cell).strip() if isinstance(cell, str) else "" for cell in sheet.rows[number - 1]]


def _table_code(name: str, labels: Labels) -> str:
    names = {labels.sheet(code): code for code in SHEETS} | {code: code for code in SHEETS}
    if name not in names:
        near = did_you_mean(name, names) or labels.join(labels.sheet(code) for code in SHEETS)
        raise UsageError(problem=labels.phrase("unknown_table", found=name, near=near))
    return names[name]


def _frames(
    sheet: RawSheet, first: int, source: Source, sources: Sequence[Source]
) -> tuple[Source, dict[str, pd.DataFrame]]:
    """The description with every column named, and a frame per table."""
    headers = _texts(sheet, first)
    rows = [row for row in sheet.rows[first:] if any(cell is not None for cell in row)]
    mine, others = _sort_out(rows, headers, source)
    full = replace(source, columns=_columns(headers, source), marks=list(source.marks) or headers)
    frames = {source.table: _frame(mine, headers, full)}
    rest = next((one for one in sources if one.name == source.otherwise), None)
    if others and rest is not None:
        frames[rest.table] = _frame(others, headers, replace(rest, columns=_columns(headers, rest)))
    return full, {code: frame for code, frame in frames.items() if len(frame)}


def _sort_out(
    rows: Sequence[list[CellValue]], headers: Sequence[str], source: Source
) -> tuple[list[list[CellValue]], list[list[CellValue]]]:
    """The rows that belong to the table, and the others."""
    wanted = {
        place: {plain(word) for word in words}
        for header, words in source.only.items()
        for place in _places(headers, header)
    }
    mine: list[list[CellValue]] = []
    others: list[list[CellValue]] = []
    for row in rows:
        fits = all(plain(as_text(row[place])) in words for place, words in wanted.items())
        (mine if fits else others).append(row)
    return mine, others


def _places(headers: Sequence[str], header: str) -> list[int]:
    return [place for place, text in enumerate(headers) if plain(text) == plain(header)]


def _columns(headers: Sequence[str], source: Source) -> dict[str, str]:
    """Header → field for every header: as described, else as recognised; "" keeps it a column of one's own."""
    known = {plain(header): code for header, code in source.columns.items()}
    taken = {code for header in headers if (code := known.get(plain(header)))}
    fields = {one.code for one in SHEETS[source.table].fields}
    named: dict[str, str] = {}
    for header in filter(None, headers):
        code = known.get(plain(header))
        if code is None:
            guess = recognize_header(header, sheet=source.table).field
            code = guess if guess in fields and guess not in taken else ""
            taken.add(code)
        named[header] = code
    order = {plain(header): number for number, header in enumerate(source.columns)}
    return dict(sorted(named.items(), key=lambda item: order.get(plain(item[0]), len(order))))


def _frame(rows: Sequence[list[CellValue]], headers: Sequence[str], source: Source) -> pd.DataFrame:
    sources: dict[str, list[int]] = {}
    for header, code in source.columns.items():
        sources.setdefault(code or header, []).extend(_places(headers, header))
    cells = {
        name: [_cell([row[place] for place in places], source.values.get(name, {})) for row in rows]
        for name, places in sources.items()
    }
    return pd.DataFrame(cells, dtype=object)


def _cell(values: Sequence[CellValue], words: Mapping[str, str]) -> Any:
    """One value; several headers of one field are joined, Chinese without a space."""
    filled = [value for value in values if value is not None and as_text(value).strip()]
    if len(filled) > 1:
        texts = list(dict.fromkeys(as_text(value).strip() for value in filled))
        return (" " if all(text.isascii() for text in texts) else "").join(texts)
    if not filled:
        return None
    return words.get(as_text(filled[0]).strip(), filled[0])


def _own(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    for code, frame in frames.items():
        fields = {one.code for one in SHEETS[code].fields}
        yield from (str(name) for name in frame if name not in fields)
