"""How somebody looks at the site: on which screen, in which theme, signed in as whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
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


def sign_in(context: BrowserContext, person: User, *, site: str) -> None:
    """By the cookie of a new session: the form is for the tests that are about it."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
