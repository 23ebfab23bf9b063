"""The shipped VBA, run by pyOpenVBA's interpreter, with Python behind it where Excel would start one.

``XLWINGS_PATCHES`` is everything that is changed in source before it runs; the file on disk is not touched.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pyopenvba import ExcelFile
from pyopenvba.apps.excel import _bridge
from pyopenvba.apps.excel._model import Application
from pyopenvba.interpreter import MISSING, VBAObject, _intrinsics, member, method
from pyopenvba.interpreter._objects import MemberSpec
from pyopenvba.interpreter._values import error

from tests.excel import com

FILE_NOT_FOUND = 53

# Pattern, replacement, reason.
XLWINGS_PATCHES: tuple[tuple[str, str, str], ...] = (
    (
        r"(?m)^(\s*#[A-Za-z][^\r\n']*?)[ \t]*'[^\r\n]*",
        r"\1",
        "a comment behind a compiler directive: Excel takes it, the interpreter does not",
    ),
    (
        r"(?m)^Attribute CRM_[^\r\n]*\r?\n",
        "",
        "attributes of a procedure: Excel reads them when it loads a project, they are no statements",
    ),
    (
        r'OPTIMIZED_CONNECTION = GetConfig\("USE UDF SERVER", False\)',
        'OPTIMIZED_CONNECTION = CBool(GetConfig("USE UDF SERVER", False))',
        "a text assigned to a Boolean: VBA converts it, the interpreter asks for CBool",
    ),
    (
        r'GetConfig\("SHOW CONSOLE", False\) = True',
        'CBool(GetConfig("SHOW CONSOLE", False)) = True',
        "a text compared with a Boolean, as above",
    ),
    (r"(?m)^(\s*)Kill .*$", r"\1' Kill", "the log that the last line deletes was never written"),
    (
        r"(?s)Function XLPy\(\).*?End Function",
        'Function XLPy()\r\n    Set XLPy = CreateObject("crmsheet.test.XLPy")\r\nEnd Function',
        "xlwings' DLL, which starts Python's COM server, runs on Windows only",
    ),
)


def addin_before(in_front: Any, name: str) -> Any:
    """An add-in as the calling workbook: pyOpenVBA holds one workbook at a time, Excel the add-in beside others."""
    books = SimpleNamespace(active=in_front.impl)
    return SimpleNamespace(impl=SimpleNamespace(name=name, app=SimpleNamespace(books=books, pid=1)))


class Runtime:
    """A macro workbook open in memory with its VBA loaded. ``commands`` are those that would have run."""

    def __init__(
        self, path: Path, *, python: str = r"C:\Python\python.exe", in_front: Path | None = None
    ) -> None:
        """``in_front``: another workbook, which the macros of ``path`` (an add-in) then work on."""
        self.app, self.book = com.open_book(path)
        self.in_front = com.open_book(in_front)[1] if in_front else None
        self.commands: list[str] = []
        self.messages: list[str] = []
        self.described: dict[str, tuple[str, Any]] = {}  # what the function wizard was told
        self.described_at_open: dict[str, tuple[str, Any]] = {}
        self._python_exists = True
        self.answer = 1  # what a person presses in a message: OK
        self.book.sheets["xlwings.conf"]["B1"].value = python
        self._connect()
        self._load(path)

    def without_python(self) -> None:
        """As on a machine where the interpreter was moved."""
        self._python_exists = False

    def run(self, macro: str, *arguments: Any) -> Any:
        return self.app.run(macro, *arguments)

    def _load(self, path: Path) -> None:
        with ExcelFile(path) as file:
            for module in file.vba_project().modules:
                source = module.source
                for pattern, replacement, _ in XLWINGS_PATCHES:
                    source = re.sub(pattern, replacement, source)
                document = module.name.startswith(("Sheet", "This"))
                kind = "standard" if module.kind.name == "standard" else "document" if document else "class"
                self.app.add_module(source, name=module.name, kind=kind)

    def _connect(self) -> None:
        """What VBA reaches outside Excel: the shell, files, the environment."""
        runtime = self
        xlwings = com.windows_engine()

        class Shell(VBAObject):
            """WScript.Shell. Run does what the command line would make a new Python do."""

            @method
            def ExpandEnvironmentStrings(self, text: object) -> str:
                return str(text)

            @method
            def Run(
                self, Command: object, WindowStyle: object = MISSING, WaitOnReturn: object = MISSING
            ) -> int:
                runtime.commands.append(str(Command))
                code = re.search(r'-B -c "(.*)" +--wb=', str(Command))[1].replace('\\"', '"')
                code = code.split("); ", 1)[1]  # behind xlwings' own preparation of sys.path
                sys.argv[1:] = shlex.split(re.search(r"(--wb=.*?) 2>", str(Command))[1])
                caller = runtime.book
                if runtime.in_front is not None:
                    caller = addin_before(runtime.in_front, caller.name)
                xlwings.Book.set_mock_caller(caller)
                exec(code, {})
                return 0

        class XLPy(VBAObject):
            """The server object that xlwings' DLL hands to VBA; behind it xlwings' real one."""

            @method
            def CallUDF(
                self, script: Any, name: Any, cells: Any, this_workbook: Any = MISSING, caller: Any = MISSING
            ) -> Any:
                given = cells.elements() if callable(cells.elements) else cells.elements
                plain = tuple(
                    com.PARAMETER_NOT_FOUND if one is MISSING else com.to_python(one) for one in given
                )
                server = _server()
                xlwings.Book.set_mock_caller(runtime.book)
                found = server.CallUDF(
                    str(script), str(name), plain, com.to_python(this_workbook), com.to_python(caller)
                )
                return com.to_vba(found)

        made: dict[str, type[VBAObject]] = {"WScript.Shell": Shell, "crmsheet.test.XLPy": XLPy}

        class Control(VBAObject):
            """A button of the ribbon, as its callback sees it."""

            def __init__(self, id: str) -> None:
                super().__init__()
                self.id = id

            @member
            def ID(self) -> str:
                return self.id

        def create(_: object, name: object) -> VBAObject:
            kind = str(name)
            return made[kind]() if kind in made else Control(kind.removeprefix("crmsheet.test."))

        _bridge.ExcelBridge.create = create  # type: ignore[method-assign]
        self.app.interpreter._intrinsics = dict(_intrinsics.INTRINSICS, **self._intrinsics())
        described = self.described

        def macro_options(
            _: object, Macro: object, Description: object, Category: object, ArgumentDescriptions: object
        ) -> None:
            described[str(Macro).split("!")[1]] = (str(Description), ArgumentDescriptions)

        names = ("Macro", "Description", "Category", "ArgumentDescriptions")
        Application.vba_add_member(
            MemberSpec("MacroOptions", "method", getter=macro_options, parameters=names)
        )
        Application.vba_add_member(
            MemberSpec(
                "Caller", "property", getter=lambda _: self.app.sheet(1).sheet.vba_get("Range", ["Z99"])
            )
        )

    def _intrinsics(self) -> dict[str, Callable[..., Any]]:
        environment = {"temp": r"C:\Temp", "userprofile": r"C:\Users\u"}

        def getattr_(_: object, arguments: list[object], __: object) -> int:
            if not self._python_exists or "python" not in str(arguments[0]).lower():
                raise error(FILE_NOT_FOUND)
            return 32

        def msgbox(_: object, arguments: list[object], __: object) -> int:
            self.messages.append(str(arguments[0]))
            return self.answer

        return {
            "getattr": getattr_,
            "msgbox": msgbox,
            "environ": lambda _, arguments, __: environment.get(str(arguments[0]).lower(), ""),
        }


def _server() -> Any:
    from xlwings import com_server

    return com_server.XLPython()
