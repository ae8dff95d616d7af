"""The whole world of the isolation test: its accounts, its people, and the rows of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.utils import timezone
from djmoney.money import Money

from accounts import staff_roles
from accounts.admin.desk import declared_by
from accounts.deeds import NOBODY
from accounts.doors import Door
from accounts.models import Account
from billing import bank_layouts, contacts
from billing.invoicing import draft_page
from billing.models import (
    BankLine,
    BankUpload,
    BillingRun,
    ChangeRequest,
    Dispute,
    Invoice,
    Line,
    MethodSetup,
    Order,
    RefundAttempt,
    RequestMessage,
    RunDraft,
    RunFailure,
    SandboxCard,
    SandboxCharge,
    SandboxDispute,
)
from billing.models.requests import RequestKind
from tests.admin import book
from tests.billing import plan_book
from tests.billing.running import bill
from tests.factories import CardFactory, SubscriptionFactory, UserFactory, instant
from tests.isolation.addresses import Address
from tests.isolation.people import Persona, people
from tests.isolation.places import Place, Things, places
from tests.isolation.programs import programs
from tests.licensing.owning import own

_FEBRUARY: Final = instant("2026-02-01 06:00")

# What some addresses are asked besides, so that they have an answer.
QUERIES: Final[Mapping[str, str]] = {
    "admin:autocomplete": "app_label=billing&model_name=billingrun&field_name=account&term=a",
}

# What programs send to some addresses, by method, so that it is not wrong by itself.
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "api:member": {"PUT": {"status": "active"}},
    "api:member_level": {"PUT": {"level": "none"}},
    "api:activity": {"POST": {"members": [{"reference": "nobody"}]}},
    "api:contacts": {"POST": {"key": "1", "change": 1}},
}

_OF_OTHERS: Final[Mapping[str, Things]] = {
    "admin:app_list": {"app_label": ("billing",)},
    "billing:level": {"code": ("marketing-plus",)},
    "licensing:release": {"code": ("voice",)},
    "admin:catch_all_view": {"url": ("nothing/",)},
    "admin:RedirectView": {"object_id": (1,)},
    "admin:view_on_site": {"content_type_id": (1,), "object_id": (1,)},
    "account_confirm_email": {"key": ("forged",)},
    "account_reset_password_from_key": {"uidb36": ("1",), "key": ("forged",)},
}


class UnknownArgumentError(LookupError):
    """An address names something of which the world has none."""

    def __init__(self, address: Address, argument: str) -> None:
        super().__init__(
            f"{address}: nobody has said what `{argument}` names. Give each account one, in "
            "`things` of tests/isolation/places.py; what belongs to a person in people.py, what "
            "belongs to the vendor in world.py."
        )


@dataclass(frozen=True)
class World:
    """Everything there is: ``desk`` are the things that are no account's."""

    places: Mapping[str, Place]
    people: Mapping[str, Persona]
    desk: Things

    def named(
        self, argument: str, *, at: Address, door: Door, place: Place, own: Things
    ) -> tuple[object, ...]:
        """What this argument can name at this address: the person's own, or the account's.

        Nothing where this account has none of what others have.
        """
        for known in (_of(at), own, place.things, self.desk):
            if argument in known:
                return known[argument]
        if any(argument in other.things for other in self.places.values()):
            return ()
        if door.model is not None and argument in {"object_id", "id", "_0", "_1"}:
            return _rows(door.model, versions=argument == "_1")
        raise UnknownArgumentError(at, argument)


def world(*, all_of_them: bool = False) -> World:
    """Written down once; everything that is asked of it is rolled back."""
    staff_roles.set_staff_roles(declared_by(admin.site))
    here = places()
    desk = _desk(here)
    found = [*people(here, all_of_them=all_of_them), *programs(here)]
    return World(here, {persona.name: persona for persona in found}, desk)


