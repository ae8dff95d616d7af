"""The audit says nothing of a book in order, and names whatever was tampered with."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import people
from accounts.append_only import append_only_models
from accounts.models import Member
from billing import events, meters
from billing.auditing import audit
from billing.models import Bill, Event, Invoice, Item, Line, Subscription
from billing.subscribing import end_subscription
from tests.billing.running import bill
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
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def plan() -> Subscription:
    """Three months of an account that uses everything, and of a client of its own."""
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat")
    PriceFactory(code="voice", peak=True)
    PriceFactory(code="agent", members=True)
    PriceFactory(code="minutes", metered=True, amount="0.01")
    PriceFactory(code="credits", once=True, amount="0.05")
    TierFactory(price=PriceFactory(code="contacts", volume=True), up_to=5000)
    account = AccountFactory(reseller=True, transfer=True)
    SubscriptionFactory(
        account=AccountFactory(client=True, paid_by=account, discount_percent=20),
        items={"seat": 1},
    )
    ann = MemberFactory(account=account, reference="ann")
    items = {"seat": 5, "voice": 2, "agent": 0, "minutes": 0, "contacts": 100}
    plan = SubscriptionFactory(account=account, items=items)
    live(plan, ann)
    return plan


def live(plan: Subscription, ann: Member) -> None:
    bill(at=instant("2026-01-01"))
    events.record(
        subscription_id=plan.pk, changes={"seat": 7, "voice": 9, "credits": 1000},
        at=instant("2026-01-10"),
    )  # fmt: skip
    bill(at=instant("2026-01-10"))
    people.set_status(member_id=ann.pk, status="suspended", at=instant("2026-01-20"))
    MemberFactory(account=plan.account, at=instant("2026-01-25"), reference="bob")
    events.record(subscription_id=plan.pk, changes={"seat": 3}, at=instant("2026-01-26"))
    use(plan, "january", "2026-01-27")
    bill(at=instant("2026-02-01"))
    use(plan, "late", "2026-01-31")
    MemberFactory(account=plan.account, at=instant("2026-01-30"), reference="late")
    events.record(subscription_id=plan.pk, changes={"contacts": 200}, at=instant("2026-02-10"))
    bill(at=instant("2026-03-01"))
    events.record(subscription_id=plan.pk, changes={"seat": 4}, at=instant("2026-03-02"))


def use(plan: Subscription, key: str, at: str) -> None:
    meters.add(
        account_id=plan.account_id, subscription_id=plan.pk, product="minutes", key=key,
        at=instant(at), quantity=150,
    )  # fmt: skip


def findings() -> list[str]:
    return [str(finding) for finding in audit()]


def tampered(statement: str, *values: int) -> None:
    """Change a row behind the back of the triggers that guard it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for model in append_only_models():
                for verb in ("UPDATE", "DELETE"):
                    table = model._meta.db_table
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_{verb}")
        cursor.execute(statement, values)
        assert cursor.rowcount


def test_a_book_in_order_has_no_findings(plan):
    assert Line.objects.values_list("kind", flat=True).distinct().count() == 7

    assert findings() == []


def test_an_ended_subscription_is_in_order(plan):
    end_subscription(subscription_id=plan.pk, at=instant("2026-03-05"))
    bill(at=instant("2026-04-01"))

    assert findings() == []


def test_an_empty_book_is_in_order():
    assert findings() == []


def of_february() -> Bill:
    return Bill.objects.get(subscription__account__role="reseller", starts_on="2026-02-01",
                            reason="cycle")  # fmt: skip


def change_an_amount() -> str:
    line = of_february().lines.get(kind="peak")
    tampered("UPDATE billing_line SET amount = 91 WHERE id = %s", line.pk)
    return "cycle from 2026-02-01 of plan, line 1 (voice), amount: stored 91"


def change_a_cause() -> str:
    line = of_february().lines.get(kind="peak")
    tampered("UPDATE billing_line SET event_ids = '[1]' WHERE id = %s", line.pk)
    return "line 1 (voice), event_ids: stored [1], expected ["


def delete_a_line() -> str:
    tampered("DELETE FROM billing_line WHERE id = %s", of_february().lines.get(kind="peak").pk)
    return "cycle from 2026-02-01 of plan, number of lines: stored 4, expected 5"


def change_a_state() -> str:
    tampered("UPDATE billing_bill SET state = '{\"items\": {}}' WHERE id = %s", of_february().pk)
    return "cycle from 2026-02-01 of plan, state: stored {'items': {}}"


