"""The client of docs/api_client.py against a real server, also where answers are lost. API-2."""

from __future__ import annotations

import http.client
import importlib.util
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Account, Member
from billing import contacts
from billing.models import UsageRecord
from tests.api.programs import Program
from tests.factories import MemberFactory
from tests.licensing.usage_book import STT, licensed, limited

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

PATH = Path(__file__).resolve().parents[2] / "docs" / "api_client.py"


def _module() -> Any:
    spec = importlib.util.spec_from_file_location("api_client", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


api_client = _module()


class Losing(BaseHTTPRequestHandler):
    """Passes everything on, and loses the first answer after what was asked is done."""

    protocol_version = "HTTP/1.1"
    site = ""
    lost: list[str] = []

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        onward = http.client.HTTPConnection(self.site)
        headers = {key: value for key, value in self.headers.items() if key != "Host"}
        onward.request(self.command, self.path, body, headers)
        answer = onward.getresponse()
        content = answer.read()
        if not self.lost:
            self.lost.append(self.path)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _pass

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to say."""


@pytest.fixture
def account() -> Account:
    cache.clear()
    return licensed()


@pytest.fixture
def client(live_server: Any, account: Account) -> Iterator[Any]:
    made = api_client.Client(live_server.url, key=Program(account).token, wait=0.01)
    yield made
    made.close()


@pytest.fixture
def losing(live_server: Any, account: Account) -> Iterator[Any]:
    """A client whose first answer is lost."""
    handler = type("Once", (Losing,), {"site": live_server.url.partition("//")[2], "lost": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    made = api_client.Client(address, key=Program(account).token, wait=0.01)
    yield made
    made.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_asks_reports_and_keeps_members_in_step(client, account):  # API-1, API-2, API-3
    before = client.entitlements(account.pk)
    same = client.entitlements(account.pk)
    told = client.report(account=account.pk, service=STT.value, quantity=12)
    uses = [api_client.use(account=account.pk, service=STT.value, quantity=1) for _ in range(3)]
    many = client.report_many([*uses, uses[0]])
    client.write_member(account.pk, "u 7/ä".replace("/", "-"), name="Jana", status="suspended")
    client.write_member(account.pk, "u-8", name="Karel")
    activity = client.report_activity(
        account.pk, [{"reference": "u-8", "last_active_at": "2026-02-14T12:00:00Z"}]
    )

    assert same is before  # 304: what was answered the last time
    assert (told["outcome"], told["used"]) == ("accepted", 12)
    assert [one["outcome"] for one in many] == ["accepted", "accepted", "accepted", "duplicate"]
    after = client.entitlements(account.pk)["services"][0]
    assert (after["code"], after["used"]) == (STT.value, 15)
    assert [one["reference"] for one in client.members(account.pk)] == ["u 7-ä", "u-8"]
    assert activity == {"members": 1, "days": 0}
    assert client.entitlements(account.pk, "u-8")["member"]["usable"] is True


def test_it_reads_every_page_of_members(client, account):  # API-3
    for number in range(3):
        MemberFactory(account=account, reference=f"u-{number}")
    pages = [client.ask("GET", f"/accounts/{account.pk}/members?limit=2")]

    assert len(pages[0]["members"]) == 2
    assert [one["reference"] for one in client.members(account.pk)] == ["u-0", "u-1", "u-2"]


def test_a_refusal_says_why_in_numbers(client, account):  # API-2, ALL-4
    limited(account, STT, 0)

    with pytest.raises(api_client.Refused) as refused:
        client.report(account=account.pk, service=STT.value, quantity=5001)
    with pytest.raises(api_client.Refused) as unknown:
        client.entitlements(10**9)

    assert (refused.value.status, refused.value.kind) == (409, "limit")
    assert refused.value.problem["limit"]["limit"] == 5000
    assert (unknown.value.status, unknown.value.kind) == (404, "not-found")


def test_a_lost_answer_is_asked_for_again_and_counts_once(losing, account):  # API-2
    told = losing.report(account=account.pk, service=STT.value, quantity=7)

    assert told["outcome"] == "duplicate"
    assert [one.quantity for one in UsageRecord.objects.all()] == [7]


def test_a_member_whose_answer_is_lost_is_added_once(losing, account):  # API-3
    losing.write_member(account.pk, "u-7", name="Jana")

    assert Member.objects.count() == 1
    assert contacts.stored_by(account.pk) == 0


def test_it_waits_as_long_as_it_is_told(client, account, settings, monkeypatch):  # API-4
    settings.API_REQUESTS_A_MINUTE = 1
    waits: list[float] = []
    clock = type("Clock", (), {"sleep": staticmethod(waits.append)})
    monkeypatch.setattr(api_client, "time", clock)

    client.entitlements(account.pk)
    with pytest.raises(api_client.Refused) as refused:
        client.entitlements(account.pk)

    assert refused.value.kind == "too-many"
    assert len(waits) == api_client.TRIES - 1
    assert all(0 < one <= 60 for one in waits)
