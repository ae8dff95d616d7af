"""The accounts of the isolation test, and in each one of everything that an address can name.

Each account has a word of its own in all its names and addresses, so that a page that shows a
stranger's rows gives itself away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from accounts import invitations, mail
from accounts.models import Account, ApiKey, Invitation, Letter, Member
from accounts.rights import Module, Right
from licensing.models import QaForm, Queue
from tests.factories import AccessFactory, AccountFactory, MemberFactory

# What an address can name, by argument. Of several rows a page is asked for the first that it is
# about: who is suspended can be activated, who is invited cannot.
Things = dict[str, tuple[object, ...]]


@dataclass
class Place:
    """One account; ``shut`` are the modules that it does not have."""

    key: str
    word: str
    account: Account
    shut: frozenset[Module]
    above: Place | None = None
    things: Things = field(default_factory=dict)

    def __str__(self) -> str:
        return self.key

    def open(self, rights: frozenset[Right]) -> frozenset[Right]:
        """Of these rights those whose module the account has."""
        return frozenset(right for right in rights if right.module not in self.shut)

    def name(self, who: str) -> str:
        return f"{self.word} {who}"

    def email(self, who: str) -> str:
        return f"{who.replace(' ', '.').replace('_', '.').lower()}@{self.word.lower()}.example"


_BOTH: Final = frozenset({Module.AGENCY, Module.CLIENTS})
# Of each account: its word, what it is, the account above it, and the modules that it lacks.
_ACCOUNTS: Final[Mapping[str, tuple[str, dict[str, Any], str, frozenset[Module]]]] = {
    "agency": ("Abacavir", {"agency": True}, "", frozenset({Module.CLIENTS})),
    "workspace": ("Brontide", {"workspace": True}, "agency", _BOTH),
    "unclaimed workspace": ("Cymatics", {"workspace": True}, "agency", _BOTH),
    "reseller": ("Dvandva", {"reseller": True}, "", frozenset({Module.AGENCY})),
    "client": ("Eunoia", {"client": True}, "reseller", _BOTH),
    "client that pays": ("Fipple", {"client": True}, "reseller", _BOTH),
    "stranger": ("Gnomon", {"licensing_enabled": False}, "", _BOTH | {Module.LICENSING}),
}
_PAYS_ITSELF: Final = "client that pays"


def places() -> dict[str, Place]:
    """Every account with its rows; the people who look at them come later."""
    found: dict[str, Place] = {}
    for key, (word, traits, above, shut) in _ACCOUNTS.items():
        parent = found.get(above)
        belongs = {}
        if parent is not None:
            belongs = {("parent" if key == _PAYS_ITSELF else "paid_by"): parent.account}
        account = AccountFactory(
            **{"licensing_enabled": True, **traits, **belongs},
            name=f"{word} {key}",
            reference=f"{word}-1",
            email=f"invoices@{word.lower()}.example",
            street=f"{word} Street 1",
        )
        found[key] = Place(key, word, account, shut, above=parent)
    for place in found.values():
        place.things = _things(place)
    return found


def _things(place: Place) -> Things:
    account = place.account
    people = {
        status: MemberFactory(
            account=account,
            name=place.name(f"{status} agent"),
            email=place.email(f"{status} agent"),
            status=status,
            signs_in=status == "active",
        )
        for status in ("active", "suspended", "invited", "awaiting_approval")
    }
    bot = MemberFactory(account=account, name=place.name("bot"), bot=True)
    access = AccessFactory(account=account, name=place.name("spare"), rights=[Right.SEE_TEAM])
    queue = Queue.objects.create(
        account=account, name=place.name("calls"), channel=Queue.Channel.VOICE, number=1
    )
    form = QaForm.objects.create(account=account, name=place.name("review"))
    invitation = _invited(people["invited"])
    return {
        "account_id": (account.pk,),
        "reference": (people["active"].reference,),
        "member_id": (*(member.pk for member in people.values()), bot.pk),
        "access_id": (access.pk,),
        "token": (invitations.token_of(invitation),),
        "queue_id": (queue.pk,),
        "form_id": (form.pk,),
        "letter_id": (_letter(place).pk,),
        "key_id": (_key(place).pk,),
    }


def _invited(member: Member) -> Invitation:
    now = timezone.now()
    return Invitation.objects.create(
        member=member, nonce=f"nonce-{member.pk}", sent_at=now, expires_at=now + timedelta(days=7)
    )


def _key(place: Place) -> ApiKey:
    return ApiKey.objects.create(
        account=place.account,
        name=place.name("sync"),
        prefix=f"{place.account.pk:08}"[-8:],
        digest="0" * 64,
        scopes="entitlements:read",
        created_at=timezone.now(),
        created_by_name=place.name("primary admin"),
    )


def _letter(place: Place) -> Letter:
    key = f"invoice:{place.word}"
    mail.owe(
        name="invoice",
        key=key,
        account_id=place.account.pk,
        subject_id=1,
        to=place.account.email,
        language="en",
        at=timezone.now(),
    )
    return Letter.objects.get(key=key)
