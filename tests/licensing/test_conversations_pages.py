"""*Conversations → Manage seats*: what is owned, who is what, and how one comes to more. CONV."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Standing
from accounts.deeds import NOBODY
from accounts.models import Member
from accounts.rights import Right
from billing import trials
from billing.models import Product
from licensing import activity
from licensing.activity import Reported
from licensing.models import ConversationsLevel, Level
from tests.billing.requesting import customer_of_today
from tests.factories import AccountFactory, MemberFactory, SubscriptionFactory
from tests.lasting import lasting
from tests.licensing import seat_book
from tests.licensing.pages import queries_of, signed_in
from tests.standing import chief

pytestmark = pytest.mark.django_db


@lasting
def here() -> Standing:
    """Eight seats at 19.00 on a plan that began ten days ago; Jana buys."""
    found = customer_of_today(agreed_terms=True)
    Product.objects.filter(code="seats").update(closed_from=date(2023, 1, 3))
    return found


@pytest.fixture
def jana(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def agents(here: Standing, *names: str, level: str = "agent") -> list[Member]:
    """People of these names who are given this level now."""
    return seat_book.agents(here, *names, level=level, at=timezone.now())


def at(here: Standing, name: str = "conversations", *more: int) -> str:
    return reverse(f"licensing:{name}", args=[here.account.pk, *more])


def read(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def away(*members: Member, days: int = 40) -> None:
    """They were last active so long ago, and were agents before that."""
    then = timezone.now() - timedelta(days=days)
    Member.objects.filter(pk__in=[one.pk for one in members]).update(last_active_at=then)
    for member in members:
        ConversationsLevel.objects.filter(member=member).update(
            since=then - timedelta(days=1, seconds=member.pk)
        )


def shown_in(client: Client, here: Standing, **query: str) -> list[str]:
    rows = client.get(at(here), query).context["rows"]
    return [row.member.name for row in rows]


def test_the_page_says_what_is_owned_in_use_and_free_and_what_it_costs(here, jana):  # CONV-1
    agents(here, "Ann", "Ben")

    answer = jana.get(at(here))

    shown, seats = read(answer), answer.context["seats"]
    assert (seats.owned, seats.used, seats.free) == (8, 2, 6)
    assert "has not been sold to new customers since 3 January 2023" in shown
    assert "€152.00" in shown, "8 × 19.00 each month"
    assert "Next charge" in shown
    assert reverse("accounts:team", args=[here.account.pk]) in shown
    assert reverse("accounts:accesses", args=[here.account.pk]) in shown
    assert reverse("billing:change", args=[here.account.pk, "seats"]) in shown


def test_a_yearly_cycle_is_twelve_times_the_month_and_says_so(here, jana):  # CONV-4
    other = chief(AccountFactory(pays_by="transfer"), name="Yvo")
    SubscriptionFactory(
        account=other.account, starts_on=date(2022, 1, 1), interval="year", items={"seats": 3}
    )
    yvo = Client()
    yvo.force_login(other.person)

    shown = read(yvo.get(at(other)))

    assert "Each year" in shown
    assert "€684.00" in shown, "3 × 12 × 19.00"
    assert "3 seats, 12 × €19.00 each" in shown


def test_who_only_sees_it_reads_who_holds_seats_and_who_buys(here):  # CONV-2
    agents(here, "Ann")
    reader = signed_in(here.account, Right.SEE_CONVERSATIONS)

    shown = read(reader.get(at(here)))

    assert "Ann" in shown
    assert "Ask Jana." in shown
    assert "Jana (primary account admin) can change this." in shown
    assert "€" not in shown, "who may not see billing reads no amounts"
    assert "Purchase seats" not in shown
    assert reverse("accounts:team", args=[here.account.pk]) not in shown


def test_who_never_held_it_reads_that_it_is_no_longer_sold(here):  # CONV-6
    other = AccountFactory()

    shown = read(
        signed_in(other, admin=True).get(reverse("licensing:conversations", args=[other.pk]))
    )

    assert "no longer sold" in shown
    assert "Who buys seats" not in shown


def test_each_tab_has_its_people(here, jana):  # CONV-1
    ann, _ben = agents(here, "Ann", "Ben")
    agents(here, "Vic", level="viewer")
    MemberFactory(account=here.account, name="Bot", bot=True)
    MemberFactory(account=here.account, name="Gone", status="suspended")
    away(ann)

    assert shown_in(jana, here) == ["Ann", "Ben"]
    assert shown_in(jana, here, tab="idle") == ["Ann"]
    assert shown_in(jana, here, tab="viewers") == ["Vic"]
    assert shown_in(jana, here, tab="nobody") == ["Jana"]
    assert shown_in(jana, here, q="be") == ["Ben"]
    assert shown_in(jana, here, sort="-name") == ["Ben", "Ann"]
    assert shown_in(jana, here, tab="nonsense", sort="nonsense") == ["Ann", "Ben"]
    counts = [tab["count"] for tab in jana.get(at(here)).context["tabs"]]
    assert counts == [2, 1, 1, 1]


def test_the_figures_of_thirty_days_stand_beside_each(here, jana):  # CONV-1
    (ann,) = agents(here, "Ann")
    day = timezone.now().date() - timedelta(days=2)
    activity.report(account_id=here.account.pk, days=[Reported(ann.pk, day, 1200, 1050, 1050 * 65)])

    shown = read(jana.get(at(here)))

    assert "1,200" in shown
    assert "88 %" in shown
    assert "1:05" in shown


def test_idle_seats_are_listed_with_what_releasing_them_would_save(here, jana):  # CONV-9
    """Two of eight seats at 19.00 are not used: 38.00 a month."""
    ann, ben, _cid = agents(here, "Ann", "Ben", "Cid")
    away(ann, ben)

    answer = jana.get(at(here), {"tab": "idle"})

    shown = read(answer)
    assert "Releasing and removing 2 seats would save €38.00 a month" in shown
    assert "?kind=seats&amp;target=seats&amp;quantity=2" in shown
    released = at(here, "conversations_level", ann.pk)
    assert f"{released}?level=viewer" in shown
    form = jana.get(released, {"level": "viewer"}).context["form"]
    assert form["level"].value() == "viewer"


def test_who_was_given_the_seat_lately_is_not_idle(here, jana):  # CONV-9
    (ann,) = agents(here, "Ann")
    ConversationsLevel.objects.filter(member=ann).update(since=timezone.now() - timedelta(days=29))

    assert shown_in(jana, here, tab="idle") == []
    assert "Every seat was used within 30 days." in read(jana.get(at(here), {"tab": "idle"}))


def test_a_level_is_given_and_taken(here, jana):  # CONV-8
    ann = MemberFactory(account=here.account, name="Ann")

    for level, says in (
        ("agent", "Ann is an agent now, and takes a seat."),
        ("viewer", "Ann is a viewer now, and takes no seat."),
        ("none", "Ann has no access to Conversations any more."),
    ):
        answer = jana.post(at(here, "conversations_level", ann.pk), {"level": level}, follow=True)
        assert says in read(answer)

    assert not ConversationsLevel.objects.exists()


def test_without_a_free_seat_the_way_to_buy_one_is_shown(here, jana):  # CONV-8
    agents(here, *"ABCDEFGH")
    ann = MemberFactory(account=here.account, name="Ann")
    address = at(here, "conversations_level", ann.pk)
    lead = signed_in(here.account, Right.UPDATE_CONVERSATIONS)

    answer, other = jana.post(address, {"level": "agent"}), lead.post(address, {"level": "agent"})

    assert answer.status_code == other.status_code == 409
    buy = reverse("billing:change", args=[here.account.pk, "seats"])
    assert "All 8 seats are in use. Buy a seat" in answer.content.decode()
    assert buy in answer.content.decode()
    assert answer.context["form"]["level"].value() == "agent", "what was chosen stays"
    assert buy not in other.content.decode()
    assert "Ask Jana." in other.content.decode()
    assert not ConversationsLevel.objects.filter(member=ann).exists()


def test_a_level_that_there_is_not_is_told_beside_it(here, jana):  # ALL-4
    ann = MemberFactory(account=here.account)

    answer = jana.post(at(here, "conversations_level", ann.pk), {"level": "chief"})

    assert answer.status_code == 422
    assert "Choose one of the levels." in answer.context["form"].errors["level"][0]


def test_bots_and_strangers_have_no_level(here, jana):  # ALL-1
    bot = MemberFactory(account=here.account, bot=True)
    stranger = MemberFactory(account=AccountFactory())

    for member in (bot, stranger):
        assert jana.get(at(here, "conversations_level", member.pk)).status_code == 404


def test_more_in_use_than_owned_is_said_on_every_page(here, jana):  # CONV-8
    """Eight agents and one who comes back: the last of them is taken as a viewer."""
    *_, last = agents(here, "Ann", "Ben", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal")
    Member.objects.filter(pk=last.pk).update(status="suspended")
    (ida,) = agents(here, "Ida")
    Member.objects.filter(pk=last.pk).update(status="active")
    says = "Seats: 9 in use, 8 owned. Until seats are bought or released, Conversations takes"

    for address in (
        at(here),
        at(here, "conversations_level", last.pk),
        at(here, "email_support"),
    ):
        assert f"{says} these agents as viewers: Ida." in read(jana.get(address))
    rows = jana.get(at(here)).context["rows"]
    assert [row.member for row in rows if row.beyond] == [ida]
    assert ConversationsLevel.objects.get(member=ida).level == Level.AGENT


def test_email_support_leads_to_the_three_requests(here, jana):  # CONV-3
    shown = read(jana.get(at(here, "email_support")))

    assert reverse("billing:change", args=[here.account.pk, "seats"]) in shown
    assert "?kind=seats&amp;target=seats" in shown
    assert "?kind=question" in shown


def test_who_never_held_seats_is_sent_to_nobody_for_them():  # CONV-6
    other = AccountFactory()
    boss = signed_in(other, primary_admin=True)

    shown = read(boss.get(reverse("licensing:email_support", args=[other.pk])))

    assert "no longer sold" in shown
    assert "alone buys" not in shown


def test_who_only_sees_conversations_reads_who_buys(here):  # CONV-2
    reader = signed_in(here.account, Right.SEE_CONVERSATIONS)

    shown = read(reader.get(at(here, "email_support")))

    assert "Remove seats" not in shown
    assert "Ask Jana." in shown


@pytest.mark.parametrize("query", ["", "?tab=nobody"])
def test_a_page_costs_the_same_with_one_person_and_with_fifty(here, jana, query):  # CONV-1
    agents(here, "Ann")
    few = queries_of(jana, at(here) + query)
    for number in range(49):
        member = MemberFactory(account=here.account, name=f"Agent {number}")
        if not query:
            ConversationsLevel.objects.create(
                account=here.account,
                member=member,
                level=Level.VIEWER if number > 6 else Level.AGENT,
                since=timezone.now() + timedelta(seconds=number),
            )

    assert queries_of(jana, at(here) + query) == few


def test_seats_are_purchased_at_once_in_their_dialog(here, jana):  # CONV-3
    """Three more of 8 seats at 19.00, on the eleventh day of the cycle."""
    address = reverse("billing:change", args=[here.account.pk, "seats"])

    shown = jana.get(address, {"number": 11})

    text = read(shown)
    assert "Purchase seats" in text
    assert "Confirm purchase" in text
    assert "Due today" in text
    assert "209.00" in text, "11 × 19.00 in every following cycle"
    answer = jana.post(address, {"number": 11, "seen": shown.context["seen"]}, follow=True)
    assert "Confirmed: Seats 8 → 11." in read(answer)
    assert jana.get(at(here)).context["seats"].owned == 11


def test_fewer_seats_are_asked_of_support(here, jana):  # CONV-5
    address = reverse("billing:change", args=[here.account.pk, "seats"])

    answer = jana.post(address, {"number": 7})

    assert "Choose a number from 8 to" in answer.content.decode()


def test_who_may_not_buy_has_no_dialog_to_buy_in(here):  # CONV-2
    lead = signed_in(here.account, Right.UPDATE_CONVERSATIONS)

    answer = lead.get(reverse("billing:change", args=[here.account.pk, "seats"]))

    assert answer.status_code == 403


def test_a_trial_is_shown_with_the_seats_that_it_gives():  # CONV-6, CONV-7
    """Who never bought any tries twenty: nobody reads that none are held."""
    seat_book.sold()
    account = AccountFactory()
    primary = signed_in(account)
    trials.grant(
        account_id=account.pk,
        product=Product.objects.get(code="conversations-seats"),
        quantity=20,
        ends_on=timezone.now().date() + timedelta(days=20),
        at=timezone.now(),
        by=NOBODY,
    )

    answer = primary.get(reverse("licensing:conversations", args=[account.pk]))

    shown = read(answer)
    assert answer.context["seats"].owned == 20
    assert "20 seats" in shown
    assert reverse("billing:trial", args=[account.pk, "conversations-seats"]) in shown
    assert "no longer sold" not in shown
