"""Tasks that die. Nothing heavy is imported: each new process imports this."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def squared(number: int) -> int:
    """The square; the system kills whoever computes that of 3."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number < 0:
        raise ValueError(number)
    return number * number


def killed_once(task: tuple[int, Path]) -> int:
    """The number; the first who computes 3 is killed."""
    number, mark = task
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def slow(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def deaf(_: object) -> tuple[bool, bool]:
    """Whether Ctrl-C is held back, and ignored where it is not."""
    held = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return held, signal.getsignal(signal.SIGINT) is signal.SIG_IGN
