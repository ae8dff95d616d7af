"""Cards in tests: what somebody types into the form of the sandbox's bank, and what comes of it."""

from __future__ import annotations

from datetime import datetime

from accounts.access import Standing
from billing import methods
from billing.gateways import sandbox_cards
from billing.gateways.sandbox import SandboxGateway
from billing.gateways.sandbox_cards import TEST_NUMBERS, Behaviour
from billing.models import MethodSetup, PaymentMethod, SandboxCard

GATEWAY = SandboxGateway()


def typed(behaviour: Behaviour = Behaviour.GOOD, *, expires: str = "12/2040") -> dict[str, str]:
    """The form filled in, with the number that behaves so."""
    number = next(one.grouped for one in TEST_NUMBERS if one.behaviour is behaviour)
    return {"number": number, "expires": expires, "code": "123"}


def opened(
    here: Standing, *, at: datetime, replaces: int | None = None, next_page: str = ""
) -> MethodSetup:
    """A form that nobody has filled in yet."""
    found = methods.begin(
        here=here,
        gateway=GATEWAY,
        at=at,
        return_to=lambda setup: f"/back/{setup.pk}/",
        replaces=replaces,
        next_page=next_page,
    )
    return found.setup


def fill_in(setup: MethodSetup, behaviour: Behaviour = Behaviour.GOOD, **more: str) -> None:
    """The person sends the bank's form, and does not come back yet."""
    assert sandbox_cards.keep(SandboxCard.objects.get(key=setup.key), typed(behaviour, **more))


def kept(
    here: Standing,
    behaviour: Behaviour = Behaviour.GOOD,
    *,
    at: datetime,
    replaces: int | None = None,
    **more: str,
) -> PaymentMethod:
    """A card that was added, or has taken another one's place."""
    setup = opened(here, at=at, replaces=replaces)
    fill_in(setup, behaviour, **more)
    done = methods.finish(setup_id=setup.pk, gateway=GATEWAY, at=at)
    assert done.becomes is not None
    return done.becomes
