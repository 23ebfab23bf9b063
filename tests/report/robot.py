"""A group robot on this machine: plays the answers of WeCom and DingTalk, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OK = (200, {"errcode": 0, "errmsg": "ok"})
TOO_OFTEN = (200, {"errcode": 45009, "errmsg": "api freq out of limit"})
DING_TOO_OFTEN = (200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
NO_SUCH_ROBOT = (200, {"errcode": 93000, "errmsg": "invalid webhook url, key KEY-5f3a"})
BROKEN = (502, {"message": "bad gateway"})
ELSEWHERE = (302, {"location": "/elsewhere"})
KEY = "KEY-5f3a"


@dataclass
class Robot:
    """``answers`` are given one after another, the last one for good."""

    answers: list[tuple[int, dict[str, Any]]]
    url: str = ""
    paths: list[str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> tuple[int, dict[str, Any]]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def robot(*answers: tuple[int, dict[str, Any]]) -> Iterator[Robot]:
    state = Robot(list(answers or (OK,)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.paths.append(self.path)
            state.received.append(json.loads(body))
            status, told = state.next()
            answer = json.dumps(told).encode()
            self.send_response(status)
            if "location" in told:
                self.send_header("Location", told["location"])
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/cgi-bin/webhook/send?key={KEY}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
