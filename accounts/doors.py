"""Whom each page is meant for, declared beside its view.

A declaration opens nothing and closes nothing: pages get their rows through ``accounts.access``.
The isolation test walks every address as everybody and compares what happens with what is declared
(ALL-1); an address without a declaration fails it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.db import models

from accounts.rights import Right

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """For whom a page is."""

    EVERYBODY = "everybody"  # also who has not signed in
    SIGNED_OUT = "signed out"  # who has signed in is sent on
    SIGNED_IN = "signed in"  # each person their own
    ACCOUNT = "account"  # the people of the account in the address
    STAFF = "staff"  # people of the vendor, by role
    LINK = "link"  # who has the signed link


@dataclass(frozen=True, slots=True)
class Door:
    """Whom one page is meant for.

    Of an account those with ``right``, None for all of its people; of staff those whose role may do
    ``action`` with rows of ``model``, None for all of them.
    """

    audience: Audience
    right: Right | None = None
    model: type[models.Model] | None = None
    action: str = "view"


_ATTRIBUTE: Final = "door"


def opens_to(
    audience: Audience,
    *,
    right: Right | None = None,
    model: type[models.Model] | None = None,
    action: str = "view",
) -> Callable[[View], View]:
    """Declare whom the decorated view is meant for; the outermost decorator."""
    door = Door(audience, right, model, action)

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, door)
        return view

    return declare


def of_account(right: Right | None = None) -> Callable[[View], View]:
    """A page of the account in the address: of its people with this right, or of all of them."""
    return opens_to(Audience.ACCOUNT, right=right)


def door_of(view: Callable[..., Any]) -> Door | None:
    """What the view declares; of a class the class's own."""
    found = getattr(view, _ATTRIBUTE, None) or getattr(
        getattr(view, "view_class", None), _ATTRIBUTE, None
    )
    return found if isinstance(found, Door) else None
