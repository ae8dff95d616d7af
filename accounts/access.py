"""Who may see or change what: the only file that knows guardian.

Staff of the vendor have roles: one auth Group a role, whose permissions the admin's pages declare
(STAFF-4). Everybody else stands in an account: as its active member with the rights of their Access
and of what they are, as somebody of its parent, or as support in a member's place (decision 24).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm

from accounts import refusals, roles
from accounts.belonging import account_with_parent, is_claimed, member_of
from accounts.callers import Caller
from accounts.deeds import Doer
from accounts.models import Access, Account, AccountGroupPermission, Member, SupportVisit, User
from accounts.rights import EVERYTHING, GRANTABLE, SEEING, Module, Right, update, with_what_follows
from accounts.statements import Statement

Row = TypeVar("Row", bound=models.Model)
Lacking, Suspended = refusals.Lacking, refusals.Suspended
Person = User | AnonymousUser
Role = roles.Role
Staff = roles.Staff
EVERYBODY: Final = roles.EVERYBODY
NOBODY: Final = roles.NOBODY
_CHILD_MODULE: Final = {
    Account.Role.WORKSPACE.value: Module.AGENCY,
    Account.Role.CLIENT.value: Module.CLIENTS,
}
_PARENT_ROLE: Final = {
    Module.AGENCY: Account.Role.AGENCY.value,
    Module.CLIENTS: Account.Role.RESELLER.value,
}
_HERE: Final = "here"
# Set on requests of who has chosen no time zone by what takes the zone back after the page.
READS_ACCOUNTS_ZONE: Final = "reads_accounts_zone"
# The key of the session under which the account that a person was in last is kept.
LAST_ACCOUNT: Final = "account"


def may(person: Person, action: str, *, on: type[models.Model]) -> bool:
    """Whether this person of staff may view, add, change or delete rows of the model."""
    if not (person.is_active and person.is_staff):
        return False
    codename = get_permission_codename(action, on._meta)
    return person.has_perm(f"{on._meta.app_label}.{codename}")


def rows(person: Person, queryset: QuerySet[Row]) -> QuerySet[Row]:
    """Of these rows those that the person may see as staff: all of them, or none."""
    if may(person, "view", on=queryset.model) or may(person, "change", on=queryset.model):
        return queryset
    return queryset.none()


# ---- the people of an account ----


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands in one account: what they may there, and as whom.

    ``member`` is whose rights these are: the person's own, or of a visit the visited one's; None
    for somebody of the parent, ``through`` which they came and where they stand as ``above`` says.
    """

    account: Account
    person: User
    rights: frozenset[Right]
    member: Member | None = None
    visit: SupportVisit | None = None
    through: Account | None = None
    above: Standing | None = None

    @property
    def by(self) -> Doer:
        """Whom the log names for what is done from here."""
        return Doer(person=self.person, visit=self.visit)

    def may(self, right: Right) -> bool:
        return right in self.rights

    def need(self, right: Right) -> None:
        """`Lacking` for who has not this right."""
        if right not in self.rights:
            raise Lacking(self.account, right)

    def rows(self, queryset: QuerySet[Row], *, by: str = "account") -> QuerySet[Row]:
        """Of these rows those of the account: ``by`` is the field that names it."""
        return queryset.filter(**{by: self.account})


def enter(request: HttpRequest, account_id: int, *, needs: Right | None = None) -> Standing:
    """Where the request's person stands in the account; the page's shell reads it too.

    Who has chosen no time zone reads times in the account's. Http404 for an account that is not
    theirs, whether it exists or not; `Suspended` for who is suspended there; `Lacking` for who has
    not the right that the page ``needs``.
    """
    visit = visit_of(request)
    found = standing(request.user, account_id, visit=visit)
    if found is None and (member := suspended(request.user, account_id)):
        raise Suspended(member)
    if found is None:
        raise Http404(f"There is no account {account_id}.")
    _stand(request, found)
    if needs is not None:
        found.need(needs)
    return found


def reenter(request: HttpRequest, *, account_id: int | None = None) -> Standing | None:
    """Stand on a page of the person alone as in an account: this one, or the last, or the visited.

    None, and nothing around the page, when they have nothing to look for there (any more).
    """
    visit = visit_of(request)
    if account_id is None:
        account_id = visit.account_id if visit else request.session.get(LAST_ACCOUNT)
    found = standing(request.user, account_id, visit=visit) if account_id else None
    _stand(request, found)
    return found


def _stand(request: HttpRequest, found: Standing | None) -> None:
    setattr(request, _HERE, found)
    if found is not None and getattr(request, READS_ACCOUNTS_ZONE, False):
        timezone.activate(ZoneInfo(found.account.time_zone))


def visit_of(request: HttpRequest) -> SupportVisit | None:
    """The visit in which support asks for this page, while it lasts."""
    visit: SupportVisit | None = getattr(request, "visit", None)
    return visit


