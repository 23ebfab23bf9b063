"""What a task needed goes back to the system when it ends."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from crmsheet.batch.parts import library

_Given = ParamSpec("_Given")
_Value = TypeVar("_Value")


def giving_back(function: Callable[_Given, _Value]) -> Callable[_Given, _Value]:
    """A task after which its process holds no more than it stands on: else what one bucket took would stay with it
    while others take theirs.
    """

    @wraps(function)
    def run(*given: _Given.args, **named: _Given.kwargs) -> _Value:
        try:
            return function(*given, **named)
        finally:
            give_back()

    return run


def give_back() -> None:
    """Return free memory to the system, which C libraries keep for themselves, half of what a bucket takes."""
    library("pyarrow").default_memory_pool().release_unused()
    _trimmer()(0)


@cache
def _trimmer() -> Callable[[int], Any]:
    """glibc's; other systems give memory back by themselves, or not at all."""
    if sys.platform != "linux":
        return lambda _: None
    return getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)
