"""`crmsheet followups`: whom to contact, as a list, as calendars, as messages to a group robot."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsheet.cli.shell import (
    AsOf,
    PasswordFile,
    PathArgument,
    RulesFile,
    app,
    narration,
    password_for,
    speak_as,
    warn_if_open,
)

if TYPE_CHECKING:
    import pandas as pd

    from crmsheet.report.digest import Style
    from crmsheet.report.webhook import ChannelName, Webhook
    from crmsheet.result import Result


_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods", ".et")


class ListFormat(StrEnum):
    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


class MessageStyle(StrEnum):
    text = "text"
    markdown = "markdown"


class ChannelKind(StrEnum):
    wecom = "wecom"
    dingtalk = "dingtalk"


@app.command()
def followups(  # noqa: PLR0913 - each is one option
    context: typer.Context,
    path: PathArgument,
    *,
    owner: Annotated[str | None, typer.Option("--owner", help="Only this owner's customers.")] = None,
    days: Annotated[int, typer.Option("--days", min=0, max=365, help="Look so many days ahead.")] = 7,
    format: Annotated[ListFormat, typer.Option("--format", help="Form of the list.")] = ListFormat.text,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the list to this file.")] = None,
    ics: Annotated[
        Path | None, typer.Option("--ics", help="Folder for calendar files, one per owner.")
    ] = None,
    send: Annotated[
        bool | None,
        typer.Option(
            "--send/--dry-run", help="Send to the robot of CRMSHEET_WEBHOOK, or show what would be sent."
        ),
    ] = None,
    message: Annotated[MessageStyle, typer.Option("--message", help="Form of messages.")] = MessageStyle.text,
    channel: Annotated[
        ChannelKind | None, typer.Option("--channel", help="Kind of robot, where its address does not tell.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help="File with the robot's address.")
    ] = None,
    as_of: AsOf = None,
    rules: RulesFile = None,
    password_file: PasswordFile = None,
) -> None:
    """List whom to contact today, per owner; nothing is sent without --send. 今天该联系谁：清单、日历、群消息。"""
    from crmsheet import analysis as program  # noqa: PLC0415 - each command loads only what it needs
    from crmsheet.report.followups import select_followups  # noqa: PLC0415
    from crmsheet.report.webhook import find_webhook  # noqa: PLC0415

    warn_if_open(path)
    password = password_for(path, password_file)
    speak_as(path, context, password)
    _refuse_workbook(path, out)
    kind: ChannelName | None = channel.value if channel else None
    robot = find_webhook(os.environ, key_file=key_file, channel=kind) if send else None
    result = program.analyze_workbook(path, as_of=as_of, rules=rules, password=password)
    lines = select_followups(result, owner=owner, days=days)
    if ics is not None:
        _write_calendars(result, ics, owner, days)
    if send is None:
        _print_list(result, lines, format, out, days)
        return
    _deliver(result, lines, days, message.value, kind, robot)


def _refuse_workbook(path: Path, out: Path | None) -> None:
    """A list is text: written over a workbook it would destroy it."""
    from crmsheet.errors import UsageError  # noqa: PLC0415
    from crmsheet.report.followups import message_words  # noqa: PLC0415

    if out is None:
        return
    if out.suffix.lower() in _WORKBOOKS or (out.exists() and path.exists() and out.samefile(path)):
        raise UsageError(problem=message_words()["onto_workbook"].format(path=out))


def _print_list(result: Result, lines: pd.DataFrame, form: ListFormat, out: Path | None, days: int) -> None:
    from crmsheet.book.save import write_file  # noqa: PLC0415
    from crmsheet.report.followup_files import followup_text  # noqa: PLC0415

    text = followup_text(result, lines, form.value, days=days)
    if out is None:
        print(text, end="")
        return
    write_file(out, text.encode("utf-8-sig" if form is ListFormat.csv else "utf-8"))  # Excel needs the mark
    print(out)


def _write_calendars(result: Result, folder: Path, owner: str | None, days: int) -> None:
    from crmsheet.report.calendars import write_calendars  # noqa: PLC0415
    from crmsheet.report.followups import message_words  # noqa: PLC0415

    for written in write_calendars(result, folder, owner=owner, days=days):
        narration.print(message_words()["wrote"].format(path=written), markup=False, soft_wrap=True)


def _deliver(  # noqa: PLR0913, PLR0917 - what a delivery is made of
    result: Result,
    lines: pd.DataFrame,
    days: int,
    style: Style,
    channel: ChannelName | None,
    robot: Webhook | None,
) -> None:
    """Send the messages; without a robot show them as they would be sent."""
    from crmsheet.report.digest import digests  # noqa: PLC0415
    from crmsheet.report.followups import message_words  # noqa: PLC0415
    from crmsheet.report.webhook import Sender, message_limit  # noqa: PLC0415

    said = message_words()
    limit = message_limit(robot.channel if robot else channel or "wecom", style)
    messages = digests(lines, result.as_of, days=days, style=style, limit=limit)
    if robot is None:
        for message in messages:
            print(
                said["preview"].format(
                    owner=message.owner, part=message.part, parts=message.parts, bytes=message.size
                )
            )
            print(message.body)
        return
    Sender(robot, style).send(
        messages, tell=lambda one: print(said["sent"].format(owner=one.owner, part=one.part, parts=one.parts))
    )
