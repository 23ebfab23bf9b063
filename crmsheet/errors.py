"""What can go wrong by misuse or by a file, one class each; problems *in the data* are Issues, not errors.

An error says which file, sheet and cell, what was found, what was expected and what to do. The sentence of
each class stands in ``data/errors.zh.toml`` under the class's name; the facts it is filled with are attributes
of the error, so a program need not read the sentence.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from importlib import import_module
from pathlib import PurePath
from typing import Any

from crmsheet.data import read_toml, spoken


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """The known word nearest to ``wrong``, or ``""`` when none is near.

    >>> did_you_mean("industy", ["industry", "owner"])
    'industry'
    """
    near = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def refusal(error: OSError) -> str:
    """Why the system refused a file, in the spoken language where it is known, else in the system's words.

    >>> refusal(PermissionError(errno.EACCES, "Permission denied"))
    '没有权限，或设成了只读'
    """
    known = read_toml(f"refusals.{spoken()}.toml")
    return str(known.get(errno.errorcode.get(error.errno or 0, "")) or error.strerror or error)


class CrmsheetError(Exception):
    """Base of every error this package raises on purpose. ``exit_code`` is the command line's."""

    exit_code = 2

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self._sentence())

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__.get("facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(name)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.facts))

    @property
    def brief(self) -> str:
        """The sentence without what takes many lines, for lists of many files that name each."""
        words = read_toml(f"errors.{spoken()}.toml")[type(self).__name__]
        return str(words["brief"]).format(**self.facts) if "brief" in words else str(self)

    def _sentence(self) -> str:
        words = read_toml(f"errors.{spoken()}.toml")[type(self).__name__]
        guess = str(words.get("near", "")) if self.facts.get("near") else ""
        return (str(words[self._wording()]) + guess).format(**self.facts)

    def _wording(self) -> str:
        """Which sentence of the class says it."""
        return "message"


def _rebuild(kind: type[CrmsheetError], facts: dict[str, Any]) -> CrmsheetError:
    return kind(**facts)


class UsageError(CrmsheetError):
    """The program was asked for something it cannot mean. Exit code 2."""


class UnknownColumn(UsageError):
    """A step needs a column that the table does not have (``step``, ``column``, ``columns``)."""


class RepeatedRow(UsageError):
    """Two rows of a table have the same index where rows of another table are found by it (``step``, ``row``)."""


class RulesInvalid(UsageError):
    """Rules that contradict themselves or have unknown keys (``source``, ``problems``: one line each)."""


class MissingExtra(UsageError):
    """A feature needs an optional dependency (``feature``, ``extra``, ``module``)."""


class ProgramMissing(UsageError):
    """A program that is not part of this package is not installed (``program``)."""


class DataWarning(UserWarning):
    """Cells handed to a step directly that nobody can read; they count as missing. Shown once per place."""


def load_extra(name: str, *, feature: str, extra: str, module: str = "") -> Any:
    """The optional library ``name``, loaded when it is used; :class:`MissingExtra` says how to install it.

    ``module`` is what the message calls it, by default what could not be found.
    """
    try:
        return import_module(name)
    except ImportError as error:
        missing = module or (error.name or name).split(".", maxsplit=1)[0]
        raise MissingExtra(feature=feature, extra=extra, module=missing) from None


class BadDate(UsageError):
    """An ``as_of`` that is no calendar date (``found``)."""


class ReadError(CrmsheetError):
    """A file that cannot be read. Exit code 3."""

    exit_code = 3


class FileMissing(ReadError):
    """No such file (``path``, ``near``: a file name like it, or empty)."""


class NotAFile(ReadError):
    """A directory or device where a workbook was expected (``path``)."""


class FileUnreadable(ReadError):
    """The system refuses to read it (``path``, ``reason``)."""


class FileEmpty(ReadError):
    """Zero bytes (``path``)."""


class UnknownFormat(ReadError):
    """Not a workbook we know (``path``, ``suffix``)."""


class LegacyWorkbook(ReadError):
    """``.xls``, ``.xlsb``, ``.ods`` or another format we cannot write back into (``path``, ``suffix``)."""


class LegacyUnreadable(LegacyWorkbook):
    """A file by the name of such a format that nobody here can read either (``path``, ``suffix``)."""


class EncryptedWorkbook(ReadError):
    """Password protected, and no password was given (``path``)."""


class WrongPassword(ReadError):
    """The password given does not open the workbook (``path``)."""


class DamagedWorkbook(ReadError):
    """A zip or XML that is broken or dangerous (``path``, ``part``, ``reason``)."""

    def _wording(self) -> str:
        if self.facts["part"] == "parquet":
            return "parquet"
        is_whole = self.facts["part"] == PurePath(self.facts["path"]).name
        return "whole" if is_whole else "message"


class SheetTooLarge(ReadError):
    """A sheet whose used range cannot be held (``path``, ``sheet``, ``rows``, ``columns``)."""


class NoCustomerTable(ReadError):
    """No sheet carries the customer columns (``path``, ``seen``: what each sheet's header looks like)."""


class WriteError(CrmsheetError):
    """A file that cannot be written; the old one is untouched. Exit code 4."""

    exit_code = 4


class TargetNotWritable(WriteError):
    """Read-only file or folder, or no such folder (``path``, ``reason``)."""


class TargetInUse(WriteError):
    """Open in Excel, or held by another refresh (``path``)."""


class BatchInUse(TargetInUse):
    """A folder into which another batch is writing (``path``)."""


class TargetChanged(WriteError):
    """Someone saved the workbook while it was being refreshed (``path``)."""


class TargetExists(WriteError):
    """A new workbook would replace an existing file (``path``)."""


class NotAnExport(WriteError):
    """What an export would replace is none (``path``, ``found``: the first thing in it that no export wrote)."""


class DiskFull(WriteError):
    """No space left (``path``)."""


class BatchDiskFull(DiskFull):
    """A disk that is full in the middle of a batch, which keeps what it has read (``path``)."""


class StructureLocked(WriteError):
    """The workbook's structure is protected, so no sheet can be added (``path``)."""


class Interrupted(WriteError):
    """A command on an open workbook that failed midway (``reason``, ``data``: what became of it, ``log``)."""


class WouldDamage(WriteError):
    """Our own check refuses what it was about to save (``part``, ``cell``, ``rule``, ``found``)."""


class SheetNotFound(UsageError):
    """No sheet of that name (``path``, ``sheet``, ``near``)."""


class ProgramFailed(WriteError):
    """A program that was asked to write a file did not (``program``, ``reason``)."""


class MessageRefused(WriteError):
    """A group robot did not take a message (``host``, ``reason``, ``sent`` and ``left``: how many)."""


class SchedulerLost(WriteError):
    """A cluster that cannot be reached, or no longer (``address``, ``reason``)."""


class WorkersLost(WriteError):
    """Every process of a stage died, so there is nothing to go on with (``stage``)."""
