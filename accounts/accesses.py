"""Accesses of an account: made, cloned, changed, deleted, and given to its members.

Nobody gives or takes what they do not have themselves, so nobody comes to more through an Access;
the administrators' is the primary account admin's alone to give (decision 36).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access, deeds, inbox, modules, who_may
from accounts.access import Standing
from accounts.acting import begin, givable, write
from accounts.locks import lock_payer_of
from accounts.models import Access, Account, AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import GRANTABLE, Right, with_what_follows

Kind = AccountEvent.Kind
Rights = frozenset[Right]

# As it stands in the table; people read it in their language.
_ADMINISTRATORS: Final = "Administrators"
_MOST_NAMED: Final = 5


@transaction.atomic
def administrators_of(*, account_id: int) -> Access:
    """The Access of the account's admins, made when it is first asked for."""
    wanted = Access.objects.filter(account=account_id, kind=Access.Kind.ADMINISTRATORS)
    found = wanted.first()
    if found is None:
        lock_payer_of(account_id)
        found = wanted.first() or _make(account_id, _ADMINISTRATORS, Access.Kind.ADMINISTRATORS)
    return found


@transaction.atomic
def create(*, here: Standing, name: str, at: datetime, rights: Collection[Right] = ()) -> Access:
    """A new Access of this name; `ChangeRefused` for a name that is taken, or too much."""
    here = begin(here, needs=Right.UPDATE_ACCESSES)
    wanted = with_what_follows(frozenset(rights))
    _refuse_beyond(here, wanted)
    made = _make(here.account.pk, _name(here.account, name))
    access.set_rights(made, wanted)
    with translation.override(here.account.language):
        write(here, Kind.ACCESS_CREATED, about=made.name, at=at, becomes=modules.listed(wanted))
    return made


@transaction.atomic
def clone(*, here: Standing, access_id: int, name: str, at: datetime) -> Access:
    """A new Access that opens what another one does, in the modules that the account has."""
    here = begin(here, needs=Right.UPDATE_ACCESSES)
    source = find(here, access_id)
    given = access.rights_given(source)
    return create(here=here, name=name, rights=given - _closed(here.account), at=at)


@transaction.atomic
def rename(*, here: Standing, access_id: int, seen: str, name: str, at: datetime) -> Access:
    """Give an Access another name; ``seen`` is the one that the person saw before."""
    here = begin(here, needs=Right.UPDATE_ACCESSES)
    found = _custom(here, access_id)
    if found.name != seen:
        raise ChangeRefused(
            _("Meanwhile %(seen)s was renamed to %(now)s. Save again to give it your name.")
            % {"seen": seen, "now": found.name}
        )
    becomes = _name(here.account, name, but=found)
    if becomes != seen:
        found.name = becomes
        found.save(update_fields=["name"])
        Group.objects.filter(pk=found.group_id).update(name=_group_name(found))
        write(here, Kind.ACCESS_CHANGED, about=becomes, at=at, was=seen, becomes=becomes)
    return found


@transaction.atomic
def change_rights(
    *,
    here: Standing,
    access_id: int,
    seen: Collection[Right],
    rights: Collection[Right],
    at: datetime,
) -> str:
    """Let an Access open exactly ``rights``, and say in words what changed.

    ``seen`` is what it opened when the person looked: `ChangeRefused`, and said, where that has
    changed meanwhile. What it holds of modules that the account does not have stays.
    """
    here = begin(here, needs=Right.UPDATE_ACCESSES)
    found = _custom(here, access_id)
    closed, was = _closed(here.account), access.rights_given(found)
    meanwhile = modules.difference(frozenset(seen) - closed, was - closed)
    if meanwhile:
        raise ChangeRefused(
            _("Meanwhile this Access was changed: %(what)s. Save again to have it as below.")
            % {"what": meanwhile}
        )
    becomes = with_what_follows(frozenset(rights) - closed) | (was & closed)
    _refuse_beyond(here, becomes ^ was)
    if becomes != was:
        access.set_rights(found, becomes)
        with translation.override(here.account.language):
            what = modules.difference(was, becomes)
            write(here, Kind.ACCESS_CHANGED, about=found.name, at=at, becomes=what)
    return modules.difference(was, becomes)


