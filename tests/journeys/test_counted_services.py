"""A winter of counted services: used to the stop, raised, used on, fresh next month, and billed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from billing.auditing import audit
from billing.core.scenario_answer import answer
from billing.core.scenario_reading import read
from billing.core.scenario_telling import tell
from billing.models import Line
from licensing.limits import set_limit
from licensing.usage import Counted, Outcome
from tests.billing.running import bill
from tests.factories import SellerFactory, TaxRateFactory, instant
from tests.licensing.usage_book import QA, ROUTING, STT, licensed, told, use, used
from tests.standing import chief

pytestmark = [pytest.mark.django_db(databases=["default", "readonly"])]

ARREARS = {"timing": "arrears", "basis": "metered"}
PACK = {"model": "package", "amount": "25.00", **ARREARS}
# What an account of the book holds, as `simulate` is told.
STORY: dict[str, Any] = {
    "account": {"time_zone": "UTC", "currency": "EUR", "country": "CZ", "tax_id": None,
                "discount_percent": "0"},
    "seller": {"country": "CZ", "tax_rates": {"CZ": "21"}},
    "cycle": {"start": "2026-01-01", "interval": "month", "anchor_day": 1},
    "catalogue": {
        "speech-to-text": {"price": {"model": "flat", "amount": "50.00", "timing": "arrears",
                                     "basis": "peak"}},
        STT: {"price": {"model": "per_unit", "amount": "0.01", "allowance": 5000, **ARREARS}},
        "power-packs": {"price": {"model": "flat", "amount": "0.00", "timing": "arrears",
                                  "basis": "peak"}},
        ROUTING: {"price": {"size": 1000, **PACK}},
        QA: {"price": {"size": 200, **PACK}},
    },
    "events": [
        {"at": "2026-01-01", "product": "speech-to-text", "quantity": 1},
        {"at": "2026-01-01", "product": "power-packs", "quantity": 1},
    ],
    "until": "2026-03-01",
}  # fmt: skip


def simulated(counted: list[Counted]) -> list[tuple[str, str, str, str]]:
    """The lines of every invoice of the story in which just this was used."""
    usage = [
        {"at": one.record.at.isoformat(), "product": one.record.service,
         "quantity": one.record.quantity}
        for one in counted if one.outcome is Outcome.ACCEPTED
    ]  # fmt: skip
    told_by_core: dict[str, Any] = answer(tell(read(json.dumps(STORY | {"usage": usage}))))
    return [
        (line["from"], line["product"], line["quantity"], line["amount"])
        for invoice in told_by_core["invoices"]
        for line in invoice["lines"]
    ]


def billed() -> list[tuple[str, str, str, str]]:
    rows = Line.objects.order_by("bill__at", "bill", "position")
    return [
        (one.starts_on.isoformat(), one.product_code, str(one.quantity), f"{one.amount:.2f}")
        for one in rows
    ]


def test_used_to_the_stop_raised_used_on_and_fresh_next_month():  # LIC-9, LIC-10, LIC-11
    SellerFactory()
    TaxRateFactory()
    account = licensed()
    here = chief(account)
    bill(at=instant("2026-01-01"))
    for service, over in ((STT, 2000), (QA, 1), (ROUTING, None)):
        set_limit(here=here, service=service, over=over, at=instant("2026-01-01 09:00"))
    counted = []

    def report(service: Any, quantity: int, at: str) -> str:
        counted.append(use(account, service, quantity, key=f"{service} {at}", at=instant(at)))
        return str(counted[-1].outcome)

    # January: minutes stop at 7,000, reviews at 200; routed e-mails never do.
    assert [report(STT, 2500, f"2026-01-{day:02}") for day in (7, 14, 21)] == [
        *("accepted", "accepted", "refused"),
    ]  # fmt: skip
    assert report(STT, 2000, "2026-01-22") == "accepted"
    assert [report(QA, 150, f"2026-01-{day:02}") for day in (8, 15)] == ["accepted", "refused"]
    assert report(ROUTING, 2001, "2026-01-23") == "accepted"
    set_limit(here=here, service=QA, over=2, at=instant("2026-01-16"))
    # The same report comes again by its key, once there is room for it.
    counted.append(
        use(account, QA, 150, key=f"{QA} 2026-01-15", at=instant("2026-01-15"),
            now=instant("2026-01-16 10:00"))
    )  # fmt: skip
    assert counted[-1].outcome is Outcome.ACCEPTED
    # Minutes: one use did not fit, and a smaller one reached the stop.
    assert told(account) == [
        *((STT, 50), (STT, 100), (STT, 100), (QA, 75), (QA, 100), (QA, 75)),
    ]  # fmt: skip

    bill(at=instant("2026-02-01"))
    # February begins at zero with the same limits.
    assert report(STT, 6000, "2026-02-03") == "accepted"
    assert report(QA, 300, "2026-02-04") == "accepted"
    bill(at=instant("2026-03-01"))

    assert [*used(account, STT).values()] == [7000, 6000]
    assert billed() == simulated(counted)
    assert billed()[:4] == [
        ("2026-01-01", "speech-to-text", "1", "50.00"),
        ("2026-01-01", STT, "2000", "20.00"),
        ("2026-01-01", ROUTING, "2001", "75.00"),
        ("2026-01-01", QA, "300", "50.00"),
    ]
    assert [str(one) for one in audit()] == []
