"""The command line: stdout is data, stderr is narration. One file per command; each is a thin door.

Exit codes: 0 fine, 1 problems found in the data (check, batch), 2 wrong usage, 3 file cannot be read, 4 file cannot
be written.
"""

from __future__ import annotations

import atexit
import gc
import sys
import traceback
from importlib import import_module

from typer import Abort

from crmsheet.cli.misuse import EXIT_CODE, is_misuse, told
from crmsheet.cli.shell import SpokenLanguage, app, narration
from crmsheet.data import Language, speaking
from crmsheet.errors import CrmsheetError

# Loading libraries makes many objects and no cycles: by default a tenth of a short command looks for them.
gc.set_threshold(50_000, 20, 50)

# In the order --help lists them. Each module registers its own command on import and loads the rest when it runs.
COMMANDS = (
    "new",
    "check",
    "refresh",
    "clean",
    "report",
    "followups",
    "audit",
    "demo",
    "merge",
    "split",
    "import_",
    "export",
    "watch",
    "doctor",
    "addin",
    "workbook",
    "batch",
)
for _name in COMMANDS:
    import_module(f"crmsheet.cli.{_name}")

__all__ = ["COMMANDS", "app", "main"]


def language_first(arguments: list[str]) -> list[str]:
    """The arguments with ``--lang`` in front, so that it may stand anywhere.

    >>> language_first(["new", "a.xlsx", "--lang", "en"])
    ['--lang', 'en', 'new', 'a.xlsx']
    """
    for place, word in enumerate(arguments):
        if word == "--lang":
            return arguments[place : place + 2] + arguments[:place] + arguments[place + 2 :]
        if word.startswith("--lang="):
            return [word, *arguments[:place], *arguments[place + 1 :]]
    return arguments


def main() -> None:
    """Run the command line; our own errors become one line and an exit code."""
    atexit.register(
        gc.freeze
    )  # or Python searches all tables for cycles before it ends: a tenth of a short command
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.argv[1:] = language_first(sys.argv[1:])
    try:
        sys.exit(app(standalone_mode=False, prog_name="crmsheet"))
    except CrmsheetError as error:
        narration.print(str(error), style="red", markup=False, soft_wrap=True)
        if "-v" in sys.argv or "--verbose" in sys.argv:
            narration.print(traceback.format_exc(), markup=False)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, Abort):
        sys.exit(130)
    except Exception as error:
        if not is_misuse(error):
            raise
        with speaking(_language(sys.argv[1:])):  # the option was not acted upon yet, or no longer is
            narration.print(told(error), style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_CODE)


def _language(arguments: list[str]) -> Language | None:
    """The language asked for in front of the arguments, None for any other."""
    words = arguments[0].removeprefix("--lang=").split() if arguments else []
    named = arguments[1:2] if words == ["--lang"] else words
    return next((one.value for one in SpokenLanguage if one.value in named), None)
