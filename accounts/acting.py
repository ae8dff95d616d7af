"""How a deed in an account begins, under its lock by who still may do it, and is written down."""

from __future__ import annotations

from datetime import datetime

from accounts import access, deeds
from accounts.access import Lacking, Standing
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent, SupportVisit, User
from accounts.rights import GRANTABLE, Right


def begin(here: Standing, *, needs: Right) -> Standing:
    """Take the lock of the account's payer, and say where the person stands now.

    `Lacking` for who has not the right that the deed ``needs``, or not any more, and for support
    whose visit was ended meanwhile.
    """
    lock_payer_of(here.account.pk)
    found = _now(here)
    if found is None:
        raise Lacking(here.account, needs)
    found.need(needs)
    return found


def _now(here: Standing) -> Standing | None:
    """The same person's place in the account, with what they may there by now."""
    person = User.objects.filter(pk=here.person.pk).first()
    if here.visit is None:
        return access.standing(person, here.account.pk) if person else None
    visits = SupportVisit.objects.select_related("account", "member__access", "member__account")
    visit = visits.filter(pk=here.visit.pk, ended_at=None).first()
    # Whoever's visit is over acts as nobody: not as themselves either, if they are somebody here.
    return access.standing(person, here.account.pk, visit=visit) if person and visit else None


def write(
    here: Standing,
    kind: AccountEvent.Kind,
    *,
    about: str,
    at: datetime,
    was: str = "",
    becomes: str = "",
) -> None:
    """Append what somebody here does about a thing of the account; see `deeds.write`."""
    deeds.write(
        account_id=here.account.pk,
        kind=kind,
        about=about,
        was=was,
        becomes=becomes,
        at=at,
        by=here.by,
    )


def givable(here: Standing) -> frozenset[Right]:
    """What this person may give others and take from them: what an Access can hold and they have.

    Also of modules that the account does not have. Whether they may change Accesses or members at
    all is not said here.
    """
    member = here.member
    if member is None or member.primary_admin:
        return frozenset(GRANTABLE)
    if member.access is None or member.access.account_id != member.account_id:
        return frozenset()
    return access.rights_given(member.access)
