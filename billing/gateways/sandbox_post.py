"""The sandbox's post office: signed webhooks, sent to the address at which the site receives them.

Late ones wait, and some are sent twice, as real ones do.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from billing.gateways.base import BadSignature, Told, dispute_named
from billing.models import SandboxCharge, SandboxDispute, SandboxMessage

logger = logging.getLogger(__name__)

NAME: Final = "sandbox"
HEADER: Final = "Sandbox-Signature"
# An older message may be a copy that somebody has kept.
TOLERANCE: Final = timedelta(minutes=5)
LATE: Final = 3  # minutes
EVIDENCE: Final = timedelta(days=7)
_AGAIN: Final = timedelta(minutes=1)
_MOST_TRIES: Final = 60
_TIMEOUT: Final = 10
_SALT: Final = "billing.sandbox.webhooks"


def owe(kind: str, key: str, *, delay: int = 0, times: int = 1) -> None:
    """Owe the site a message about what has this key, so many minutes later, so many times."""
    SandboxMessage.objects.create(kind=kind, key=key, delay=delay, times=times)


def deliver(*, at: datetime, most: int = 100) -> int:
    """Send the messages that are due; how many arrived. Call it outside any transaction.

    One that does not arrive is sent again a minute later, for an hour.
    """
    for message in SandboxMessage.objects.filter(due_at=None, times__gt=0):
        due = at + timedelta(minutes=message.delay)
        SandboxMessage.objects.filter(pk=message.pk).update(due_at=due)
    waiting = Q(times__gt=0, due_at__lte=at, tries__lt=_MOST_TRIES)
    arrived = 0
    for message in SandboxMessage.objects.filter(waiting).order_by("due_at", "pk")[:most]:
        mine = SandboxMessage.objects.filter(waiting, pk=message.pk).update(
            due_at=at + _AGAIN, tries=F("tries") + 1
        )
        if mine:
            arrived += _send(message, at=at)
    return arrived


def _send(message: SandboxMessage, *, at: datetime) -> int:
    """Send it as often as it is owed; how often it arrived."""
    charges = SandboxCharge.objects.filter(key=message.key)
    charges.filter(outcome=SandboxCharge.Outcome.SETTLING).update(
        outcome=SandboxCharge.Outcome.CHARGED
    )
    _evidence_is_due(message.key, at=at)
    arrived = 0
    for _ in range(message.times):
        if not _post(body_of(message), at=at):
            break
        arrived += 1
    SandboxMessage.objects.filter(pk=message.pk).update(times=F("times") - arrived)
    return arrived


def _evidence_is_due(key: str, *, at: datetime) -> None:
    """The time for evidence starts when a dispute is first told of."""
    number = dispute_named(key).rpartition("-")[2]
    if key.startswith("dispute-") and number.isdecimal():
        untold = SandboxDispute.objects.filter(pk=number, evidence_by=None)
        untold.update(evidence_by=at + EVIDENCE)


def body_of(message: SandboxMessage) -> bytes:
    """The message as it is sent."""
    told = {"id": message.event_id, "kind": message.kind, "key": message.key}
    return json.dumps(told, sort_keys=True).encode()


def _post(body: bytes, *, at: datetime) -> bool:
    address = f"{settings.SITE_URL}{reverse('billing:webhook', args=[NAME])}"
    headers = {"Content-Type": "application/json", HEADER: sign(body, at=at)}
    try:
        with urlopen(Request(address, body, headers), timeout=_TIMEOUT):
            return True
    except (URLError, OSError) as problem:
        logger.warning("sandbox webhook not delivered address=%s problem=%s", address, problem)
        return False


def sign(body: bytes, *, at: datetime) -> str:
    """The header by which the site knows from whom the body is, and of when."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_signature(moment, body)}"


def read(body: bytes, headers: Mapping[str, str], *, at: datetime) -> Told:
    """What the message says; `BadSignature` where the bank has not signed it just now."""
    given = dict(part.partition("=")[::2] for part in headers.get(HEADER, "").split(","))
    moment = given.get("t", "")
    if not hmac.compare_digest(given.get("v1", "").encode(), _signature(moment, body).encode()):
        raise BadSignature("It is not signed by the sandbox.")
    if abs(at - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        raise BadSignature(f"It was signed at {moment}, which is too long ago.")
    told = json.loads(body)
    return Told(id=told["id"], kind=told["kind"], key=told["key"])


def _signature(moment: str, body: bytes) -> str:
    signed = f"{moment}.".encode() + body
    return salted_hmac(_SALT, signed, algorithm="sha256").hexdigest()