def _desk(here: Mapping[str, Place]) -> Things:
    """Rows of every page of the desk: what was sold, billed, paid, has failed and is scheduled."""
    (customer,) = book.customers(1)
    run = BillingRun.objects.latest("pk")
    book.beside(1)
    plan_book.catalogue(recorded=True)
    for place in here.values():
        SubscriptionFactory(
            account=place.account,
            starts_on=date(2026, 1, 1),
            items={"desk-seat": 1, "marketing-plus": 1000, "users-plus": 1},
        )
        own(place.account, voice=2, recording=2)
    bill(at=instant("2026-01-01 08:00"))
    dry = BillingRun.objects.create(
        at=_FEBRUARY,
        source=BillingRun.Source.ADMIN,
        state=BillingRun.State.DONE,
        dry_run=True,
        started_at=_FEBRUARY,
    )
    document = draft_page(payer_ids=[customer.pk], at=_FEBRUARY).payers[0].documents[0]
    draft = RunDraft.objects.create(
        run=dry, payer=customer, position=1, document=document.to_json()
    )
    failure = RunFailure.objects.create(
        run=run, payer=customer, reason="No price.", failed_at=_FEBRUARY
    )
    for place in here.values():
        place.things |= _invoices(place.account)
        place.things |= _orders(place.account)
        place.things |= _requests(place)
        contacts.count_anew(
            account_id=place.account.pk, stored=7, at=_FEBRUARY, by=NOBODY, note="Counted"
        )
        place.things |= _methods(place.account)
    return {
        # Of the catalogue, which everybody reads.
        "code": ("desk-seat",),
        "line": ("bundle",),
        "run_id": (run.pk, dry.pk),
        "draft_id": (draft.pk,),
        "failure_id": (failure.pk,),
        "bank_line_id": (BankLine.objects.latest("pk").pk,),
        "upload_id": (_bank_file().pk,),
        "match_id": (BankLine.objects.latest("pk").matches.latest("pk").pk,),
        "dispute_id": (Dispute.objects.latest("pk").pk,),
        "refund_id": (RefundAttempt.objects.latest("pk").pk,),
        "provider": ("sandbox",),
    }


def _bank_file() -> BankUpload:
    """A bank's file that waits until somebody says which column is what."""
    return bank_layouts.keep_file(
        b"When,How much,Number\n2026-02-01,5.00,B-7\n",
        name="february.csv",
        currency="EUR",
        by=UserFactory(),
        at=timezone.now(),
    )


def _orders(account: Account) -> Things:
    """What somebody of the account has ordered, and was declined."""
    order = Order.objects.create(
        account=account,
        payer_id=account.payer_id,
        person=UserFactory(),
        token=f"order of {account.pk}",
        at=_FEBRUARY,
        fingerprint="",
        changes=[["desk-seat", 1, 2]],
        quote={},
        total=Money(10, account.currency),
        pays_by=account.pays_by,
        state=Order.State.DECLINED,
        settled_at=_FEBRUARY,
    )
    return {"order_id": (order.pk,)}


def _methods(account: Account) -> Things:
    """A card that the account keeps, a form for one, and a payment of which its bank asks."""
    method = CardFactory(payer=account)
    setup = MethodSetup.objects.create(
        account=account, person=UserFactory(), gateway="sandbox", begun_at=_FEBRUARY
    )
    back = f"/accounts/{account.pk}/"
    form = SandboxCard.objects.create(key=setup.key, payer=str(account.pk), return_to=back)
    charge = SandboxCharge.objects.create(
        key=f"of {account.pk}",
        token=f"charge-of-{account.pk}",
        payer=str(account.pk),
        currency=account.currency,
        amount=10,
        outcome=SandboxCharge.Outcome.WAITS,
        return_to=back,
    )
    dispute = SandboxDispute.objects.create(charge=charge, state=SandboxDispute.State.OPEN)
    return {
        "method_id": (method.pk,),
        "setup_id": (setup.pk,),
        "card_token": (form.token,),
        "charge_token": (charge.token,),
        "dispute_token": (dispute.token,),
    }


def _requests(place: Place) -> Things:
    """What somebody of the account asks of support, in words of their own."""
    request = ChangeRequest.objects.create(
        account=place.account,
        kind=RequestKind.QUESTION,
        notes=place.name("question"),
        contact_email=place.email("contact"),
        source=ChangeRequest.Source.PORTAL,
        opened_at=_FEBRUARY,
        since=_FEBRUARY,
    )
    request.messages.create(
        deed=RequestMessage.Deed.OPENED,
        at=_FEBRUARY,
        author_name=place.name("asker"),
        text=place.name("question"),
    )
    return {"request_id": (request.pk,)}


def _invoices(account: Account) -> Things:
    """The account's invoice and a line of it, where it pays for itself."""
    invoice = Invoice.objects.filter(payer=account).first()
    if invoice is None:
        return {}
    line = Line.objects.filter(bill__invoice=invoice)[0]
    return {"invoice_id": (invoice.pk,), "line_id": (line.pk,)}


def _of(address: Address) -> Things:
    """What the arguments of some addresses of others name."""
    return _OF_OTHERS.get(address.name, {})


def _rows(model: type[models.Model], *, versions: bool) -> tuple[object, ...]:
    """The latest row of this model and the first; or the latest entry of the latter's log."""
    rows: Any = model._default_manager.order_by("-pk")
    if not versions:
        return (rows[0].pk, rows.last().pk)
    return (rows[0].history.latest("history_id").history_id,)
