"""Writes our sheets into every workbook of a folder, and compares what became of it with what other libraries do.

    python -m tests.corpus_run FOLDER [--write] [--sdk] [--libreoffice]

Judged for each file, in our case after a first and a second refresh: stored bytes of every part that we need not
touch, our own lint, readers that read the original (calamine, openpyxl; LibreOffice and the Open XML SDK on
request). ``--write`` puts the table of features into docs/lossless.md; it needs every library of the extra ``peers``,
whose figures depend on each other: openpyxl drops every picture where Pillow is missing. The exit
code is the number of files with a fault of ours.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import openpyxl
import python_calamine

sys.path.insert(0, str(Path(__file__).parent / "book"))

from designs import rich_design
from packages import lost_or_changed, stored

from benchmarks.pages import write_section
from crmsheet.book.lint import findings
from crmsheet.book.package import Package
from crmsheet.book.workbook import Workbook
from crmsheet.errors import CrmsheetError
from tests.features import FEATURES, Comparison, Content, content
from tests.sdk import sdk_findings

DOCUMENT = Path(__file__).parents[1] / "docs" / "lossless.md"
Write = Callable[[Path, Path], None]


def write_crmsheet(source: Path, target: Path) -> None:
    """What a refresh does: sheets with a table, rules, a chart; one of them named like a sheet of the user's."""
    book = Workbook.open(source)
    book.put_sheet("tiers", book.sheet_names[0], rich_design())
    book.put_sheet("overview", "总览", rich_design(5, "总览"))
    book.put_sheet("history", "历史快照", rich_design(0, "历史快照"), hidden=True)
    book.save(target)


def write_openpyxl(source: Path, target: Path) -> None:
    book = openpyxl.load_workbook(source, keep_vba=source.suffix in (".xlsm", ".xltm"), rich_text=True)
    book.create_sheet("总览").append(["客户", 1])
    book.save(target)


def write_wolfxl(source: Path, target: Path) -> None:
    import wolfxl  # only where somebody installed it to compare with

    book = wolfxl.load_workbook(source, modify=True)
    book.create_sheet("总览")["A1"] = "客户"
    book.save(target)


LIBRARIES: dict[str, Write] = {
    "crmsheet": write_crmsheet,
    "openpyxl": write_openpyxl,
    "wolfxl": write_wolfxl,
}


@dataclass
class Report:
    """What was found over all files."""

    fates: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pairs: list[tuple[Path, Path]] = field(default_factory=list)


def run(sources: list[Path], folder: Path, *, sdk: bool) -> Report:
    report = Report()
    for number, source in enumerate(sources):
        before = _content_or_none(source)
        for name, write in LIBRARIES.items():
            target = folder / f"{number}-{name}{source.suffix}"
            outcome = _attempt(write, source, target)
            report.outcomes[name][outcome] += 1
            if outcome == "written" and before is not None:
                _compare(report, name, before, target)
            if outcome == "written" and name == "crmsheet":
                report.pairs.append((source, target))
                report.faults[source.name] += _our_faults(source, target, sdk=sdk)
            elif name == "crmsheet" and outcome not in ("written", "refused"):
                report.faults[source.name].append(outcome)
    return report


