"""Workers that meet at one agreement: the contact limit is raised once, and charged once."""

from __future__ import annotations

import pytest

from billing import auto_upgrades, contacts
from billing.auditing import audit
from billing.models import AutoUpgrade, Event, Invoice, Order, SandboxCharge
from tests.billing import plan_book
from tests.billing.agreeing import agree, agreed, limit, store, told, upgrade
from tests.billing.buying import NOW
from tests.billing.test_levels import taking
from tests.concurrency.test_plan_races import confirming, consistent
from tests.concurrency.threads import together
from tests.factories import MemberFactory
from tests.standing import stands

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


@pytest.mark.parametrize("turn", range(3))
def test_five_workers_raise_it_once(turn):  # PLAN-10, JOBS-5
    here = agreed()
    store(here, 2500)

    together(*[lambda: upgrade(here)] * 5)
    upgrade(here)

    assert limit(here) == 5000
    assert Order.objects.count() == 1
    assert SandboxCharge.objects.filter(key__startswith="order").count() == 1
    assert Invoice.objects.filter(reason="change").count() == 1
    assert len(told("contacts_upgraded")) == 1
    assert told("contacts_not_upgraded") == []
    consistent()


def test_workers_who_were_called_for_different_numbers_raise_it_once():
    here = agreed()
    store(here, 2500)

    together(lambda: upgrade(here), lambda: upgrade(here, needs=7000))

    assert limit(here) in (5000, 10_000)
    assert Event.objects.filter(becomes__gt=2500).count() == 1
    consistent()


def test_a_worker_meets_a_person_who_takes_another_level():  # decision 17
    here = agreed()
    store(here, 2500)
    person = confirming(here, taking(here, "marketing-pro"))

    together(lambda: upgrade(here), person)
    upgrade(here)

    held = limit(here)
    found = AutoUpgrade.objects.get()
    # Who came first has it: the level, after which nothing is raised; or the limit.
    assert (held, found.ended_because) in {(2500, "plan"), (5000, "")}
    assert told("contacts_not_upgraded") == []
    consistent()


def test_a_worker_meets_who_ends_it():
    here = agreed()
    store(here, 2500)

    together(lambda: upgrade(here), lambda: auto_upgrades.end(here=here, at=NOW))
    upgrade(here)

    assert AutoUpgrade.objects.get().ended_because == "by hand"
    assert Order.objects.count() == (1 if limit(here) == 5000 else 0)
    consistent()


def test_two_people_agree_at_once_and_one_agreement_is_active():
    here = plan_book.holder()
    other = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))

    together(lambda: agree(here, 5000), lambda: agree(other, 10_000))

    active = AutoUpgrade.objects.filter(ended_at=None)
    assert active.count() == 1
    assert AutoUpgrade.objects.count() == 2


def test_contacts_that_come_in_meanwhile_never_exceed_the_limit():  # PLAN-10
    here = agreed()
    store(here, 2500)

    together(lambda: upgrade(here), *[lambda: store(here, 200)] * 4)

    now = contacts.contacts_of(here.account.pk)
    assert now.stored <= now.limit * 110 // 100
    assert list(audit()) == []
