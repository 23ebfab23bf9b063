"""Excel without Excel: xlwings' own Windows engine on pyOpenVBA's in-memory Excel.

Only pywin32 is made up: :class:`Com` hands each property and call of a COM object on to pyOpenVBA's model of it.
Everything that is bent for the test stands in this file, each with its reason.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import importlib
import inspect
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._engine_book import EngineBook
from pyopenvba.apps.excel._model import Application
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.formula._calc.evaluator import Context
from pyopenvba.interpreter import (
    EMPTY,
    MISSING,
    NOTHING,
    NULL,
    VBAArray,
    VBADate,
    VBAErrorValue,
    VBAInt,
    VBAObject,
)
from pyopenvba.interpreter._objects import MemberSpec

HWND = 4711
MOST_ROWS = 100_000
ERROR_BASE = -2146828288  # COM's number of an Excel error, less Excel's own
PARAMETER_NOT_FOUND = -2147352572
# Members that take arguments although pyOpenVBA lists them as properties.
CALLED = {"Range", "Item", "End"}
RECORDED: list[tuple[str, str]] = []


class ComError(Exception):
    """pywintypes.com_error."""

    @property
    def hresult(self) -> Any:
        return self.args[0]


class Missing:
    """pythoncom.Missing."""


def to_python(value: Any) -> Any:
    """A value of the VBA runtime as pywin32 gives it to Python."""
    if isinstance(value, VBAObject):
        return Com(value)
    if value is EMPTY or value is NOTHING or value is NULL or value is MISSING:
        return None
    if isinstance(value, VBADate):
        return value.to_datetime()
    if isinstance(value, VBAErrorValue):
        return ERROR_BASE + int(value.number)
    if isinstance(value, VBAArray):
        return _rows(value)
    return int(value) if isinstance(value, VBAInt) else value


def _rows(array: VBAArray) -> Any:
    from pyopenvba.apps.excel import _plain

    return tuple(
        tuple(map(to_python, row)) if isinstance(row, list | tuple) else to_python(row)
        for row in _plain(array)
    )


def to_vba(value: Any) -> Any:
    """A value of Python as the VBA runtime holds it."""
    if isinstance(value, Com):
        return value.target
    if value is None:
        return EMPTY
    if value is Missing:
        return MISSING
    if isinstance(value, list | tuple):
        return _array([list(row) if isinstance(row, list | tuple) else [row] for row in value])
    if isinstance(value, dt.datetime):
        return VBADate.from_datetime(value.replace(tzinfo=None))
    return VBAInt(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _array(rows: list[list[Any]]) -> VBAArray:
    array = VBAArray([(1, len(rows)), (1, max(map(len, rows)))], element_type="Variant")
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells, start=1):
            array.set([row, column], to_vba(cell))
    return array


class Recorder:
    """Stands for what pyOpenVBA has no model of: charts, conditional formats, page set-up. It takes everything."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Recorder(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        RECORDED.append((f"{self._name}.{name}", repr(value)))

    def __call__(self, *cells: Any, **options: Any) -> Recorder:
        RECORDED.append((self._name, repr((*cells, *options.values()))))
        return Recorder(f"{self._name}()")


NOT_MODELLED = {
    "FormatConditions",
    "ChartObjects",
    "PageSetup",
    "Tab",
    "PrintCommunication",
    "AlternativeText",
}


class Com:
    """A COM object: what pywin32's dispatch object is to Python."""

    target: VBAObject

    def __init__(self, target: VBAObject) -> None:
        object.__setattr__(self, "target", target)

    @property
    def _oleobj_(self) -> Any:
        """xlwings asks a type library whether an argument is a range."""
        iid = "{00020846-0000-0000-C000-000000000046}" if _kind(self) == "Range" else "{0}"
        info = types.SimpleNamespace(GetTypeAttr=lambda: types.SimpleNamespace(iid=iid))
        return types.SimpleNamespace(GetTypeInfo=lambda: info)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in NOT_MODELLED:
            return Recorder(f"{_kind(self)}.{name}")
        spec = self.target.vba_member(name)
        if spec is None and name == "Hwnd":
            return HWND
        if spec is None and name.startswith("Get") and self.target.vba_member(name[3:]):
            return lambda *cells, **options: self._do(self.target.vba_get, name[3:], cells, options)
        if spec is None:
            return self._do(self.target.vba_get, name, (), {})
        called = name in CALLED and _kind(self) != "ListObject"  # a table's Range is its cells
        if spec.kind == "method" or called or _takes_arguments(spec):
            action = self.target.vba_call if spec.kind == "method" else self.target.vba_get
            return lambda *cells, **options: self._do(action, name, cells, options)
        return self._do(self.target.vba_get, name, (), {})

    def _do(self, action: Any, name: str, cells: tuple[Any, ...], options: dict[str, Any]) -> Any:
        try:
            found = action(name, list(map(to_vba, cells)), {key: to_vba(one) for key, one in options.items()})
            return to_python(found)
        except VBARuntimeError as error:
            raise ComError(
                -2147352567, str(error), (0, None, str(error), None, 0, -2146827284), None
            ) from error

    def __setattr__(self, name: str, value: Any) -> None:
        if name in NOT_MODELLED:
            RECORDED.append((f"{_kind(self)}.{name}", repr(value)))
            return
        self._do(lambda one, cells, options: self.target.vba_set(one, cells[0], [], {}), name, (value,), {})

    def __call__(self, *cells: Any, **options: Any) -> Any:
        return self._do(self.target.vba_get, "Item", cells, options)

    def __iter__(self) -> Any:
        return map(to_python, self.target.vba_iterate())

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Com) and other.target is self.target

    def __hash__(self) -> int:
        return id(self.target)


