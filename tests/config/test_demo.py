"""The demo: its catalogue has the published figures, its history was billed by the real run."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from accounts import access
from accounts.models import Access, Account, AccountEvent, InboxMessage, Invitation, Letter, Member
from accounts.rights import Right
from billing import credit_moves
from billing.auditing import audit
from billing.core.pricing import Basis, amount_of
from billing.documents.einvoice_limits import obstacle
from billing.documents.reading import read
from billing.models import (
    BankLine,
    BillingRun,
    Deposit,
    Dispute,
    Event,
    Invoice,
    Line,
    PaymentAttempt,
    Price,
    PricePin,
    Product,
    Receivable,
    RefundAttempt,
    RunFailure,
)
from billing.prices import core_prices
from config.demo import world
from config.demo.cast import cast
from config.demo.sign_ins import CUSTOMERS
from config.demo.story import MONTHS, story
from config.demo.telling import tell
from licensing import seat_list, seats
from licensing.cards import Licence
from licensing.holdings import used_in, words_by_member
from licensing.limit_list import limits
from licensing.metered import Service
from licensing.models import QaForm, Queue
from licensing.owning import owned_by
from tests.config.published import FIGURES, LICENCES

DAY = date(2026, 3, 20)


class Interrupted(Exception):
    pass


class Bar:
    """Counts the days, and ends the telling after some of them."""

    def __init__(self, *, ends_after=None):
        self.told, self.ends_after = 0, ends_after

    def begin(self, days):
        self.days = days

    def advance(self):
        self.told += 1
        if self.told == self.ends_after:
            raise Interrupted


@pytest.fixture(scope="module", autouse=True)
def _demo(django_db_setup, django_db_blocker):
    """Told once for all tests of this file, with an interruption in the middle."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("staff_roles", verbosity=0, stdout=StringIO())
        with pytest.raises(Interrupted):
            tell(on=DAY, progress=Bar(ends_after=200))
        tell(on=DAY, progress=Bar())
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.once]  # on SQLite the launcher tells it


def price(code, currency, interval="month", on=DAY):
    version = Price.objects.filter(
        product__code=code, currency=currency, interval=interval, valid_from__lte=on
    ).latest("valid_from")
    return core_prices([version.pk])[version.pk]


@pytest.mark.parametrize(("code", "interval", "units", "amount"), FIGURES)
def test_the_dollar_figures_are_the_published_ones(code, interval, units, amount):
    assert amount_of(price(code, "USD", interval), units) == Decimal(amount)


@pytest.mark.parametrize(("code", "amount"), LICENCES.items())
def test_the_licences_cost_what_is_published(code, amount):
    assert amount_of(price(code, "EUR"), 1) == Decimal(amount)


def test_limits_end_where_the_last_tier_does():  # PLAN-2
    assert price("users-starter", "USD").limit == 2
    assert price("marketing-starter", "EUR").limit == 10_000
    assert price("users-pro", "EUR").limit is None


def test_new_customers_pay_per_user_from_june_2024():  # RSL-3
    legacy, now = (price("team", "USD", on=date(2024, 6, day)) for day in (9, 10))

    assert (legacy.basis, legacy.amount) == (Basis.SET, Decimal(39))
    assert (now.basis, now.amount) == (Basis.MEMBERS, Decimal(24))


def test_conversations_are_closed_to_new_customers():  # CONV-6
    assert Product.objects.get(code="conversations-seats").closed_from == date(2023, 1, 3)


def test_speech_to_text_includes_5000_minutes():  # LIC-10
    assert price("speech-to-text-minutes", "EUR").allowance == 5000


def test_five_families_in_three_languages_are_listed_in_two_currencies():
    assert set(Product.objects.values_list("family", flat=True)) == {
        *("plan", "conversations", "resellers", "agencies", "licensing"),
    }
    for product in Product.objects.all():
        assert all(product.names.values()), product
        assert {"EUR", "USD"} <= set(product.prices.values_list("currency", flat=True)), product


def test_every_role_and_kind_of_account_is_there():
    assert Account.objects.count() == len(cast()) == 44
    assert set(Account.objects.values_list("role", flat=True)) == set(Account.Role.values)
    assert set(Account.objects.values_list("kind", flat=True)) == set(Account.Kind.values)
    assert set(Account.objects.values_list("pays_by", flat=True)) == set(Account.PaysBy.values)
    assert set(Account.objects.values_list("currency", flat=True)) >= {"EUR", "USD", "JPY", "KWD"}
    assert Account.objects.exclude(blocked_at=None).count() == 1
    assert Account.objects.filter(tax_exempt=True).exists()


def test_every_month_of_the_history_was_billed():
    months = Counter(
        day.replace(day=1) for day in Invoice.objects.values_list("issued_on", flat=True)
    )

    assert len(months) == MONTHS + 1
    assert min(months.values()) >= 5
    assert max(Invoice.objects.values_list("issued_on", flat=True)) < DAY
    assert not RunFailure.objects.exists()
    assert not BillingRun.objects.exclude(state=BillingRun.State.DONE).exists()