def person_of(request: HttpRequest) -> User:
    """Who has signed in; `PermissionDenied` for who has not, where a page forgot to ask."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def standing_of(request: HttpRequest) -> Standing | None:
    """Where the person stands in the account that the request's page entered; None elsewhere."""
    return getattr(request, _HERE, None)


def standing(
    person: Person, account_id: int, *, visit: SupportVisit | None = None
) -> Standing | None:
    """Where this person stands in an account; None where they have nothing to look for.

    During a visit they stand in the visited member's place alone, also where they are somebody
    themselves.
    """
    if not isinstance(person, User) or not person.is_active:
        return None
    if visit is not None and visit.account_id == account_id:
        rights = rights_of(visit.member)
        return Standing(visit.account, person, rights, member=visit.member, visit=visit)
    member = member_of(person, account_id) if visit is None else None
    if member is not None:
        return Standing(member.account, person, rights_of(member), member=member)
    account = account_with_parent(account_id)
    return None if account is None else _through_parent(person, account, visit)


def suspended(person: Person, account_id: int) -> Member | None:
    """The person as the suspended member of this account that they are; None for anybody else."""
    if not isinstance(person, User) or not person.is_active:
        return None
    return member_of(person, account_id, status=Member.Status.SUSPENDED)


def rights_of(member: Member) -> frozenset[Right]:
    """What a member may: nothing unless active; then by what they are, and by their Access."""
    return rights_when_active(member) if member.status == Member.Status.ACTIVE else frozenset()


def rights_when_active(member: Member) -> frozenset[Right]:
    """What a member may once they are active: bots nothing."""
    if member.bot:
        return frozenset()
    if member.primary_admin:
        return _open(EVERYTHING, member.account)
    rights = set(_granted(member))
    if member.billing_role or member.purchase_permission:
        rights.add(Right.SEE_BILLING)
    if member.purchase_permission:
        rights.add(Right.PURCHASE)
    if member.purchase_permission and member.is_admin:
        rights.add(Right.SUSPEND)
    return _open(frozenset(rights), member.account)


def is_open(module: Module, account: Account) -> bool:
    """Whether the account has this module: licensing where enabled, others by its role."""
    if module is Module.LICENSING:
        return account.licensing_enabled
    return _PARENT_ROLE.get(module) in (None, account.role)


def holders(account: Account, right: Right, *, most: int = 5) -> list[Member]:
    """Active people of the account who have this right, the primary account admin first.

    Nobody has a right of a module that is no part of the account.
    """
    if right.module is not None and not is_open(right.module, account):
        return []
    [found] = _held(right, most).read(account_id=account.pk)
    return found


@cache
def _held(right: Right, most: int) -> Statement:
    return Statement(lambda account_id: (holders_in(account_id, right)[:most],))


def holders_in(account_id: int, right: Right) -> QuerySet[Member]:
    """The same as rows, of an account that has the right's module."""
    people = Member.objects.filter(account=account_id, status=Member.Status.ACTIVE, bot=False)
    found = people.filter(_holds(right)).order_by("-primary_admin", "name", "pk")
    return found.select_related("user")


def managers(account: Account, *, most: int = 5) -> list[Member]:
    """Active people of the parent who do what nobody of this child can (decision 23)."""
    module = _CHILD_MODULE.get(account.role)
    if account.parent is None or module is None:
        return []
    return holders(account.parent, update(module), most=most)


def accounts_for(person: Person) -> QuerySet[Account]:
    """The accounts that this person may see: staff with a role that views accounts all of them."""
    if may(person, "view", on=Account):
        return Account.objects.all()
    return accounts_of(person)


def accounts_of(person: Person) -> QuerySet[Account]:
    """The accounts whose portal this person enters as themselves, whatever they are at the desk."""
    if isinstance(person, User) and person.is_active:
        return entered_by(person.pk)
    return Account.objects.none()


def entered_by(person_id: int) -> QuerySet[Account]:
    """Those where an active person is an active member, and the children that they may see."""
    mine = Member.objects.filter(user=person_id, status=Member.Status.ACTIVE, bot=False).order_by()
    # One set after the other: told apart by OR, every account there is would be looked at.
    found = mine.values("account_id")
    for role, module in _CHILD_MODULE.items():
        above = mine.filter(_holds(Right(f"access_{module}")), account__role=_PARENT_ROLE[module])
        children = Account.objects.filter(role=role, parent__in=above.values("account_id"))
        found = found.union(children.order_by().values("pk"))
    return Account.objects.filter(pk__in=found)


