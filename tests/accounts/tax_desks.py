"""Whom tests ask about tax IDs: somebody with ready answers, and a VIES of their own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from django.db import connection

from accounts.tax_checks.base import Answer
from accounts.tax_ids import UNION


class Ready:
    """Answers from a list, and remembers what it was asked; unknown for what it has not."""

    name = "Ready"
    countries = UNION

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []

    def ask(self, number: str) -> Answer:
        if connection.in_atomic_block:
            raise RuntimeError("A check may take seconds: never inside a transaction.")
        self.asked.append(number)
        return self.answers.get(number, Answer.UNKNOWN)


@contextmanager
def vies_at(answers: Mapping[str, tuple[int, object]], *, slow: float = 0) -> Iterator[str]:
    """The address of a service that gives these statuses and bodies by path, all others 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(slow)
            status, said = answers.get(self.path, (404, ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said.encode() if isinstance(said, str) else json.dumps(said).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test reads answers, not a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