@transaction.atomic
def delete(*, here: Standing, access_id: int, at: datetime) -> str:
    """Delete an Access that nobody has, and say how it was called."""
    here = begin(here, needs=Right.UPDATE_ACCESSES)
    found = _custom(here, access_id)
    if kept := why_kept(found):
        raise ChangeRefused(kept)
    # Who was deleted keeps no Access: the log says which they had.
    Member.objects.filter(access=found).update(access=None)
    found.delete()
    Group.objects.filter(pk=found.group_id).delete()
    write(here, Kind.ACCESS_DELETED, about=found.name, at=at)
    return found.name


@transaction.atomic
def assign(
    *, here: Standing, access_id: int | None, member_ids: Collection[int], at: datetime
) -> list[Member]:
    """Give these members an Access, or none, and say whom it changed; all of them or nobody.

    `Lacking` for who makes somebody an admin, or no admin any more, and is not the primary account
    admin.
    """
    here = begin(here, needs=Right.UPDATE_TEAM)
    given = None if access_id is None else find(here, access_id)
    members = _changed(here, given, member_ids)
    involved = [given, *(member.access for member in members)]
    if members and any(one is not None and one.is_administrators for one in involved):
        here.need(Right.PRIMARY)
    _refuse_beyond(here, _moved(given, members))
    for member in members:
        was, member.access = member.access, given
        member.save(update_fields=["access"])
        _write_given(here, member, was, at=at)
    _tell(here, given, members, at=at)
    return members


def find(here: Standing, access_id: int) -> Access:
    """The account's Access of this id; `ChangeRefused` where there is none any more."""
    found = here.rows(Access.objects.select_related("group")).filter(pk=access_id).first()
    if found is None:
        raise ChangeRefused(_("This Access was deleted meanwhile. Choose another one."))
    return found


def members_with(found: Access) -> QuerySet[Member]:
    """The members who have this Access, by name; deleted ones do not count."""
    having = Member.objects.filter(access=found, account=found.account_id)
    return having.exclude(status=Member.Status.DELETED)


def why_kept(found: Access) -> str:
    """Whose Access it is, so that it cannot be deleted, and what to do; empty where nobody's."""
    people = list(members_with(found))
    if not people:
        return ""
    words = ngettext(
        "%(people)s has this Access. Give them another one first, then delete it.",
        "%(people)s have this Access. Give them another one first, then delete it.",
        len(people),
    )
    names = [member.name for member in people[:_MOST_NAMED]]
    return words % {"people": who_may.together(names, more=max(0, len(people) - _MOST_NAMED))}


def loss(here: Standing, becomes: Collection[Right]) -> Rights:
    """What this person would lose if their own Access opened ``becomes``; nothing of who is more.

    The primary account admin and whoever comes from the parent have their rights without one.
    """
    if here.member is None or here.member.primary_admin:
        return frozenset()
    return givable(here) - with_what_follows(frozenset(becomes))


# ---- what is refused ----


def _refuse_beyond(here: Standing, rights: Rights) -> None:
    """Nobody gives or takes what they do not have themselves."""
    beyond = rights - givable(here)
    if beyond:
        raise ChangeRefused(
            _("You can give and take only what you have yourself. You lack: %(rights)s. %(who)s")
            % {
                "rights": modules.listed(beyond),
                "who": who_may.can_change(here.account, Right.PRIMARY),
            }
        )


def _closed(account: Account) -> Rights:
    """What an Access can hold of modules that the account does not have."""
    return frozenset(
        right for right in GRANTABLE if right.module and not access.is_open(right.module, account)
    )


