"""The dialogs of the Team page: what they show, what they ask, and what is so after each."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import people, visits
from accounts.models import Account, Member, MemberEvent
from accounts.questions import Consequence, Planned, Tone
from tests.factories import AccountFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

Status = Member.Status


def costs_and_saves(planned: Planned) -> list[Consequence]:
    """Stands for the floor that knows prices: 24.00 € for each member."""
    amount = f"{24 * len(planned.members)}.00 €"
    if planned.becomes == Status.ACTIVE:
        return [Consequence(f"You pay {amount} more a month.", Tone.COSTS, amount)]
    return [Consequence(f"You save {amount} a month.", Tone.SAVES)]


def seats_and_logins(members) -> dict[int, list[str]]:
    """Stands for the floors that know what members hold."""
    return {member.pk: ["Voice", "queue Sales"] for member in members}


@pytest.fixture
def account(settings) -> Account:
    settings.ACCOUNTS_CONSEQUENCES = [f"{__name__}.costs_and_saves"]
    settings.ACCOUNTS_HOLDINGS = [f"{__name__}.seats_and_logins"]
    return AccountFactory()


@pytest.fixture
def boss(account: Account, client: Client) -> Member:
    member = MemberFactory(account=account, name="Zoe", primary_admin=True, signs_in=True)
    client.force_login(member.user)
    return member


def address(member: Member, deed: str) -> str:
    return reverse(f"accounts:member_{deed}", args=[member.account_id, member.pk])


def shown(client: Client, where: str):
    response = client.get(where)
    assert response.status_code == 200
    return response


def send(client: Client, where: str, **typed: Any):
    """Send the dialog back as it is shown."""
    context = shown(client, where).context
    foreseen = context.get("foreseen") or context["shown"].foreseen
    return client.post(where, {"seen": foreseen.seen, **typed}, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def status(member: Member) -> str:
    member.refresh_from_db()
    return member.status


def test_suspending_says_first_what_it_saves_and_what_is_held(client, boss):  # RSL-6
    jana = MemberFactory(account=boss.account, name="Jana Nováková")
    where = address(jana, "suspend")

    page = shown(client, where).content.decode()
    after = send(client, where)

    for words in ("Suspend Jana Nováková", "You save 24.00 € a month.", ">Voice, queue Sales<"):
        assert words in page, words
    assert ">Suspend agent</button>" in page
    assert status(jana) == Status.SUSPENDED
    assert said(after) == ["Jana Nováková is suspended, and can be activated again at any time."]
    assert [row.member.name for row, _ in after.context["rows"]] == ["Zoe"]


def test_deleting_takes_off_the_list_and_the_history_stays(client, boss):  # RSL-6
    jana = MemberFactory(account=boss.account, name="Jana")
    where = address(jana, "delete")

    page = shown(client, where).content.decode()
    send(client, where)

    assert "Delete Jana" in page
    assert ">Delete agent</button>" in page
    assert status(jana) == Status.DELETED
    assert MemberEvent.objects.filter(member=jana, becomes=Status.DELETED, actor=boss.user).exists()


@pytest.mark.parametrize(
    ("was", "deed", "button"),
    [
        (Status.SUSPENDED, "activate", "Activate for 24.00 €"),
        (Status.AWAITING_APPROVAL, "approve", "Approve for 24.00 €"),
    ],
)
def test_what_costs_says_the_amount_on_its_button(client, boss, was, deed, button):  # RSL-6
    jana = MemberFactory(account=boss.account, status=was)

    page = shown(client, address(jana, deed)).content.decode()
    send(client, address(jana, deed))

    assert "You pay 24.00 € more a month." in page
    assert f">{button}</button>" in page
    assert status(jana) == Status.ACTIVE


def test_declining_asks_for_the_reason(client, boss):
    jana = MemberFactory(account=boss.account, status=Status.AWAITING_APPROVAL)
    where = address(jana, "decline")

    empty = send(client, where, reason=" ")
    assert empty.status_code == 422
    assert status(jana) == Status.AWAITING_APPROVAL
    send(client, where, reason="Nobody knows her.")

    assert status(jana) == Status.DELETED
    event = MemberEvent.objects.get(member=jana, becomes=Status.DELETED)
    assert event.cause == "Nobody knows her."


def test_the_list_is_as_it_was_searched_when_one_comes_back(client, boss):
    jana = MemberFactory(account=boss.account, name="Jana")

    after = send(client, f"{address(jana, 'suspend')}?q=Ja&sort=-name&page=1&next=//evil.example")

    team = reverse("accounts:team", args=[boss.account_id])
    assert after.redirect_chain == [(f"{team}?q=Ja&sort=-name&page=1", 302)]


def test_the_primary_account_admin_reads_why_not(client, boss):  # RSL-6
    response = client.get(address(boss, "suspend"))

    assert response.status_code == 409
    assert "Hand the role over to somebody first." in response.content.decode()
    assert "<form" not in response.content.decode().partition("<main")[2].partition("</main")[0]


def test_who_suspends_themselves_is_told_that_it_is_them(client, boss):
    me = MemberFactory(account=boss.account, signs_in=True, admin=True, purchase_permission=True)
    client.force_login(me.user)

    page = shown(client, address(me, "suspend")).content.decode()
    after = send(client, address(me, "suspend"))

    assert "This is you." in page
    assert "This is you." not in client_page_of_another(client, boss, me)
    assert after.status_code == 403
    assert "You are suspended in" in after.content.decode()


def test_who_deletes_themselves_is_led_to_where_they_still_belong(client, boss):  # RSL-6
    me = MemberFactory(account=boss.account, signs_in=True, admin=True, purchase_permission=True)
    other = MemberFactory(user=me.user)
    client.force_login(me.user)

    after = send(client, address(me, "delete"))

    assert after.status_code == 200
    assert after.redirect_chain[-1][0] == reverse("accounts:start", args=[other.account_id])
    assert len(said(after)) == 1


def client_page_of_another(client: Client, boss: Member, me: Member) -> str:
    other = Client()
    assert boss.user is not None
    other.force_login(boss.user)
    people.set_status(member_id=me.pk, status=Status.ACTIVE, at=timezone.now())
    page = shown(other, address(me, "suspend")).content.decode()
    people.set_status(member_id=me.pk, status=Status.SUSPENDED, at=timezone.now())
    return page


def test_a_page_that_has_grown_old_is_shown_again_and_does_nothing(client, boss, settings):
    jana = MemberFactory(account=boss.account, status=Status.SUSPENDED)
    where = address(jana, "activate")
    seen = shown(client, where).context["shown"].foreseen.seen
    settings.ACCOUNTS_CONSEQUENCES = []

    response = client.post(where, {"seen": seen})

    assert response.status_code == 409
    assert "no longer what was shown" in response.content.decode()
    assert status(jana) == Status.SUSPENDED


def test_a_member_who_was_changed_meanwhile_is_named(client, boss):
    jana = MemberFactory(account=boss.account, name="Jana")
    seen = shown(client, address(jana, "suspend")).context["shown"].foreseen.seen
    people.set_status(
        member_id=jana.pk, status=Status.SUSPENDED, at=timezone.now(), by=UserFactory(name="Petr")
    )

    response = client.post(address(jana, "suspend"), {"seen": seen})

    assert response.status_code == 409
    page = response.content.decode()
    assert "Jana: Suspended since" in page
    assert "by Petr" in page
    assert "Nothing has been changed." in page


# ---- many ----


def many(account: Account, *members: Member) -> str:
    ticked = "&".join(f"member={member.pk}" for member in members)
    return f"{reverse('accounts:members_suspend', args=[account.pk])}?{ticked}"


def test_the_ticked_are_suspended_together_with_the_total_shown(client, boss):  # RSL-8
    ann, bob, cid = (MemberFactory(account=boss.account, name=n) for n in ("Ann", "Bob", "Cid"))

    page = shown(client, many(boss.account, ann, bob)).content.decode()
    after = send(client, many(boss.account, ann, bob))

    for words in ("Suspend 2 agents", "Ann", "Bob", "You save 48.00 € a month."):
        assert words in page, words
    assert [status(one) for one in (ann, bob, cid)] == ["suspended", "suspended", "active"]
    assert said(after) == ["2 agents are suspended, and can be activated again at any time."]


def test_one_that_was_changed_meanwhile_stops_all(client, boss):
    ann, bob = (MemberFactory(account=boss.account, name=name) for name in ("Ann", "Bob"))
    where = many(boss.account, ann, bob)
    seen = shown(client, where).context["shown"].foreseen.seen
    people.set_status(member_id=bob.pk, status=Status.DELETED, at=timezone.now())

    response = client.post(where, {"seen": seen})

    assert response.status_code == 409
    assert "Bob: Deleted since" in response.content.decode()
    assert status(ann) == Status.ACTIVE


def test_nobody_ticked_is_said_and_does_nothing(client, boss):
    after = client.get(many(boss.account), follow=True)

    assert said(after) == ["Nobody is ticked. Tick who is to be suspended."]


@pytest.mark.parametrize("ticked", ["x", "-1", "9" * 30, "999999"])
def test_who_is_no_member_is_not_found(client, boss, ticked):  # ALL-1
    where = reverse("accounts:members_suspend", args=[boss.account_id])

    assert client.get(where, {"member": ticked}).status_code == 404


def test_a_member_of_another_account_is_not_found(client, boss):  # ALL-1
    stranger = MemberFactory()
    where = reverse("accounts:member_suspend", args=[boss.account_id, stranger.pk])

    assert client.get(where).status_code == 404
    assert client.get(many(boss.account, stranger)).status_code == 404
    assert client.get(address(stranger, "suspend")).status_code == 404


def test_who_may_not_is_refused(client, account):  # RSL-6
    admin = MemberFactory(account=account, signs_in=True, admin=True)
    jana = MemberFactory(account=account)
    client.force_login(admin.user)

    for where in (address(jana, "suspend"), many(account, jana)):
        assert client.get(where).status_code == 403
        assert client.post(where, {"seen": ""}).status_code == 403
    assert status(jana) == Status.ACTIVE


# ---- support ----


def test_support_is_asked_why_where_the_customer_pays(client, boss):  # STAFF-2
    support = UserFactory(superuser=True)
    visit = visits.begin(member_id=boss.pk, person=support, reason="Request 7", at=timezone.now())
    client.force_login(support)
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()
    jana = MemberFactory(account=boss.account, status=Status.SUSPENDED)

    refused = send(client, address(jana, "activate"))
    assert refused.status_code == 422
    assert status(jana) == Status.SUSPENDED
    send(client, address(jana, "activate"), reason="Back from leave")

    event = MemberEvent.objects.get(member=jana, becomes=Status.ACTIVE)
    assert (event.actor, event.cause) == (support, f"Support visit {visit.pk}: Back from leave")
    assert b'name="reason"' not in shown(client, address(jana, "suspend")).content


# ---- bots ----


def test_a_bot_is_added_by_its_name(client, boss):  # RSL-7
    where = reverse("accounts:bot_add", args=[boss.account_id])

    nameless = send(client, where, name=" ")
    after = send(client, where, name="Night shift")

    assert nameless.status_code == 422
    assert "Write a name" in nameless.content.decode()
    bot = Member.objects.get(account=boss.account, bot=True)
    assert (bot.name, bot.status) == ("Night shift", Status.ACTIVE)
    assert [row.member.name for row, _ in after.context["rows"]] == ["Night shift"]


def test_a_bot_that_is_sent_twice_is_added_once(client, boss):  # RSL-7, ALL-4
    where = reverse("accounts:bot_add", args=[boss.account_id])
    form = {"name": "Night shift", "seen": shown(client, where).context["foreseen"].seen}

    first, again = client.post(where, form), client.post(where, form)

    assert (first.status_code, again.status_code) == (302, 422)
    assert again.context["form"].errors["name"] == [
        "There is a bot called Night shift already. Choose another name."
    ]
    assert Member.objects.filter(account=boss.account, bot=True).count() == 1


def test_a_bot_of_who_may_not_approve_waits(client, account, boss):  # RSL-6, RSL-7
    admin = MemberFactory(account=account, signs_in=True, admin=True)
    client.force_login(admin.user)
    where = reverse("accounts:bot_add", args=[account.pk])

    page = shown(client, where).content.decode()
    send(client, where, name="Night shift")

    assert "waits for approval first" in page
    assert "Zoe (primary account admin)" in page
    assert Member.objects.get(account=account, bot=True).status == Status.AWAITING_APPROVAL


# ---- who is suspended ----


def test_a_suspended_person_reads_who_can_activate_them_and_asks_once(client, boss):  # RSL-6
    jana = MemberFactory(account=boss.account, status=Status.SUSPENDED, signs_in=True)
    client.force_login(jana.user)
    where = reverse("accounts:suspended", args=[jana.account_id])

    anywhere = client.get(reverse("accounts:team", args=[jana.account_id]))
    first = client.post(where, follow=True).content.decode()
    client.post(where)

    assert anywhere.status_code == 403
    page = anywhere.content.decode()
    assert "Zoe (primary account admin) can activate you." in page
    assert "Ask to be activated again" in page
    assert "You asked to be activated again on" in first
    assert "Ask to be activated again" not in first
    assert jana.deeds.count() == 1


def test_home_leads_who_is_suspended_to_what_they_can_do(client):  # RSL-6
    person = UserFactory()
    one = MemberFactory(status=Status.SUSPENDED, user=person)
    client.force_login(person)

    alone = client.get(reverse("home"))
    other = MemberFactory(status=Status.SUSPENDED, user=person)
    several = client.get(reverse("home"), follow=True).content.decode()

    assert alone.url == reverse("accounts:suspended", args=[one.account_id])
    for member in (one, other):
        assert f"You are suspended in {member.account}." in several


def test_nobody_else_finds_the_page_of_the_suspended(client, boss):  # ALL-1
    where = reverse("accounts:suspended", args=[boss.account_id])

    assert client.get(where).status_code == 302
    for person in (UserFactory(), MemberFactory(status=Status.SUSPENDED, signs_in=True).user):
        client.force_login(person)
        assert client.get(where).status_code == 404
        assert client.post(where).status_code == 404
