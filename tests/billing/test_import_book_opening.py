"""A book billed elsewhere up to a date goes on exactly as if it had been billed here all along."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Account
from billing.auditing import audit
from billing.invoicing import draft_page
from billing.models import Bill, Event, Item, Price
from billing.states import from_store
from tests.billing.books import Book, small_catalogue, take_over
from tests.billing.running import bill
from tests.factories import PriceFactory, SellerFactory, TaxRateFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

STARTS = ("2026-01-01", "2026-01-31", "2026-01-10")
OPENINGS = {
    "2026-01-01": ("2026-01-01", "2026-02-01", "2026-03-01"),
    "2026-01-31": ("2026-01-31", "2026-02-28", "2026-03-31"),
    "2026-01-10": ("2026-01-10", "2026-02-10", "2026-03-10"),
}
NOW = datetime(2026, 4, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 2, tzinfo=UTC)
PRODUCTS = ("seat", "contacts", "put-off", "credited", "dropped", "voice")


@lasting(autouse=True)
def _catalogue():
    small_catalogue()
    rules = {"valid_from": "2026-01-01"}
    PriceFactory(code="put-off", increase=Price.Increase.PRORATE_NEXT, **rules)
    PriceFactory(code="credited", decrease=Price.Decrease.NOW_CREDIT, **rules)
    PriceFactory(code="dropped", decrease=Price.Decrease.NOW, **rules)
    SellerFactory()
    TaxRateFactory()


def two_alike(book, random, number):
    """One history, written for an account that was billed elsewhere and one that was not."""
    starts_on = random.choice(STARTS)
    through = random.choice(OPENINGS[starts_on])
    lines = list(history(random, starts_on, counted=("team", "minutes")[number % 2]))
    for reference, billed in ((f"E-{number}", through), (f"H-{number}", "")):
        book.add("accounts", 0, reference=reference, name=reference)
        for sheet, row in lines:
            more = {"billed_through": billed} if sheet == "items" else {}
            book.lines[sheet].append({"account": reference, **row, **more})


def history(random, starts_on, *, counted):
    """Lines of a random past: sheet and cells, without the account."""
    first = datetime.fromisoformat(f"{starts_on}T00:00:00+01:00")
    for product in (*random.sample(PRODUCTS, 3), counted):
        yield "items", {"product": product, "starts_on": starts_on}
        if product != counted:
            yield from events(random, first, product)
    for member in ("ann", "bob", "cleo"):
        yield from statuses(random, first - timedelta(days=20), member)
    if counted == "minutes":
        for at in instants(random, first):
            yield "usage", {"product": "minutes", "key": at, "at": at, "quantity": "7"}


def events(random, first, product):
    numbers = (1000, 2500, 0) if product == "contacts" else range(9)
    for at in instants(random, first):
        quantity = str(random.choice(numbers))
        yield "events", {"product": product, "at": at, "quantity": quantity, "actor": "Jana"}


def statuses(random, first, member):
    way = random.choice((("active", "suspended", "active"), ("invited", "active", "deleted")))
    for at, status in zip(sorted(instants(random, first)), way, strict=False):
        yield "members", {"member": member, "name": member, "at": at, "status": status}


def instants(random, first):
    """A few different instants, some of them the very openings of cycles."""
    found = {
        first + timedelta(days=random.randrange(80), hours=random.randrange(24))
        for _ in range(random.randrange(1, 4))
    }
    if random.random() < 0.5:
        day = random.choice(random.choice(list(OPENINGS.values())))
        found.add(datetime.combine(date.fromisoformat(day), time(), ZoneInfo("Europe/Prague")))
    return [at.isoformat() for at in found if first <= at < NOW]


def bills_of(reference, after):
    """What is billed of the account later than an instant, without the keys of rows."""
    account = Account.objects.get(reference=reference)
    page = draft_page(payer_ids=[account.payer_id], at=LATER)
    assert page.problems == ()
    [payer] = page.payers
    bills = [*(one for document in payer.documents for one in document.bills), *payer.bare_bills]
    products = dict(Item.objects.values_list("pk", "product__code"))
    return sorted(
        (bill.at, bill.reason, bill.subtotal, [in_words(line, products) for line in bill.lines])
        for bill in bills
        if bill.at > after
    )


def in_words(line, products):
    return (
        *(products[line.item_id], line.kind, line.starts_on, line.ends_on, line.quantity),
        *(line.share_days or 0, line.amount, line.counted or 0),
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_book_billed_elsewhere_is_billed_on_like_one_billed_here(tmp_path, seed):
    random = Random(seed)
    book = Book()
    book.lines = {name: [] for name in book.lines}
    book.lines["accounts"] = [Book().lines["accounts"][0]]
    for number in range(20):
        two_alike(book, random, number)
    take_over(book.write(tmp_path), at=NOW)

    openings = Bill.objects.order_by("pk").values_list("subscription__account__reference", "at")
    for reference, opened_at in openings:
        elsewhere = bills_of(reference, opened_at)
        here = bills_of(reference.replace("E-", "H-"), opened_at)
        assert elsewhere == here, reference

    assert len(openings) >= 20


def test_what_the_run_then_bills_is_found_right_by_the_audit(tmp_path):
    book = Book().add("events", 1, at="2026-03-09T08:00:00Z", quantity="9")
    take_over(book.write(tmp_path), at=NOW)

    bill(at=LATER, now=LATER)

    assert [str(finding) for finding in audit()] == []
    plan = Bill.objects.filter(subscription__account__reference="A-1", subscription__code="plan")
    assert list(plan.order_by("at").values_list("reason", "starts_on")) == [
        ("opening", date(2026, 3, 1)),
        ("change", date(2026, 3, 1)),
        ("cycle", date(2026, 4, 1)),
        ("cycle", date(2026, 5, 1)),
    ]


def seat_taken_over():
    opening = Bill.objects.get(subscription__code="plan", reason=Bill.Reason.OPENING)
    return from_store(opening.state or {}).items["seat"]


def test_a_change_at_the_last_opening_billed_elsewhere_belongs_to_it(tmp_path):
    book = Book().set("events", 1, at="2026-03-01", quantity="7")
    take_over(book.write(tmp_path))

    seat = seat_taken_over()

    assert (seat.quantity, seat.waiting, seat.paid) == (7, None, 7)
    assert seat.because == Event.objects.get(becomes=7).pk


def test_a_reduction_that_waited_has_taken_hold_at_the_opening(tmp_path):
    book = Book().set("events", 1, at="2026-02-27", quantity="1")
    take_over(book.write(tmp_path))

    assert seat_taken_over().quantity == 1
    assert Item.objects.get(product__code="seat").quantity == 1


def test_a_reduction_after_the_opening_still_waits(tmp_path):
    book = Book().set("events", 1, at="2026-03-05", quantity="1")
    take_over(book.write(tmp_path))

    assert seat_taken_over().quantity == 3
    assert Item.objects.get(product__code="seat").quantity == 3
    assert Event.objects.get(becomes=1).holds == Event.Holds.OPENING
