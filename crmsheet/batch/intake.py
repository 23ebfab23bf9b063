"""The files of a run and what came of each: read now, kept from an earlier run, repeated, or failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.archive import kept_groups, prune
from crmsheet.batch.executors import Outcome, Watched
from crmsheet.batch.files import Source, known_digests
from crmsheet.batch.reading import Group, GroupTask, Report, read_group
from crmsheet.batch.setup import Setup
from crmsheet.labels import Labels

_MOST_FILES, _MOST_BYTES = 32, 8 << 20  # of one task: small files share what a task and a part cost
_TASKS_PER_WORKER = 4  # so that nobody waits long for the last


@dataclass
class Intake:
    """What was read of the workbooks of a run. ``sources`` are those whose rows go on, by group."""

    work: Path
    setup: Setup
    password: str = field(default="", repr=False)
    reports: dict[str, Report] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def read(self, given: Sequence[Source], workers: int, watched: Watched) -> pd.DataFrame:
        """Read what is not known yet; returns what came of each file."""
        known = known_digests([source for source in given if not source.skipped], self.setup.mark)
        first: dict[str, Source] = {}
        for source in known:
            first.setdefault(source.content, source)
        parts = self.work / "parts"
        for group in kept_groups(parts):
            self._take(group, "kept", first)
        waiting = [source for content, source in first.items() if content not in self.states]
        setup = self.work / "setup.pkl"
        tasks = [GroupTask(those, parts, setup, self.password) for those in in_tasks(waiting, workers)]
        self._run(tasks, watched, first)
        self.sources = [source for content, source in first.items() if content in self.groups]
        prune(parts, {group.folder for group in self.groups.values()})
        lines = {source.number: self._line(source, first[source.content]) for source in known}
        return pd.DataFrame([lines.get(source.number) or _skipped(source) for source in given])

    def drop(self, numbers: Collection[int]) -> None:
        """Files whose rows another file has: they go on no longer."""
        self.sources = [source for source in self.sources if source.number not in numbers]

    def rows(self) -> Counter[str]:
        """Rows of the files that go on, by table."""
        together: Counter[str] = Counter()
        for source in self.sources:
            together.update(self.reports[source.content]["rows"])
        return together

    def holidays(self) -> dict[date, bool]:
        """The days off of all workbooks; where they differ the first says it."""
        days: dict[date, bool] = {}
        for source in self.sources:
            for day, off in self.reports[source.content]["holidays"].items():
                days.setdefault(date.fromisoformat(day), off)
        return days

    def _run(self, tasks: Sequence[GroupTask], watched: Watched, first: dict[str, Source]) -> None:
        """Read all; of a group whose process died, each file again by itself, so that only the deadly one is lost."""
        alone: list[GroupTask] = []
        for outcome in watched("read", read_group, tasks):
            task: GroupTask = outcome.task
            if outcome.lost and len(task.sources) > 1:
                alone += [replace(task, sources=(source,)) for source in task.sources]
            else:
                self._take(_group_of(outcome), "read", first)
        if alone:
            self._run(alone, watched, first)

    def _take(self, group: Group, state: str, asked: Iterable[str]) -> None:
        for content, report in group.reports.items():
            unread = "error" in report
            if content not in asked or content in self.states or (unread and state == "kept"):
                continue
            self.reports[content] = report
            self.states[content] = report.get("state", "failed") if unread else state
            if not unread:
                self.groups[content] = group

    def _line(self, source: Source, original: Source) -> dict[str, Any]:
        report, state = self.reports[source.content], self.states[source.content]
        said = [report["error"]] if "error" in report else list(report["notes"])
        if source.number != original.number and "error" not in report:
            state = "repeated"
            said.insert(0, Labels.load().phrase("batch_repeated", file=original.path))
        found = report.get("severities", {})
        return {
            **_named(source), "state": state,
            "rows": sum(report.get("rows", {}).values()), "own_settings": report.get("settings", 0),
            **{f"{name}s": found.get(name, 0) for name in ("error", "warning", "hint")},
            "partly": report.get("partly", False), "message": Labels.load().phrase("clause_separator").join(said),
            "brief": report.get("brief", ""),
            "row_counts": report.get("rows", {}), "unread_counts": report.get("unread", {}),
        }  # fmt: skip


def _named(source: Source) -> dict[str, Any]:
    return {"file": str(source.path), "unit": source.unit, "number": source.number}


def _skipped(source: Source) -> dict[str, Any]:
    """The line of a file that is not read."""
    reason = Labels.load().phrase(f"batch_skipped_{source.skipped}", file=source.path.resolve())
    counts = dict.fromkeys(("rows", "own_settings", "errors", "warnings", "hints"), 0)
    return {
        **_named(source), "state": "skipped", **counts, "partly": False, "message": reason, "brief": "",
        "row_counts": {}, "unread_counts": {},
    }  # fmt: skip


def in_tasks(sources: Sequence[Source], workers: int) -> Iterator[tuple[Source, ...]]:
    """The sources in tasks of some small files or one large one, in their order."""
    most = max(1, min(_MOST_FILES, len(sources) // (_TASKS_PER_WORKER * workers)))
    task: list[Source] = []
    size = 0
    for source in sources:
        own = source.path.stat().st_size if source.path.exists() else 0
        if task and (len(task) == most or size + own > _MOST_BYTES):
            yield tuple(task)
            task, size = [], 0
        task.append(source)
        size += own
    if task:
        yield tuple(task)


def _group_of(outcome: Outcome) -> Group:
    """What a task told, or of one that failed as a whole the error of each of its files."""
    if outcome.error is None:
        group: Group = outcome.value
        return group
    said = (
        Labels.load().phrase("batch_lost")
        if outcome.lost
        else f"{type(outcome.error).__name__}: {outcome.error}"
    )
    return Group(Path(), {}, {source.content: {"error": said, "place": 0} for source in outcome.task.sources})