def delete_an_event() -> str:
    event = Event.objects.get(was=5, becomes=7)
    tampered("DELETE FROM billing_event WHERE id = %s", event.pk)
    return "change of 2026-01-10 00:00:00 of plan, number of lines: stored 2, expected 1"


def change_an_event() -> str:
    event = Event.objects.get(was=5, becomes=7)
    tampered("UPDATE billing_event SET was = 4 WHERE id = %s", event.pk)
    return f"seat of subscription plan, event {event.pk}, was: stored 4, expected 5"


def change_a_quantity() -> str:
    Item.objects.filter(product__code="voice").update(quantity=3)
    return "voice of subscription plan, quantity: stored 3, expected 9"


def forget_an_opening() -> str:
    Subscription.objects.filter(account__role="reseller").update(next_opening="2026-05-01")
    return "subscription plan, next opening: stored 2026-05-01, expected 2026-04-01"


def come_too_late() -> str:
    Subscription.objects.filter(account__role="reseller").update(next_bill_at="2026-06-01 00:00Z")
    return "subscription plan, next visit of the run: stored 2026-06-01"


def change_a_total() -> str:
    invoice = Invoice.objects.earliest("pk")
    tampered("UPDATE billing_invoice SET total = 1 WHERE id = %s", invoice.pk)
    return f"{invoice.number}, total: stored 1"


def skip_a_number() -> str:
    last = Invoice.objects.latest("pk")
    tampered("UPDATE billing_invoice SET sequence = 99 WHERE id = %s", last.pk)
    return f"numbers SL of {last.year}, last one given: stored {last.sequence}, expected 99"


def enter_another_amount() -> str:
    tampered("UPDATE billing_ledgerentry SET amount = amount + 1")
    return "open amounts in EUR: stored"


def forget_an_entry() -> str:
    invoice = Invoice.objects.earliest("pk")
    tampered("DELETE FROM billing_ledgerentry WHERE invoice_id = %s", invoice.pk)
    return f"{invoice.number}, ledger entry: stored None, expected {invoice.total.amount}"


def open_another_amount() -> str:
    tampered("UPDATE billing_receivable SET open = 0")
    return "state of what is open: stored open, expected paid or settled"


def change_a_member() -> str:
    Member.objects.filter(reference="ann").update(status="active")
    return "member ann, status: stored active, expected suspended"


def change_a_step() -> str:
    tampered("UPDATE accounts_memberevent SET step = 0 WHERE sequence = 2")
    return "billable members: stored 3, expected 2"


def use_more() -> str:
    tampered("UPDATE billing_meter SET used = 151 WHERE cycle_start = '2026-01-01'")
    return "meter of minutes from 2026-01-01, used and counted: stored (151, 1), expected (150, 1)"


def lose_the_primary_admin() -> str:
    Member.objects.filter(reference="bob").update(user=UserFactory())
    return "primary account admins: stored 0, expected 1"


def have_two_primary_admins() -> str:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX an_account_has_at_most_one_primary_account_admin")
    Member.objects.update(primary_admin=True)
    return "primary account admins: stored 3, expected 1"


DEEDS = [
    change_an_amount, change_a_cause, delete_a_line, change_a_state, delete_an_event,
    change_an_event, change_a_quantity, forget_an_opening, come_too_late, change_a_total,
    skip_a_number, enter_another_amount, forget_an_entry, open_another_amount, change_a_member,
    change_a_step, use_more, lose_the_primary_admin, have_two_primary_admins,
]  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_whatever_was_tampered_with_is_named(plan, deed: Callable[[], str]):
    expected = deed()

    assert expected in "\n".join(findings())


def test_another_accounts_difference_is_not_this_ones(plan):
    change_an_amount()
    client = AccountFactory()

    assert list(audit(account_id=client.pk)) == []
    assert list(audit(account_id=plan.account_id))


@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
def test_the_command_says_every_difference_and_exits_1(plan):
    Item.objects.filter(product__code="voice").update(quantity=3)
    said, complained = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("audit", account=plan.account_id, stdout=said, stderr=complained)

    assert ended.value.code == 1
    assert said.getvalue() == (
        f"account {plan.account_id}, voice of subscription plan, quantity: stored 3, expected 9\n"
    )
    assert "1 difference" in complained.getvalue()


@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
def test_the_command_is_content_with_a_book_in_order(plan):
    said = StringIO()

    call_command("audit", stdout=said)

    assert said.getvalue() == "Everything stored is as computed again from the logs.\n"


@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
def test_the_command_refuses_an_account_that_is_not_there():
    with pytest.raises(CommandError, match="There is no account 404"):
        call_command("audit", account=404)
