"""`crmsheet addin install|uninstall`: the ribbon add-in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmsheet.cli.shell import app
from crmsheet.labels import Labels

addin = typer.Typer(no_args_is_help=True)
app.add_typer(addin, name="addin")

Folder = Annotated[Path | None, typer.Option("--folder", help="Put the add-in here, not where Excel starts.")]


@addin.callback()
def group() -> None:
    """The ribbon add-in of Excel. 功能区加载项。"""


@addin.command()
def install(
    *,
    trust: Annotated[
        bool, typer.Option("--trust", help="Trust macros of workbooks in one folder: one key of the user.")
    ] = False,
    trust_folder: Annotated[Path, typer.Option("--trust-folder", help="Which folder.")] = Path("."),
    folder: Folder = None,
) -> None:
    """Install the tab 客户需求; nothing else on the system changes. 安装功能区。"""
    from crmsheet.excel import addin as program  # noqa: PLC0415

    path, key = program.install(folder, trust=trust_folder if trust else None)
    labels = Labels.load()
    print(labels.phrase("addin_installed", path=path))
    if key:
        print(labels.phrase("addin_trusted", folder=trust_folder.resolve(), key=key))


@addin.command()
def uninstall(*, folder: Folder = None) -> None:
    """Take the add-in and its trusted location out again. 卸载功能区。"""
    from crmsheet.excel import addin as program  # noqa: PLC0415

    was_there, was_trusted = program.uninstall(folder)
    labels = Labels.load()
    print(labels.phrase("addin_removed" if was_there else "addin_absent"))
    if was_trusted:
        print(labels.phrase("addin_untrusted"))
