"""The cards of the demo's payers: added through the sandbox's own form, as a customer adds one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accounts import access
from accounts.models import Account, Member
from billing import methods
from billing.gateways import gateway, sandbox_cards
from billing.models import SandboxCard
from config.demo.cast import Part

GOOD: Final = "4111 1111 1111 1111"
ANOTHER: Final = "5105 1051 0510 5100"
ASKS: Final = "4000 1000 0000 0059"
_LONG: Final = 3  # years
# Whose card has expired by the last day of the demo.
EXPIRED: Final = "C-104"
# Who has two, and whose newest one the bank asks about each time.
SECOND: Final = "C-101"
SECURE: Final = "C-103"


@dataclass(frozen=True, slots=True)
class Keeps:
    """The primary account admin adds a card; ``takes_over``: it is charged from then on."""

    reference: str
    number: str
    expires: str
    takes_over: bool = False

    def do(self, at: datetime) -> None:
        account = Account.objects.get(reference=self.reference)
        admin = Member.objects.select_related("user").get(account=account, primary_admin=True)
        here = access.standing(admin.user, account.pk) if admin.user else None
        if here is None:
            raise ValueError(f"expected somebody of {self.reference} to stand in it")
        opened = methods.begin(here=here, gateway=gateway(), at=at, return_to=lambda _: "/")
        form = SandboxCard.objects.get(key=opened.setup.key)
        typed = {"number": self.number, "expires": self.expires, "code": "123"}
        sandbox_cards.keep(form, typed)
        setup = methods.finish(setup_id=opened.setup.pk, gateway=gateway(), at=at)
        if self.takes_over and setup.becomes is not None:
            methods.make_default(here=here, method_id=setup.becomes.pk, at=at)


def first_card(part: Part, *, on: date) -> Keeps | None:
    """The card with which an account comes; None where none is charged. ``on``: the last day."""
    if part.terms_days is not None or part.paid_by_parent:
        return None
    expires = _before(on) if part.reference == EXPIRED else good_until(on)
    return Keeps(part.reference, GOOD, expires)


def good_until(on: date) -> str:
    """As it stands on a card that is good for some years more."""
    return f"{on.month:02}/{on.year + _LONG}"


def _before(on: date) -> str:
    """The month before this day's."""
    year, month = (on.year, on.month - 1) if on.month > 1 else (on.year - 1, 12)
    return f"{month:02}/{year}"
