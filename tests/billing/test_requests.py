"""Requests: asked by a customer, answered by support, and told to both sides at each step."""

from __future__ import annotations

import pytest

from accounts.deeds import NOBODY
from accounts.models import AccountEvent, InboxMessage, Letter, Member
from accounts.refusals import Lacking
from billing import contacts, requests
from billing.models import ChangeRequest, Event, RequestMessage
from billing.refusals import ChangeRefused
from tests.billing.requesting import NOW, RENEWAL, asked, catalogue, customer, opened, support
from tests.factories import AccountFactory, MemberFactory, UserFactory
from tests.lasting import lasting
from tests.standing import chief, stands

pytestmark = pytest.mark.django_db

_catalogue = lasting(catalogue, autouse=True)
here = lasting(customer)
State = ChangeRequest.State


def thread(request: ChangeRequest) -> list[str]:
    return [message.deed for message in request.messages.order_by("pk")]


def test_what_is_asked_waits_for_support_and_changes_nothing(here):  # PLAN-9
    events = Event.objects.count()

    found = opened(here, "level", "marketing-plus", reason="Smaller team", wanted_on=RENEWAL)

    assert (found.state, found.source, found.verified) == (State.OPEN, "portal", True)
    assert (found.opened_by, found.opened_at, found.since) == (here.person, NOW, NOW)
    assert Event.objects.count() == events
    [message] = found.messages.all()
    assert message.details == {"was": ["marketing-pro", 2500], "becomes": ["marketing-plus", 2500]}
    deed = AccountEvent.objects.latest("pk")
    assert (deed.kind, deed.actor) == (AccountEvent.Kind.REQUEST_OPENED, here.person)


def test_each_step_is_told_to_both_sides_once(here, settings):  # PLAN-9, CONV-5
    settings.SUPPORT_EMAIL = "help@example.com"
    simon = support()
    found = opened(here, "add_on", "extra", contact_email="boss@example.com")

    requests.take(request_id=found.pk, by=simon, at=NOW)
    requests.ask(request_id=found.pk, text="From when?", by=simon, at=NOW)
    requests.say(here=here, request_id=found.pk, text="From March.", at=NOW)
    requests.answer(request_id=found.pk, text="It will be so.", by=simon, at=NOW)
    requests.withdraw(here=here, request_id=found.pk, at=NOW)

    steps = ["opened", "taken", "asked", "said", "answered", "withdrawn"]
    assert thread(found) == steps
    letters = Letter.objects.filter(name__startswith="request")
    to = {letter.to for letter in letters}
    assert to == {"help@example.com", "boss@example.com", here.person.email}
    assert letters.count() == 3 * len(steps)
    told = InboxMessage.objects.filter(person=here.person, name="request")
    # In the bell stands what others have done.
    assert [one.details["deed"] for one in told.order_by("pk")] == ["taken", "asked", "answered"]


def test_who_asked_and_is_the_primary_admin_gets_one_letter(here):
    opened(here, "add_on", "extra", contact_email=here.person.email.upper())

    assert [one.to for one in Letter.objects.filter(name="request")] == [here.person.email]


def test_the_turn_goes_to_and_fro(here):  # PLAN-9
    simon = support()
    found = opened(here, "add_on", "extra")

    requests.take(request_id=found.pk, by=simon, at=NOW)
    assert state(found) == State.IN_PROGRESS
    requests.ask(request_id=found.pk, text="From when?", by=simon, at=NOW)
    assert state(found) == State.WAITING
    requests.say(here=here, request_id=found.pk, text="From March.", at=NOW)
    assert state(found) == State.IN_PROGRESS


def state(found: ChangeRequest) -> str:
    found.refresh_from_db()
    return found.state


def test_a_question_that_is_answered_is_done_until_it_is_asked_again(here):  # CONV-3
    simon = support()
    found = opened(here, "question", notes="What is a seat?")

    requests.answer(request_id=found.pk, text="A place for one.", by=simon, at=NOW)
    assert state(found) == State.ANSWERED
    requests.say(here=here, request_id=found.pk, text="And a bot?", at=NOW)

    assert state(found) == State.OPEN


@pytest.mark.parametrize("done", ["withdrawn", "declined"])
def test_what_is_done_with_stays_so(here, done):
    simon = support()
    found = opened(here, "add_on", "extra")
    if done == "withdrawn":
        requests.withdraw(here=here, request_id=found.pk, at=NOW)
    else:
        requests.decline(request_id=found.pk, reason="It was sold until May.", by=simon, at=NOW)

    with pytest.raises(ChangeRefused, match="is done with"):
        requests.say(here=here, request_id=found.pk, text="Wait", at=NOW)
    with pytest.raises(ChangeRefused, match="is done with"):
        requests.withdraw(here=here, request_id=found.pk, at=NOW)
    with pytest.raises(ChangeRefused, match="is done with"):
        requests.answer(request_id=found.pk, text="No", by=simon, at=NOW)
    assert state(found) == done


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_refusal_has_a_reason_and_a_message_has_words(here, text):
    simon = support()
    found = opened(here, "add_on", "extra")

    with pytest.raises(ChangeRefused):
        requests.decline(request_id=found.pk, reason=text, by=simon, at=NOW)
    with pytest.raises(ChangeRefused):
        requests.say(here=here, request_id=found.pk, text=text, at=NOW)
    assert thread(found) == ["opened"]


