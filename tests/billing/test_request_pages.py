"""The pages of requests: the form that names what is lost, the list, the thread. PLAN-9, CONV-3."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import Standing
from accounts.models import Account
from billing import requests
from billing.models import ChangeRequest
from tests.billing.requesting import customer, opened, support
from tests.factories import AccountFactory, MemberFactory
from tests.lasting import lasting
from tests.standing import chief

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.now() - timedelta(days=1)


@lasting
def here() -> Standing:
    """A customer whose cycle runs today; five people take seats."""
    return customer(people=5)


@pytest.fixture
def jana(here: Standing) -> Client:
    return signed_in(here)


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def read(answer: Any) -> str:
    return str(answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def at(name: str, here: Standing, *more: int) -> str:
    return reverse(f"billing:{name}", args=[here.account.pk, *more])


def filled(**values: str) -> dict[str, str]:
    return {"contact_email": "jana@example.com", "key": "one", **values}


def test_the_page_says_how_one_asks_for_what_one_cannot_change(here, jana, settings):  # PLAN-9
    settings.SUPPORT_EMAIL = "help@example.com"

    shown = read(jana.get(at("overview", here)))

    assert "Want to change your plan?" in shown
    assert f'href="{at("request_new", here)}" data-dialog>Contact us</a>' in shown
    assert 'href="mailto:help@example.com"' in shown


def test_the_address_fills_the_form_in(here, jana):  # PLAN-9
    shown = read(jana.get(f"{at('request_new', here)}?kind=level&target=marketing-plus"))

    assert '<option value="level" selected>Lower plan level</option>' in shown
    assert '<option value="marketing-plus" selected>Marketing Plus</option>' in shown
    assert f'value="{here.person.email}"' in shown


def test_the_form_names_the_features_that_are_lost(here, jana):  # PLAN-9
    shown = read(jana.get(f"{at('request_new', here)}?kind=level&target=marketing-plus"))

    lost = shown[shown.index("With Marketing Plus you lose") :]
    assert "Experiments" in lost
    assert "10 × the contact limit instead of 12 ×" in lost
    assert "Campaigns" not in lost
    assert f"{at('features', here)}?of=marketing" in lost
    # And what it comes to: what is paid and not used any more goes to the balance.
    assert "This goes to your credit balance" in lost


def test_a_level_without_room_says_what_must_go_first(here, jana):  # PLAN-5, PLAN-9
    address = f"{at('request_new', here)}?kind=level&target=marketing-starter"

    assert "Starter holds 2 user seats at most, you have 5: give seats back first." in read(
        jana.get(address)
    )
    answer = jana.post(
        at("request_new", here), filled(kind="level", target="marketing-starter", notes="Now")
    )
    assert answer.status_code == 409
    assert "you have 5: give seats back first." in read(answer)
    assert "Now</textarea>" in read(answer)
    assert not ChangeRequest.objects.exists()


def test_submitting_leads_to_the_thread(here, jana):  # PLAN-9
    answer = jana.post(
        at("request_new", here),
        filled(kind="level", target="marketing-plus", reason="Smaller", notes="In spring"),
    )

    found = ChangeRequest.objects.get()
    assert answer["Location"] == at("request", here, found.pk)
    assert (found.kind, found.reason, found.notes) == ("level", "Smaller", "In spring")
    shown = read(jana.get(answer["Location"]))
    assert "Your request is sent." in shown
    assert "In spring" in shown
    assert "Marketing Pro · 2,500 contacts" in shown
    # A second click on the same form leads to the same.
    again = jana.post(at("request_new", here), filled(kind="level", target="marketing-plus"))
    assert again["Location"] == answer["Location"]


def test_seats_are_removed_by_number(here, jana):  # CONV-5
    shown = read(jana.get(f"{at('request_new', here)}?kind=seats&quantity=3"))
    assert "8 seats → 5 seats from" in shown
    assert "Confirm request" in shown

    jana.post(at("request_new", here), filled(kind="seats", target="seats", quantity="3"))

    assert ChangeRequest.objects.get().quantity == 5


@pytest.mark.parametrize("quantity", ["", "0", "9", "-1", "x"])
def test_a_number_that_cannot_go_is_told_beside_its_field(here, jana, quantity):  # ALL-4
    answer = jana.post(
        at("request_new", here),
        filled(kind="seats", target="seats", quantity=quantity, notes="As agreed"),
    )

    assert answer.status_code == 422
    assert "As agreed" in read(answer)
    assert 'href="#id_quantity"' in read(answer)
    assert not ChangeRequest.objects.exists()


def test_a_question_has_words(here, jana):  # CONV-3, ALL-4
    answer = jana.post(at("request_new", here), filled(kind="question"))

    assert answer.status_code == 422
    assert "Your question" in read(answer)
    assert read(answer).count('id="id_target"') == 0


def test_what_follows_a_choice_is_drawn_alone_and_asks_for_nothing(here, jana):
    part = jana.post(
        at("request_new", here),
        filled(kind="add_on", target="extra", notes="x"),
        headers={"HX-Request": "true", "HX-Target": "asked"},
    )
    whole = jana.post(at("request_new", here), filled(kind="add_on", show="1", notes="Kept"))

    assert "<form" not in read(part)
    assert "you lose" in read(part)
    assert "Kept</textarea>" in read(whole)
    assert not ChangeRequest.objects.exists()


def test_the_thread_is_written_into_and_withdrawn(here, jana):  # PLAN-9
    found = opened(here, "add_on", "extra", at=YESTERDAY)
    requests.ask(request_id=found.pk, text="From when?", by=support(), at=YESTERDAY)

    shown = read(jana.get(at("request", here, found.pk)))
    assert "Waiting for you" in shown
    assert "From when?" in shown
    jana.post(at("request", here, found.pk), {"text": "From March."})
    assert "From March." in read(jana.get(at("request", here, found.pk)))
    jana.post(at("request_withdraw", here, found.pk))

    shown = read(jana.get(at("request", here, found.pk)))
    assert "Withdrawn" in shown
    assert "Send message" not in shown
    late = jana.post(at("request", here, found.pk), {"text": "Wait, please"})
    assert late.status_code == 409
    assert "Wait, please" in read(late)


def test_an_empty_message_is_told(here, jana):  # ALL-4
    found = opened(here, "add_on", "extra", at=YESTERDAY)

    assert jana.post(at("request", here, found.pk), {"text": " "}).status_code == 422


def test_what_is_open_stands_on_the_overview_too(here, jana):  # PLAN-1
    found = opened(here, "add_on", "extra", at=YESTERDAY)
    assert "Open requests" in read(jana.get(at("overview", here)))
    assert at("request", here, found.pk) in read(jana.get(at("overview", here)))

    requests.withdraw(here=here, request_id=found.pk, at=YESTERDAY)

    assert "Open requests" not in read(jana.get(at("overview", here)))
    assert "Remove an add-on: Extra" in read(jana.get(at("requests", here)))


def test_the_billing_role_reads_and_does_not_write(here):
    found = opened(here, "add_on", "extra", at=YESTERDAY)
    reader = MemberFactory(account=here.account, signs_in=True, paying=True)
    client = Client()
    client.force_login(reader.user)

    shown = read(client.get(at("request", here, found.pk)))
    assert "Send message" not in shown
    assert client.post(at("request", here, found.pk), {"text": "No"}).status_code == 403
    assert client.get(at("request_new", here)).status_code == 403
    assert "Contact us" not in read(client.get(at("overview", here)))


def test_another_accounts_request_is_not_found(here):  # ALL-1
    found = opened(here, "add_on", "extra", at=YESTERDAY)
    other = chief(AccountFactory())

    assert signed_in(other).get(at("request", other, found.pk)).status_code == 404


def test_a_client_reads_nothing_of_what_its_reseller_asks(here):  # RSL-2
    opened(here, "add_on", "extra", at=YESTERDAY)
    reseller = AccountFactory(reseller=True)
    Account.objects.filter(pk=here.account.pk).update(
        role=Account.Role.CLIENT, parent=reseller, payer=reseller
    )

    assert signed_in(here).get(at("requests", here)).status_code == 403
    assert signed_in(here).get(at("request_new", here)).status_code == 403
    assert "Open requests" not in read(signed_in(here).get(at("overview", here)))


def test_an_unverified_mail_is_marked(here, jana):  # PLAN-9
    from billing.incoming_mail import Mail, open_by_mail

    found = open_by_mail(
        account_id=here.account.pk,
        mail=Mail("someone@elsewhere.example", "Seats", "Fewer of them.", YESTERDAY),
        by=support(),
        at=YESTERDAY,
    )

    shown = read(jana.get(at("request", here, found.pk)))
    assert "Unverified address" in shown
    assert "someone@elsewhere.example" in shown


def test_the_list_costs_the_same_with_1_request_and_with_50(here, jana):
    def cost() -> int:
        jana.get(at("requests", here))
        with CaptureQueriesContext(connection) as queries:
            assert jana.get(at("requests", here)).status_code == 200
        return len(queries)

    opened(here, "question", notes="?", at=YESTERDAY)
    few = cost()
    for _ in range(49):
        opened(here, "question", notes="?", at=YESTERDAY)

    assert cost() == few
