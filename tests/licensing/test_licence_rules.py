"""What stands against fewer licences, and against Outbound without Voice (LIC-4, LIC-6)."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.rights import Right
from billing import carts, checkout
from billing.objections import everything
from billing.quoting import quote
from billing.refusals import ChangeRefused
from licensing.cards import Licence, outbound_beyond_voice
from licensing.models import QueueLogin
from tests.billing.buying import buy, price_of
from tests.factories import AccountFactory, MemberFactory, QueueFactory, SellerFactory, instant
from tests.lasting import lasting
from tests.licensing.owning import own
from tests.licensing.pages import signed_in
from tests.standing import chief

pytestmark = [pytest.mark.django_db]

AT = instant("2026-03-12 09:00")


@lasting
def account():
    SellerFactory()
    return AccountFactory(licensing_enabled=True)


def agents(queue, *names):
    for name in names:
        member = MemberFactory(account=queue.account, name=name, type="contact_centre")
        QueueLogin.objects.create(member=member, queue=queue)


def against(account, **changes):
    quoted = quote(account=account, changes=changes, at=AT)
    return [(one.product, one.said(sees=everything), one.href) for one in quoted.objections]


def test_licences_in_use_are_named_with_who_holds_them_through_what(account):  # LIC-4
    own(account, voice=5)
    agents(QueueFactory(account=account, name="Sales calls"), "Ann", "Ben", "Cid", "Dan")

    [(product, words, href)] = against(account, voice=3)

    assert product == "voice"
    assert words == (
        "4 Voice licences are in use: Ann (Voice through queue Sales calls), "
        "Ben (Voice through queue Sales calls), Cid (Voice through queue Sales calls) and 1 more. "
        "Release 1 of them first."
    )
    [unnamed] = quote(account=account, changes={"voice": 3}, at=AT).objections
    assert unnamed.text == "4 Voice licences are in use. Release 1 of them first."
    assert href.endswith("/release/voice/?to=3")
    assert against(account, voice=4) == []


def test_outbound_never_stands_on_less_voice(account):  # LIC-6
    own(account, voice=5, outbound=5)

    [(more, words, _)] = against(account, outbound=7)
    [(fewer, _, _)] = against(account, voice=3)

    assert (more, fewer) == ("outbound", "voice")
    assert words == (
        "Each Outbound licence needs a Voice licence, and 7 Outbound would stand on 5 Voice. "
        "Take 2 Outbound less, or 2 Voice more."
    )
    assert against(account, voice=7, outbound=7) == []
    assert against(account, voice=3, outbound=3) == []


def test_who_has_too_much_outbound_already_may_mend_it_step_by_step(account):
    own(account, voice=2, outbound=5)

    assert against(account, outbound=4) == []
    assert against(account, voice=3) == []
    assert [product for product, *_ in against(account, outbound=6)] == ["outbound"]


def test_what_is_in_the_way_is_in_the_way_under_the_lock_too(account):  # LIC-3, LIC-4
    own(account, voice=5)
    here = chief(account)
    carts.put(here=here, changes={"voice": 1}, at=AT)
    seen = checkout.shown(price_of(here, at=AT))
    agents(QueueFactory(account=account, name="Calls"), "Ann", "Ben")

    with pytest.raises(ChangeRefused, match="2 Voice licences are in use"):
        checkout.confirm(here=here, seen=seen, at=AT)


def test_a_licence_is_usable_as_soon_as_it_is_confirmed_and_not_before(account):  # LIC-3
    own(account, voice=1)
    here = chief(account)
    item = account.subscriptions.get().items.get()
    carts.put(here=here, changes={"voice": 3}, at=AT)
    item.refresh_from_db()
    before = item.quantity

    order = buy(here, at=AT, voice=3)

    item.refresh_from_db()
    assert (before, item.quantity, order.state) == (1, 3, "done")


@given(st.dictionaries(st.sampled_from(list(Licence)), st.integers(0, 9)))
def test_outbound_beyond_voice_is_what_has_no_voice(held):
    beyond = outbound_beyond_voice(held)

    assert held.get("outbound", 0) - beyond <= held.get("voice", 0)
    assert beyond >= 0


@pytest.mark.parametrize("sees", [True, False])
def test_the_cart_names_people_to_who_may_see_the_team(account, sees):  # LIC-4 ALL-1
    own(account, voice=1)
    agents(QueueFactory(account=account), "Ann")
    rights = [Right.SEE_LICENSING, Right.UPDATE_LICENSING, *([Right.SEE_TEAM] if sees else [])]
    browser = signed_in(account, *rights)

    browser.post(reverse("licensing:licences", args=[account.pk]), {"voice": "0"})
    words = browser.get(reverse("billing:cart", args=[account.pk])).content.decode()

    assert "1 Voice licence is in use" in words
    assert ("Ann" in words) == sees


def test_saved_licences_lead_back_to_their_page(account):  # LIC-3
    own(account, voice=1)
    browser = signed_in(account, Right.SEE_LICENSING, Right.UPDATE_LICENSING)
    browser.post(reverse("licensing:licences", args=[account.pk]), {"voice": "2"})
    cart = reverse("billing:cart", args=[account.pk])

    saved = browser.post(cart, {"seen": browser.get(cart).context["seen"]}, follow=True)

    assert saved.redirect_chain == [(reverse("licensing:licences", args=[account.pk]), 302)]
    assert "Confirmed: Voice 1\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}2." in saved.content.decode()
