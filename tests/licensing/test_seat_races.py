"""Threads that meet at the last seat: two who give it, and one who gives what another removes."""

from __future__ import annotations

from functools import partial

import pytest

from accounts import people
from accounts.access import Lacking
from accounts.models import AccountEvent, Member
from accounts.rights import Right
from billing import applying, carts, checkout
from billing.auditing import audit
from billing.models import ChangeRequest
from billing.refusals import ChangeRefused, QuoteChanged
from licensing import assigning, seats
from licensing.assigning import NoSeatFree
from tests.billing import requesting
from tests.billing.buying import price_of
from tests.billing.requesting import NOW, RENEWED
from tests.concurrency.threads import together
from tests.factories import MemberFactory
from tests.licensing.seat_book import agents, owner
from tests.standing import holder, me

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

ROUNDS = 5


def gives(here, member, level="agent"):
    return partial(assigning.set_level, here=here, member_id=member.pk, level=level, at=NOW)


def kinds(results) -> list[type]:
    return sorted((type(one) for one in results), key=lambda kind: kind.__name__)


def test_the_last_seat_is_given_once():  # CONV-8
    here = owner(seats=1)
    for _ in range(ROUNDS):
        crew = [MemberFactory(account=here.account) for _ in range(4)]

        results = together(*[gives(here, one) for one in crew])

        assert kinds(results) == [NoSeatFree] * 3 + [bool]
        assert seats.seats_of(here.account, at=NOW) == seats.Seats(owned=1, used=1, stay=1)
        assert AccountEvent.objects.filter(member__in=crew).count() == 1
        assigning.set_level(here=here, member_id=crew[results.index(True)].pk, level="none", at=NOW)


def test_one_member_given_twice_at_once_takes_one_seat():
    here = owner(seats=2)
    for _ in range(ROUNDS):
        ann = MemberFactory(account=here.account)

        results = together(gives(here, ann), gives(here, ann))

        assert sorted(results) == [False, True]
        assert AccountEvent.objects.filter(member=ann).count() == 1
        assigning.set_level(here=here, member_id=ann.pk, level="none", at=NOW)


def test_who_loses_the_right_meanwhile_gives_nothing_any_more():
    here = owner(seats=9)
    for _ in range(ROUNDS):
        lead = holder(here.account, Right.UPDATE_CONVERSATIONS)
        ann = MemberFactory(account=here.account)

        results = together(
            gives(lead, ann),
            partial(
                people.set_status,
                member_id=me(lead).pk,
                status=Member.Status.SUSPENDED,
                at=NOW,
            ),
        )

        assert results[0] is True or isinstance(results[0], Lacking)
        assert AccountEvent.objects.filter(member=ann).exists() == (results[0] is True)


def removed(found: ChangeRequest):
    seen, by = requesting.seen(found), requesting.support()

    def do() -> str:
        try:
            applying.apply(request_id=found.pk, seen=seen, by=by, at=NOW)
        except (ChangeRefused, QuoteChanged) as refused:
            return type(refused).__name__
        return "done"

    return do


@pytest.mark.parametrize("turn", range(3))
def test_a_seat_is_given_or_removed_but_not_both(turn):  # CONV-5, CONV-8
    """Eight seats, five asked for, and five agents: the sixth comes before or after."""
    here = requesting.customer()
    agents(here, "Ann", "Ben", "Cid", "Dan", "Eve")
    fay = MemberFactory(account=here.account, name="Fay")
    found = requesting.opened(here, "seats", "seats", 5)

    given, applied = together(gives(here, fay), removed(found))

    assert (given is True) == (applied == "ChangeRefused")
    assert given is True or isinstance(given, NoSeatFree)
    then = seats.seats_of(here.account, at=RENEWED)
    assert (then.used, then.owned) == ((6, 8) if given is True else (5, 5))
    assert list(audit()) == []


@pytest.mark.parametrize("turn", range(3))
def test_a_seat_is_bought_while_it_is_given(turn):  # CONV-3, CONV-8
    """One more seat, and two who want it: the one beside the purchase waits or is refused."""
    here = requesting.customer(agreed_terms=True)
    agents(here, *"ABCDEFGH")
    one = MemberFactory(account=here.account)
    carts.put(here=here, changes={"seats": 9}, at=NOW)
    shown = checkout.shown(price_of(here, at=NOW))

    given, bought = together(
        gives(here, one), partial(checkout.confirm, here=here, seen=shown, at=NOW)
    )

    assert bought.state == "done", bought
    assert given is True or isinstance(given, NoSeatFree)
    now = seats.seats_of(here.account, at=NOW.replace(hour=13))
    assert (now.owned, now.used) == (9, 9 if given is True else 8)
    assert list(audit()) == []