def _kind(com: Com) -> str:
    return type(com.target).__name__


def _takes_arguments(spec: Any) -> bool:
    parameters = list(inspect.signature(spec.getter).parameters.values())[1:] if spec.getter else []
    return any(
        one.default is inspect.Parameter.empty and one.kind is one.POSITIONAL_OR_KEYWORD for one in parameters
    )


def windows_engine() -> Any:
    """xlwings with its Windows engine active, pywin32 replaced. The module stays patched for the session."""
    if "xlwings._xlwindows" in sys.modules:
        return sys.modules["xlwings"]
    _pretend_pywin32()
    xlwings = importlib.import_module("xlwings")
    engine = importlib.import_module("xlwings._xlwindows")
    xlwings._xlwindows = engine
    # pywin32 answers "busy" now and then and xlwings wraps every object to ask again; there is nobody to wait for.
    engine.COMRetryObjectWrapper = lambda one: Com(one) if isinstance(one, VBAObject) else one
    engine.is_range_instance = lambda one: isinstance(one, Com) and _kind(one) == "Range"
    xlwings.engines.add(xlwings.Engine(impl=engine.engine))
    xlwings.engines.active = xlwings.engines["excel"]
    # Outside Windows xlwings exports decorators that do nothing; the shipped module must be registered for real.
    udfs = importlib.import_module("xlwings.udfs")
    xlwings.func, xlwings.arg = udfs.xlfunc, udfs.xlarg
    sys.modules.pop("crmsheet.excel.udfs", None)  # registered with what xlwings is elsewhere
    return xlwings


def _pretend_pywin32() -> None:
    def module(name: str, **content: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        made.__dict__.update(content)
        sys.modules[name] = made
        return made

    module(
        "pywintypes",
        com_error=ComError,
        TimeType=type("TimeType", (dt.datetime,), {}),
        IID=str,
        error=OSError,
    )
    module(
        "pythoncom",
        CoInitialize=lambda: None,
        com_error=ComError,
        ole_error=ComError,
        Missing=Missing,
        Empty=None,
        ArgNotFound=Missing,
        IID_IDispatch="IDispatch",
        TypeIIDs={"IDispatch": object},
        __file__="pythoncom",
    )
    for name in ("win32api", "win32con", "win32gui", "win32process", "win32event", "win32timezone"):
        sys.modules[name] = MagicMock(name=name)
    sys.modules["win32timezone"].TimeZoneInfo.utc = staticmethod(lambda: dt.UTC)  # type: ignore[attr-defined]
    sys.modules["win32api"].MessageBox.return_value = 1  # type: ignore[attr-defined]
    base = type("Base", (), {})
    client = module(
        "win32com.client",
        Dispatch=lambda one, *_, **__: one,
        DispatchEx=MagicMock(),
        CDispatch=base,
        CoClassBaseClass=type("CoClass", (), {}),
        DispatchBaseClass=type("Dispatch", (), {}),
    )
    util = module("win32com.server.util", wrap=lambda one: one, unwrap=lambda one: one)
    policy = module("win32com.server.policy", DesignatedWrapPolicy=object, BasicWrapPolicy=object)
    dispatcher = MagicMock(name="dispatcher")
    sys.modules["win32com.server.dispatcher"] = dispatcher
    server = module("win32com.server", util=util, policy=policy, dispatcher=dispatcher)
    module("win32com", client=client, server=server)
    ctypes.windll = ctypes.oledll = MagicMock()  # type: ignore[attr-defined]
    ctypes.PyDLL = lambda *_: MagicMock()  # type: ignore[assignment,misc]


def open_book(path: Path) -> tuple[ExcelApplication, Any]:
    """The workbook open in memory: pyOpenVBA's application and xlwings' book."""
    xlwings = windows_engine()
    _complete_application()
    Context.grid = _grid_of_used  # type: ignore[method-assign]
    EngineBook.read = _read_once  # type: ignore[method-assign]
    app = ExcelApplication.open(path, with_vba=False)
    book = Com(app.application.active_book)
    return app, xlwings.Book(impl=xlwings._xlwindows.Book(xl=book))


def rename_sheet(book: Any, old: str, new: str) -> None:
    """As a person does. In Excel every defined name follows; pyOpenVBA leaves them behind."""
    book.sheets[old].name = new
    for name in book.names:
        name.refers_to = name.refers_to.replace(f"'{old}'!", f"'{new}'!")


_GRID = Context.grid


def _grid_of_used(context: Context, reference: Any) -> Any:
    """A whole column as an array down to its last used row: the engine's million empty cells take seconds a formula."""
    area = reference.area
    if area is not None and area.height > MOST_ROWS:
        last = max(area.top, context.book.used(area.sheet)[0])
        reference = replace(reference, areas=(replace(area, bottom=last),))
    return _GRID(context, reference)


_READ = EngineBook.read
_KNOWN: dict[tuple[str, tuple[str, ...]], Any] = {}


def _read_once(book: EngineBook, formula: str) -> Any:
    """A formula parsed once: the engine parses it for every cell, which is most of its work."""
    asked = formula, tuple(book.table_names())
    if asked not in _KNOWN:
        _KNOWN[asked] = _READ(book, formula)
    return _KNOWN[asked]


def _complete_application() -> None:
    """Two members that pyOpenVBA leaves out and xlwings' VBA names."""
    Application.vba_add_member(MemberSpec("Hwnd", "property", getter=lambda _: VBAInt(HWND)))
