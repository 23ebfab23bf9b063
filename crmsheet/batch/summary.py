"""The summary workbook of a batch: tiers per unit, the best and the most overdue customers, quality per file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crmsheet.batch.result import BatchResult, remarks, short_message
from crmsheet.book.draw import draw
from crmsheet.book.measure import line_count
from crmsheet.book.table_cells import MOST_LINES
from crmsheet.book.workbook import Workbook
from crmsheet.labels import Labels
from crmsheet.rules import Rules
from crmsheet.view import Block, Card, Cards, Column, TableBlock, Text, View
from crmsheet.views.layout import MOST_LISTED, card, column
from crmsheet.views.words import REMINDER_TONES, tier_tones, tier_words, toned, worded

__all__ = ["MOST_LISTED", "Lists", "write_summary"]

_WHOLE = {"top": "customers", "due": "followups"}  # the published table that has all rows of a list
_MESSAGE_WIDTH = 60
_STATE_TONES = {"failed": "bad", "repeated": "watch", "skipped": "watch"}


@dataclass(frozen=True)
class Lists:
    """What the workbook prints of millions of customers."""

    per_unit: pd.DataFrame
    top: pd.DataFrame
    due: pd.DataFrame
    ranked: int  # how many customers the list of the best is taken from


def write_summary(path: Path, result: BatchResult, lists: Lists, rules: Rules) -> None:
    """Write the workbook to ``path``."""
    workbook = Workbook.blank()
    footer = rules.labels.phrase("footer", as_of=result.as_of.isoformat())
    for view in _views(result, lists, rules):
        workbook.put_sheet(view.key, view.name, draw(view, footer=footer), hidden=False, first=False)
    workbook.save(path)


def _views(result: BatchResult, lists: Lists, rules: Rules) -> Iterator[View]:
    yield _overview(result, lists, rules)
    yield _files(result, rules.labels)
    yield _top(result, lists.top, rules, lists.ranked)
    yield _due(result, lists.due, rules)
    yield _duplicates(result, rules.labels)
    yield _conflicts(result, rules.labels)


def _view(result: BatchResult, labels: Labels, key: str, *blocks: Block, of: int = 0) -> View:
    """One sheet; ``of`` is how many rows its list is taken from."""
    name = labels.sheet(f"batch_{key}")
    subtitle = labels.phrase(f"view.batch_{key}", as_of=result.as_of.isoformat())
    if of > MOST_LISTED:
        cut = labels.phrase("batch_cut", shown=f"{MOST_LISTED:,}", n=f"{of:,}", table=_WHOLE.get(key, key))
        subtitle = labels.phrase("batch_subtitle_cut", cut=cut, subtitle=subtitle)
    back = "" if key == "overview" else labels.sheet("batch_overview")
    return View(f"batch_{key}", name, name, subtitle, blocks, back=back)


def _overview(result: BatchResult, lists: Lists, rules: Rules) -> View:
    labels = rules.labels
    per_unit, units = lists.per_unit, list(dict.fromkeys(lists.per_unit["unit"]))
    counts = per_unit.pivot_table(
        index="unit", columns="tier", values="customers", aggfunc="sum", fill_value=0
    )
    money = per_unit.groupby("unit")["amount_12m"].sum()
    tiers = [code for code in rules.tiers if code in counts]
    frame = counts.reindex(units)[tiers].astype("int64")
    frame = frame.assign(unit=units, customers=frame.sum(axis=1), amount_12m=money.reindex(units))
    columns = (
        column(labels, "unit", "text", 24),
        *(Column(code, rules.tiers[code].label, "integer", 10) for code in tiers),
        column(labels, "customers", "integer", 10, bar=True),
        column(labels, "amount_12m", "wan", 12),
    )
    total = {code: float(frame[code].sum()) for code in (*tiers, "customers", "amount_12m")}
    block = TableBlock(
        "batch_units", frame, columns, title=labels.phrase("batch_units"), empty=labels.phrase("empty.batch_units"),
        total={"unit": labels.phrase("batch_total"), **total},
    )  # fmt: skip
    return _view(result, labels, "overview", _cards(result, labels), *_remarks(result, labels), block)


def _cards(result: BatchResult, labels: Labels) -> Cards:
    states = result.files["state"].value_counts()
    read = int(states.get("read", 0) + states.get("kept", 0))
    failed, again = (f"{states.get(state, 0):,}" for state in ("failed", "repeated"))
    rows = int(result.accounts["read"].sum())
    errors = int(result.files.loc[result.files["state"].isin(["read", "kept"]), "errors"].sum())
    cards: tuple[Card, ...] = (
        card(labels, "batch_files", f"{read:,}", "info", failed=failed, again=again),
        card(labels, "batch_rows", f"{rows:,}", "plain", reported=f"{result.accounts['reported'].sum():,}"),
        card(labels, "batch_customers", f"{result.rows.get('customers', 0):,}", "accent"),
        card(labels, "batch_errors", f"{errors:,}", "bad"),
        card(labels, "batch_duplicates", f"{len(result.duplicates):,}", "watch"),
        card(labels, "batch_conflicts", f"{len(result.conflicts):,}", "watch"),
    )
    return Cards(cards)


def _remarks(result: BatchResult, labels: Labels) -> Iterator[Text]:
    lines = []
    if len(result.failed):
        lines.append(labels.phrase("batch_failed", n=f"{len(result.failed):,}"))
    if len(result.skipped):
        lines.append(labels.phrase("batch_skipped", n=f"{len(result.skipped):,}"))
    lines += remarks(result, labels)
    if result.unknown_orders:
        lines.append(labels.phrase("batch_unknown_orders", n=f"{result.unknown_orders:,}"))
    if lines:
        yield Text(tuple(lines), "watch")


def _files(result: BatchResult, labels: Labels) -> View:
    tones = {labels.choice("batch_state", code): tone for code, tone in _STATE_TONES.items()}
    columns = (
        column(labels, "file", "text", 40),
        column(labels, "unit", "text", 16),
        column(labels, "state", "choice", 10, tones=tones, header=labels.column("batch_state")),
        column(labels, "rows", "integer", 10, header=labels.column("batch_rows")),
        column(
            labels,
            "errors",
            "integer",
            8,
            bar=True,
            bar_tone="bad",
            header=labels.choice("severity", "error"),
        ),
        column(labels, "warnings", "integer", 8, header=labels.choice("severity", "warning")),
        column(labels, "hints", "integer", 8, header=labels.choice("severity", "hint")),
        column(labels, "message", "wrap", _MESSAGE_WIDTH, header=labels.column("batch_message")),
    )
    order = {"failed": 0, "skipped": 1, "repeated": 1}
    rank = result.files["state"].map(order).fillna(3)
    files = result.files.assign(
        rank=rank.mask(result.files["partly"] | (result.files["version_of"] != ""), rank.clip(upper=2))
    )
    files = files.sort_values(["rank", "errors", "number"], ascending=[True, False, True], kind="stable")
    frame = files.assign(
        state=worded(files, "state", labels, "batch_state"), message=_beside_its_file(files, labels)
    )
    return _view(result, labels, "files", _table("batch_files", frame, columns, labels), of=len(files))


def _beside_its_file(files: pd.DataFrame, labels: Labels) -> list[str]:
    """What came of each file in few lines: its path stands in the first column."""
    said = zip(files["file"], short_message(files), strict=True)
    return [_fitting(message.replace(file, Path(file).name), labels) for file, message in said]


def _fitting(text: str, labels: Labels) -> str:
    """As many clauses of a text as its row can hold, and where the others are."""
    if line_count(text, _MESSAGE_WIDTH) <= MOST_LINES:
        return text
    between = labels.phrase("clause_separator")
    clauses = text.split(between)
    shorter = (
        labels.phrase("batch_message_cut", said=between.join(clauses[:number]), n=len(clauses) - number)
        for number in range(len(clauses) - 1, 0, -1)
    )
    return next((one for one in shorter if line_count(one, _MESSAGE_WIDTH) <= MOST_LINES), text)


def _top(result: BatchResult, top: pd.DataFrame, rules: Rules, ranked: int) -> View:
    labels = rules.labels
    columns = (
        column(labels, "value_rank", "integer", 7),
        column(labels, "customer_name", "text", 28),
        column(labels, "unit", "text", 16),
        column(labels, "owner", "text", 9),
        column(labels, "tier", "choice", 10, tones=tier_tones(rules)),
        column(labels, "value_score", "score", 9, bar=True, bar_tone="accent"),
        column(labels, "amount_12m", "wan", 11),
        column(labels, "amount_total", "wan", 11),
        column(labels, "clv", "wan", 11),
        column(labels, "tier_reason", "wrap", 44),
    )
    frame = top.assign(tier=tier_words(top, rules))
    return _view(result, labels, "top", _table("batch_top", frame, columns, labels), of=ranked)


def _due(result: BatchResult, due: pd.DataFrame, rules: Rules) -> View:
    labels = rules.labels
    columns = (
        column(labels, "due", "date", 12),
        column(labels, "reminder", "choice", 9, tones=toned(labels, "reminder", REMINDER_TONES)),
        column(labels, "overdue_days", "integer", 9),
        column(labels, "customer_name", "text", 28),
        column(labels, "unit", "text", 16),
        column(labels, "owner", "text", 9),
        column(labels, "tier", "choice", 10, tones=tier_tones(rules)),
        column(labels, "top_need", "wrap", 30),
        column(labels, "due_reason", "wrap", 44),
    )
    frame = due.assign(tier=tier_words(due, rules), reminder=worded(due, "reminder", labels, "reminder"))
    return _view(
        result, labels, "due", _table("batch_due", frame, columns, labels), of=result.rows.get("followups", 0)
    )


def _duplicates(result: BatchResult, labels: Labels) -> View:
    columns = (
        column(labels, "left_name", "text", 30),
        column(labels, "left_id", "text", 16),
        column(labels, "right_name", "text", 30),
        column(labels, "right_id", "text", 16),
        column(labels, "score", "percent", 9, header=labels.column("duplicate_score")),
        column(labels, "relation", "choice", 10, header=labels.column("duplicate_relation")),
        column(labels, "reason", "text", 24, header=labels.column("duplicate_reason")),
    )
    found = result.duplicates
    frame = found.assign(
        relation=worded(found, "relation", labels, "duplicate_relation"),
        reason=found["reason"].map(lambda code: labels.choice("duplicate_reason", code) or str(code)),
    )
    return _view(
        result, labels, "duplicates", _table("batch_duplicates", frame, columns, labels), of=len(found)
    )


def _conflicts(result: BatchResult, labels: Labels) -> View:
    columns = (
        column(labels, "customer", "text", 16, header=labels.field("customer_id")),
        column(labels, "field", "text", 14),
        column(labels, "kept", "wrap", 26, header=labels.column("batch_kept")),
        column(labels, "kept_file", "wrap", 34, header=labels.column("batch_kept_file")),
        column(labels, "other", "wrap", 26, header=labels.column("batch_other")),
        column(labels, "other_file", "wrap", 34, header=labels.column("batch_other_file")),
    )
    found = result.conflicts
    frame = found.assign(field=found["field"].map(labels.field))
    return _view(
        result, labels, "conflicts", _table("batch_conflicts", frame, columns, labels), of=len(found)
    )


def _table(name: str, frame: pd.DataFrame, columns: tuple[Column, ...], labels: Labels) -> TableBlock:
    shown = frame.reindex(columns=[part.code for part in columns]).head(MOST_LISTED)
    return TableBlock(name, shown, columns, empty=labels.phrase(f"empty.{name}"), frozen=2)
