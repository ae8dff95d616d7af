"""What is said elsewhere of seats of Conversations: beside a lower number, and under Team."""

from __future__ import annotations

import pytest

from accounts import questions
from accounts.access import Standing
from accounts.models import Member
from accounts.questions import Planned
from accounts.rights import Right
from billing.models import ChangeRequest, Product
from billing.objections import everything
from billing.refusals import ChangeRefused
from billing.requested import quoted_request
from tests.billing import requesting
from tests.billing.requesting import NOW
from tests.factories import AccessFactory, MemberFactory
from tests.lasting import lasting
from tests.licensing.seat_book import agents, owner
from tests.standing import stands

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])


@lasting
def here() -> Standing:
    return requesting.customer()


def said(here: Standing, *members: Member, becomes: str, **more: bool) -> list[str]:
    planned = Planned(
        account=here.account,
        members=members,
        becomes=becomes,
        at=NOW,
        reads_amounts=False,
        **more,
    )
    return [one.text for one in questions.consequences(planned) if "Conversations" in one.text]


def test_seats_in_use_are_not_removed(here):  # CONV-5
    agents(here, "Ann", "Ben", "Cid", "Dan", "Eve", "Fay")

    with pytest.raises(ChangeRefused) as refused:
        requesting.opened(here, "seats", "seats", 4)

    assert str(refused.value) == (
        "6 seats are in use, by Fay, Eve, Dan and 3 more. Release 2 seats first."
    )
    assert not ChangeRequest.objects.exists()
    assert requesting.opened(here, "seats", "seats", 6).pk


def test_what_is_in_use_by_then_is_not_removed_either(here):  # CONV-5
    found = requesting.opened(here, "seats", "seats", 1)
    agents(here, "Ann", "Ben")

    _, quoted = quoted_request(requesting.requests_row(found), at=NOW)

    assert [(one.product, one.said(sees=everything)) for one in quoted.objections] == [
        ("seats", "2 seats are in use, by Ben and Ann. Release 1 seat first.")
    ]
    with pytest.raises(ChangeRefused, match="Release 1 seat first"):
        requesting.applied(found)


@pytest.mark.parametrize("sees", [True, False])
def test_who_takes_seats_is_named_to_who_may_see_them(here, sees):  # CONV-5, ALL-1
    """Who may ask for fewer seats, and may not see Conversations, reads how many are in use."""
    agents(here, "Ann", "Ben", "Cid")
    Product.objects.filter(code="seats").update(who_may_buy=Product.Who.PERMITTED)
    own = AccessFactory(account=here.account, rights=[Right.SEE_CONVERSATIONS]) if sees else None
    buyer = stands(
        MemberFactory(
            account=here.account, name="Zoe", signs_in=True, purchase_permission=True, access=own
        )
    )

    with pytest.raises(ChangeRefused) as refused:
        requesting.opened(buyer, "seats", "seats", 1)

    who = ", by Cid, Ben and Ann" if sees else ""
    assert str(refused.value) == f"3 seats are in use{who}. Release 2 seats first."


def test_other_reductions_ask_nothing_of_seats(here):
    agents(here, "Ann")

    requesting.applied(requesting.opened(here, "add_on", "extra"))

    assert ChangeRequest.objects.get().state == ChangeRequest.State.APPLIED


def test_team_says_who_holds_a_seat():  # CONV-1
    here = owner(seats=2)
    (ann,) = agents(here, "Ann")
    (ben,) = agents(here, "Ben", level="viewer")
    MemberFactory(account=here.account)

    found = questions.holdings([ann, ben])

    assert found == {ann.pk: ["Seat of Conversations"], ben.pk: []}


def test_leaving_sets_a_seat_free_and_coming_back_takes_it():  # CONV-8
    here = owner(seats=2)
    ann, ben = agents(here, "Ann", "Ben")

    assert said(here, ann, ben, becomes="suspended") == ["Releases 2 seats of Conversations."]
    assert said(here, ann, becomes="deleted") == ["Releases 1 seat of Conversations."]
    assert said(here, ann, becomes="active") == []
    assert said(here, ann, becomes="active", billing_role=True) == [
        "Releases 1 seat of Conversations."
    ]


def test_coming_back_says_where_seats_are_missing_then():  # CONV-8
    here = owner(seats=1)
    (ann,) = agents(here, "Ann")
    Member.objects.filter(pk=ann.pk).update(status="suspended")
    ann.refresh_from_db()

    assert said(here, ann, becomes="active") == ["Takes 1 seat of Conversations."]

    agents(here, "Ben")
    assert said(here, ann, becomes="active") == [
        "Takes 1 seat of Conversations.",
        "Conversations: then 2 in use, 1 owned.",
    ]
