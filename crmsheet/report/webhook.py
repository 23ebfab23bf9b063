"""Messages to a group robot of WeCom or DingTalk: its address, its limits, its answers, patience with both."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from crmsheet.data import read_toml
from crmsheet.errors import FileMissing, MessageRefused, UsageError
from crmsheet.report.digest import Message, Style
from crmsheet.report.followups import message_words

VARIABLE, SECRET_VARIABLE = "CRMSHEET_WEBHOOK", "CRMSHEET_WEBHOOK_SECRET"
ATTEMPTS = 5
_MINUTE = 60.0
_TIMEOUT = 15.0
_LOCAL = ("localhost", "127.0.0.1", "::1")
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})

ChannelName = Literal["wecom", "dingtalk"]
Reply = tuple[int, bytes]
Post = Callable[[str, bytes], Reply]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go. The address holds a key: it is never printed, and never comes from a workbook."""

    url: str = field(repr=False)
    channel: ChannelName
    secret: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).hostname or ""


def message_limit(channel: ChannelName, style: Style) -> int:
    """Bytes that one message may have.

    >>> message_limit("wecom", "text"), message_limit("wecom", "markdown")
    (2048, 4096)
    """
    return int(_channels()[channel][style])


def find_webhook(
    environment: Mapping[str, str], *, key_file: Path | None = None, channel: ChannelName | None = None
) -> Webhook:
    """The webhook of a key file (address on the first line, DingTalk's secret on the second), else of
    ``CRMSHEET_WEBHOOK`` (and ``CRMSHEET_WEBHOOK_SECRET``).
    """
    said = message_words()
    if key_file is not None:
        if not key_file.is_file():
            raise FileMissing(path=key_file, near="")
        lines = [line.strip() for line in key_file.read_text(encoding="utf-8-sig").splitlines()]
        url, secret = (*(line for line in lines if line), "", "")[:2]
    else:
        url, secret = environment.get(VARIABLE, "").strip(), environment.get(SECRET_VARIABLE, "").strip()
    if not url:
        raise UsageError(problem=said["no_webhook"])
    _require_safe(url, str(key_file) if key_file else said["from_variable"])
    return Webhook(url, channel or _channel_of(url), secret)


def _require_safe(url: str, source: str) -> None:
    """Encrypted all the way, but for a server on this machine."""
    parts = urllib.parse.urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise UsageError(problem=message_words()["bad_webhook"].format(source=source))


def _channel_of(url: str) -> ChannelName:
    host = urllib.parse.urlsplit(url).hostname
    names: tuple[ChannelName, ...] = ("wecom", "dingtalk")
    for name in names:
        if host == _channels()[name]["host"]:
            return name
    raise UsageError(problem=message_words()["unknown_channel"])


def _channels() -> dict[str, Any]:
    return dict(read_toml("report/channels.toml")["channels"])


@dataclass(slots=True)
class Sender:
    """Sends messages one after another, at most so many a minute, and tries again where that may help."""

    webhook: Webhook
    style: Style = "text"
    post: Post = field(default_factory=lambda: post_json)
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _sent: deque[float] = field(default_factory=deque)

    def send(self, messages: Iterable[Message], *, tell: Callable[[Message], None] = lambda _: None) -> int:
        """Send every message and ``tell`` of each; how many were sent.

        ``MessageRefused`` when the robot will not take one however often it is asked: none is sent after it.
        """
        waiting = list(messages)
        for number, message in enumerate(waiting):
            problem = self._deliver(message)
            if problem:
                left = len(waiting) - number
                raise MessageRefused(host=self.webhook.host, reason=problem, sent=number, left=left)
            tell(message)
        return len(waiting)

    def _deliver(self, message: Message) -> str:
        """What went wrong in the end; blank when the message was taken."""
        body = json.dumps(_payload(self.webhook.channel, self.style, message), ensure_ascii=False).encode()
        problem = ""
        for attempt in range(ATTEMPTS):
            self._respect_limit()
            again, problem, pause = self._attempt(body)
            if not problem or not again:
                return problem
            if attempt + 1 < ATTEMPTS:
                self.wait(pause or 2.0**attempt)
        return problem

    def _attempt(self, body: bytes) -> tuple[bool, str, float]:
        """Whether trying again may help, what went wrong, and how long to wait when the robot says so."""
        try:
            status, answer = self.post(signed(self.webhook, time.time()), body)
        except (OSError, http.client.HTTPException) as reason:
            return True, type(reason).__name__, 0.0  # its words may hold the address
        if status in _TRY_AGAIN:
            return True, f"HTTP {status}", 0.0
        if status != 200:
            return False, f"HTTP {status}", 0.0
        return self._judged(answer)

    def _judged(self, answer: bytes) -> tuple[bool, str, float]:
        try:
            told = json.loads(answer)
            code = int(told["errcode"])
        except (ValueError, KeyError, TypeError):
            return False, self._without_key(answer.decode("utf-8", "replace"))[:80], 0.0
        if code == 0:
            return False, "", 0.0
        busy = code in _channels()[self.webhook.channel]["busy"]
        return (
            busy,
            f"{code} {self._without_key(str(told.get('errmsg', '')))}",
            _MINUTE if busy and code > 0 else 0.0,
        )

    def _without_key(self, text: str) -> str:
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.webhook.url).query)
        for secret in (
            self.webhook.url,
            self.webhook.secret,
            *(key for keys in query.values() for key in keys),
        ):
            text = text.replace(secret, "***") if secret else text
        return text

    def _respect_limit(self) -> None:
        """Wait until another request fits into the last minute."""
        most = int(_channels()[self.webhook.channel]["per_minute"])
        while self._sent and self.clock() - self._sent[0] >= _MINUTE:
            self._sent.popleft()
        if len(self._sent) >= most:
            self.wait(max(_MINUTE - (self.clock() - self._sent[0]), 0.0))
            self._sent.popleft()
        self._sent.append(self.clock())


def _payload(channel: ChannelName, style: Style, message: Message) -> dict[str, Any]:
    if style == "text":
        return {"msgtype": "text", "text": {"content": message.body}}
    if channel == "wecom":
        return {"msgtype": "markdown", "markdown": {"content": message.body}}
    lines = message.body.replace("\n", "  \n")  # DingTalk breaks lines only after two spaces
    return {"msgtype": "markdown", "markdown": {"title": message.title, "text": lines}}


def signed(webhook: Webhook, now: float) -> str:
    """The address as it is called: DingTalk's robots with a secret want the time and its signature."""
    if not webhook.secret:
        return webhook.url
    stamp = str(round(now * 1000))
    digest = hmac.new(webhook.secret.encode(), f"{stamp}\n{webhook.secret}".encode(), hashlib.sha256).digest()
    query = urllib.parse.urlencode({"timestamp": stamp, "sign": base64.b64encode(digest).decode()})
    return f"{webhook.url}{'&' if '?' in webhook.url else '?'}{query}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that sends us elsewhere is not the robot's: messages go nowhere else."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - the library's own signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def post_json(url: str, body: bytes) -> Reply:
    """POST a JSON body; status and answer, whatever the status."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json; charset=utf-8"})
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            return int(answer.status), bytes(answer.read(65_536))
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(65_536)
