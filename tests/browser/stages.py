"""What some pages want before they show anything: a colleague, a bill, a second factor.

Each stage sets it for the member who looks, and says what the page's address then names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from djmoney.money import Money

from accounts import access, hand_over, invitations, people
from accounts.access import Standing
from accounts.deeds import NOBODY
from accounts.models import Invitation, Member, User
from billing import auto_upgrades, carts, requests, trials
from billing.models import (
    Invoice,
    Line,
    Order,
    PaymentAttempt,
    PlanLine,
    Price,
    Product,
    SandboxCard,
    SandboxCharge,
    SandboxDispute,
)
from billing.models.requests import RequestKind
from billing.requested import Asked
from licensing import activity
from licensing.activity import Reported
from licensing.models import QueueLogin, RecordingRetention
from tests.billing import plan_book
from tests.billing.running import bill
from tests.factories import (
    CardFactory,
    MemberFactory,
    PriceFactory,
    QueueFactory,
    SellerFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.isolation.places import Things
from tests.licensing import seat_book
from tests.licensing.owning import own

Stage = Callable[[Member], Things]
# What is asked of an address besides, among what it names.
QUERY: Final = "?"


def _standing(member: Member) -> Standing:
    assert member.user is not None
    found = access.standing(member.user, member.account_id)
    assert found is not None
    return found


def a_colleague(looks: Member) -> Things:
    """An admin beside the one who looks."""
    colleague = MemberFactory(account=looks.account, name="Petr Dvořák", signs_in=True, admin=True)
    return {"member_id": (colleague.pk,)}


def two_chosen(looks: Member) -> Things:
    """Two agents are ticked in the list."""
    agents = [MemberFactory(account=looks.account, name=name) for name in ("Ada", "Bea")]
    return {QUERY: (f"?member={agents[0].pk}&member={agents[1].pk}",)}


def the_role_is_offered(looks: Member) -> Things:
    """The one who looks is asked to take the primary role over."""
    Member.objects.filter(pk=looks.pk).update(primary_admin=False)
    giver = MemberFactory(account=looks.account, signs_in=True, primary_admin=True)
    asked = hand_over.ask(here=_standing(giver), taker_id=looks.pk, at=timezone.now())
    return {"hand_over_id": (asked.pk,)}


def an_invitation(looks: Member) -> Things:
    """Somebody is invited, by who needs nobody's approval; the link of their letter."""
    email = "eva@example.com"
    inviter = MemberFactory(
        account=looks.account, signs_in=True, admin=True, purchase_permission=True
    )
    member = invitations.invite(
        here=_standing(inviter), name="Eva Malá", email=email, at=timezone.now()
    )
    token = invitations.token_of(Invitation.objects.get(member=member))
    return {"member_id": (member.pk,), "token": (token,)}


def suspended(looks: Member) -> Things:
    """The one who looks is suspended by another."""
    Member.objects.filter(pk=looks.pk).update(primary_admin=False)
    MemberFactory(account=looks.account, name="Zoe", signs_in=True, primary_admin=True)
    people.set_status(member_id=looks.pk, status=Member.Status.SUSPENDED, at=timezone.now())
    return {}


def a_bill(looks: Member) -> Things:
    """The account has bought, and has an invoice."""
    if not Price.objects.filter(product__code="seat").exists():
        SellerFactory()
        PriceFactory(code="seat", amount=Decimal("19.00"))
    SubscriptionFactory(account=looks.account, items={"seat": 3})
    bill(at=instant("2026-01-01 06:00"))
    invoice = Invoice.objects.get(payer=looks.account)
    line = Line.objects.get(bill__invoice=invoice)
    return {"invoice_id": (invoice.pk,), "line_id": (line.pk,)}


def a_choice(looks: Member) -> Things:
    """A number is chosen, with its price in view."""
    return {**a_bill(looks), "code": ("seat",), QUERY: ("?number=5",)}


def plans(looks: Member) -> Things:
    """Plans are sold."""
    if not PlanLine.objects.exists():
        plan_book.catalogue()
    return {}


