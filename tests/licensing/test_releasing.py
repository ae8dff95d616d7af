"""Releasing licences and owning fewer in one step, idle people first (LIC-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent, Member
from accounts.rights import Right
from billing import carts, checkout
from billing.models import CartLine, Item
from billing.quoting import quote
from billing.refusals import ChangeRefused
from licensing.cards import Licence
from licensing.holdings import used_in
from licensing.models import QueueLogin
from licensing.releasing import idle_first, release_and_reduce
from tests.factories import AccountFactory, MemberFactory, QueueFactory, SellerFactory
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.licensing.pages import queries_of, signed_in
from tests.standing import chief, stands

pytestmark = [pytest.mark.django_db]


@lasting
def account():
    SellerFactory()
    account = AccountFactory(licensing_enabled=True)
    own(account, voice=3, outbound=1, back_office=2, cloudphone=1)
    return account


@pytest.fixture
def calls(account):
    return QueueFactory(account=account, name="Calls")


def agent(queue, name, *, idle_days=None):
    at = None if idle_days is None else timezone.now() - timedelta(days=idle_days)
    kind = {"type": "contact_centre", "last_active_at": at}
    member = MemberFactory(account=queue.account, name=name, **kind)
    QueueLogin.objects.create(member=member, queue=queue)
    return member


def page(account, code="voice", to=None):
    address = reverse("licensing:release", args=[account.pk, code])
    return address if to is None else f"{address}?to={to}"


def send(browser, address, *members):
    seen = browser.get(address).context["seen"]
    return browser.post(address, {"member": [one.pk for one in members], "seen": seen})


def owned(code="voice"):
    return Item.objects.get(product__code=code).quantity


def test_idle_people_come_first_and_as_many_as_have_to_go_are_chosen(account, calls):  # LIC-4
    agent(calls, "Busy", idle_days=1)
    agent(calls, "Idle", idle_days=90)
    agent(calls, "Never")
    browser = signed_in(account)

    shown = browser.get(page(account, to=1)).context["holders"]

    assert [(one["member"].name, one["chosen"]) for one in shown] == [
        ("Never", True),
        ("Idle", True),
        ("Busy", False),
    ]
    assert {one["why"] for one in shown} == {"Voice through queue Calls"}


def test_they_are_released_and_fewer_are_owned_in_one_step(account, calls):  # LIC-4
    ann, ben, cid = (agent(calls, name) for name in ("Ann", "Ben", "Cid"))
    mail = QueueFactory(account=account, name="Mail", channel="email")
    QueueLogin.objects.create(member=ann, queue=mail)
    browser = signed_in(account)

    answer = send(browser, page(account, to=1), ann, ben)

    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("licensing:licences", args=[account.pk]),
    )
    assert owned() == 1
    assert used_in(account) == {Licence.VOICE: 1, Licence.EMAIL: 1}
    assert list(QueueLogin.objects.values_list("member__name", "queue__name").order_by("pk")) == [
        ("Cid", "Calls"),
        ("Ann", "Mail"),
    ]
    told = AccountEvent.objects.filter(kind="queue_login").values_list("member__name", "becomes")
    assert dict(told) == {"Ann": "Mail", "Ben": ""}
    assert cid.queue_logins.exists()


def test_sending_the_same_page_again_does_nothing_more(account, calls):
    ann, ben = agent(calls, "Ann"), agent(calls, "Ben")
    browser = signed_in(account)
    seen = browser.get(page(account, to=1)).context["seen"]
    sent = {"member": [ann.pk], "seen": seen}
    browser.post(page(account, to=1), sent)
    again = browser.post(page(account, to=1), sent)

    browser.post(page(account, to=1), sent | {"member": [ben.pk]})

    assert (owned(), ben.queue_logins.count()) == (1, 1)
    assert (again.status_code, again["Location"]) == (
        302,
        reverse("licensing:licences", args=[account.pk]),
    )


def test_the_last_one_can_be_given_back_by_two_clicks(account):
    ann = MemberFactory(account=account, name="Ann", type="cloudphone")
    browser, address = signed_in(account), page(account, "cloudphone", to=0)
    sent = {"member": [ann.pk], "seen": browser.get(address).context["seen"]}

    answers = [browser.post(address, sent).status_code for _ in range(2)]

    assert (answers, owned("cloudphone")) == ([302, 302], 0)


def test_too_few_are_refused_beside_the_list_and_nothing_is_changed(account, calls):  # ALL-4
    ann, _ben = agent(calls, "Ann"), agent(calls, "Ben")
    browser = signed_in(account)

    answer = send(browser, page(account, to=0), ann)

    assert answer.status_code == 422
    assert answer.context["form"].errors["member"] == ["Choose at least 2 people: 2 hold it."]
    assert [one["chosen"] for one in answer.context["holders"]] == [True, False]
    assert (owned(), used_in(account)[Licence.VOICE]) == (3, 2)


def test_where_the_rest_is_refused_nobody_is_released(account, calls):  # LIC-6
    """One Outbound would stand on no Voice: the release is undone with the reduction."""
    ann = agent(calls, "Ann")
    browser = signed_in(account)

    answer = send(browser, page(account, to=0), ann)

    assert answer.status_code == 409
    assert "Each Outbound licence needs a Voice licence" in answer.content.decode()
    assert (owned(), used_in(account)[Licence.VOICE]) == (3, 1)


def test_amounts_that_changed_meanwhile_are_shown_again(account, calls):  # LIC-3
    ann = agent(calls, "Ann")
    browser = signed_in(account)
    seen = browser.get(page(account, to=1)).context["seen"]
    jana = stands(Member.objects.get(primary_admin=True))
    carts.put(here=jana, changes={"voice": 5}, at=timezone.now())
    Item.objects.filter(product__code="voice")
    browser.post(
        reverse("billing:cart", args=[account.pk]),
        {"seen": browser.get(reverse("billing:cart", args=[account.pk])).context["seen"]},
    )

    answer = browser.post(page(account, to=1), {"member": [ann.pk], "seen": seen})

    assert answer.status_code == 409
    assert (owned(), used_in(account)[Licence.VOICE]) == (5, 1)


def test_the_cart_stays_but_for_this_licence(account, calls):
    ann = agent(calls, "Ann")
    browser = signed_in(account)
    jana = stands(Member.objects.get(primary_admin=True))
    carts.put(here=jana, changes={"voice": 0, "cloudphone": 4}, at=timezone.now())

    send(browser, page(account, to=1), ann)

    assert [line.product.code for line in CartLine.objects.all()] == ["cloudphone"]


@pytest.mark.parametrize(
    ("code", "type", "calls", "becomes"),
    [
        ("back-office", "back_office", True, ("passive", False)),
        ("cloudphone", "back_office", True, ("back_office", False)),
        ("cloudphone", "cloudphone", False, ("passive", False)),
    ],
)
def test_what_a_type_or_a_right_takes_is_released_by_it(account, code, type, calls, becomes):
    ann = MemberFactory(account=account, name="Ann", type=type, calls_without_queue=calls)
    browser = signed_in(account)

    answer = send(browser, page(account, code, to=0), ann)

    ann.refresh_from_db()
    assert answer.status_code == 302
    assert (ann.type, ann.calls_without_queue) == becomes
    assert owned(code) == 0


def test_who_may_not_change_people_reads_who_can(account, calls):  # LIC-2
    ann = agent(calls, "Ann")
    browser = signed_in(account, Right.SEE_LICENSING, Right.UPDATE_LICENSING)
    MemberFactory(account=account, primary_admin=True, name="Jana")
    shown = browser.get(page(account, to=1))

    answer = browser.post(page(account, to=1), {"member": [ann.pk], "seen": shown.context["seen"]})

    words = shown.content.decode()
    assert "Jana (primary account admin) can change this." in words
    assert "Who holds it is shown to those who may see the team." in words
    assert "Ann" not in words
    assert answer.status_code == 403
    assert (owned(), used_in(account)[Licence.VOICE]) == (3, 1)


def test_a_second_tab_says_all_that_is_wrong_by_now(account, calls):  # LIC-4, ALL-4
    """3 → 2 was confirmed in another tab: 2 are owned, and Ann holds none of them."""
    ann, *_others = (agent(calls, name) for name in ("Ann", "Ben", "Cid"))
    browser, address = signed_in(account), page(account, to=2)
    seen = browser.get(address).context["seen"]
    assert send(browser, address, ann).status_code == 302

    answer = browser.post(address, {"member": [ann.pk], "seen": seen})

    words = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert "2 things have to be put right" in words
    assert '<a href="#id_to">Own from now on: Write a whole number from 0 to 1.</a>' in words
    assert "Somebody you chose holds it no longer." in words
    # Nothing is offered that nobody has asked for.
    assert "Owned: 2. In use: 2." in words
    assert "<del>" not in words
    assert "Release and own" not in words
    assert owned() == 2


def test_what_is_wrong_with_the_people_leads_to_the_first_of_them(account, calls):  # ALL-4
    ann, _ben = agent(calls, "Ann"), agent(calls, "Ben")

    words = send(signed_in(account), page(account, to=0), ann).content.decode()

    assert '<a href="#id_member_0">Who holds it: Choose at least 2 people: 2 hold it.</a>' in words
    assert 'id="id_member_0"' in words


BEYOND = ["000000000012", f"{0:010}{'9' * 40}", f"{0:010}{'9' * 4400}"]


@pytest.mark.parametrize("typed", ["-4", "abc", "3", "99999999999", "1.5", "²", *BEYOND])
def test_a_wrong_number_is_said_beside_its_field_and_kept(account, typed):  # ALL-4
    answer = signed_in(account).get(page(account, to=typed))

    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a whole number from 0 to 2." in words
    assert f'value="{typed}"' in words


def test_more_is_not_bought_by_releasing(account):  # LIC-4
    jana, now = chief(account), timezone.now()
    seen = checkout.shown(quote(account=account, changes={"voice": 12}, at=now))

    with pytest.raises(ChangeRefused, match=r"Write a whole number from 0 to 2\."):
        release_and_reduce(
            here=jana, licence=Licence.VOICE, member_ids=[], becomes=12, seen=seen, at=now
        )

    assert owned() == 3


@pytest.mark.parametrize("code", ["seat", "recording", "email"])
def test_what_is_not_owned_or_not_held_by_people_is_not_released(account, code):
    assert signed_in(account).get(page(account, code)).status_code == 404


def test_the_list_costs_the_same_with_one_and_with_fifty(account, calls):
    own_more = Item.objects.get(product__code="voice")
    browser = signed_in(account)
    agent(calls, "One")
    one = queries_of(browser, page(account, to=0))
    for number in range(49):
        agent(calls, f"Agent {number}")

    assert own_more.quantity == 3
    assert queries_of(browser, page(account, to=0)) == one
    assert len(idle_first(account, Licence.VOICE, most=100)) == 50
