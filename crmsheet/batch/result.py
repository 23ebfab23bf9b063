"""BatchResult: where everything is, what came of each file, and the account of the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.order_counts import COUNTS, no_orders, order_remarks
from crmsheet.labels import Labels

_MOST_NAMED = 3
TABLES = (
    "customers", "requirements", "interactions", "orders", "issues", "followups", "records", "profiles", "tasks",
    "feedback", "contracts",
)  # fmt: skip
COUNTED = ("records", "profiles", "interactions", "orders", "tasks", "feedback", "contracts")


@dataclass(frozen=True)
class BatchResult:
    """What a batch made in ``folder``.

    ``files``: one row per workbook (``file``, ``unit``, ``state``: read, kept, repeated, failed, skipped; ``rows``,
    ``errors``, ``warnings``, ``hints``; ``partly``: whether some of it was not read; ``version_of``: the file most of
    whose records or orders it repeats; ``message``). ``accounts``: per table ``read``, ``written``, ``reported`` rows.
    ``duplicates`` and ``conflicts`` are proposals across files. ``order_files``: one row per file with orders, its
    ``rows`` and how many of them were left out or are in doubt, and why (``order_counts.COUNTS``).
    """

    folder: Path
    as_of: date
    files: pd.DataFrame
    accounts: pd.DataFrame
    duplicates: pd.DataFrame
    conflicts: pd.DataFrame
    rows: dict[str, int] = field(default_factory=dict)
    order_files: pd.DataFrame = field(default_factory=no_orders)
    lost_buckets: int = 0

    @property
    def unknown_orders(self) -> int:
        """Order rows whose customer stands in no workbook."""
        return int(self.order_files[["no_customer", "unknown_customer"]].to_numpy().sum())

    @property
    def balanced(self) -> bool:
        """Whether every row that was read is written or reported."""
        return bool((self.accounts["read"] == self.accounts["written"] + self.accounts["reported"]).all())

    @property
    def complete(self) -> bool:
        """Whether every file was read, every customer computed, and no row is missing."""
        return self.balanced and not len(self.failed) and not self.lost_buckets

    @property
    def failed(self) -> pd.DataFrame:
        """The workbooks that could not be read."""
        return self.files[self.files["state"] == "failed"]

    @property
    def skipped(self) -> pd.DataFrame:
        """What lies in the folders, looks like a workbook of the team, and is not read."""
        return self.files[self.files["state"] == "skipped"]

    @property
    def partly_read(self) -> pd.DataFrame:
        """The workbooks of which a sheet, a second table or formulas without values were not read."""
        return self.files[self.files["partly"]]

    @property
    def versions(self) -> pd.DataFrame:
        """The workbooks most of whose records or orders stand in another one, too; both count."""
        return self.files[self.files["version_of"] != ""]

    def table(self, name: str) -> pd.DataFrame:
        """One published table as a DataFrame, for those that fit into memory."""
        return pd.read_parquet(self.folder / name)

    def summary(self) -> dict[str, Any]:
        """Counts for people and programs, JSON-ready."""
        return {
            "folder": str(self.folder),
            "as_of": self.as_of.isoformat(),
            "files": {str(state): int(n) for state, n in self.files["state"].value_counts().items()},
            "rows": dict(self.rows),
            "accounts": self.accounts.to_dict("records"),
            "balanced": self.balanced,
            "duplicates": len(self.duplicates),
            "conflicts": len(self.conflicts),
            "unknown_orders": self.unknown_orders,
            "orders": {code: int(self.order_files[code].sum()) for code in COUNTS},
            "lost_buckets": self.lost_buckets,
            "complete": self.complete,
            "failed": self.failed[["file", "message"]].to_dict("records"),
            "skipped": self.skipped[["file", "message"]].to_dict("records"),
            "versions": self.versions[["file", "version_of", "message"]].to_dict("records"),
            "partly_read": self.partly_read[["file", "message"]].to_dict("records"),
        }


def short_message(files: pd.DataFrame) -> pd.Series:
    """What came of each file, without lists that take many lines."""
    return files["brief"].where(files["brief"] != "", files["message"])


def remarks(result: BatchResult, labels: Labels) -> list[str]:
    """What somebody must be told of files and orders that were read: a sentence each, with the first of the names."""
    found = {"batch_versions": result.versions["file"], "batch_remarked": result.partly_read["file"]}
    said = [
        labels.phrase(code, n=f"{len(files):,}", files=_first_names(files, labels))
        for code, files in found.items()
        if len(files)
    ]
    return said + order_remarks(result.order_files, labels)


def _first_names(files: pd.Series, labels: Labels) -> str:
    names = labels.join(files.head(_MOST_NAMED))
    return labels.phrase("batch_and_more", files=names) if len(files) > _MOST_NAMED else names
