"""Requests in tests: a customer on a plan with people who take its seats, and what they ask for."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.access import Standing
from accounts.models import User
from billing import applying, checkout, requests
from billing.models import ChangeRequest, Product
from billing.requested import Asked, quoted_request
from tests.billing import plan_book
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    UserFactory,
    instant,
)
from tests.standing import chief

OPENS = instant("2026-01-31 08:00")
NOW = instant("2026-02-14 12:00")  # 14 of 28 days are left
RENEWAL = date(2026, 2, 28)
RENEWED = instant("2026-02-28 08:00")


def catalogue() -> None:
    """The plans of `plan_book`, and seats of the legacy product at 19.00; written down once."""
    if Product.objects.filter(code="seats").exists():
        return
    SellerFactory()
    TaxRateFactory()
    plan_book.catalogue()
    PriceFactory(code="seats", amount="19.00", decrease="by_request")
    Product.objects.filter(code="seats").update(
        family="conversations", who_may_buy=Product.Who.PRIMARY, unit_en="seat|seats"
    )


def customer(*, people: int = 1, items: dict[str, int] | None = None, **traits: Any) -> Standing:
    """Marketing Pro with 2,500 contacts, 5 seats, an add-on and 8 legacy seats, billed and paid.

    The primary account admin, Jana, is one of the ``people`` who take a user seat.
    """
    catalogue()
    account = AccountFactory(
        name="Nováková Design", **{"time_zone": "Europe/Prague", "pays_by": "transfer", **traits}
    )
    here = chief(account, name="Jana")
    for name in ("Petr", "Eva", "Ivo", "Ota", "Ada", "Bea")[: people - 1]:
        MemberFactory(account=account, name=name)
    held = {"marketing-pro": 2500, "users-pro": 5, "extra": 1, "seats": 8}
    SubscriptionFactory(account=account, starts_on=OPENS.date(), anchor_day=31, items=items or held)
    bill(at=OPENS)
    return here


def customer_of_today(**traits: Any) -> Standing:
    """The same, whose cycle has begun ten days ago: for pages, which read the clock."""
    catalogue()
    account = AccountFactory(name="Nováková Design", **{"pays_by": "transfer", **traits})
    found = chief(account, name="Jana")
    began = timezone.now() - timedelta(days=10)
    SubscriptionFactory(
        account=account,
        starts_on=began.date(),
        items={"marketing-pro": 2500, "users-pro": 5, "extra": 1, "seats": 8},
    )
    bill(at=began + timedelta(hours=12))
    return found


def product(code: str) -> Product:
    return Product.objects.get(code=code)


def asked(kind: str, code: str = "", quantity: int | None = None, **more: Any) -> Asked:
    return Asked(
        kind=kind,
        contact_email=more.pop("contact_email", "jana@example.com"),
        product=product(code) if code else None,
        quantity=quantity,
        **more,
    )


def opened(
    here: Standing, kind: str, code: str = "", quantity: int | None = None, **more: Any
) -> ChangeRequest:
    at = more.pop("at", NOW)
    return requests.open_request(
        here=here, asked=asked(kind, code, quantity, **more), key=secrets.token_hex(8), at=at
    )


def support() -> User:
    person: User = UserFactory(name="Simon Support", staff=True)
    return person


def seen(request: ChangeRequest, *, at: datetime = NOW) -> str:
    """What the desk's page gives back of the quote that it has shown."""
    _, quoted = quoted_request(requests_row(request), at=at)
    return checkout.shown(quoted)


def requests_row(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.select_related("account__payer", "product").get(pk=request.pk)


def applied(request: ChangeRequest, *, by: User | None = None, at: datetime = NOW) -> ChangeRequest:
    return applying.apply(
        request_id=request.pk, seen=seen(request, at=at), by=by or support(), at=at
    )
