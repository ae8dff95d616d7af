"""Everybody who knocks. What each may where is written here, never asked of the product."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from accounts import inbox, staff_roles, visits
from accounts.access import Role
from accounts.models import HandOver, InboxMessage, Member, SupportVisit, User
from accounts.rights import (
    EVERYTHING,
    GRANTABLE,
    SEEING,
    Module,
    Right,
    see,
    update,
    with_what_follows,
)
from accounts.scopes import Scope
from tests.factories import AccessFactory, MemberFactory, UserFactory
from tests.isolation.passkeys import passkey_of
from tests.isolation.places import Place, Things

Rights = frozenset[Right]
_A_DAY: Final = 86_400
_GRANTED: Final = frozenset(GRANTABLE)
_BUYS: Final = frozenset({Right.SEE_BILLING, Right.PURCHASE})
_BUYING_ADMIN: Final[dict[str, Any]] = {"admin": True, "purchase_permission": True}

# Of each kind of member: how they are made, and what they may, modules apart that are shut.
_KINDS: Final[Mapping[str, tuple[dict[str, Any], Rights]]] = {
    "primary admin": ({"primary_admin": True}, EVERYTHING),
    "admin": ({"admin": True}, _GRANTED),
    "admin who buys": (_BUYING_ADMIN, _GRANTED | _BUYS | {Right.SUSPEND}),
    "buyer": ({"purchase_permission": True}, _BUYS),
    "billing role": ({"billing_role": True}, frozenset({Right.SEE_BILLING})),
    "member without rights": ({}, frozenset()),
}
# Who is not active may nothing, whatever they were given.
_OUTSIDE: Final = ("suspended", "invited", "awaiting_approval", "deleted")
_PARENTS: Final = {"agency": Module.AGENCY, "reseller": Module.CLIENTS}
_FEW: Final = ("primary admin", "member without rights")
_EVERYBODY: Final = (tuple(_KINDS), GRANTABLE, _OUTSIDE)
# Of each account: its kinds of members, the rights that are somebody's only one, who is not active.
_CAST: Final[Mapping[str, tuple[tuple[str, ...], tuple[Right, ...], tuple[str, ...]]]] = {
    "agency": _EVERYBODY,
    "workspace": (_FEW, (), ()),
    "unclaimed workspace": (("admin who buys",), (), ()),
    "reseller": (_FEW, (Right.SEE_CLIENTS, Right.UPDATE_CLIENTS), ()),
    "client": (_FEW, (), ()),
    "client that pays": (("primary admin",), (), ()),
    "stranger": (_FEW, (), ()),
}
# Where every kind of member is at home in depth: one account of each kind.
_FULL: Final = frozenset({"agency", "workspace", "reseller"})


@dataclass
class Persona:
    """Somebody who knocks.

    ``stands``: what they may, by the key of each account that lets them in. ``of``: the accounts
    that they belong to in whatever status, whose words they may read. ``shut_out``: those of them
    in which they are suspended. ``only``: the right that an Access gives them, where that is all
    they have. ``but``: the module of which their Access gives nothing, where it gives all others.
    they have. A program has a ``token``; ``scopes`` and the accounts that it ``sees`` are empty
    where that is revoked.
    """

    name: str
    user: User | None = None
    stands: dict[str, Rights] = field(default_factory=dict)
    of: set[str] = field(default_factory=set)
    shut_out: set[str] = field(default_factory=set)
    roles: frozenset[Role] = frozenset()
    only: Right | None = None
    but: Module | None = None
    visit: SupportVisit | None = None
    session: str = ""
    token: str = ""
    scopes: frozenset[Scope] = frozenset()
    sees: frozenset[str] = frozenset()
    things: Things = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def of_staff(self) -> bool:
        return self.user is not None and self.user.is_staff

    @property
    def superuser(self) -> bool:
        return self.user is not None and self.user.is_superuser

    def may_read(self, place: Place) -> bool:
        """Whether this account's words may be shown to them on a page of an account."""
        return place.key in self.of or place.key in self.stands or place.key in self.sees


def people(places: Mapping[str, Place], *, all_of_them: bool = False) -> list[Persona]:
    """Everybody, signed in; ``all_of_them``: every kind of member in every account."""
    found = [Persona("nobody")]
    for place in places.values():
        full = all_of_them and place.key in _FULL
        kinds, only, outside = _EVERYBODY if full else _CAST[place.key]
        found += _cast(place, kinds, only, outside)
        place.things |= _hand_over(place)
    found.append(_two_accounts(places["stranger"], places["agency"]))
    found += (*_staff(), _visitor(places["agency"]))
    for persona in found:
        if Right.PRIMARY in persona.stands.get("agency", ()):
            assert persona.user is not None
            TOTP.activate(persona.user, generate_totp_secret())
            RecoveryCodes.activate(persona.user)
        for place in places.values():
            rights = _in_child(persona, place)
            if rights is not None:
                persona.stands.setdefault(place.key, rights)
        _sign_in(persona)
        persona.things = _things(persona, places)
    return found


def said(message: InboxMessage) -> inbox.Told:
    """The words of a message in everybody's bell."""
    return inbox.Told(f"{message.account.name} has told you something.")