def _custom(here: Standing, access_id: int) -> Access:
    """The Access to change: any but the administrators'."""
    found = find(here, access_id)
    if found.is_administrators:
        raise ChangeRefused(
            _("Administrators opens everything and stays as it is. Clone it to have less of it.")
        )
    return found


def _name(account: Account, name: str, *, but: Access | None = None) -> str:
    """The name as it is kept; `ChangeRefused` for none, too long a one, and one that is taken."""
    kept = " ".join(name.split())
    longest = Access._meta.get_field("name").max_length or 0
    if not kept:
        raise ChangeRefused(_("An Access has a name, for example Sales. Write one."))
    if len(kept) > longest:
        raise ChangeRefused(
            _("The name has %(length)s characters. Shorten it to %(most)s.")
            % {"length": len(kept), "most": longest}
        )
    built_in = {_ADMINISTRATORS.casefold(), str(Access.Kind.ADMINISTRATORS.label).casefold()}
    same = Access.objects.filter(account=account).alias(key=Lower("name"))
    same = same.filter(key=Lower(Value(kept)))
    if but is not None:
        same = same.exclude(pk=but.pk)
    if kept.casefold() in built_in or same.exists():
        raise ChangeRefused(
            _("There is an Access called %(name)s already. Choose another name.") % {"name": kept}
        )
    return kept


def _changed(here: Standing, given: Access | None, member_ids: Collection[int]) -> list[Member]:
    """Of these members those who have another Access until now."""
    wanted = set(member_ids)
    rows = here.rows(Member.objects.select_related("access", "user")).filter(pk__in=wanted)
    members = list(rows.exclude(status=Member.Status.DELETED).order_by("pk"))
    if len(members) != len(wanted):
        raise ChangeRefused(_("Somebody of these is no longer in the account. Choose again."))
    for member in members:
        if member.bot:
            words = _("%(name)s is a bot. Bots do not sign in and have no Access.")
            raise ChangeRefused(words % {"name": member.name})
        if member.primary_admin:
            words = _("%(name)s is the primary account admin and may do everything without one.")
            raise ChangeRefused(words % {"name": member.name})
    return [member for member in members if member.access_id != (given.pk if given else None)]


def _moved(given: Access | None, members: Collection[Member]) -> Rights:
    """What any of these members gets or loses with the Access."""
    involved = {one.pk: one for one in (given, *(member.access for member in members)) if one}
    rights = access.rights_by_access(list(involved.values()))
    becomes = rights[given.pk] if given else frozenset()
    moved: Rights = frozenset()
    for member in members:
        was = rights[member.access_id] if member.access_id else frozenset()
        moved |= was ^ becomes
    return moved


# ---- what is written ----


def _make(account_id: int, name: str, kind: str = Access.Kind.CUSTOM) -> Access:
    made = Access(account_id=account_id, name=name, kind=kind)
    made.group = Group.objects.create(name=_group_name(made))
    made.save()
    return made


def _group_name(of: Access) -> str:
    return f"Account {of.account_id}: {of.name}"


def _write_given(here: Standing, member: Member, had: Access | None, *, at: datetime) -> None:
    with translation.override(here.account.language):
        was, becomes = (str(one or _("no Access")) for one in (had, member.access))
        deeds.write_about(member, kind=Kind.ACCESS, was=was, becomes=becomes, at=at, by=here.by)


def _tell(here: Standing, given: Access | None, members: Sequence[Member], *, at: datetime) -> None:
    """Whoever signs in is told what somebody else gave them."""
    people = [one.user for one in members if one.user is not None and one != here.member]
    inbox.tell(
        name="access_given",
        key=f"access_given:{here.account.pk}:{at.isoformat()}",
        account_id=here.account.pk,
        people=people,
        details={
            "by": who_may.told_as(here),
            "access": given.name if given else "",
            "admin": given is not None and given.is_administrators,
        },
        at=at,
        topic=inbox.Topic.ROLES,
    )
