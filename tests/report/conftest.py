"""The command line as report tests call it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmsheet import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Exit code, stdout and stderr of ``crmsheet`` with these words."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["crmsheet", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        done = capfd.readouterr()
        return int(stopped.value.code or 0), done.out, done.err

    return call
