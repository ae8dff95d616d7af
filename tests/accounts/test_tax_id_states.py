"""Tax IDs are checked later: asked once an hour, and what was said decides about tax."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.urls import reverse

from accounts import tax_id_states
from accounts.models import Account, InboxMessage
from accounts.tasks import check_tax_ids
from accounts.tax_checks import tax_id_check
from accounts.tax_checks.base import Answer
from accounts.tax_checks.offline import Offline
from billing.models import Invoice
from tests.accounts.tax_desks import Ready
from tests.billing.running import bill, clock
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

pytestmark = pytest.mark.django_db(transaction=True)
NOW = instant("2026-01-15 10:35")
DE = "DE136695976"
State = Account.TaxIdState


def asked(answers: Mapping[str, Answer] | None = None, *, at: datetime = NOW) -> Ready:
    check = Ready(answers)
    tax_id_states.check_due(check=check, clock=clock(at))
    return check


def state_of(account: Account) -> tuple[str, datetime | None]:
    account.refresh_from_db()
    return account.tax_id_state, account.tax_id_checked_at


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer.VALID, State.VALID),
        (Answer.INVALID, State.INVALID),
        (Answer.UNKNOWN, State.UNAVAILABLE),
    ],
)
def test_what_is_said_is_written_down_with_its_instant(answer, state):  # ALL-5
    account = AccountFactory(german=True)

    asked({DE: answer})

    assert state_of(account) == (state, NOW)
    last = account.history.first()
    assert (last.tax_id_state, last.history_change_reason) == (
        state,
        f"Tax ID {DE} asked of Ready: {answer.value}",
    )


def test_one_that_nobody_could_check_is_asked_for_a_day_later():  # ALL-5
    account = AccountFactory(german=True)
    asked()

    too_soon = asked(at=NOW + timedelta(hours=23))
    again = asked({DE: Answer.VALID}, at=NOW + timedelta(days=1))

    assert (too_soon.asked, again.asked) == ([], [DE])
    assert state_of(account) == (State.VALID, NOW + timedelta(days=1))


def test_nobody_known_and_nobody_unknown_to_the_check_is_asked_for():
    AccountFactory(german=True, tax_id_state=State.VALID)
    AccountFactory(german=True, tax_id_state=State.INVALID)
    AccountFactory(country="US", tax_id="91-1144442")
    AccountFactory(country="DE", tax_id="")
    AccountFactory(german=True, closed_at=NOW)

    assert asked().asked == []


def test_still_unknown_leaves_no_second_entry_in_the_history():
    account = AccountFactory(german=True)
    asked()
    before = account.history.count()

    asked(at=NOW + timedelta(days=2))

    assert account.history.count() == before
    assert state_of(account) == (State.UNAVAILABLE, NOW + timedelta(days=2))


def test_who_does_not_answer_is_left_alone_for_the_hour():
    for number in range(9):
        AccountFactory(country="SK", tax_id=f"SK{number:010}")

    first, second = asked(), asked(at=NOW + timedelta(hours=1))

    assert (len(first.asked), len(second.asked)) == (5, 4)
    assert not set(first.asked) & set(second.asked)


@pytest.mark.parametrize(
    "changed", [{"tax_id": "DE811569869"}, {"country": "AT"}, {"tax_id_state": State.VALID}]
)
def test_an_answer_that_comes_too_late_changes_nothing(changed):
    account = AccountFactory(german=True)
    Account.objects.filter(pk=account.pk).update(**changed)

    noted = tax_id_states.note(account=account, answer=Answer.INVALID, by="Ready", at=NOW)

    assert not noted
    assert Account.objects.get(pk=account.pk).tax_id_state != State.INVALID


def test_an_id_found_invalid_is_taxed_from_the_next_invoice():  # ALL-5
    SellerFactory()
    TaxRateFactory(country="DE", percent=19)
    PriceFactory(code="seat")
    account = AccountFactory(german=True)
    SubscriptionFactory(account=account, items={"seat": 1})
    bill(at=instant("2026-01-01 06:00"))

    asked({DE: Answer.INVALID})
    bill(at=instant("2026-02-01 06:00"))

    taxes = [one.taxes[0] for one in Invoice.objects.order_by("pk")]
    assert [(tax["category"], tax["amount"]) for tax in taxes] == [("AE", "0.00"), ("S", "1.90")]


def test_the_primary_account_admin_reads_that_tax_will_be_charged():  # ALL-5
    account = AccountFactory(german=True, name="Alfa")
    jana = MemberFactory(account=account, signs_in=True, primary_admin=True)
    MemberFactory(account=account, signs_in=True)

    asked({DE: Answer.INVALID})

    (message,) = InboxMessage.objects.all()
    told = tax_id_states.told(message)
    assert message.person == jana.user
    assert told.text.startswith(f"The tax ID {DE} of Alfa is not valid: tax is charged")
    assert told.link == reverse("accounts:company", args=[account.pk])


def test_the_task_asks_whom_the_setting_names():
    account = AccountFactory(german=True)

    check_tax_ids()

    assert isinstance(tax_id_check(), Offline)
    assert state_of(account)[0] == State.UNAVAILABLE


def test_another_check_is_one_setting_away():
    tax_id_check.cache_clear()
    with override_settings(ACCOUNTS_TAX_ID_CHECK="accounts.tax_checks.vies.Vies"):
        assert tax_id_check().name == "VIES"
    tax_id_check.cache_clear()


def test_what_the_desk_changes_counts_as_not_checked(client):  # ALL-5
    account = AccountFactory(german=True, tax_id_state=State.VALID, tax_id_checked_at=NOW)
    client.force_login(UserFactory(staff=True, superuser=True))
    page = reverse("admin:accounts_account_change", args=[account.pk])
    form = client.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}

    answer = client.post(page, {**_filled(sent), "tax_id": "DE811569869"})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert state_of(account) == (State.UNCHECKED, None)


def test_the_desk_shows_when_a_tax_id_was_asked_for(client):
    account = AccountFactory(german=True, tax_id_checked_at=NOW)
    client.force_login(UserFactory(staff=True, superuser=True))

    shown = client.get(reverse("admin:accounts_account_change", args=[account.pk]))

    assert "15 Jan 2026" in shown.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def _filled(values: dict[str, object]) -> dict[str, object]:
    """What a browser would send: no field that is empty, no box that is not ticked."""
    empty = (None, False)
    return {name: value for name, value in values.items() if not any(value is x for x in empty)}
