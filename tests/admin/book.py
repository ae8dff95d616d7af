"""The book on the desk in tests: sold, clicked, used, billed and paid by the real verbs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from djmoney.money import Money

from accounts import api_keys, people, visits
from accounts.deeds import NOBODY
from accounts.models import Account, Member, User
from accounts.scopes import Scope
from billing import (
    collecting,
    contacts,
    crediting,
    dealing,
    events,
    matching,
    meters,
    receivables,
    refunding,
)
from billing.gateways.base import RefundRefused
from billing.gateways.sandbox import SandboxGateway
from billing.matching import Kind, Target
from billing.models import (
    AutoUpgrade,
    BankImport,
    BillingRun,
    ChangeRequest,
    Dispute,
    Feature,
    Invoice,
    LevelFeature,
    Order,
    Payment,
    PaymentAttempt,
    PlanLevel,
    PlanLine,
    Price,
    Product,
    Subscription,
    TaxRate,
    Trial,
    WebhookReceived,
)
from billing.models.requests import RequestKind
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    TierFactory,
    UserFactory,
    instant,
)

OPENING = date(2026, 1, 31)
RENEWAL = instant("2026-02-28 06:00")


def catalogue() -> dict[str, Any]:
    """One price of each way to charge, by its product's code."""
    SellerFactory()
    TaxRateFactory(percent=Decimal("21"))
    prices = {
        "voice": PriceFactory(code="voice", peak=True, amount=Decimal("30.00")),
        "stt": PriceFactory(code="stt", metered=True, amount=Decimal("0.01"), allowance=5000),
        "agent": PriceFactory(code="agent", members=True, amount=Decimal("24.00")),
        "seat": PriceFactory(code="seat", amount=Decimal("19.00")),
        "contacts": PriceFactory(code="contacts", volume=True),
        "calls": PriceFactory(code="calls", model=Price.Model.TIERED, amount=None),
        "packs": PriceFactory(
            code="packs", model=Price.Model.PACKAGE, amount=Decimal("7.50"), size=1000
        ),
        "support": PriceFactory(code="support", flat=True, amount=Decimal("99.00")),
    }
    TierFactory(price=prices["contacts"], up_to=1000, unit=0, flat=Decimal("49.00"))
    TierFactory(price=prices["contacts"], up_to=2500, unit=0, flat=Decimal("98.00"))
    TierFactory(price=prices["calls"], up_to=100, unit=Decimal("1.00"), flat=0)
    TierFactory(price=prices["calls"], up_to=None, unit=Decimal("0.50"), flat=Decimal("5.00"))
    return prices


def told(**details: object) -> Subscription:
    """The story of an account that holds one of each, up to its first renewal, billed."""
    catalogue()
    account = AccountFactory(name="Alfa Telefon", time_zone="Europe/Prague", **details)
    anna: User = UserFactory(name="Anna Nováková")
    subscription = SubscriptionFactory(
        account=account,
        starts_on=OPENING,
        anchor_day=31,
        items={
            **{"seat": 3, "contacts": 1000, "calls": 120, "packs": 2500, "support": 1},
            **{"voice": 2, "agent": 0, "stt": 0},
        },
        by=anna,
        cause="Cart confirmed",
    )
    ann = MemberFactory(account=account, name="Ann", at=instant("2026-02-03"))
    MemberFactory(account=account, name="Bob", at=instant("2026-02-21"))
    people.set_status(
        member_id=ann.pk, status=Member.Status.SUSPENDED, at=instant("2026-02-20"), by=anna
    )
    for moment, changes in (
        ("2026-02-10 13:00", {"seat": 5}),
        ("2026-02-12 09:00", {"voice": 9}),
        ("2026-02-15 09:00", {"contacts": 2500}),
        ("2026-02-20 09:00", {"voice": 4}),
        ("2026-02-22 09:00", {"seat": 2}),
    ):
        events.record(subscription_id=subscription.pk, changes=changes, at=instant(moment), by=anna)
    for key, quantity in (("call-1", 5000), ("call-2", 200)):
        meters.add(
            account_id=account.pk,
            subscription_id=subscription.pk,
            product="stt",
            key=key,
            at=instant("2026-02-15 10:00"),
            quantity=quantity,
        )
    bill(at=RENEWAL)
    return subscription


