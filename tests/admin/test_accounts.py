"""The page of an account: what support may correct, and a tab for everything that happened."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from djmoney.money import Money

from accounts.models import Account, Letter
from billing.admin.money_tables import owed_upto
from billing.models import Event, LedgerEntry
from tests.admin import book
from tests.billing.running import bill
from tests.factories import AccountFactory, MemberFactory, instant
from tests.licensing.usage_book import ROUTING, STT, licensed, limited, use

pytestmark = pytest.mark.django_db


def tab(client: Client, account: Account, slug: str, **query: str) -> str:
    page = client.get(reverse(f"admin:accounts_account_{slug}", args=[account.pk]), query)
    assert page.status_code == 200
    return page.content.decode()


def rows(client: Client, account: Account, slug: str, **query: str) -> list[list[str]]:
    page = client.get(reverse(f"admin:accounts_account_{slug}", args=[account.pk]), query)
    return [[cell.text for cell in row.cells] for row in page.context["table"].rows]


def details(account: Account, **changes: str) -> dict[str, str]:
    names = "name reference language time_zone email street postcode city country tax_id"
    more = "tax_id_state discount_percent pays_by terms_days"
    return {name: str(getattr(account, name)) for name in f"{names} {more}".split()} | changes


def save(client: Client, account: Account, **changes: str) -> list[str]:
    """Sends the details with these changes; what was complained about."""
    page = client.post(
        reverse("admin:accounts_account_change", args=[account.pk]), details(account, **changes)
    )
    account.refresh_from_db()
    if page.status_code == 302:
        return []
    errors = page.context["adminform"].form.errors
    return [f"{field}: {' '.join(words)}" for field, words in errors.items()]


def test_support_corrects_the_address_and_the_log_says_who_did(root):  # STAFF-4
    account = AccountFactory(city="Praha")

    assert save(root, account, city="Brno") == []

    latest = account.history.first()
    assert (account.city, latest.city) == ("Brno", "Brno")
    assert latest.history_user.email == "root@example.com"
    page = root.get(reverse("admin:accounts_account_history", args=[account.pk])).content.decode()
    assert "Praha" in page


def test_a_correction_leaves_alone_what_somebody_else_changed_meanwhile(root):
    account = AccountFactory(city="Praha")
    form = details(account, city="Brno")
    Account.objects.filter(pk=account.pk).update(blocked_at=instant("2026-01-01"))

    root.post(reverse("admin:accounts_account_change", args=[account.pk]), form)

    account.refresh_from_db()
    assert (account.city, account.blocked_at) == ("Brno", instant("2026-01-01"))


def opened(client: Client, account: Account) -> dict[str, str]:
    """What a tab that is opened now will send."""
    page = client.get(reverse("admin:accounts_account_change", args=[account.pk]))
    return details(account, seen=page.context["seen"])


def sent(client: Client, account: Account, form: dict[str, str]) -> Any:
    page = client.post(reverse("admin:accounts_account_change", args=[account.pk]), form)
    account.refresh_from_db()
    return page


def test_two_tabs_write_what_each_of_them_changed(root, seat):  # STAFF-4
    account = AccountFactory(street="Stará 1", city="Praha", discount_percent=Decimal(10))
    first, second = opened(root, account), opened(root, account)

    street = sent(root, account, first | {"street": "Nová 2", "discount_percent": "20"})
    city = sent(root, account, second | {"city": "Brno"})

    assert (street.status_code, city.status_code) == (302, 302)
    assert (account.street, account.city) == ("Nová 2", "Brno")
    assert account.discount_percent == Decimal(20)
    assert account.history.first().street == "Nová 2"


def test_what_another_changed_meanwhile_is_told_and_written_over_only_knowingly(root):  # STAFF-4
    account = AccountFactory(street="Stará 1", city="Praha")
    first, second = opened(root, account), opened(root, account)
    sent(root, account, first | {"street": "Nová 2", "city": "Plzeň"})

    refused = sent(root, account, second | {"city": "Brno"})

    form = refused.context["adminform"].form
    assert account.city == "Plzeň"
    assert form["city"].value() == "Brno"
    assert form.errors["city"][0].startswith("Rita changed this to Plzeň on ")
    assert "UTC" in form.errors["city"][0]
    again = sent(root, account, second | {"city": "Brno", "seen": refused.context["seen"]})
    assert again.status_code == 302
    assert (account.street, account.city) == ("Nová 2", "Brno")


def test_support_enables_the_licensing_module_and_licences_can_be_bought(root):  # LIC-2, LIC-5
    account = AccountFactory()

    assert save(root, account, licensing_enabled="on") == []
    enabled = account.licensing_enabled
    assert save(root, account) == []

    assert (enabled, account.licensing_enabled) == (True, False)
    assert [(one.code, one.anchor_day) for one in account.subscriptions.all()] == [("licensing", 1)]


@pytest.mark.parametrize("seen", ["", "x", "1", "999999-999999", "99999999999999999999-1", "-"])
def test_a_page_that_names_no_entry_of_the_log_is_saved_as_it_is(root, seen):
    account = AccountFactory(city="Praha")

    assert save(root, account, city="Brno", seen=seen) == []
    assert account.city == "Brno"


def test_a_lower_discount_is_refused_as_it_needs_a_notice(root):  # RSL-5
    account = AccountFactory(discount_percent=Decimal(20))

    (refusal,) = save(root, account, discount_percent="10")

    assert refusal.startswith("discount_percent: A lower discount raises what is charged")
    assert account.discount_percent == Decimal(20)
    assert save(root, account, discount_percent="25") == []


@pytest.mark.parametrize(
    ("field", "wrong", "words"),
    [
        ("country", "XX", "two letters of ISO 3166-1"),
        ("time_zone", "Mars/Olympus", "no time zone"),
        ("tax_id", "CZ123", "cannot be a tax ID of CZ"),
        ("name", "", "Write the name."),
        ("language", "xx", "xx is not one of the available choices"),
        ("terms_days", "366", "Write 0 to 365 days."),
        ("terms_days", "99999999999", "Write 0 to 365 days."),
        ("discount_percent", "101", "Write 0 to 100 percent."),
    ],
)
def test_wrong_details_are_said_beside_their_field(root, field, wrong, words):  # ALL-4
    account = AccountFactory()

    (refusal,) = save(root, account, **{field: wrong})

    assert refusal.startswith(f"{field}: ")
    assert words in refusal


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"terms_days": 366}])
def test_the_database_itself_refuses_a_language_or_terms_that_no_document_can_have(wrong):  # ALL-2
    account = AccountFactory()

    with pytest.raises(IntegrityError):
        Account.objects.filter(pk=account.pk).update(**wrong)


def test_an_empty_reference_may_be_shared(root):
    first, second = AccountFactory(), AccountFactory()

    assert save(root, first, reference="") == save(root, second, reference="") == []
    assert first.reference is second.reference is None


def test_the_head_says_what_is_owed_and_when_the_next_bill_comes(root):
    account = book.told(transfer=True).account

    page = root.get(reverse("admin:accounts_account_change", args=[account.pk]))

    owed = owed_upto(account.pk, "EUR")
    assert owed == sum(LedgerEntry.objects.values_list("amount", flat=True))
    assert page.context["summary"]["owes"] == f"€{owed:,.2f}"
    assert page.context["summary"]["next"] == "31 Mar 2026"


def test_the_tabs_tell_what_was_clicked_billed_and_sent(root):
    account = book.told(transfer=True).account

    events = rows(root, account, "events")

    assert events[0][1:4] == ["Seat", "5 → 2", "Anna Nováková"]
    assert len(events) == Event.objects.count()
    assert rows(root, account, "subscriptions")[0][0] == "plan"
    assert ["Ann", "Suspended"] in [[row[0], row[2]] for row in rows(root, account, "members")]
    assert ["Bob", "New → Active"] in [row[1:3] for row in rows(root, account, "member-log")]
    assert len(rows(root, account, "invoices")) == account.invoices.count()
    assert len(rows(root, account, "letters")) == Letter.objects.count() > 0


def test_the_ledger_runs_a_balance_across_its_pages(root):
    (account,) = book.customers(1)
    for number in range(60):
        LedgerEntry.objects.create(
            payer=account,
            kind=LedgerEntry.Kind.PAYMENT,
            amount=Money("-0.10", "EUR"),
            at=instant(f"2026-02-01 10:{number:02}"),
        )

    first = rows(root, account, "ledger")
    second = rows(root, account, "ledger", page="2")

    assert (len(first), len(second)) == (50, 12)
    assert [row[2:] for row in first[:2]] == [["−€0.10", "−€6.00"], ["−€0.10", "−€5.90"]]
    assert second[0][3] == "−€1.00"
    assert second[-1][2:] == [second[-1][3], second[-1][3]]


def test_what_is_paid_for_by_another_account_says_by_whom(root):
    payer, _ = book.customers(2)
    (child,) = book.paid_for(payer, 1)

    bill(at=instant("2026-02-01 06:00"))

    assert f"{payer} pays for this account" in tab(root, child, "invoices")
    assert child.name in [row[0] for row in rows(root, payer, "children")]


def test_a_long_list_comes_fifty_rows_a_page(root):
    account = AccountFactory()
    for _ in range(51):
        MemberFactory(account=account)

    assert len(rows(root, account, "members")) == 50
    assert len(rows(root, account, "members", page="2")) == 1
    assert len(rows(root, account, "members", page="nonsense")) == 50


def test_an_account_cannot_be_added_or_deleted_here(root):
    account = AccountFactory()

    assert root.get(reverse("admin:accounts_account_add")).status_code == 403
    deleted = root.post(
        reverse("admin:accounts_account_delete", args=[account.pk]), {"post": "yes"}
    )
    assert deleted.status_code == 403


def test_an_unknown_account_is_not_found(root):
    assert root.get(reverse("admin:accounts_account_events", args=[999])).status_code == 404


def test_the_desk_reads_limits_with_their_standing_and_warnings(root):  # STAFF-1 LIC-11
    account = licensed()
    limited(account, STT, 2000)
    limited(account, ROUTING, 1)
    now = timezone.now()
    use(account, STT, 6400, at=now)
    use(account, ROUTING, 1000, at=now)

    found = rows(root, account, "usage")

    assert [row[0] for row in found] == ["Speech-to-text", "Smart routing", "AI topics", "AI QA"]
    speech, routing, topics, _ = [row[1:] for row in found]
    assert speech == ["2,000 minutes over the base", "6,400", "7,000", "Runs", "90 % of 7,000"]
    assert routing == ["1 pack", "1,000", "1,000", "Stopped", "100 % of 1,000"]
    assert topics == ["Not chosen", "0", "Never", "Rests", "Nothing this month"]
