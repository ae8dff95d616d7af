"""What is so for a while and stands above every page of an account.

Each banner comes from a function that ``PORTAL_BANNERS`` names, so that floors above add theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import hand_over
from accounts.access import Standing
from accounts.belonging import is_claimed


class Kind(StrEnum):
    """How a banner looks."""

    NOTE = ""
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Banner:
    """A sentence, and the page where one does something about it."""

    text: str
    kind: Kind = Kind.NOTE
    href: str = ""
    label: str = ""


class Says(Protocol):
    """What ``PORTAL_BANNERS`` names."""

    def __call__(self, here: Standing, *, at: datetime) -> Sequence[Banner]: ...


def banners(here: Standing, *, at: datetime) -> list[Banner]:
    """Every banner of the account's pages, as this person reads them."""
    asked: list[Says] = [import_string(path) for path in settings.PORTAL_BANNERS]
    return [banner for says in asked for banner in says(here, at=at)]


def unclaimed(here: Standing, *, at: datetime) -> list[Banner]:
    """Nobody is the primary account admin: told to who manages the account, or where nobody can."""
    account = here.account
    if here.member is not None and here.member.primary_admin:
        return []
    managed = account.parent_id is not None
    if (managed and here.through is None) or is_claimed(account.pk):
        return []
    if managed:
        words = _("Nobody is the primary account admin of %(account)s yet. You manage it.")
        return [Banner(words % {"account": account})]
    words = _("Nobody is the primary account admin here, so nobody can buy. Ask support.")
    return [Banner(words, Kind.WARN)]


def hand_over_waits(here: Standing, *, at: datetime) -> list[Banner]:
    """The primary role waits to be taken over: told to the two people whom it concerns."""
    if here.member is None:
        return []
    found = hand_over.waiting(here.account, at=at)
    if found is None or here.member not in {found.giver, found.taker}:
        return []
    if here.member == found.giver:
        words = _("You asked %(name)s to take over the primary role. Nothing has changed yet.")
        href = reverse("accounts:hand_over", args=[here.account.pk])
        return [Banner(words % {"name": found.taker.name}, href=href, label=_("See the request"))]
    words = _("%(name)s asks you to become the primary account admin.")
    text = words % {"name": found.giver.name}
    if here.visit is not None:
        # That they answer themselves.
        return [Banner(text, Kind.WARN)]
    href = reverse("accounts:hand_over_answer", args=[here.account.pk, found.pk])
    return [Banner(text, Kind.WARN, href=href, label=_("Answer"))]
