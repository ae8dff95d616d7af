"""A book is taken over whole: accounts, items, events, members and use."""

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import Account, Member, MemberEvent
from billing import rolling_up
from billing.book.columns import SHEETS
from billing.models import Bill, Event, Item, Meter, Subscription, UsageRecord
from billing.states import from_store
from config.demo import catalogue, offers, plans
from tests.billing.books import Book, mistakes_of, small_catalogue, take_over
from tests.lasting import lasting

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "sample-book"
pytestmark = pytest.mark.django_db


@lasting
def small():
    small_catalogue()


def by_command(folder, *options):
    said, wrong = StringIO(), StringIO()
    try:
        call_command("import_book", str(folder), *options, stdout=said, stderr=wrong)
    except CommandError as refusal:
        return said.getvalue(), wrong.getvalue(), refusal
    return said.getvalue(), wrong.getvalue(), None


def rows_of(sheet):
    with (SAMPLE / sheet.file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def everything():
    """The number of rows of every table."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_the_sample_book_is_taken_over_row_by_row():
    plans.write()
    offers.write(catalogue.offers())

    said, wrong, refusal = by_command(SAMPLE)

    assert (said, wrong, refusal) == ("5 accounts added, 0 stood already.\n", "", None)
    for model, sheet in zip((Account, Item, Event, MemberEvent, UsageRecord), SHEETS, strict=True):
        assert model._default_manager.count() == len(rows_of(sheet)), sheet.name


def test_who_holds_licences_has_the_licensing_module():  # LIC-2
    plans.write()
    offers.write(catalogue.offers())

    by_command(SAMPLE)

    holders = set(Subscription.objects.filter(code="licensing").values_list("account", flat=True))
    enabled = set(Account.objects.filter(licensing_enabled=True).values_list("pk", flat=True))
    assert holders == enabled
    assert 0 < len(enabled) < Account.objects.count()


def test_the_log_says_who_wanted_what_and_when(small, tmp_path):
    take_over(Book().write(tmp_path))

    bought, raised = Event.objects.filter(item__product__code="seat")

    assert (bought.was, bought.becomes, raised.was, raised.becomes) == (0, 3, 3, 5)
    assert raised.at == datetime(2026, 2, 10, 13, tzinfo=UTC)
    assert (raised.actor_name, raised.holds) == ("Jana", Event.Holds.NOW)


def test_a_date_is_the_first_instant_of_that_day_in_the_billing_zone(small, tmp_path):
    take_over(Book().write(tmp_path))

    first = Event.objects.filter(item__product__code="seat").earliest("sequence")

    assert first.at == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_an_item_keeps_the_price_of_the_day_it_was_bought(small, tmp_path):
    take_over(Book().write(tmp_path))

    item = Item.objects.get(product__code="seat")
    pin = item.pins.get()

    assert (item.quantity, item.price_id) == (5, pin.price_id)
    assert (pin.holds_from, pin.bought, pin.price.currency) == (date(2026, 1, 1), True, "EUR")


def test_a_subscription_billed_elsewhere_goes_on_from_there(small, tmp_path):
    take_over(Book().write(tmp_path))

    plan = Subscription.objects.get(account__reference="A-1", code="plan")

    assert (plan.next_number, plan.next_opening) == (3, date(2026, 4, 1))
    assert plan.next_bill_at == datetime(2026, 3, 31, 22, tzinfo=UTC)
    opening = Bill.objects.get(subscription=plan)
    assert (plan.opening, opening.reason) == (opening, Bill.Reason.OPENING)
    assert opening.starts_on == date(2026, 3, 1)
    assert from_store(opening.state or {}).items["seat"].quantity == 5
    assert not opening.lines.exists()


def test_one_that_nobody_has_billed_is_due_from_its_first_day(small, tmp_path):
    take_over(Book().write(tmp_path))

    team = Subscription.objects.get(account__reference="C-1")

    assert (team.next_number, team.opening) == (0, None)
    assert team.next_bill_at == datetime(2026, 1, 9, 23, tzinfo=UTC)


def test_a_paid_for_child_is_billed_in_its_payers_zone(small, tmp_path):
    book = Book().set("accounts", 1, time_zone="America/New_York")
    take_over(book.write(tmp_path))

    team = Subscription.objects.select_related("payer").get(account__reference="C-1")

    assert (team.payer.reference, team.time_zone) == ("R-1", "America/New_York")


def test_a_change_after_the_last_billed_opening_is_due_at_its_instant(small, tmp_path):
    book = Book().add("events", 1, at="2026-03-09T08:00:00Z", quantity="9")
    take_over(book.write(tmp_path))

    plan = Subscription.objects.get(account__reference="A-1", code="plan")

    assert plan.next_bill_at == datetime(2026, 3, 9, 8, tzinfo=UTC)


def test_members_stand_as_their_last_status_says(small, tmp_path):
    take_over(Book().write(tmp_path))

    bob = Member.objects.get(reference="bob")

    assert bob.status == Member.Status.SUSPENDED
    assert list(bob.events.values_list("sequence", "step")) == [(1, 1), (2, -1)]
    assert Member.objects.get(primary_admin=True).name == "Jana"


def test_use_of_a_cycle_billed_elsewhere_is_closed(small, tmp_path):
    book = Book().set("items", 2, billed_through="2026-03-01")
    book.add("usage", 0, key="u-2", at="2026-03-02", quantity="7")
    take_over(book.write(tmp_path))

    meters = Meter.objects.order_by("cycle_start").values_list("cycle_start", "used", "closed")

    assert list(meters) == [(date(2026, 2, 1), 12, True), (date(2026, 3, 1), 7, False)]


def test_the_tax_id_is_stored_in_its_common_form(small, tmp_path):
    take_over(Book().set("accounts", 0, tax_id="cz 251 238 91").write(tmp_path))

    assert Account.objects.get(reference="A-1").tax_id == "CZ25123891"


def test_every_account_has_its_place_in_the_audit_log(small, tmp_path):
    take_over(Book().write(tmp_path))

    records = Account.history.filter(history_type="+")

    assert {record.reference for record in records} == {"A-1", "R-1", "C-1"}
    assert {record.history_change_reason for record in records} == {"Taken over with import_book"}


def test_a_second_import_adds_nothing(small, tmp_path):
    folder = Book().write(tmp_path)
    take_over(folder)
    before = everything()

    again = take_over(folder)

    assert (again.accounts, again.added) == (3, 0)
    assert everything() == before


def test_a_second_import_knows_use_by_its_sum_once_its_key_is_forgotten(small, tmp_path):
    folder = Book().write(tmp_path)
    take_over(folder)
    Meter.objects.update(closed=True)
    rolling_up.roll_up(at=datetime(2026, 12, 1, tzinfo=UTC), pages=9)
    assert not UsageRecord.objects.exists()

    assert take_over(folder).added == 0
    assert mistakes_of(Book().set("usage", 0, quantity="13").write(tmp_path)) == [
        "usage.csv line 2, quantity: expected 12, which stands already, got 13"
    ]


def test_a_longer_book_adds_what_is_new(small, tmp_path):
    take_over(Book().write(tmp_path))
    book = Book().add("accounts", 2, reference="C-2", name="Second client")

    again = take_over(book.write(tmp_path))

    assert (again.accounts, again.added) == (4, 1)
    assert Account.objects.get(reference="C-2").payer.reference == "R-1"


def test_a_child_may_stand_before_its_parent(small, tmp_path):
    book = Book()
    book.lines["accounts"].reverse()

    assert take_over(book.write(tmp_path)).added == 3
    assert Account.objects.get(reference="C-1").payer.reference == "R-1"


def test_a_child_alone_finds_its_parent_that_stands(small, tmp_path):
    take_over(Book().write(tmp_path))
    book = Book().set("accounts", 2, reference="C-2")
    book.lines = {name: [] for name in book.lines} | {"accounts": book.lines["accounts"][2:]}

    assert take_over(book.write(tmp_path)).added == 1
    assert Account.objects.filter(reference="C-2", parent__reference="R-1").exists()


DIFFERENT = {
    "name": (
        Book().set("accounts", 0, name="Other"),
        ["accounts.csv line 2, name: expected First, which stands already, got Other"],
    ),
    "payer": (
        Book().set("accounts", 2, payer=""),
        ["accounts.csv line 4, payer: expected R-1, which stands already, got C-1"],
    ),
    "anchor": (
        Book().set("items", 2, anchor_day=""),
        ["items.csv line 4, anchor_day: expected 1, which stands already, got an empty cell"],
    ),
    "billed through": (
        Book().set("items", 0, billed_through="").set("items", 1, billed_through=""),
        [
            f"items.csv line {line}, billed_through: expected 2026-03-01, which stands already, "
            "got an empty cell"
            for line in (2, 3)
        ],
    ),
    "quantity": (
        Book().set("events", 1, quantity="6"),
        ["events.csv line 3, quantity: expected 5, which stands already, got 6"],
    ),
    "new event": (
        Book().add("events", 1, at="2026-03-03", quantity="6"),
        [
            "events.csv line 5: the account stands already, without this: leave the line out, or "
            "record the change in the product"
        ],
    ),
    "bot": (
        Book().set("members", 1, bot="yes").set("members", 2, bot="yes"),
        ["members.csv line 3, bot: expected no, which stands already, got yes"],
    ),
    "status": (
        Book().set("members", 2, status="deleted"),
        ["members.csv line 4, status: expected suspended, which stands already, got deleted"],
    ),
    "use": (
        Book().set("usage", 0, quantity="13"),
        ["usage.csv line 2, quantity: expected 12, which stands already, got 13"],
    ),
}


@pytest.mark.parametrize(("book", "expected"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_line_that_differs_from_what_stands_is_told(small, tmp_path, book, expected):
    take_over(Book().write(tmp_path))
    before = everything()

    assert mistakes_of(book.write(tmp_path)) == expected
    assert everything() == before


def test_a_check_writes_nothing(small, tmp_path):
    before = everything()

    said, _, refusal = by_command(Book().write(tmp_path), "--check")

    assert refusal is None
    assert said == "No mistakes. 3 accounts would be added, 0 stand already.\n"
    assert everything() == before


def test_the_command_names_every_mistake_and_fails(small, tmp_path):
    book = Book().set("events", 1, quantity="many").set("usage", 0, at="")

    said, wrong, refusal = by_command(book.write(tmp_path))

    assert said == ""
    assert wrong.splitlines() == [
        "events.csv line 3, quantity: expected a whole number of 0 or more, got 'many'",
        "usage.csv line 2, at: expected a value, the cell is empty",
    ]
    assert (str(refusal), refusal.returncode) == ("2 mistakes: nothing was written.", 1)


def test_a_catalogue_that_is_still_empty_is_told(tmp_path):
    _, _, refusal = by_command(Book().write(tmp_path))

    assert str(refusal).endswith(
        "nothing was written. The catalogue is empty: write its products and prices in the admin "
        "first."
    )


def test_a_folder_that_is_not_there_is_told(tmp_path):
    _, _, refusal = by_command(tmp_path / "nowhere")

    assert "There is no folder" in str(refusal)


def test_a_refused_book_leaves_no_row_behind(small, tmp_path):
    before = everything()

    assert mistakes_of(Book().set("usage", 0, quantity="x").write(tmp_path))
    assert everything() == before
    assert not Bill.objects.exists()