def _attempt(write: Write, source: Path, target: Path) -> str:
    """``written``; ``refused`` when one of our own errors says why not; else the name of what escaped."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write(source, target)
    except CrmsheetError:
        return "refused"
    except ModuleNotFoundError:
        return "not installed"
    except BaseException as error:  # a panic in Rust is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"failed: {type(error).__name__}" if write is write_crmsheet else "failed"
    return "written"


def _content_or_none(path: Path) -> Content | None:
    try:
        return content(path)
    except Exception:  # encrypted, broken: nothing to compare
        return None


def _compare(report: Report, name: str, before: Content, target: Path) -> None:
    after = _content_or_none(target)
    if after is None:
        report.outcomes[name]["unreadable"] += 1
        return
    for feature, fate in Comparison.between(before, after).fates.items():
        report.fates[feature][name][fate] += 1


def _our_faults(source: Path, target: Path, *, sdk: bool) -> Iterator[str]:
    for part in lost_or_changed(source, target):
        yield f"not as it was: {part}"
    again = target.with_stem(target.stem + "-again")
    try:
        write_crmsheet(target, again)
        if stored(again) != stored(target):
            yield "a second refresh changes the file"
    except CrmsheetError as error:
        yield f"second refresh: {error}"
    known = Counter((one.part, one.rule) for one in findings(Package(source.read_bytes(), source)))
    ours = Counter((one.part, one.rule) for one in findings(Package(target.read_bytes(), target)))
    yield from (f"lint: {part} {rule}" for part, rule in ours - known)
    yield from (
        f"{reader.__name__} no longer reads it"
        for reader in READERS
        if _reads(reader, source) and not _reads(reader, target)
    )
    if sdk:
        yield from (
            f"SDK: {finding}" for finding in Counter(sdk_findings(target)) - Counter(sdk_findings(source))
        )


def calamine(path: Path) -> None:
    book = python_calamine.load_workbook(path)
    for sheet in book.sheets_metadata:
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
            book.get_sheet_by_name(sheet.name).to_python(nrows=50)


def by_openpyxl(path: Path) -> None:
    openpyxl.load_workbook(path)


READERS = (calamine, by_openpyxl)


def _reads(reader: Callable[[Path], None], path: Path) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader(path)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return False
    return True


def check_libreoffice(report: Report, folder: Path) -> None:
    """LibreOffice loads the result wherever it loaded the original."""
    before = _converted([source for source, _ in report.pairs], folder / "before")
    after = _converted([target for _, target in report.pairs], folder / "after")
    for source, target in report.pairs:
        if source.stem in before and target.stem not in after:
            report.faults[source.name].append("LibreOffice no longer loads it")


def _converted(files: list[Path], folder: Path) -> set[str]:
    profile = folder.with_name(folder.name + "-profile")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", "csv", "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {path.stem for path in folder.iterdir()} if folder.exists() else set()


def table(report: Report) -> str:
    """Feature x (kept, changed, lost), counted in files."""
    names = [name for name in LIBRARIES if not report.outcomes[name]["not installed"]]
    lines = [
        "| feature | files | " + " | ".join(f"{name}: kept / changed / lost" for name in names) + " |",
        "| --- | ---: |" + " --- |" * len(names),
    ]
    for feature in FEATURES:
        counts = report.fates.get(feature)
        if counts:
            files = max(sum(fates.values()) for fates in counts.values())
            cells = [
                " / ".join(str(counts[name][fate]) for fate in ("kept", "changed", "lost")) for name in names
            ]
            lines.append(f"| {feature} | {files} | " + " | ".join(cells) + " |")
    outcomes = [
        ", ".join(f"{what} {n}" for what, n in sorted(report.outcomes[name].items())) for name in names
    ]
    lines.append("| **files** | | " + " | ".join(outcomes) + " |")
    known = ", ".join(f"{name} {version}" for name, version in peers().items())
    return "\n".join([*lines, "", f"Measured with {known}; openpyxl needs Pillow to keep any picture."])


def peers() -> dict[str, str]:
    """The version of each library that has a say in the table, empty where it is not installed."""
    return {name: _version(name) for name in ("openpyxl", "Pillow", "lxml", "wolfxl")}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    for option in ("--write", "--sdk", "--libreoffice"):
        parser.add_argument(option, action="store_true")
    asked = parser.parse_args()
    absent = [name for name, found in peers().items() if not found]
    if asked.write and absent:
        parser.error(f"the table would be another one without {', '.join(absent)}: pip install -e .[peers]")
    sources = sorted(
        path
        for path in asked.folder.rglob("*")
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xltm")
    )
    if not sources:
        parser.error(f"no workbook in {asked.folder}")
    with tempfile.TemporaryDirectory() as folder:
        report = run(sources, Path(folder), sdk=asked.sdk)
        if asked.libreoffice:
            check_libreoffice(report, Path(folder))
    faulty = {name: faults for name, faults in report.faults.items() if faults}
    for name, faults in faulty.items():
        print(f"{name}: {'; '.join(faults[:5])}")
    print(table(report))
    print(f"{len(sources)} files, {len(faulty)} with a fault of ours")
    if asked.write:
        write_section(DOCUMENT, "features", table(report))
    return len(faulty)


if __name__ == "__main__":
    sys.exit(main())
