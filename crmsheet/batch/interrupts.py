"""Ctrl-C while several processes work: it is the first one's to act upon, and never in the middle of some things."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType


@contextmanager
def interrupts_later() -> Iterator[None]:
    """What must not be left half done: a Ctrl-C meanwhile counts at the end."""
    usual = signal.getsignal(signal.SIGINT)
    if not callable(usual) or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda _, frame: came.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if came:
        usual(signal.SIGINT, came[0])


@contextmanager
def interrupts_kept_from_children() -> Iterator[None]:
    """Processes start with the signals held back that their parent holds back."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # starting it would let Ctrl-C through again
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def ignore_interrupts() -> None:
    """First thing a worker does: on Windows nothing held Ctrl-C back before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