def test_one_form_sent_twice_opens_one_request(here):
    first = requests.open_request(here=here, asked=asked("question"), key="one", at=NOW)
    again = requests.open_request(here=here, asked=asked("question"), key="one", at=NOW)

    assert first == again
    assert thread(first) == ["opened"]


# ---- who may ----


def test_whoever_may_purchase_may_ask(here):  # PLAN-9
    buyer = MemberFactory(account=here.account, signs_in=True, purchase_permission=True)

    assert opened(stands(buyer), "add_on", "extra").opened_by == buyer.user


@pytest.mark.parametrize("facts", [{}, {"admin": True}, {"paying": True}])
def test_nobody_else_asks(here, facts):
    other = MemberFactory(account=here.account, signs_in=True, **facts)

    with pytest.raises(Lacking):
        opened(stands(other), "add_on", "extra")


def test_the_primary_account_admin_alone_gives_legacy_seats_back(here):  # CONV-5
    buyer = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))

    with pytest.raises(Lacking):
        opened(buyer, "seats", "seats", 5)
    found = opened(here, "seats", "seats", 5)

    assert (found.product, found.quantity) == (found.product, 5)
    with pytest.raises(Lacking):
        requests.withdraw(here=buyer, request_id=found.pk, at=NOW)


def test_where_the_reseller_pays_its_people_ask(here):  # RSL-2
    reseller = AccountFactory(reseller=True)
    chief(reseller)
    here.account.parent = here.account.payer = reseller
    here.account.save()

    with pytest.raises(ChangeRefused, match="Who pays for this account"):
        opened(here, "add_on", "extra")


def test_a_request_of_somebody_else_is_not_there():  # ALL-1
    found = opened(customer(), "add_on", "extra")
    stranger = chief(AccountFactory())

    with pytest.raises(ChangeRequest.DoesNotExist):
        requests.say(here=stranger, request_id=found.pk, text="Hello", at=NOW)


# ---- what cannot be had ----


def test_a_level_without_room_says_what_must_go_first(here):  # PLAN-5, PLAN-9
    with pytest.raises(ChangeRefused, match="you have 5: give seats back first"):
        opened(here, "level", "marketing-starter")
    assert not ChangeRequest.objects.exists()


def test_seats_below_those_in_use_are_refused_and_it_says_who_takes_them():  # PLAN-9
    here = customer(people=4)

    with pytest.raises(
        ChangeRefused, match="4 user seats are in use, by Eva, Ivo, Jana and 1 more"
    ):
        opened(here, "add_on", "users-pro", 3)
    assert not ChangeRequest.objects.exists()


def test_who_is_above_the_contact_limit_keeps_it_on_another_level(here):  # PLAN-9, PLAN-10
    """API and forms go on to 110 % of a limit: the limit stays, so nothing has to go."""
    contacts.count_anew(
        account_id=here.account.pk, stored=2600, at=NOW, by=NOBODY, note="Forms went on"
    )

    assert opened(here, "level", "marketing-plus").state == State.OPEN


def test_nothing_is_asked_for_that_is_so_already(here):
    with pytest.raises(ChangeRefused, match="8 are held"):
        opened(here, "seats", "seats", 8)
    with pytest.raises(ChangeRefused, match="is not held any more"):
        opened(here, "seats", "users-plus", 3)


def test_support_in_a_visit_asks_in_the_customers_place(here):
    member = Member.objects.get(account=here.account, primary_admin=True)
    visiting = stands(member, visited_by=UserFactory(name="Simon", superuser=True))

    found = opened(visiting, "add_on", "extra")

    assert found.opened_by_name == "Simon (Jana)"
    assert AccountEvent.objects.latest("pk").visit == visiting.visit
    assert InboxMessage.objects.get(name="request").person == here.person


# ---- at the desk ----


def test_support_writes_down_what_was_asked_by_telephone(here):
    simon = support()

    found = requests.write_down(
        account_id=here.account.pk, asked=asked("add_on", "extra"), by=simon, at=NOW
    )

    assert (found.source, found.opened_by) == ("desk", simon)
    assert thread(found) == ["opened"]


def test_support_puts_own_words_into_what_can_be_applied(here):
    simon = support()
    found = opened(here, "other", notes="We need fewer of the old seats, five will do.")

    requests.describe(request_id=found.pk, asked=asked("seats", "seats", 5), by=simon, at=NOW)

    found.refresh_from_db()
    assert (found.kind, found.quantity, found.state) == ("seats", 5, State.IN_PROGRESS)
    assert thread(found) == ["opened", "changed"]
    assert RequestMessage.objects.latest("pk").details["becomes"] == ["seats", 5]


def test_two_of_support_do_not_look_after_the_same(here):
    simon = support()
    found = opened(here, "add_on", "extra")
    requests.take(request_id=found.pk, by=simon, at=NOW)

    with pytest.raises(ChangeRefused, match="Simon Support looks after it already"):
        requests.take(request_id=found.pk, by=UserFactory(staff=True), at=NOW)
