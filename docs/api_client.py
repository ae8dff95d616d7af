"""A client for the Seatledger API, with Python's standard library alone. Copy it and change it.

    client = Client("https://billing.example.com", key="sl_…")
    if client.entitlements(17)["conversations"]["free"]:
        ...
    client.report(account=17, service="ai-topics", quantity=3)

It keeps its connection open, asks again with the same key after a failure, so nothing counts twice,
waits where it is told to, and asks for entitlements with the mark of the last answer. A connection
belongs to one thread: give each thread a client of its own.
"""

from __future__ import annotations

import http.client
import json
import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TRIES = 5
LONGEST_WAIT = 60.0  # seconds
# What may be different a moment later; everything else is answered the same again.
PASSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class Refused(Exception):
    """The API's problem details: ``detail`` says what is so and what to do next."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail", ""))
        self.status: int = problem.get("status", 0)
        self.kind: str = str(problem.get("type", "")).rpartition("#problem-")[2]
        self.problem = problem


class Client:
    """Asks one site with one key."""

    def __init__(self, site: str, *, key: str, timeout: float = 10, wait: float = 0.2) -> None:
        """``timeout`` and ``wait``, before the first repetition, are seconds."""
        self._site, self._key, self._timeout, self._wait = urlsplit(site), key, timeout, wait
        self._connection: http.client.HTTPConnection | None = None
        self._known: dict[str, tuple[str, Any]] = {}

    # ---- what one asks ----

    def entitlements(self, account: int, member: str | None = None) -> dict[str, Any]:
        """What an account, or one of its members, may use now."""
        who = f"/members/{quote(member, safe='')}" if member else ""
        return self._kept(f"/accounts/{account}{who}/entitlements")

    def report(
        self,
        *,
        account: int,
        service: str,
        quantity: int,
        key: str = "",
        at: datetime | None = None,
    ) -> dict[str, Any]:
        """Report one use. `Refused` where the limit has no room: nothing was counted."""
        said = use(account=account, service=service, quantity=quantity, key=key, at=at)
        return self.ask("POST", "/usage", said)

    def report_many(self, uses: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Report up to 500 uses made by `use`; what became of each, in their order."""
        answer = self.ask("POST", "/usage/batch", {"records": list(uses)})
        return list(answer["results"])

    def members(self, account: int) -> Iterator[dict[str, Any]]:
        """Every member of an account, read page by page."""
        after: str | None = ""
        while after is not None:
            query = urlencode({"limit": 500, "after": after})
            page = self.ask("GET", f"/accounts/{account}/members?{query}")
            yield from page["members"]
            after = page["next"]

    def write_member(self, account: int, reference: str, **wanted: Any) -> dict[str, Any]:
        """Add a member, or change what is named: name, email, bot, status, last_active_at."""
        path = f"/accounts/{account}/members/{quote(reference, safe='')}"
        return self.ask("PUT", path, wanted)

    def give_level(self, account: int, reference: str, level: str) -> dict[str, Any]:
        """Make a member an agent or a viewer of Conversations, or take it away with none."""
        path = f"/accounts/{account}/members/{quote(reference, safe='')}/conversations"
        return self.ask("PUT", path, {"level": level})

    def report_activity(self, account: int, members: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Report when up to 500 members were last active, and what they did day by day."""
        return self.ask("POST", f"/accounts/{account}/activity", {"members": list(members)})

    def change_contacts(self, account: int, change: int, *, key: str = "") -> dict[str, Any]:
        """Add so many contacts, or below zero remove them: all of them or none."""
        said = {"key": key or new_key(), "change": change}
        return self.ask("POST", f"/accounts/{account}/contacts", said)

    # ---- how it is asked ----

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        """Ask once, and again where that may help; `Refused` for what stays so."""
        _, _, answer = self._ask(method, path, said, {})
        return answer

    def _kept(self, path: str) -> Any:
        """What was answered the last time, where that is still so."""
        mark, known = self._known.get(path, ("", None))
        asks = {"If-None-Match": mark} if mark else {}
        status, headers, answer = self._ask("GET", path, None, asks)
        if status == 304:
            return known
        if headers.get("ETag"):
            self._known[path] = headers["ETag"], answer
        return answer

    def _ask(
        self, method: str, path: str, said: Any, more: Mapping[str, str]
    ) -> tuple[int, http.client.HTTPMessage, Any]:
        body = None if said is None else json.dumps(said).encode()
        for tried in range(1, TRIES + 1):
            try:
                status, headers, answer = self._send(method, path, body, more)
            except (OSError, http.client.HTTPException):
                # Nobody knows whether it was done: the same key again counts it once.
                self.close()
                if tried == TRIES:
                    raise
                time.sleep(self._pause(tried, ""))
                continue
            if status not in PASSES or tried == TRIES:
                break
            time.sleep(self._pause(tried, headers.get("Retry-After", "")))
        if status >= 400:
            raise Refused(answer if isinstance(answer, dict) else {"status": status})
        return status, headers, answer

    def _send(
        self, method: str, path: str, body: bytes | None, more: Mapping[str, str]
    ) -> tuple[int, http.client.HTTPMessage, Any]:
        if self._connection is None:
            kind = (
                http.client.HTTPSConnection
                if self._site.scheme == "https"
                else http.client.HTTPConnection
            )
            self._connection = kind(self._site.netloc, timeout=self._timeout)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._connection.request(method, f"/api/v1{path}", body, {**headers, **more})
        response = self._connection.getresponse()
        content = response.read()
        told = "json" in response.headers.get("Content-Type", "")
        return response.status, response.headers, json.loads(content) if told and content else None

    def _pause(self, tried: int, told: str) -> float:
        """As long as was told; else twice as long each time, and not all programs at once."""
        if told.isdecimal():
            return min(float(told), LONGEST_WAIT)
        wait = self._wait * 2 ** (tried - 1)
        return min(random.uniform(wait / 2, wait), LONGEST_WAIT)

    def close(self) -> None:
        """Close the connection; the next question opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def use(
    *, account: int, service: str, quantity: int, key: str = "", at: datetime | None = None
) -> dict[str, Any]:
    """A use, with a key that counts it once however often it is sent: make it once and keep it."""
    return {
        "account": account,
        "service": service,
        "key": key or new_key(),
        "at": (at or datetime.now(UTC)).isoformat(),
        "quantity": quantity,
    }


def new_key() -> str:
    """A key that nothing else has."""
    return str(uuid.uuid4())
