"""How somebody looks at the site: on which screen, in which theme, signed in as whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import BrowserContext

from accounts.models import User

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Look:
    """A screen and a theme."""

    width: int
    height: int
    theme: Theme

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"

    @property
    def options(self) -> dict[str, Any]:
        """What Playwright wants to know to open a window that looks so."""
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.theme,
            # What still moves has neither its colour nor its place.
            "reduced_motion": "reduce",
        }


DESKTOP = Look(1280, 900, "light")
DESKTOP_DARK = Look(1280, 900, "dark")
PHONE = Look(360, 800, "light")
PHONE_DARK = Look(360, 800, "dark")
# In this order every second one is a phone, and every second phone is dark.
LOOKS = (DESKTOP, PHONE_DARK, DESKTOP_DARK, PHONE)


def told_in(first: Look, *others: Look) -> pytest.MarkDecorator:
    """A journey that is told in one look, and in `make proof` in the others too."""
    proven = [pytest.param(look, marks=pytest.mark.proof) for look in others]
    return pytest.mark.parametrize("look", [first, *proven], ids=str)


def client_of(person: User) -> Client:
    """Somebody who has just given their password again, so that nothing asks for it."""
    client = Client()
    client.force_login(person)
    request = HttpRequest()
    request.user, request.session = person, client.session
    reauthenticate_by_password(request)
    request.session.save()
    return client


def sign_in(context: BrowserContext, person: User, *, site: str) -> None:
    """By the cookie of a new session: the form is for the tests that are about it."""
    name = settings.SESSION_COOKIE_NAME
    cookie = client_of(person).cookies[name].value
    context.add_cookies([{"name": name, "value": cookie, "url": site}])
