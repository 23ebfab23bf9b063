"""split(): one copy of a team's workbook per person, which merge() brings together again (USERS 10, R-060)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crmsheet.analysis import PathText, in_its_language
from crmsheet.book.encryption import encrypted_like
from crmsheet.book.save import make_folder, write_new
from crmsheet.book.sheet_names import free_name
from crmsheet.book.template import template
from crmsheet.clean.companies import parse_company
from crmsheet.clean.headers import recognize_header
from crmsheet.clean.text import as_text
from crmsheet.errors import TargetExists, UsageError, did_you_mean
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.model import Note, Table
from crmsheet.rules import Rules
from crmsheet.settings import changed_settings, setting_lines
from crmsheet.teams.files import TeamFile
from crmsheet.teams.masks import masked_cell

CUSTOMER_TABLES = (
    "records",
    "profiles",
)  # here a row's own cell says whose it is; the others follow the customer
# Signs that a file name cannot hold are written in full width: the colleague of that name still finds the file.
_FULL_WIDTH = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in '<>:"/\\|?*'}
Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Copy:
    """One written copy."""

    path: Path
    group: str
    customers: int
    rows: int


@dataclass(frozen=True)
class SplitResult:
    """What a split wrote; ``column`` is the header it went by."""

    column: str
    copies: tuple[Copy, ...]
    notes: tuple[Note, ...] = ()


@in_its_language
def split(
    path: PathText, folder: PathText, *, by: str = "owner", mask: bool = False, password: str = ""
) -> SplitResult:
    """Write one workbook per value of the column ``by`` (a field code or a header) into ``folder``.

    Each holds its customers' rows of every standard table, the users' own columns and the settings, and nothing of
    anybody else: it is a new workbook, not the old one with rows taken out. With ``mask`` names, numbers and addresses
    of contacts are replaced for good (R-060). Customers without a value go into a copy of their own. Copies of a
    workbook that ``password`` opens are encrypted under it, too.
    """
    labels = Labels.load()
    file = TeamFile.read(Path(path), labels, password)
    column = _column(file, by, labels)
    groups = _groups(file, column, labels)
    if not groups:
        raise UsageError(problem=labels.phrase("split_nothing"))
    settings = changed_settings(file.tables.settings)
    lines = setting_lines(Rules.load(settings=settings))
    place = Path(folder)
    targets = _targets(place, groups, file)
    make_folder(place)
    origin = labels.phrase("team_row")
    marks = {code: file.marks(code) for code in SHEETS}
    copies = []
    for group, frames in groups.items():
        shown = {
            code: _shown(code, frame, mask=mask).assign(**{origin: frame.index.map(marks[code])})
            for code, frame in frames.items()
        }
        package = template(labels=labels, rules_rows=lines, tables=shown)
        write_new(targets[group], encrypted_like(file.book, package))
        copies.append(Copy(targets[group], group, _customers(frames), sum(map(len, frames.values()))))
    behind = labels.join(file.left_behind)
    notes = (Note("sheets_not_split", {"sheets": behind}),) if behind else ()
    return SplitResult(labels.field(column, "records"), tuple(copies), notes)


def _column(file: TeamFile, by: str, labels: Labels) -> str:
    """The column of the customer tables meant by ``by``: a code, a header as typed, or one that means it."""
    tables = [file.tables.tables[code] for code in CUSTOMER_TABLES if code in file.tables]
    known = {str(name) for table in tables for name in table.raw.columns}
    headers = {header: name for table in tables for name, header in table.headers.items()}
    for name in (by, headers.get(by, ""), recognize_header(by, sheet="records").field):
        if name in known:
            return name
    near = did_you_mean(by, [*headers, *known])
    raise UsageError(
        problem=labels.phrase("split_unknown_column", column=by, near=f"：{near}？" if near else "")
    )


def _groups(file: TeamFile, column: str, labels: Labels) -> dict[str, dict[str, pd.DataFrame]]:
    """Group → table → its rows, groups in the order of their names, those without one last."""
    tables = {code: file.table(code) for code in SHEETS if code in file.tables and code != "holidays"}
    of_customer: dict[str, dict[str, None]] = defaultdict(dict)
    for code in (code for code in CUSTOMER_TABLES if code in tables):
        for customer, own in zip(_customer_keys(tables[code]), _texts(tables[code], column), strict=True):
            if own and customer:
                of_customer[customer][own] = None
    rows: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    nobody = labels.phrase("unassigned")
    for code, table in tables.items():
        for place, owners in enumerate(_row_groups(code, table, column, of_customer)):
            for group in owners or (nobody,):
                rows[group][code].append(place)
    ordered = sorted(rows, key=lambda group: (group == nobody, group))
    return {
        group: {code: tables[code].raw.iloc[places] for code, places in rows[group].items()}
        for group in ordered
    }


def _row_groups(
    code: str, table: Table, column: str, of_customer: Mapping[str, Mapping[str, None]]
) -> Iterator[tuple[str, ...]]:
    """Whose each row is: what its own cell says, else whoever has its customer."""
    known = {group for groups in of_customer.values() for group in groups}
    for customer, own in zip(_customer_keys(table), _texts(table, column), strict=True):
        if own and (code in CUSTOMER_TABLES or (own in known and customer not in of_customer)):
            yield (own,)
        else:
            yield tuple(of_customer.get(customer, ()))


def _customer_keys(table: Table) -> list[str]:
    """What each row's customer is known by: its id, else the core of its name."""
    names = _texts(table, "customer_name")
    ids = _texts(table, "customer_id")
    return [one or (parse_company(name).key if name else "") for one, name in zip(ids, names, strict=True)]


def _texts(table: Table, column: str) -> list[str]:
    if column not in table.raw:
        return [""] * len(table.raw)
    return [as_text(value).strip() for value in table.raw[column].tolist()]


def _shown(code: str, frame: pd.DataFrame, *, mask: bool) -> pd.DataFrame:
    """The rows as the copy shows them."""
    shown = {
        name: frame[name].map(lambda value, name=name: masked_cell(code, str(name), value))
        if mask
        else frame[name]
        for name in frame.columns
    }
    return pd.DataFrame(shown, index=frame.index, dtype=object)


def _targets(place: Path, groups: Mapping[str, Frames], file: TeamFile) -> dict[str, Path]:
    """File of each group, all of which must be free before the first is written."""
    stem, taken, targets = file.book.path.stem, set[str](), {}
    for group in groups:
        name = free_name(group.translate(_FULL_WIDTH).strip(" ."), taken)
        taken.add(name)
        targets[group] = place / f"{stem}-{name}.xlsx"
        if targets[group].exists():
            raise TargetExists(path=targets[group])
    return targets


def _customers(frames: Frames) -> int:
    keys = (key for code in CUSTOMER_TABLES if code in frames for key in _frame_keys(frames[code]))
    return len(set(keys))


def _frame_keys(frame: pd.DataFrame) -> Iterator[str]:
    ids = frame["customer_id"] if "customer_id" in frame else pd.Series(None, index=frame.index)
    names = frame.get("customer_name", ids)
    for one, name in zip(ids.tolist(), names.tolist(), strict=True):
        text = as_text(one) or as_text(name)
        if text:
            yield text