def test_every_reason_kind_and_treatment_of_a_line_occurs():
    kinds = set(Line.objects.values_list("kind", flat=True))
    reasons = {tax["category"] for invoice in Invoice.objects.all() for tax in invoice.taxes}

    assert kinds >= {"advance", "members", "proration", "credit", "peak", "metered"}
    assert set(Invoice.objects.values_list("reason", flat=True)) >= {"cycle", "change"}
    assert "S" in reasons


def test_every_document_but_those_in_dinars_is_an_e_invoice():  # PLAN-12
    documents = [read(key) for key in Invoice.objects.values_list("pk", flat=True)]

    obstacles = {facts.currency: why for facts in documents if (why := obstacle(facts))}

    assert obstacles == {"KWD": "KWD has 3 decimals; an e-invoice (EN 16931) takes two."}


def test_credit_notes_refunds_and_deposits_leave_the_credit_that_is_told():  # PLAN-12
    notes = Invoice.objects.filter(reason=Invoice.Reason.CORRECTION)
    told = {
        account.pk: [one.balance for one in credit_moves.moves(account)][-1:]
        for account in Account.objects.all()
    }
    left = {
        account.pk: [one.left for one in credit_moves.balances(account)]
        for account in Account.objects.all()
    }

    assert (notes.count(), RefundAttempt.objects.filter(state="refunded").count()) == (3, 1)
    assert Deposit.objects.count() == 1
    assert {key: [one for one in has if one] for key, has in told.items()} == left


def test_a_reseller_pays_its_clients_legacy_seats_less_20_percent():  # RSL-2
    first = Invoice.objects.filter(payer__reference="R-201").earliest("pk")

    assert (first.subtotal, first.discount, first.total.amount) == (195, 39, 156)  # 5 × 39.00


def test_clients_switched_to_pay_per_user_after_a_notice():  # RSL-4, RSL-5
    pins = PricePin.objects.filter(bought=False)

    assert pins.count() == 3
    for pin in pins:
        lines = Line.objects.filter(item=pin.item_id).order_by("starts_on")
        seats = [line for line in lines if line.price_id != pin.price_id]
        members = [line for line in lines if line.price_id == pin.price_id]
        assert (pin.holds_from - pin.noticed_on).days >= 14
        assert {line.kind for line in seats} == {"advance"}
        assert members[0].starts_on >= pin.holds_from > seats[-1].starts_on


def test_payments_come_late_and_some_are_declined():
    attempts = Counter(PaymentAttempt.objects.values_list("state", flat=True))
    states = Counter(Receivable.objects.values_list("state", flat=True))

    assert attempts["declined"] >= 3
    assert attempts["charged"] > 100
    assert not attempts["queued"]
    assert states["paid"] > states["open"] > 0


def test_bank_lines_wait_to_be_matched_beside_one_that_is():
    found = BankLine.objects.order_by("reference").values_list("state", flat=True)

    assert [*found] == ["matched", "open", "open", "open"]


def test_a_dispute_waits_for_evidence_beside_one_that_was_lost():
    found = Dispute.objects.order_by("state").select_related("payer")

    assert [(one.state, one.payer.reference) for one in found] == [
        ("lost", "C-109"),
        ("open", "C-103"),
    ]
    for one in found:
        left = Receivable.objects.get(invoice=one.invoice_id).open.amount
        assert one.taken == one.amount.amount == left > 0
    assert found.filter(state="open", evidence_by__date__gt=DAY).exists()


def test_people_come_and_go():
    statuses = set(Member.objects.values_list("status", flat=True))

    assert statuses >= {Member.Status.ACTIVE, Member.Status.SUSPENDED, Member.Status.DELETED}
    assert Member.objects.filter(bot=True).exists()


def test_people_stand_in_every_tab_of_the_team():  # RSL-6
    statuses = set(Member.objects.values_list("status", flat=True))
    sizes = Counter(Member.objects.values_list("account", flat=True))

    assert statuses == set(Member.Status.values)
    assert max(sizes.values()) >= 120
    assert Member.objects.exclude(asked_to_return_at=None).exists()
    assert set(Invitation.objects.values_list("accepted_at", flat=True)) == {None}
    told = set(InboxMessage.objects.values_list("name", flat=True))
    assert told >= {"approval_asked", "return_asked"}


def test_people_were_active_on_days_of_the_last_quarter_and_never_before_they_came():
    seen = Member.objects.exclude(last_active_at=None)
    ages = sorted(
        (DAY - at.date()).days for at in seen.values_list("last_active_at", flat=True) if at
    )

    assert ages[0] <= 2
    assert 60 < ages[-1] <= 92
    assert sum(age > 30 for age in ages) * 10 >= len(ages)
    assert not seen.filter(bot=True).exists()
    came = seen.annotate(came=Min("events__at"))
    assert not came.filter(last_active_at__lt=F("came")).exists()


