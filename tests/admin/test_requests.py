"""The desk's pages about requests: read, answered, applied with the price in view. STAFF-2."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import Role, Standing
from accounts.models import Letter
from billing import requests
from billing.models import ChangeRequest, Event, Item, RequestMessage, Subscription
from tests.billing.requesting import customer_of_today, opened, support
from tests.factories import MemberFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db
LIST = reverse("admin:billing_changerequest_changelist")


@lasting
def here() -> Standing:
    """A plan whose cycle runs today."""
    return customer_of_today()


@pytest.fixture
def found(here: Standing) -> ChangeRequest:
    return opened(here, "level", "marketing-plus", reason="Smaller", at=timezone.now())


def page(request: ChangeRequest) -> str:
    return reverse("admin:billing_changerequest_change", args=[request.pk])


def deed(request: ChangeRequest, slug: str) -> str:
    return reverse(f"admin:billing_changerequest_{slug}", args=[request.pk])


def read(answer: Any) -> str:
    return str(answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def seen(client: Client, request: ChangeRequest) -> str:
    shown = client.get(page(request))
    return str(shown.context["preview"].seen)


def test_it_is_applied_with_one_click_after_its_price_was_shown(root, found):  # PLAN-9, STAFF-2
    shown = read(root.get(page(found)))
    for words in ("Due at once", "Next invoice", "Every month after", "Smaller"):
        assert words in shown
    assert "Marketing Pro: 2,500 contacts → 0 contacts, at once" in shown
    assert "A credit note is issued now; it pays for the next invoices." in shown
    assert "is billed now" not in shown

    answer = root.post(deed(found, "apply"), {"seen": seen(root, found)}, follow=True)

    found.refresh_from_db()
    assert found.state == ChangeRequest.State.APPLIED
    assert found.invoice is not None
    assert f"Request {found.pk} is applied. {found.invoice.number} is issued." in read(answer)
    assert "Marketing Plus: 0 contacts → 2,500 contacts" in read(answer)
    assert ">Apply</button>" not in read(answer)
    assert Item.objects.get(product__code="marketing-plus").quantity == 2500
    written = Event.objects.filter(cause__startswith="Request")
    assert set(written.values_list("actor__name", flat=True)) == {"Rita"}


def test_a_second_click_changes_nothing_and_says_so(root, found):
    shown = seen(root, found)
    root.post(deed(found, "apply"), {"seen": shown})

    answer = root.post(deed(found, "apply"), {"seen": shown})

    assert answer.status_code == 409
    assert "is done with: Applied" in read(answer)
    assert Event.objects.filter(cause__startswith=f"Request {found.pk}").count() == 4


def test_amounts_that_have_changed_are_shown_again(root, here, found):
    from billing import events

    shown = seen(root, found)
    plan = Subscription.objects.get()
    events.record(subscription_id=plan.pk, changes={"users-pro": 6}, at=timezone.now())

    answer = root.post(deed(found, "apply"), {"seen": shown})

    assert answer.status_code == 409
    assert "The amounts have changed since they were shown." in read(answer)
    assert "User seats Pro: 6 user seats → 0 user seats" in read(answer)


def test_what_stands_in_the_way_is_said_and_there_is_no_button(root, here):  # PLAN-9
    for name in ("Petr", "Eva"):
        MemberFactory(account=here.account, name=name)
    asked = opened(here, "question", notes="Fewer seats", at=timezone.now())
    ChangeRequest.objects.filter(pk=asked.pk).update(
        kind="add_on", product=Item.objects.get(product__code="users-pro").product, quantity=2
    )

    shown = read(root.get(page(asked)))

    assert "In the way: 3 user seats are in use, by Eva, Jana and Petr." in shown
    assert ">Apply</button>" not in shown


def test_what_is_wanted_later_is_said(root, here):
    later = timezone.now().date() + timedelta(days=30)
    asked = opened(here, "level", "marketing-plus", wanted_on=later, at=timezone.now())

    assert "and would hold at once" in read(root.get(page(asked)))


@pytest.mark.parametrize("slug", ["answer", "ask", "decline"])
def test_words_go_to_the_customer(root, found, slug):  # PLAN-9
    root.post(deed(found, slug), {f"{slug}-text": "As you like."})

    message = RequestMessage.objects.latest("pk")
    assert (message.text, message.from_support) == ("As you like.", True)
    assert Letter.objects.filter(key=f"request:{message.pk}:admin").exists()
    assert "As you like." in read(root.get(page(found)))


def test_what_was_typed_is_not_lost(root, found):  # ALL-4
    requests.decline(request_id=found.pk, reason="No", by=support(), at=timezone.now())

    late = root.post(deed(found, "answer"), {"answer-text": "Too late"})
    assert late.status_code == 409
    assert "Too late" in read(late)
    empty = root.post(deed(found, "ask"), {"ask-text": ""})
    assert empty.status_code == 422
    assert "Write what you want to say to the customer." in read(empty)


def test_it_is_taken_on_once(root, found):
    root.post(deed(found, "take"))

    assert "Take it on" not in read(root.get(page(found)))
    assert "looks after it already" in read(root.post(deed(found, "take")))


def test_own_words_are_put_into_what_can_be_applied(root, here):
    asked = opened(here, "other", notes="Five of the old seats will do", at=timezone.now())
    assert ">Apply</button>" not in read(root.get(page(asked)))

    root.post(deed(asked, "describe"), {"what": "seats:seats", "left": "5"})

    shown = read(root.get(page(asked)))
    assert "Seats: 8 seats → 5 seats" in shown
    assert ">Apply</button>" in shown


def test_an_email_is_entered_and_marked(root, here):  # PLAN-9
    address = f"{reverse('admin:billing_changerequest_add')}?account={here.account.pk}"
    assert "verified only from the address of the primary account admin" in read(root.get(address))

    answer = root.post(
        address,
        {"sender": "x@elsewhere.example", "subject": "Seats", "text": "Fewer", "received_at_0": ""},
    )

    asked = ChangeRequest.objects.get()
    assert answer["Location"] == page(asked)
    assert (asked.source, asked.verified) == ("email", False)
    assert "Unverified" in read(root.get(page(asked)))
    root.post(deed(asked, "mail"), {"sender": here.person.email, "text": "It was me."})
    last = RequestMessage.objects.latest("pk")
    assert (last.email, last.verified, str(last.author)) == (here.person.email, True, "Rita")


def test_a_call_is_written_down(root, here):
    address = f"{reverse('admin:billing_changerequest_add')}?account={here.account.pk}"

    root.post(address, {"text": "Jana called: please call back."})

    asked = ChangeRequest.objects.get()
    assert (asked.source, asked.contact_email) == ("desk", here.person.email)


def test_wrong_entries_are_told_beside_their_fields(root, here):  # ALL-4
    address = f"{reverse('admin:billing_changerequest_add')}?account={here.account.pk}"
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()

    answer = root.post(address, {"sender": "nobody", "text": "Fewer", "received_at_0": tomorrow})

    assert "This lies ahead." in read(answer)
    assert "Enter a valid email address." in read(answer)
    assert "Fewer</textarea>" in read(answer)
    assert not ChangeRequest.objects.exists()


def test_without_an_account_one_is_sent_to_it(root):
    answer = root.get(reverse("admin:billing_changerequest_add"))

    assert "Open the account first" in read(answer)
    sent = root.post(reverse("admin:billing_changerequest_add"), {"text": "x"})
    assert sent.status_code == 302
    assert not ChangeRequest.objects.exists()


def test_the_list_shows_what_waits_longest_first_and_filters(root, here):
    now = timezone.now()
    old = opened(here, "question", notes="?", at=now - timedelta(days=8))
    new = opened(here, "add_on", "extra", at=now)
    done = opened(here, "question", notes="!", at=now)
    requests.withdraw(here=here, request_id=done.pk, at=now)

    def shown(query: str = "") -> list[int]:
        return [row.pk for row in root.get(f"{LIST}{query}").context["cl"].result_list]

    assert shown() == [old.pk, new.pk]
    assert shown("?state=done") == [done.pk]
    assert set(shown("?state=all")) == {old.pk, new.pk, done.pk}
    assert shown("?state=waiting") == []
    assert shown("?kind=add_on") == [new.pk]
    assert shown("?waits=7") == [old.pk]
    assert new.pk in shown(f"?q={new.pk}")
    assert shown(f"?q=%23{new.pk}") == [new.pk]
    assert shown(f"?q={here.account.pk}") == [old.pk, new.pk]
    assert shown("?q=%23") == [old.pk, new.pk]
    assert shown("?q=novakova") == [old.pk, new.pk]


def test_an_accounts_tab_lists_its_requests(root, here, found):
    tab = read(root.get(reverse("admin:accounts_account_requests", args=[here.account.pk])))

    assert page(found) in tab
    assert "Enter an e-mail" in tab


def test_support_and_billing_apply_and_others_read(seat, here, found):  # STAFF-4
    for role in (Role.SUPPORT, Role.BILLING):
        assert ">Apply</button>" in read(seat(role).get(page(found)))
    reader = seat(Role.READ_ONLY)
    shown = read(reader.get(page(found)))
    assert ">Apply</button>" not in shown
    assert "<summary>Answer</summary>" not in shown
    assert reader.post(deed(found, "apply")).status_code == 403
    assert seat(Role.CATALOGUE).get(page(found)).status_code == 403
    assert reader.get(deed(found, "apply")).status_code == 405


def test_a_request_costs_the_same_with_1_message_and_with_50(root, found):
    def cost() -> int:
        root.get(page(found))
        with CaptureQueriesContext(connection) as queries:
            assert root.get(page(found)).status_code == 200
        return len(queries)

    few, by = cost(), support()
    for number in range(50):
        requests.answer(request_id=found.pk, text=f"No {number}", by=by, at=timezone.now())

    assert cost() == few


def test_a_request_that_was_withdrawn_is_said_so_in_the_list(root, here, found):
    requests.withdraw(here=here, request_id=found.pk, at=timezone.now())

    listing = root.get(LIST, {"state": "all"}).content.decode()

    assert "Withdrawn" in re.findall(r">\s*(\w+)\s*<", listing)
    assert "withdrawn" not in re.findall(r">\s*(\w+)\s*<", listing)
