"""Where made-up members stand in their accounts, as a page would find it."""

from __future__ import annotations

from typing import Any

from accounts import access, visits
from accounts.access import Standing
from accounts.models import Account, Member, User
from accounts.rights import Right
from tests.factories import LONG_AGO, AccessFactory, MemberFactory


def stands(
    member: Member, *, account: Account | None = None, visited_by: User | None = None
) -> Standing:
    """Where the member stands, in ``account`` a child's; or somebody of staff in their place."""
    visit = None
    person = member.user
    if visited_by is not None:
        person = visited_by
        visit = visits.begin(
            member_id=member.pk, person=visited_by, reason="Request 7", at=LONG_AGO
        )
    assert person is not None, "the member has to sign in"
    found = access.standing(person, (account or member.account).pk, visit=visit)
    assert found is not None
    return found


def chief(account: Account, **more: Any) -> Standing:
    """Where the account's primary account admin stands."""
    return stands(MemberFactory(account=account, signs_in=True, primary_admin=True, **more))


def holder(account: Account, *rights: Right, **more: Any) -> Standing:
    """Where a member stands whose Access opens these."""
    own = AccessFactory(account=account, rights=rights)
    return stands(MemberFactory(account=account, signs_in=True, access=own, **more))


def me(here: Standing) -> Member:
    """The member that somebody stands as."""
    assert here.member is not None
    return here.member