def _through_parent(person: User, account: Account, visit: SupportVisit | None) -> Standing | None:
    """Somebody of the parent sees its children, or manages them like an admin of theirs.

    A child without a primary account admin is managed whole (decision 23); what the parent pays
    for, its people buy with the purchase permission that they have there.
    """
    module = _CHILD_MODULE.get(account.role)
    if account.parent is None or module is None:
        return None
    above = account.parent
    parent = standing(person, above.pk, visit=visit) if above.parent_id is None else None
    if parent is None or not parent.may(Right(f"access_{module.value}")):
        return None
    rights = set(SEEING)
    if parent.may(update(module)):
        rights |= {*GRANTABLE, Right.SUSPEND}
        unclaimed = not is_claimed(account.pk)
        if parent.may(Right.PURCHASE) and (unclaimed or account.payer_id == account.parent_id):
            rights.add(Right.PURCHASE)
        if unclaimed:
            rights.add(Right.PRIMARY)
    opened = _open(frozenset(rights), account)
    return Standing(account, person, opened, visit=parent.visit, through=above, above=parent)


def _open(rights: frozenset[Right], account: Account) -> frozenset[Right]:
    """These rights without those of modules that the account does not have."""
    return frozenset(one for one in rights if one.module is None or is_open(one.module, account))


def _granted(member: Member) -> frozenset[Right]:
    """What the member's Access gives; that of another account gives nothing."""
    access = member.access
    if access is None or access.account_id != member.account_id:
        return frozenset()
    return rights_given(access)


def _holds(right: Right) -> Q:
    """Members with this right in their account, where the account has its module."""
    holds = Q(primary_admin=True)
    if right is Right.PRIMARY:
        return holds
    if right is Right.SEE_BILLING:
        return holds | Q(billing_role=True) | Q(purchase_permission=True)
    if right is Right.PURCHASE:
        return holds | Q(purchase_permission=True)
    own = Q(access__account=F("account"))
    admins = own & Q(access__kind=Access.Kind.ADMINISTRATORS)
    if right is Right.SUSPEND:
        return holds | (admins & Q(purchase_permission=True))
    given = AccountGroupPermission.objects.filter(
        content_object=OuterRef("account"),
        group=OuterRef("access__group"),
        permission__codename=right.value,
    )
    return holds | admins | (own & Q(Exists(given)))


# ---- programs that ask by an API key ----


def account_of(caller: Caller, account_id: int) -> Account:
    """The account of this id, for a program that asks for it. API-4.

    A key of an account sees that account alone, none of its children; a vendor-wide one every live
    account (decision 25). Who pays for it comes with it. Http404 for any other, whether it exists
    or not. One query for a vendor-wide key, else none.
    """
    found = caller.key.account
    if found is None:
        live = Account.objects.filter(pk=account_id, kind=Account.Kind.LIVE)
        found = live.select_related("payer").first()
    if found is None or found.pk != account_id:
        raise Http404(f"There is no account {account_id}.")
    return found


def accounts_seen(caller: Caller, account_ids: Collection[int]) -> set[int]:
    """Of the accounts of these ids those that the program's key sees. One query for a vendor's."""
    own = caller.key.account_id
    if own is not None:
        return {own} & set(account_ids)
    live = Account.objects.filter(pk__in=set(account_ids), kind=Account.Kind.LIVE)
    return set(live.values_list("pk", flat=True))


# ---- what an Access gives ----


def rights_given(access: Access) -> frozenset[Right]:
    """What this Access holds: the administrators' everything, another what the account gave it."""
    return rights_by_access([access])[access.pk]


def rights_by_access(accesses: Collection[Access]) -> dict[int, frozenset[Right]]:
    """What each of these Accesses (by id) holds; costs one query, none for administrators'."""
    custom = {one.group_id: one for one in accesses if one.kind != Access.Kind.ADMINISTRATORS}
    found: dict[int, set[Right]] = {one.pk: set() for one in custom.values()}
    if custom:
        known = {right.value: right for right in GRANTABLE}
        given = AccountGroupPermission.objects.filter(
            group__in=custom, content_object__in={one.account_id for one in custom.values()}
        ).values_list("group", "content_object", "permission__codename")
        for group_id, account_id, codename in given:
            if codename in known and custom[group_id].account_id == account_id:
                found[custom[group_id].pk].add(known[codename])
    everything = frozenset(GRANTABLE)
    return {one.pk: frozenset(found.get(one.pk, everything)) for one in accesses}


def set_rights(access: Access, rights: Collection[Right]) -> None:
    """Give an Access exactly these rights, and the *Access* that an *Update* needs.

    ValueError for the administrators' Access, which holds everything, and for a right that no
    Access can give. Belongs into the transaction of the deed.
    """
    wanted = with_what_follows(frozenset(rights))
    if access.kind == Access.Kind.ADMINISTRATORS or not wanted <= set(GRANTABLE):
        raise ValueError(f"{access} cannot be given {sorted(wanted)}.")
    given = rights_given(access)
    for right in sorted(wanted - given):
        assign_perm(f"accounts.{right.value}", access.group, access.account)
    for right in sorted(given - wanted):
        remove_perm(f"accounts.{right.value}", access.group, access.account)