def customers(count: int) -> list[Any]:
    """So many customers with a seat each, billed for January and paid by card."""
    if not Price.objects.filter(product__code="desk-seat").exists():
        SellerFactory()
        PriceFactory(code="desk-seat", amount=Decimal("10.00"))
    found = [AccountFactory() for _ in range(count)]
    for account in found:
        SubscriptionFactory(account=account, items={"desk-seat": 1})
    bill(at=instant("2026-01-01 06:00"))
    collecting.collect(clock=clock(instant("2026-01-01 07:00")), gateway=SandboxGateway())
    return found


def paid_for(payer: Account, count: int) -> list[Any]:
    """So many clients of this payer, with a seat each from February on."""
    found = [AccountFactory(client=True, paid_by=payer) for _ in range(count)]
    for account in found:
        SubscriptionFactory(account=account, starts_on=date(2026, 2, 1), items={"desk-seat": 1})
    return found


def beside(count: int) -> None:
    """Rows of the pages that a customer alone does not fill."""
    for _ in range(count):
        number = Price.objects.count() + 1
        PriceFactory(code=f"beside-{number}", valid_from=date(2030, 1, 1))
        TaxRate.objects.create(
            country="SK", percent=Decimal(20), valid_from=date(2030 + number, 1, 1)
        )
        UserFactory()
        _plan(number)
        _corrected(number)
        _came_in(number)
        run = BillingRun.objects.create(
            at=RENEWAL,
            source=BillingRun.Source.BEAT,
            state=BillingRun.State.DONE,
            started_at=RENEWAL,
            started_by=UserFactory(),
        )
        run.pages.create(
            number=1, first_payer=1, last_payer=1, payers=1, invoices=1, amounts={"EUR": "10.00"}
        )
        crontab = CrontabSchedule.objects.create(minute=str(number % 60), hour=str(number // 60))
        IntervalSchedule.objects.create(every=number, period=IntervalSchedule.MINUTES)
        PeriodicTask.objects.create(name=f"task {number}", task="billing.tasks.x", crontab=crontab)
        visits.begin(
            member_id=MemberFactory().pk, person=UserFactory(staff=True), reason="7", at=RENEWAL
        )
        WebhookReceived.objects.create(
            gateway="sandbox",
            event_id=f"beside-{number}",
            kind="charge.charged",
            key=f"order-{number}-1",
            received_at=RENEWAL,
            next_try_at=RENEWAL,
        )
        buyer = _ordered(number)
        ChangeRequest.objects.create(
            account=buyer,
            kind=RequestKind.QUESTION,
            contact_email="asks@example.com",
            source=ChangeRequest.Source.PORTAL,
            opened_at=RENEWAL,
            since=RENEWAL,
        )
        Trial.objects.create(
            account=buyer,
            product=Product.objects.latest("pk"),
            quantity=20,
            keeps=5,
            kept_by=UserFactory(),
            ends_on=date(2026, 3, 1),
            time_zone="UTC",
            granted_at=RENEWAL,
        )
        AutoUpgrade.objects.create(
            account=buyer,
            product=Product.objects.latest("pk"),
            up_to=2500,
            prices=[],
            currency="EUR",
            interval="month",
            agreed_by=UserFactory(),
            agreed_by_name=f"Anna {number}",
            agreed_at=RENEWAL,
            failures=1,
            next_try_at=RENEWAL,
        )
        api_keys.create_for_vendor(
            name=f"Product {number}", allows=[Scope.USAGE_WRITE], at=RENEWAL, by=NOBODY
        )
        contacts.count_anew(
            account_id=buyer.pk, stored=number, at=RENEWAL, by=NOBODY, note="Counted"
        )


def _ordered(number: int) -> Account:
    """Somebody who ordered twice: declined, and charged for what cannot be settled."""
    buyer: Account = AccountFactory()
    for state in (Order.State.DECLINED, Order.State.PAYING):
        order = Order.objects.create(
            account=buyer,
            payer=buyer,
            person=UserFactory(),
            token=f"beside {number} {state}",
            at=RENEWAL,
            fingerprint="",
            changes=[],
            quote={},
            total=Money(10, "EUR"),
            pays_by="card",
            state=state,
        )
    PaymentAttempt.objects.create(
        order=order,
        payer=buyer,
        amount=order.total,
        state=PaymentAttempt.State.UNKNOWN,
        reason="Charged, but it could not be written down",
        queued_at=RENEWAL,
        next_try_at=RENEWAL,
    )
    return buyer


def _came_in(number: int) -> None:
    """A bank line that waits to be matched again: what it paid was undone."""
    taken = BankImport.objects.create(file=f"bank-{number}.csv", at=RENEWAL, new=1)
    line = taken.lines.create(
        number=2,
        booked_on=RENEWAL.date(),
        amount=Money(number, "EUR"),
        reference=f"bank line {number}",
        payer_name="Alfa Telefon",
    )
    (payer,) = customers(1)
    target = Target(Kind.ACCOUNT, payer.pk)
    match = matching.assign(line.pk, target, by=UserFactory(), at=RENEWAL)
    matching.undo(match.pk, by=UserFactory(), at=RENEWAL)


def _corrected(number: int) -> None:
    """A credit note of a customer of its own."""
    (payer,) = customers(1)
    invoice = Invoice.objects.get(payer=payer)
    amounts = crediting.whole(invoice_id=invoice.pk)
    crediting.credit(
        invoice_id=invoice.pk,
        amounts=amounts,
        seen=crediting.plan(invoice_id=invoice.pk, amounts=amounts).seen,
        reason=f"Mistake {number}",
        by=UserFactory(),
        clock=clock(RENEWAL),
    )
    payment, note = Payment.objects.get(invoice=invoice), invoice.corrections.get()
    _dealt_with(payment, note)
    _refunded(payment, note, number)
    Dispute.objects.create(
        gateway=payment.gateway,
        reference=f"sandbox-dispute-{number}",
        payment=payment,
        payer=payer,
        invoice=invoice,
        amount=payment.amount,
        state=Dispute.State.INQUIRY,
        reason="general",
        evidence_by=RENEWAL,
        opened_at=RENEWAL,
        heard_at=RENEWAL,
    )


def _dealt_with(payment: Payment, note: Invoice) -> None:
    """A refund that was refused, and that somebody has dealt with."""
    refund = refunding.ask(
        payment_id=payment.pk,
        amount=Decimal("3.00"),
        invoice_id=note.pk,
        note="A mistake",
        number=1,
        by=UserFactory(),
        at=RENEWAL,
    )
    refunding.settle(refund.pk, RefundRefused("Closed"), gateway="sandbox", at=RENEWAL)
    dealing.deal_with(
        refund_id=refund.pk, reason="Done", puts_back=False, by=UserFactory(), at=RENEWAL
    )


def _refunded(payment: Payment, note: Invoice, number: int) -> None:
    """Half of the note is on its way back, and money of its payer stands on no document."""
    refunding.ask(
        payment_id=payment.pk,
        amount=Decimal("5.00"),
        invoice_id=note.pk,
        note=f"Mistake {number}",
        number=refunding.next_number(payment),
        by=UserFactory(),
        at=RENEWAL,
    )
    receivables.keep(
        Payment(
            payer=payment.payer,
            amount=Money(7, "EUR"),
            at=RENEWAL,
            gateway="bank",
            reference=f"on account {number}",
        )
    )


def _plan(number: int) -> None:
    """A plan product, a level and a feature that it has."""
    named = {"name_en": f"Plan {number}", "name_it": "Piano", "name_cs": "Plán"}
    PlanLine.objects.create(family="plan", code=f"line-{number}", position=number, **named)
    level = PlanLevel.objects.create(
        family="beside", code=f"level-{number}", position=number, **named
    )
    feature = Feature.objects.create(code=f"feature-{number}", position=number, **named)
    LevelFeature.objects.create(feature=feature, level=level, times=10)
