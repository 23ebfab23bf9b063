"""Processes for local workers: forked from a server that loads what they need once, while the caller loads the rest.

Not forked from the caller: DuckDB and Arrow have threads there, and a copy of their locks would never open. The server
has loaded everything and started nothing; Windows has none. Little but Python is imported here, so that the server can
be started first of all.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any

from crmsheet.batch.interrupts import interrupts_kept_from_children, interrupts_later

LOADED = "crmsheet.batch.worker"
_SERVER = "forkserver"


def process_context() -> BaseContext:
    """How workers are started here."""
    has_server = _SERVER in multiprocessing.get_all_start_methods()
    context: BaseContext = multiprocessing.get_context(_SERVER if has_server else "spawn")
    context.set_forkserver_preload([LOADED])
    return context


def begin_loading() -> None:
    """Start the server, if there is one and it does not run yet; it is ready some time after."""
    if process_context().get_start_method() == _SERVER:
        server: Any = import_module("multiprocessing.forkserver")
        with starting():
            server.ensure_running()


@contextmanager
def starting() -> Iterator[None]:
    """Processes started meanwhile know nothing of the user's script, and do not hear Ctrl-C: a terminal sends it to all
    processes, each would print where it was, and the caller ends them anyway.
    """
    with interrupts_later(), interrupts_kept_from_children(), without_main():
        yield


@contextmanager
def without_main() -> Iterator[None]:
    """Processes started meanwhile do not run the user's script again: tasks need nothing of it, and a script without
    ``if __name__ == "__main__"`` would start another batch in each.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