def a_plan(looks: Member) -> Things:
    """The account has a plan, and a level above it to take."""
    plans(looks)
    SellerFactory()
    SubscriptionFactory(
        account=looks.account, items={"marketing-plus": 2500, "users-plus": 3, "extra": 1}
    )
    bill(at=timezone.now())
    return {"code": ("marketing-plus",), "line": ("bundle",)}


def an_agreement(looks: Member) -> Things:
    """The contact limit is raised by itself."""
    a_plan(looks)
    here, at = _standing(looks), timezone.now()
    offer = auto_upgrades.offer(here.account, at=at)
    assert offer is not None
    auto_upgrades.agree(here=here, up_to=offer.stops[0].limit, seen=offer.seen, at=at)
    return {}


def a_trial(looks: Member) -> Things:
    """Something is tried, and its price stands there."""
    a_bill(looks)
    product = Product.objects.filter(code="agents").first()
    product = product or PriceFactory(code="agents", amount=Decimal("28.00")).product
    trials.grant(
        account_id=looks.account_id,
        product=product,
        quantity=20,
        ends_on=timezone.now().date() + timedelta(days=9),
        at=timezone.now(),
        by=NOBODY,
    )
    return {"code": ("agents",)}


def a_cart(looks: Member) -> Things:
    """A change lies in the cart."""
    a_bill(looks)
    carts.put(here=_standing(looks), changes={"seat": 5}, at=timezone.now())
    return {}


def an_order(looks: Member) -> Things:
    """An order was declined."""
    a_bill(looks)
    assert looks.user is not None
    order = Order.objects.create(
        account=looks.account,
        payer_id=looks.account.payer_id,
        person=looks.user,
        token=f"order of {looks.pk}",
        at=timezone.now(),
        fingerprint="",
        changes=[["seat", 3, 5]],
        quote={},
        total=Money("38.00", "EUR"),
        pays_by=looks.account.pays_by,
        state=Order.State.DECLINED,
        reason="The card was declined by the bank",
    )
    return {"order_id": (order.pk,)}


def two_cards(looks: Member) -> Things:
    """One that is charged and has expired, and another."""
    CardFactory(payer=looks.account, brand="mastercard", last4="5100")
    expired = CardFactory(payer=looks.account, expires_year=2026, expires_month=1)
    return {"method_id": (expired.pk,)}


def a_declined_invoice(looks: Member) -> Things:
    """An invoice that could not be charged."""
    things = a_bill(looks)
    PaymentAttempt.objects.filter(payer=looks.account).update(state="declined", cause="funds")
    return things


def a_card_form(looks: Member) -> Things:
    """The bank's form waits for a card."""
    form = SandboxCard.objects.create(
        key=f"method of {looks.pk}", payer=str(looks.account_id), return_to="/"
    )
    return {"card_token": (form.token,)}


def a_question(looks: Member) -> Things:
    """The bank asks whether a payment is meant."""
    token = f"question-{looks.pk}"
    SandboxCharge.objects.create(
        key=token,
        token=token,
        payer=str(looks.account_id),
        currency="EUR",
        amount=Decimal("1234567.89"),
        outcome=SandboxCharge.Outcome.WAITS,
        return_to="/",
    )
    return {"charge_token": (token,)}


def a_dispute(looks: Member) -> Things:
    """A charge is disputed, and the bank has not decided."""
    (token,) = a_question(looks)["charge_token"]
    charge = SandboxCharge.objects.get(token=token)
    dispute = SandboxDispute.objects.create(charge=charge, state=SandboxDispute.State.OPEN)
    return {"dispute_token": (dispute.token,)}


def a_request(looks: Member) -> Things:
    """Something is asked, and support has asked back."""
    a_bill(looks)
    asked = Asked(
        kind=RequestKind.QUESTION, contact_email="m@example.com", notes="Was ist ein Sitz?"
    )
    opened = requests.open_request(
        here=_standing(looks), asked=asked, key=f"{looks.pk}", at=timezone.now()
    )
    support: User = UserFactory(name="Simon Support", staff=True)
    requests.ask(request_id=opened.pk, text="From when?", by=support, at=timezone.now())
    return {"request_id": (opened.pk,)}