def _things(persona: Persona, places: Mapping[str, Place]) -> Things:
    """What belongs to this person alone: a message in the bell, and a passkey."""
    if persona.user is None or not persona.of:
        return {}
    account = places[min(persona.of)].account
    message = InboxMessage.objects.create(
        person=persona.user, account=account, name="said", key="said", at=timezone.now()
    )
    return {"message_id": (message.pk,), "pk": (passkey_of(persona.user).pk,)}


def _cast(
    place: Place, kinds: Iterable[str], only: Iterable[Right], outside: Iterable[str]
) -> Iterator[Persona]:
    for kind in kinds:
        traits, rights = _KINDS[kind]
        if kind == "primary admin" and place.key == "unclaimed workspace":
            continue
        yield _member(place, kind, rights, **traits)
    for right in only:
        name = f"only {right.value}"
        given = AccessFactory(account=place.account, name=place.name(name), rights=[right])
        yield _member(place, name, with_what_follows(frozenset({right})), only=right, access=given)
    for module in Module if only == GRANTABLE else ():
        name = f"all but {module.value}"
        rights = frozenset(right for right in GRANTABLE if right.module is not module)
        given = AccessFactory(account=place.account, name=place.name(name), rights=list(rights))
        yield _member(place, name, rights, but=module, access=given)
    for status in outside:
        persona = _member(place, f"{status} admin", None, status=status, **_BUYING_ADMIN)
        if status == "suspended":
            persona.shut_out.add(place.key)
        yield persona


def _member(
    place: Place,
    kind: str,
    rights: Rights | None,
    *,
    only: Right | None = None,
    but: Module | None = None,
    **traits: Any,
) -> Persona:
    member = MemberFactory(
        account=place.account, name=place.name(kind), user=_user(place, kind), **traits
    )
    stands = {} if rights is None else {place.key: place.open(rights)}
    return Persona(f"{place}: {kind}", member.user, stands, {place.key}, only=only, but=but)


def _hand_over(place: Place) -> Things:
    """The primary admin asks another member to take the role over."""
    members = Member.objects.filter(account=place.account, status=Member.Status.ACTIVE)
    giver = members.filter(primary_admin=True).first()
    taker = members.filter(primary_admin=False, user__isnull=False).first()
    if giver is None or taker is None:
        return {}
    now = timezone.now()
    asked = HandOver.objects.create(
        account=place.account,
        giver=giver,
        taker=taker,
        asked_at=now,
        expires_at=now + timedelta(days=7),
    )
    return {"hand_over_id": (asked.pk,)}


def _user(place: Place, kind: str) -> User:
    user: User = UserFactory(name=place.name(kind), email=place.email(kind))
    return user


def _two_accounts(much: Place, nothing: Place) -> Persona:
    """Somebody who may much in one account is a plain member of another."""
    user = UserFactory(name="Of Two Accounts", email="of.two.accounts@example.com")
    for place, traits in ((much, _BUYING_ADMIN), (nothing, {})):
        MemberFactory(account=place.account, name=place.name("of two"), user=user, **traits)
    _traits, rights = _KINDS["admin who buys"]
    stands = {much.key: much.open(rights), nothing.key: frozenset()}
    return Persona("of two accounts", user, stands, {much.key, nothing.key})


def _staff() -> Iterator[Persona]:
    yield Persona("superuser", UserFactory(superuser=True))
    yield Persona("staff without a role", UserFactory(staff=True))
    for role in Role:
        person = UserFactory(staff=True)
        staff_roles.give_role(person=person, role=role)
        yield Persona(f"staff: {role.value}", person, roles=frozenset({role}))


def _visitor(place: Place) -> Persona:
    """Support in the place of a member with one right; nothing of their own stands open here."""
    rights = frozenset({Right.SEE_TEAM, Right.UPDATE_TEAM})
    person = UserFactory(staff=True)
    staff_roles.give_role(person=person, role=Role.SUPPORT)
    visited = Member.objects.get(
        account=place.account, name=place.name(f"only {Right.UPDATE_TEAM}")
    )
    at = timezone.now()
    visit = visits.begin(member_id=visited.pk, person=person, reason="Request 7", at=at)
    return Persona(
        "support on a visit",
        person,
        {place.key: rights},
        {place.key},
        roles=frozenset({Role.SUPPORT}),
        visit=visit,
    )


def _in_child(persona: Persona, place: Place) -> Rights | None:
    """What somebody of the parent may in this child: look, or manage it; None: it is not theirs."""
    above = place.above
    if above is None or above.key not in persona.stands:
        return None
    module, there = _PARENTS[above.key], persona.stands[above.key]
    if see(module) not in there:
        return None
    if update(module) not in there:
        return place.open(SEEING)
    unclaimed = place.key == "unclaimed workspace"
    buys = Right.PURCHASE in there and place.account.payer_id == above.account.pk
    more = {Right.SUSPEND: True, Right.PRIMARY: unclaimed, Right.PURCHASE: buys}
    return place.open(SEEING | _GRANTED | {right for right, given in more.items() if given})


def _sign_in(persona: Persona) -> None:
    if persona.user is None:
        return
    client = Client()
    client.force_login(persona.user)
    session = client.session
    # By password once more, in this very test: nobody is asked for it again.
    known = {"method": "password", "at": time.time() + _A_DAY, "reauthenticated": True}
    session["account_authentication_methods"] = [known]
    session["account_authentication_methods_user"] = str(persona.user.pk)
    if persona.visit is not None:
        session[visits.SESSION_KEY] = persona.visit.pk
    session.save()
    persona.session = session.session_key or ""
