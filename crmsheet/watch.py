"""watch(): refreshes the workbooks of a folder when people save them, for teams without the button."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from crmsheet.analysis import PathText
from crmsheet.app import refresh
from crmsheet.book.lock_files import lock_owner
from crmsheet.book.save import Fingerprint
from crmsheet.book.workbook_files import is_workbook
from crmsheet.errors import MissingExtra, NotAFile, TargetChanged
from crmsheet.rules import Rules

SETTLE = 2.0  # seconds without a change before a workbook counts as saved: Excel writes in several steps
Tell = Callable[[str, Path, Any], None]


@dataclass
class Watcher:
    """Decides which changed workbooks are due. Time is an argument, so that tests need none.

    ``tell(what, path, fact)`` hears ``refreshed`` (a Result), ``failed`` (the error) and ``open`` (who has it open).
    """

    tell: Tell
    as_of: date | str | None = None
    rules: PathText | Rules | None = None
    settle: float = SETTLE
    password: str = ""
    _changed: dict[Path, float] = field(default_factory=dict)
    _seen: dict[Path, Fingerprint] = field(default_factory=dict)
    _open: set[Path] = field(default_factory=set)

    def note(self, path: Path, now: float) -> None:
        """Something happened to ``path``."""
        if is_workbook(path):
            self._changed[path] = now

    def due(self, now: float) -> Iterator[Path]:
        """Workbooks that were saved, are quiet, closed, and not what we wrote ourselves."""
        for path, changed in list(self._changed.items()):
            if now - changed < self.settle:
                continue
            if not path.exists():
                del self._changed[path]
            elif self._is_open(path):
                continue
            else:
                del self._changed[path]
                if Fingerprint.of_file(path) != self._seen.get(path):
                    yield path

    def _is_open(self, path: Path) -> bool:
        """A workbook open in Excel waits: its owner's next save would undo ours."""
        owner = lock_owner(path)
        if owner is not None and path not in self._open:
            self.tell("open", path, owner)
        (self._open.discard if owner is None else self._open.add)(path)
        return owner is not None

    def work(self, now: float) -> None:
        """Refresh what is due; one bad workbook never stops the rest."""
        for path in self.due(now):
            try:
                result = refresh(path, as_of=self.as_of, rules=self.rules, password=self.password)
                self.tell("refreshed", path, result)
            except TargetChanged as error:  # the save that came in between is yet to be refreshed
                self.tell("failed", path, error)
                self.note(path, now)
                continue
            except Exception as error:  # noqa: BLE001 - the watch goes on whatever one workbook does
                self.tell("failed", path, error)
            if path.exists():
                self._seen[path] = Fingerprint.of_file(path)


def watch(  # noqa: PLR0913 - each is one wish
    folder: PathText,
    *,
    tell: Tell,
    as_of: date | str | None = None,
    rules: PathText | Rules | None = None,
    stop: Any = None,
    password: str = "",
) -> None:
    """Refresh every workbook below ``folder`` whenever somebody saved it, until interrupted or ``stop`` is set.

    ``password`` opens those that are encrypted. ``stop`` is a ``threading.Event``. Needs the extra ``crmsheet[watch]``.
    """
    try:
        from watchfiles import watch as changes  # noqa: PLC0415
    except ImportError:
        raise MissingExtra(feature="watch", extra="watch", module="watchfiles") from None
    place = Path(folder)
    if not place.is_dir():
        raise NotAFile(path=place)
    watcher = Watcher(tell, as_of, rules, password=password)
    # It wakes up without a change too, because a workbook is due a while after its last one.
    for found in changes(place, stop_event=stop, rust_timeout=500, yield_on_timeout=True):
        for _, name in sorted(found, key=lambda change: change[1]):
            watcher.note(Path(name), time.monotonic())
        watcher.work(time.monotonic())
