"""What the page of one member shows, and which of it somebody may change there."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from accounts import access, member_details, who_may
from accounts.access import Standing
from accounts.acting import givable
from accounts.models import Access, Member
from accounts.rights import Right


@dataclass(frozen=True, slots=True)
class Allowed:
    """Of each section: empty where the person may change it, else who can, in words."""

    details: str
    access: str
    purchase: str
    billing_role: str


def allowed(here: Standing, member: Member) -> Allowed:
    """What this person may change about the member."""
    return Allowed(
        details=_unless(here, Right.UPDATE_TEAM),
        access=_unless(here, _right_to_move(here, member)),
        purchase=_unless(here, Right.PRIMARY),
        billing_role=_unless(here, Right.SUSPEND),
    )


def choices(here: Standing, member: Member) -> list[Access]:
    """The Accesses that this person may give to the member, and the one they have.

    Nobody gives more than they have; the administrators' is the primary account admin's alone.
    """
    found = list(here.rows(Access.objects.filter(kind=Access.Kind.CUSTOM)))
    rights, may = access.rights_by_access(found), givable(here)
    given = [one for one in found if rights[one.pk] <= may or one.pk == member.access_id]
    if here.may(Right.PRIMARY) or member.is_admin:
        return [Access(account=here.account, kind=Access.Kind.ADMINISTRATORS), *given]
    return given


def changes_their_address(member: Member) -> bool:
    """Whether the account writes the member's e-mail address; who signs in has their own."""
    return not (member.bot or member_details.address_is_theirs(member))


def page_of_licences(member: Member) -> str:
    """Where the licensing module changes what a member works as; empty without such a page."""
    try:
        return reverse("licensing:user", args=[member.account_id, member.pk])
    except NoReverseMatch:
        return ""


def _right_to_move(here: Standing, member: Member) -> Right:
    """What it takes to give the member another Access than they have."""
    had = member.access
    if had is None:
        return Right.UPDATE_TEAM
    beyond = not access.rights_given(had) <= givable(here)
    return Right.PRIMARY if had.is_administrators or beyond else Right.UPDATE_TEAM


def _unless(here: Standing, right: Right) -> str:
    return "" if here.may(right) else who_may.can_change(here.account, right)
