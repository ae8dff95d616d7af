"""Every page of the portal, found by itself: where it is in a world of test data, and who looks.

The world is the isolation test's: what an argument of an address names stands in ``places.py``
there, and what a page wants instead in ``stages.py`` here. An address that shows no page when it is
only looked at says why, in `NO_PAGES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final

from django.test import Client

from accounts.doors import Audience, Door
from accounts.models import Account, Member, User
from accounts.rights import Module
from config.doors import door_at
from tests.browser.looks import client_of
from tests.browser.stages import QUERY, STAGES
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory
from tests.isolation.addresses import Address, addresses
from tests.isolation.places import Place, Things

LEADS_ON: Final = "leads on"
SENT_TO: Final = "is only sent to"
FILE: Final = "a file"
LETTER: Final = "wants a link of a letter"
PASSKEY: Final = "wants a passkey; test_sign_in.py has one"
SIGNING_IN: Final = "stands within signing in"
PROGRAMS: Final = "is for programs, which read no page"
# Why looking at an address shows no page.
NO_PAGES: Final[Mapping[str, str]] = {
    "home": LEADS_ON,
    "account_confirm_email": LETTER,
    "account_confirm_login_code": SIGNING_IN,
    "account_reset_password_from_key": LETTER,
    "accounts:hand_over_call_off": SENT_TO,
    "accounts:inbox_open": LEADS_ON,
    "accounts:inbox_read_all": SENT_TO,
    "accounts:language": SENT_TO,
    "accounts:leave_visit": SENT_TO,
    "accounts:member_access": SENT_TO,
    "accounts:member_details": SENT_TO,
    "accounts:member_purchase": SENT_TO,
    "accounts:team_csv": FILE,
    "api_document": FILE,
    **dict.fromkeys(
        (
            *("api:activity", "api:contacts", "api:entitlements", "api:member"),
            *("api:member_entitlements", "api:member_level", "api:members", "api:usage"),
            "api:usage_batch",
        ),
        PROGRAMS,
    ),
    "accounts:visit_ended": "wants a visit that has ended",
    "billing:credit_csv": FILE,
    "billing:automatic_end": SENT_TO,
    "billing:einvoice": FILE,
    "licensing:usage_csv": FILE,
    "billing:invoice": FILE,
    "billing:keep": SENT_TO,
    "billing:method_add": SENT_TO,
    "billing:method_added": LEADS_ON,
    "billing:method_default": SENT_TO,
    "billing:method_form": "wants Stripe; test_stripe_form.py has one",
    "billing:method_replace": SENT_TO,
    "billing:order_again": SENT_TO,
    "billing:order_call_off": SENT_TO,
    "billing:order_cancel": SENT_TO,
    "billing:order_return": LEADS_ON,
    "billing:papers_csv": FILE,
    "billing:pay_call_off": SENT_TO,
    "billing:pay_return": LEADS_ON,
    "billing:pays_by": SENT_TO,
    "billing:request_withdraw": SENT_TO,
    "billing:scheduled_cancel": SENT_TO,
    "billing:take_out": SENT_TO,
    "billing:webhook": SENT_TO,
    "mfa_authenticate": SIGNING_IN,
    "mfa_download_recovery_codes": FILE,
    "mfa_edit_webauthn": PASSKEY,
    "mfa_login_webauthn": SIGNING_IN,
    "mfa_reauthenticate_webauthn": PASSKEY,
    "mfa_remove_webauthn": PASSKEY,
}
# Pages that have more to see, behind a tab or a filter.
QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts:team": ("?tab=suspended", "?tab=awaiting", "?tab=invited", "?tab=bots"),
    "licensing:recording": ("?keep=3m",),
    "licensing:release": ("?to=1",),
    "licensing:usage": ("?type=voice", "?type=chat"),
    "licensing:conversations": ("?tab=idle", "?tab=viewers", "?tab=nobody"),
    "style": ("?theme=dark",),
}
INSIDE: Final = frozenset({Audience.ACCOUNT, Audience.SIGNED_IN, Audience.SUSPENDED})
# Who has not signed in may look at it too, and sees nothing.
FOR_SOMEBODY: Final = frozenset({"account_logout"})


# Who has the right of its door alone is refused: why.
ASKS_FOR_MORE: Final = {
    "licensing:usage": "it names people, so it asks for the right to see the team, too",
}


class Reader(StrEnum):
    """Who looks at a page of an account."""

    PRIMARY = "primary admin"
    ONLY_RIGHT = "only this right"


@dataclass(frozen=True)
class Sight:
    """A page as somebody sees it; ``query``: a tab or a filter of it."""

    address: Address
    door: Door
    reader: Reader = Reader.PRIMARY
    query: str = ""

    def __str__(self) -> str:
        by = "" if self.reader is Reader.PRIMARY else f"-{self.reader}"
        return f"{self.address.name}{self.query}{by}"

    @property
    def is_for_somebody(self) -> bool:
        """Whether one has to have signed in to see it."""
        return self.door.audience in INSIDE or self.address.name in FOR_SOMEBODY


class NoPageError(AssertionError):
    """An address shows nothing to whom it is for."""


def sights() -> Iterator[Sight]:
    """Every page of the portal; the desk's are Unfold's, and looked at in ``test_desk.py``."""
    for address in addresses():
        door = door_at(address.view, name=address.name)
        if door is None or address.name in NO_PAGES or address.name.startswith("admin:"):
            continue
        yield Sight(address, door)
        for query in QUERIES.get(address.name, ()):
            yield Sight(address, door, query=query)
        has_a_right = door.audience is Audience.ACCOUNT and door.right and door.right.module
        if has_a_right and address.name not in ASKS_FOR_MORE:
            yield Sight(address, door, Reader.ONLY_RIGHT)


def find(sight: Sight, world: Mapping[str, Place]) -> tuple[str, User | None]:
    """The path of a page, and who looks at it."""
    person, things = _set(sight, world)
    client = Client() if person is None else client_of(person)
    answers = {}
    for path in _paths(sight.address, things):
        answer = client.get(path)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            return path + sight.query, person
        answers[path] = f"{answer.status_code} {answer.headers.get('Location', '')}".strip()
    raise NoPageError(
        f"{sight.address} shows no page ({answers}). Give it a row in tests/isolation/places.py or "
        "a stage in tests/browser/stages.py, or say why there is none in NO_PAGES beside it."
    )


def _set(sight: Sight, world: Mapping[str, Place]) -> tuple[User | None, Things]:
    """Who looks, and what the address can name: of the world, or of an account set for it."""
    if sight.door.audience is Audience.STAFF:
        return UserFactory(superuser=True), {}
    stage = STAGES.get(sight.address.name)
    if stage is None:
        home = _home(sight.door, world)
        looks, things = _member(sight, home.account), home.things
    else:
        account = AccountFactory(agency=True, licensing_enabled=True)
        looks = _member(sight, account)
        things = {"account_id": (account.pk,), **stage(looks)}
    return looks.user if sight.is_for_somebody else None, things


def _home(door: Door, world: Mapping[str, Place]) -> Place:
    """An account that has what the page is about."""
    return world["reseller" if door.right and door.right.module is Module.CLIENTS else "agency"]


def _member(sight: Sight, account: Account) -> Member:
    stands: dict[str, object] = {"primary_admin": True}
    if sight.reader is Reader.ONLY_RIGHT:
        stands = {"access": AccessFactory(account=account, rights=[sight.door.right])}
    Member.objects.filter(account=account).update(primary_admin=False)
    looks: Member = MemberFactory(
        account=account, name="Magdaléna Hrušková", signs_in=True, **stands
    )
    return looks


def _paths(address: Address, things: Things) -> Iterator[str]:
    """The address with each of the rows that it can name."""
    (query,) = things.get(QUERY, ("",))
    for values in product(*(things.get(argument, ()) for argument in address.arguments)):
        yield address.path(dict(zip(address.arguments, values, strict=True))) + str(query)
