"""The follow-up list: who is on it, what it hides, its forms, its messages and the robots that take them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmsheet as crm
from crmsheet.errors import FileMissing, MessageRefused, UsageError
from crmsheet.report.digest import Message, digests
from crmsheet.report.followup_files import followup_report, followup_text
from crmsheet.report.followups import COLUMNS, select_followups
from crmsheet.report.page import html_page
from crmsheet.report.webhook import Sender, Webhook, find_webhook, message_limit, post_json, signed
from tests.report.conftest import Run
from tests.report.robot import (
    BROKEN,
    DING_TOO_OFTEN,
    ELSEWHERE,
    KEY,
    NO_SUCH_ROBOT,
    OK,
    TOO_OFTEN,
    robot,
)
from tests.report.teams import DAY, HOSTILE, hostile_result, sample_result
from tests.workbooks import write_records

RESULT = sample_result()
AS_OF = date.fromisoformat(DAY)
SIGNATURE = "ltBBey5eZrWKh1cPzFIdz3v3xpkc4Tjx4lLsPSHqdtA%3D"


@pytest.mark.parametrize("days", [0, 7, 30])
def test_the_list_is_who_is_due_until_then(days: int) -> None:
    lines = select_followups(RESULT, days=days)
    due = RESULT.customers["due"]
    expected = due[due <= pd.Timestamp(DAY) + pd.Timedelta(days=days)]
    assert set(lines.index) == set(expected.index) and list(lines) == list(COLUMNS)
    assert lines.index.tolist() == [one for one in RESULT.followups.index if one in set(expected.index)]


def test_one_owner_and_an_unknown_one() -> None:
    lines = select_followups(RESULT, owner="李*")
    assert set(lines["owner"]) == {"李*"} and len(lines) > 0
    with pytest.raises(UsageError, match="李\\*"):
        select_followups(RESULT, owner="李四")


def test_personal_data_is_masked() -> None:
    row = {
        "customer_id": ["C2024001"],
        "customer_name": ["甲公司"],
        "contact": ["张三丰"],
        "phone": ["13800138000"],
        "contact_notes": ["新号码 13912345678，邮箱 zhangsan@qq.com"],
        "next_plan": ["2026-11-20打 13912345678"],
        "owner": ["李*"],
    }
    result = crm.analyze(crm.Tables.from_frames(records=pd.DataFrame(row)), crm.Rules.load(), DAY)
    lines = select_followups(result)
    everything = "".join(
        followup_text(result, lines, form, days=7) for form in ("text", "json", "csv", "html")
    )
    for secret in ("13800138000", "13912345678", "zhangsan@", "张三丰"):
        assert secret not in everything
    assert "138****8000" in everything and "张*" in everything


def test_json_and_csv_hold_the_same_lines() -> None:
    lines = select_followups(RESULT)
    told = json.loads(followup_text(RESULT, lines, "json", days=7))
    rows = list(csv.reader(io.StringIO(followup_text(RESULT, lines, "csv", days=7))))
    assert len(told) == len(rows) - 1 == len(lines)
    assert list(told[0]) == list(COLUMNS)
    assert [line["customer_name"] for line in told] == [
        row[COLUMNS.index("customer_name")] for row in rows[1:]
    ]
    assert told[0]["due"] == f"{lines['due'].iloc[0]:%Y-%m-%d}" and isinstance(told[0]["overdue_days"], int)


def test_no_cell_of_the_csv_is_a_formula() -> None:
    records = pd.DataFrame(
        {
            "customer_id": ["C2024001"],
            "customer_name": ['=HYPERLINK("http://example.com")'],
            "owner": ["+张*"],
            "contact_notes": ["-1+1"],
            "next_plan": ["@SUM(A1)"],
        }
    )
    result = crm.analyze(crm.Tables.from_frames(records=records), crm.Rules.load(), DAY)
    text = followup_text(result, select_followups(result), "csv", days=7)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if len(cell) > 1 and cell[0] in "=+-@"]
    assert '\'=HYPERLINK("http://example.com")' in cells and "'-1+1" in cells


def test_hostile_names_are_text_in_every_form() -> None:
    lines = select_followups(hostile_result())
    page = html_page(followup_report(hostile_result(), lines, 7))
    assert "<script>window.stolen" not in page and "onerror=window" not in page.replace(
        "&lt;img src=x onerror", ""
    )
    assert "{{7*7}}" in page and "echarts" not in page.split("<script>")[0]
    text = followup_text(hostile_result(), lines, "text", days=7)
    assert all(part in text for part in HOSTILE)


def test_the_digest_says_what_the_owner_needs() -> None:
    lines = select_followups(RESULT, owner="李*")
    (message,) = digests(lines, AS_OF)
    overdue, today = ((lines["reminder"] == code).sum() for code in ("overdue", "today"))
    assert f"逾期 {overdue} 家，今天 {today} 家" in message.body.splitlines()[1]
    assert all(name in message.body for name in lines["customer_name"])
    assert message.body.startswith("【今天该联系谁】李*　11-20\n")


@pytest.mark.parametrize("channel", ["wecom", "dingtalk"])
@pytest.mark.parametrize("style", ["text", "markdown"])
def test_messages_fit_and_lose_nobody(channel: str, style: str) -> None:
    lines = select_followups(RESULT, days=30)
    limit = message_limit(channel, style)
    messages = digests(lines, AS_OF, days=30, style=style, limit=limit)
    assert max(message.size for message in messages) <= limit
    for owner, own in lines.groupby("owner"):
        parts = [message for message in messages if message.owner == owner]
        assert [part.part for part in parts] == list(range(1, parts[0].parts + 1))
        said = "\n".join(part.body for part in parts)
        assert all(f"{number}. {name}" in said for number, name in enumerate(own["customer_name"], start=1))
        assert len(parts) == 1 or all(f"（{part.part}/{part.parts}）" in part.body for part in parts)


@given(st.lists(st.text(max_size=90), min_size=1, max_size=12), st.integers(300, 2048))
@settings(max_examples=60, deadline=None)
def test_any_text_is_cut_between_characters(names: list[str], limit: int) -> None:
    line = {
        "reminder": "overdue",
        "overdue_days": 3,
        "due": pd.Timestamp(DAY),
        "tier": "潜力",
        "next_plan": "去",
        "owner": "张*",
    }
    rows = [
        {**line, "customer_name": name, "top_need": name, "contact_notes": name, "last_contact": pd.NaT}
        for name in names
    ]
    messages = digests(pd.DataFrame(rows), AS_OF, limit=limit)
    assert all(message.size <= limit for message in messages)
    assert all(message.body.encode().decode() == message.body for message in messages)
    assert sum(message.body.count("   约定：") for message in messages) == len(names)


def test_markdown_mentions_nobody_and_links_nowhere() -> None:
    records = pd.DataFrame(
        {
            "customer_id": ["C2024001"],
            "customer_name": ["甲<@all>公司"],
            "owner": ["张*"],
            "next_plan": ["[点我](http://example.com) **重要** <font color=red>"],
        }
    )
    result = crm.analyze(crm.Tables.from_frames(records=records), crm.Rules.load(), DAY)
    (message,) = digests(select_followups(result), AS_OF, style="markdown")
    own = message.body.split("\n", 1)[1].replace("**1. ", "").replace("**\n", "\n")
    assert not set("<>[]*`") & set(own)
    assert "甲＜＠all＞公司".replace("＠", "@") in message.body


def _messages(count: int) -> list[Message]:
    return [Message("张*", "今天该联系谁", f"第{number}条") for number in range(count)]


class Clock:
    """Time that only passes when somebody waits."""

    def __init__(self) -> None:
        self.now, self.waits = 0.0, []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def _sender(url: str, channel: str = "wecom", style: str = "text") -> tuple[Sender, Clock]:
    clock = Clock()
    return Sender(Webhook(url, channel), style, wait=clock.wait, clock=clock), clock


def test_a_robot_gets_text_as_wecom_wants_it() -> None:
    with robot() as server:
        sender, clock = _sender(server.url)
        assert sender.send(_messages(2)) == 2
    assert server.received[0] == {"msgtype": "text", "text": {"content": "第0条"}}
    assert clock.waits == [] and all(KEY in path for path in server.paths)


def test_a_robot_gets_markdown_as_each_wants_it() -> None:
    message = Message("张*", "今天该联系谁", "一\n二")
    for channel, expected in (
        ("wecom", {"content": "一\n二"}),
        ("dingtalk", {"title": "今天该联系谁", "text": "一  \n二"}),
    ):
        with robot() as server:
            _sender(server.url, channel, "markdown")[0].send([message])
        assert server.received == [{"msgtype": "markdown", "markdown": expected}]


@pytest.mark.parametrize(
    ("answers", "channel", "waits"),
    [
        ((BROKEN, BROKEN, OK), "wecom", [1.0, 2.0]),
        ((TOO_OFTEN, OK), "wecom", [60.0]),
        ((DING_TOO_OFTEN, OK), "dingtalk", [60.0]),
    ],
)
def test_what_may_pass_is_tried_again(answers: tuple, channel: str, waits: list[float]) -> None:
    with robot(*answers) as server:
        sender, clock = _sender(server.url, channel)
        assert sender.send(_messages(1)) == 1
    assert clock.waits == waits and len(server.received) == len(answers)


def test_what_will_not_pass_stops_at_once_and_keeps_the_key() -> None:
    with robot(OK, NO_SUCH_ROBOT) as server:
        sender, clock = _sender(server.url)
        with pytest.raises(MessageRefused, match="93000") as refused:
            sender.send(_messages(3))
    assert (refused.value.sent, refused.value.left, refused.value.exit_code) == (1, 2, 4)
    assert KEY not in str(refused.value) and KEY not in repr(sender)
    assert len(server.received) == 2 and clock.waits == []


def test_a_page_that_repeats_the_address_does_not_show_the_key() -> None:
    """A gateway between us and the robot answers with a page of its own."""
    with robot() as server:
        page = f"<html>{server.url}&retry=1 was blocked".encode()
        sender = Sender(
            find_webhook({"CRMSHEET_WEBHOOK": server.url}, channel="wecom"), post=lambda *_: (200, page)
        )
        with pytest.raises(MessageRefused, match="blocked") as refused:
            sender.send(_messages(1))
    assert KEY not in str(refused.value)


def test_a_robot_that_never_answers_is_given_up() -> None:
    with robot(BROKEN) as server:
        sender, clock = _sender(server.url)
        with pytest.raises(MessageRefused, match="502"):
            sender.send(_messages(1))
    assert clock.waits == [1.0, 2.0, 4.0, 8.0] and len(server.received) == 5
    sender, _ = _sender(server.url)  # nobody listens there any more
    with pytest.raises(MessageRefused) as refused:
        sender.send(_messages(1))
    assert KEY not in str(refused.value)


def test_nothing_is_sent_where_a_robot_points_elsewhere() -> None:
    with robot(ELSEWHERE) as server:
        with pytest.raises(MessageRefused, match="302"):
            _sender(server.url)[0].send(_messages(1))
        assert len(server.received) == 1
        assert post_json(server.url, b"{}")[0] == 302


def test_at_most_twenty_messages_a_minute() -> None:
    times: list[float] = []
    sender, clock = _sender("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x")

    def post(url: str, body: bytes) -> tuple[int, bytes]:
        times.append(clock.now)
        clock.now += 0.1
        return 200, b'{"errcode": 0}'

    sender.post = post
    assert sender.send(_messages(65)) == 65
    assert all(later - earlier > 59.99 for earlier, later in zip(times, times[20:], strict=False))
    assert times[-1] < 190


def test_dingtalk_signs_with_its_secret() -> None:
    webhook = Webhook("https://oapi.dingtalk.com/robot/send?access_token=x", "dingtalk", "SEC000")
    # printf '1700000000000\nSEC000' | openssl dgst -sha256 -hmac SEC000 -binary | base64
    assert signed(webhook, 1_700_000_000.0).split("&")[1:] == ["timestamp=1700000000000", f"sign={SIGNATURE}"]
    assert "SEC000" not in repr(webhook)


def test_where_the_address_comes_from(tmp_path: Path) -> None:
    wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a"
    assert find_webhook({"CRMSHEET_WEBHOOK": wecom}).channel == "wecom"
    (tmp_path / "key").write_text("https://oapi.dingtalk.com/robot/send?access_token=b\nSEC1\n")
    found = find_webhook({"CRMSHEET_WEBHOOK": wecom}, key_file=tmp_path / "key")
    assert (found.channel, found.secret) == ("dingtalk", "SEC1")
    for bad in (
        "",
        "ftp://x",
        "http://qyapi.weixin.qq.com/a",
        "qyapi.weixin.qq.com",
        "https://example.com/hook",
    ):
        with pytest.raises(UsageError) as refused:
            find_webhook({"CRMSHEET_WEBHOOK": bad})
        assert not bad or bad not in str(refused.value)
    with pytest.raises(FileMissing):
        find_webhook({}, key_file=tmp_path / "none")


def test_nothing_is_sent_unless_asked(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_records(tmp_path / "a.xlsx")
    with robot() as server:
        monkeypatch.setenv("CRMSHEET_WEBHOOK", server.url)
        code, out, _ = run("followups", path, "--as-of", "2024-03-25")
        assert code == 0 and "A科技公司" in out and "B制造企业" in out
        code, out, _ = run("followups", path, "--as-of", "2024-03-25", "--dry-run")
        assert code == 0 and "字节" in out and server.received == []
        code, out, _ = run("followups", path, "--as-of", "2024-03-25", "--send", "--channel", "wecom")
        assert code == 0 and out.count("已发出") == 2
    said = "".join(message["text"]["content"] for message in server.received)
    assert "A科技公司" in said and "B制造企业" in said and KEY not in out


def test_forms_and_files_of_the_command(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    code, out, _ = run("followups", path, "--as-of", "2024-03-25", "--format", "json", "--owner", "李*")
    assert code == 0 and [line["customer_name"] for line in json.loads(out)] == ["A科技公司"]
    assert (
        run("followups", path, "--as-of", "2024-03-25", "--format", "csv", "-o", tmp_path / "a.csv")[0] == 0
    )
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert run("followups", path, "--owner", "没有")[0] == 2
    assert run("followups", path, "--send")[0] == 2
    assert run("followups", path, "--as-of", "2024-01-01", "--days", "0")[1].strip() != ""


@pytest.mark.parametrize("name", ["客户.xlsx", "另存.XLSM", "旧.ods"])
def test_a_list_never_replaces_a_workbook(name: str, tmp_path: Path) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415 - only the command line is asked here

    from crmsheet.cli import app  # noqa: PLC0415

    book = write_records(tmp_path / "客户.xlsx")
    before = book.read_bytes()
    run = CliRunner().invoke(app, ["followups", str(book), "-o", str(tmp_path / name)])
    assert run.exit_code != 0
    assert book.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["客户.xlsx"]
