"""What goes wrong in a window while nobody looks: each of it fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# Said of every refused answer besides; the answer itself says more.
ECHO = "Failed to load resource"
# A request that the page gave up, because it went elsewhere or because a download began.
GIVEN_UP = "net::ERR_ABORTED"


@dataclass
class Mishaps:
    """Errors and warnings of the console (a breach of the policy is one), scripts that failed,
    answers that refuse, and requests that got none."""

    found: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("response", self._answered)
        context.on("requestfailed", self._unanswered)

    def leave(self, context: BrowserContext) -> None:
        """Watch it no more; one that is closed need not be left."""
        context.remove_listener("console", self._said)
        context.remove_listener("weberror", self._failed)
        context.remove_listener("response", self._answered)
        context.remove_listener("requestfailed", self._unanswered)

    @contextmanager
    def expected(self, status: int) -> Iterator[None]:
        """Within it an answer of this status is what the test is about, and has to come."""
        before = len(self.refused)
        yield
        others = [it for it in self.refused[before:] if it[0] != status]
        assert len(self.refused) - before > len(others), f"No answer had the status {status}."
        self.refused[before:] = others

    @property
    def none(self) -> bool:
        return not self.found and not self.refused

    def take(self) -> list[str]:
        """Says all of them, and forgets them."""
        taken = self.found + [f"answered {status}: {what}" for status, what in self.refused]
        self.found, self.refused = [], []
        return taken

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(ECHO):
            self.found.append(f"console {message.type}: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.found.append(f"script failed: {error.error.name}: {error.error.message}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.append((response.status, f"{response.request.method} {response.url}"))

    def _unanswered(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self.found.append(f"no answer: {request.method} {request.url}: {request.failure}")
