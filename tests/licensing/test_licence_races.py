"""Threads that meet at the last licence: two who give it, one who gives what another removes."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import Member
from accounts.team import Deed, do, foresee
from billing import carts, checkout
from billing.models import Item
from billing.refusals import ChangeRefused
from licensing import logins, working
from licensing.availability import NoLicenceFree
from licensing.cards import Licence
from licensing.holdings import used_in
from licensing.models import QueueLogin
from tests.billing.buying import price_of
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, QueueFactory, SellerFactory, instant
from tests.licensing.owning import own
from tests.standing import chief

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

AT = instant("2026-03-12 09:00")
ROUNDS = 5


@pytest.fixture
def here():
    SellerFactory()
    account = AccountFactory(licensing_enabled=True)
    own(account, voice=1, back_office=1)
    return chief(account)


def logs_in(here, member, queue):
    return partial(logins.log_in, here=here, member_id=member.pk, queue_id=queue.pk, at=AT)


def used_and_owned(here, licence):
    item = Item.objects.get(product__code=licence.value)
    return used_in(here.account)[licence], item.quantity


def test_the_last_licence_is_given_once(here):  # LIC-7
    queue = QueueFactory(account=here.account)
    for _ in range(ROUNDS):
        crew = [MemberFactory(account=here.account, type="contact_centre") for _ in range(4)]

        results = together(*[logs_in(here, one, queue) for one in crew])

        assert sorted(type(one).__name__ for one in results) == ["NoLicenceFree"] * 3 + ["NoneType"]
        assert used_and_owned(here, Licence.VOICE) == (1, 1)
        QueueLogin.objects.all().delete()


def test_a_type_and_a_return_never_share_one(here):  # LIC-7
    for _ in range(ROUNDS):
        ann = MemberFactory(account=here.account, type="back_office", status="suspended")
        ben = MemberFactory(account=here.account, type="passive")
        deed = {"deed": Deed.ACTIVATE, "here": here, "at": AT}
        seen = foresee(members=[Member.objects.get(pk=ann.pk)], **deed).seen

        results = together(
            partial(do, member_ids=[ann.pk], seen=seen, **deed),
            partial(
                working.set_type,
                here=here,
                member_id=ben.pk,
                type="back_office",
                calls_without_queue=False,
                at=AT,
            ),
        )

        assert sum(isinstance(one, ChangeRefused | NoLicenceFree) for one in results) == 1
        assert used_and_owned(here, Licence.BACK_OFFICE) == (1, 1)
        Member.objects.filter(pk__in=[ann.pk, ben.pk]).update(status="deleted")


def test_the_licence_is_given_or_removed_but_never_both(here):  # LIC-4, LIC-7
    queue = QueueFactory(account=here.account)
    for _ in range(ROUNDS):
        ann = MemberFactory(account=here.account, type="contact_centre")
        carts.put(here=here, changes={"voice": 0}, at=AT)
        seen = checkout.shown(price_of(here, at=AT))

        given, removed = together(
            logs_in(here, ann, queue),
            partial(checkout.confirm, here=here, seen=seen, at=AT),
        )

        used, owned = used_and_owned(here, Licence.VOICE)
        assert isinstance(given, NoLicenceFree) is not isinstance(removed, ChangeRefused)
        assert (used, owned) in {(1, 1), (0, 0)}
        QueueLogin.objects.all().delete()
        if not owned:
            carts.put(here=here, changes={"voice": 1}, at=AT)
            checkout.confirm(here=here, seen=checkout.shown(price_of(here, at=AT)), at=AT)
        carts.empty(here)