def test_everybody_holds_what_is_owned_and_somebody_needs_a_channel():  # LIC-6, LIC-7
    licensed = Account.objects.filter(licensing_enabled=True)
    lacking = "Needs a channel licence: log them in to a queue"

    for account in licensed:
        used, owned = used_in(account), owned_by(account, at=timezone.now())
        assert all(used[licence] <= owned[licence] for licence in Licence), account
        assert used[Licence.OUTBOUND] <= used[Licence.VOICE]
    held = words_by_member(list(Member.objects.filter(account__in=licensed)))
    assert [words for words in held.values() if lacking in words] == [[lacking]]
    assert {licence for one in licensed for licence in used_in(one)} == set(Licence)


def test_seats_of_conversations_are_given_and_some_are_idle():  # CONV-8, CONV-9
    at = datetime(2026, 3, 19, 23, tzinfo=UTC)
    some, full = (Account.objects.get(reference=one) for one in ("C-131", "C-132"))
    assert seats.seats_of(full, at=at).free == seats.seats_of(some, at=at).missing == 0
    assert seat_list.counts(some, at=at)[seat_list.Tab.IDLE] > 0


def test_types_queues_forms_and_accesses_are_there():
    assert set(Member.objects.values_list("type", flat=True)) == set(Member.Type.values)
    assert set(Queue.objects.values_list("channel", flat=True)) == set(Queue.Channel.values)
    assert set(Queue.objects.values_list("active", flat=True)) == {True, False}
    assert set(QaForm.objects.values_list("allowed_for_ai", flat=True)) == {True, False}
    given = Access.objects.filter(kind=Access.Kind.CUSTOM, members__isnull=False)
    assert given.distinct().count() >= 8


def test_all_counted_services_are_used_to_their_limits_and_one_has_stopped():  # LIC-9, LIC-11
    at = datetime(2026, 3, 19, 23, tzinfo=UTC)
    accounts = Account.objects.filter(reference__in=("C-121", "C-122")).order_by("reference")
    found = [one for account in accounts for one in limits(account, at=at)]

    used = {one.service for one in found if min(month.used for month in one.months) > 0}
    assert used == set(Service)
    assert found[3].service == Service.AI_QA
    assert found[3].stopped
    assert {one.stopped for one in found} == {True, False}
    for one in found:
        assert one.stop is None or max(month.used for month in one.months) <= one.stop
    assert AccountEvent.objects.filter(kind="usage_limit").exclude(was="").exists()


def test_a_reduction_waits_for_the_next_opening():
    last = Event.objects.filter(
        item__subscription__account__reference="C-101", item__product__code="users-plus"
    ).latest("sequence")

    assert (last.holds, last.becomes) == (Event.Holds.OPENING, 1)
    assert (DAY - last.at.date()).days == 2


def test_nobody_is_written_to():
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.SENT}


@pytest.mark.parametrize("sign_in", world.SIGN_INS, ids=lambda sign_in: sign_in.email)
def test_staff_of_every_role_can_sign_in(sign_in):
    person = authenticate(username=sign_in.email, password=world.PASSWORD)

    assert person is not None
    assert person.is_staff
    assert person.is_superuser == (sign_in.role is None)
    groups = set(person.groups.values_list("name", flat=True))
    assert groups == ({sign_in.role.group_name} if sign_in.role else set())


@pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.email)
def test_customers_of_every_kind_can_sign_in(customer):
    person = authenticate(username=customer.email, password=world.PASSWORD)

    assert person is not None
    assert EmailAddress.objects.filter(user=person, verified=True, primary=True).exists()
    account = Account.objects.get(reference=customer.reference)
    here = access.standing(person, account.pk)
    assert here is not None
    assert here.may(Right.PRIMARY) == ("primary account admin" in customer.what)
    assert here.may(Right.SUSPEND) == ("admin" in customer.what)
    assert here.may(Right.SEE_BILLING) == ("without any right" not in customer.what)


def test_one_person_of_the_demo_is_in_two_accounts():
    (jana,) = [customer for customer in CUSTOMERS if customer.also]

    members = Member.objects.filter(user__email=jana.email).order_by("pk")

    assert {member.account.reference for member in members} == {jana.reference, jana.also}
    assert [member.billing_role for member in members] == [False, True]


def test_staff_have_proven_their_addresses():
    proven = EmailAddress.objects.filter(verified=True, user__is_staff=True)

    assert proven.count() == len(world.SIGN_INS)


def test_telling_it_again_adds_nothing_on_a_later_day_either():
    before = {model: model._default_manager.count() for model in apps.get_models()}
    said = StringIO()

    call_command("demo", on=date(2026, 5, 1), stdout=said, stderr=StringIO())

    assert {model: model._default_manager.count() for model in apps.get_models()} == before
    assert "billing@demo.example" in said.getvalue()
    assert world.PASSWORD in said.getvalue()
    assert all(customer.email in said.getvalue() for customer in CUSTOMERS)


def test_the_audit_finds_nothing():
    assert [str(finding) for finding in audit()] == []


def test_the_same_day_is_told_the_same_way():
    told, again = story(DAY), story(DAY)

    assert told == again
    assert told != story(date(2026, 4, 20))
    assert max(one.at for one in told.happenings) < datetime(2026, 3, 20, tzinfo=UTC)