def some_licences(member: Member) -> Things:
    """Of each type some, of which two people hold Voice through a queue, and recorded calls."""
    SellerFactory()
    account = member.account
    own(account, 4, recording=12)
    queue = QueueFactory(account=account, name="Sales calls")
    for name in ("Ann", "Ben"):
        agent = MemberFactory(account=account, name=name, type="contact_centre")
        QueueLogin.objects.create(member=agent, queue=queue)
    RecordingRetention.objects.create(account=account, months=9, since=timezone.now())
    return {"code": ("voice",)}


def some_seats(looks: Member) -> Things:
    """Of three seats of Conversations four are in use, some of them idle."""
    if not Product.objects.filter(code="conversations-seats").exists():
        seat_book.sold()
    SubscriptionFactory(
        account=looks.account,
        starts_on=date(2022, 1, 31),
        anchor_day=31,
        items={"conversations-seats": 3},
    )
    long_ago = timezone.now() - timedelta(days=90)
    first = looks if looks.primary_admin else None
    first = first or MemberFactory(account=looks.account, signs_in=True, primary_admin=True)
    here = _standing(first)
    names = ("Magdaléna Hrušková-Vondráčková", "Ben", "Cid")
    crew = seat_book.agents(here, *names, at=long_ago)
    people.set_status(member_id=crew[2].pk, status=Member.Status.SUSPENDED, at=long_ago)
    seat_book.agents(here, "Dan", at=long_ago)
    people.set_status(member_id=crew[2].pk, status=Member.Status.ACTIVE, at=timezone.now())
    Member.objects.filter(pk=crew[0].pk).update(last_active_at=timezone.now())
    day = timezone.now().date() - timedelta(days=2)
    reported = Reported(crew[0].pk, day, 12_345, 11_000, 11_000 * 4_000)
    activity.report(account_id=looks.account_id, days=[reported])
    return {"member_id": (crew[0].pk,)}


def a_second_factor(looks: Member) -> Things:
    TOTP.activate(looks.user, generate_totp_secret())
    RecoveryCodes.activate(looks.user)
    return {}


def no_password(looks: Member) -> Things:
    """Who signs in with a passkey alone has none."""
    assert looks.user is not None
    looks.user.set_unusable_password()
    looks.user.save()
    return {}


STAGES: Final[Mapping[str, Stage]] = {
    "account_set_password": no_password,
    "accounts:hand_over": a_colleague,
    "accounts:hand_over_answer": the_role_is_offered,
    "accounts:hand_over_to": a_colleague,
    "accounts:invitation": an_invitation,
    "accounts:invitation_resend": an_invitation,
    "accounts:invitation_withdraw": an_invitation,
    "accounts:members_suspend": two_chosen,
    "accounts:suspended": suspended,
    "billing:cancel": a_bill,
    "billing:automatic": an_agreement,
    "billing:cart": a_cart,
    "billing:change": a_choice,
    "billing:configure": a_plan,
    "billing:document": a_bill,
    "billing:document_send": a_bill,
    "billing:features": plans,
    "billing:level": a_plan,
    "billing:method_remove": two_cards,
    "billing:methods": two_cards,
    "billing:order": an_order,
    "billing:overview": a_bill,
    "billing:papers": a_bill,
    "billing:pay": a_declined_invoice,
    "billing:sandbox_card": a_card_form,
    "billing:sandbox_dispute": a_dispute,
    "billing:sandbox_secure": a_question,
    "billing:request": a_request,
    "billing:request_new": a_bill,
    "billing:requests": a_request,
    "billing:trial": a_trial,
    "billing:why": a_bill,
    "licensing:licences": some_licences,
    "licensing:recording": some_licences,
    "licensing:release": some_licences,
    "licensing:usage": some_licences,
    "licensing:conversations": some_seats,
    "licensing:conversations_level": some_seats,
    "licensing:email_support": some_seats,
    "mfa_deactivate_totp": a_second_factor,
    "mfa_generate_recovery_codes": a_second_factor,
    "mfa_reauthenticate": a_second_factor,
    "mfa_view_recovery_codes": a_second_factor,
}
