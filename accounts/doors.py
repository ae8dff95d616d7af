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
from accounts.scopes import Scope

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """For whom a page is."""

    EVERYBODY = "everybody"  # also who has not signed in
    SIGNED_OUT = "signed out"  # who has signed in is sent on
    SIGNED_IN = "signed in"  # each person their own
    ACCOUNT = "account"  # the people of the account in the address
    SUSPENDED = "suspended"  # who is suspended in the account in the address
    STAFF = "staff"  # people of the vendor, by role
    LINK = "link"  # who has the signed link
    SIGNED = "signed"  # who signs what they send, whatever their session
    KEY = "key"  # programs whose API key has the scope, of the accounts that it sees
    NOBODY = "nobody"  # an address that leads nowhere


@dataclass(frozen=True, slots=True)
class Door:
    """Whom one page is meant for.

    Of an account those with ``right``, None for all of its people; of staff those whose role may do
    ``action`` with rows of ``model``, None for all of them. Where sending something asks for more
    than looking does, ``post`` is that right and ``post_action`` that action. Nobody else is let
    in; ``may_refuse``: nor everybody of these, for the sake of the row that the address names.
    ``names_paid_for``: it names the accounts that the account in the address pays for, as its
    invoices do, also to those who may not look into them. ``scopes``: of programs, what their key
    has to have for each method; ``makes`` is the method that makes what the address names, where it
    is not there: what another account calls so is then just a name.
    """

    audience: Audience
    right: Right | None = None
    post: Right | None = None
    model: type[models.Model] | None = None
    action: str = "view"
    post_action: str | None = None
    may_refuse: bool = False
    names_paid_for: bool = False
    scopes: tuple[tuple[str, Scope], ...] = ()
    makes: str = ""

    def scope_for(self, method: str) -> Scope | None:
        """The scope that a program's request by this method needs; None where it takes none."""
        return dict(self.scopes).get(method)

    def right_for(self, method: str) -> Right | None:
        """The right that a request by this method needs."""
        return self.right if method in READS else self.post or self.right

    def action_for(self, method: str) -> str:
        """What of staff a request by this method does."""
        return self.action if method in READS else self.post_action or self.action


READS: Final = frozenset({"GET", "HEAD"})
_ATTRIBUTE: Final = "door"


def opens_to(
    audience: Audience,
    *,
    right: Right | None = None,
    post: Right | None = None,
    model: type[models.Model] | None = None,
    action: str = "view",
    post_action: str | None = None,
    may_refuse: bool = False,
    names_paid_for: bool = False,
) -> Callable[[View], View]:
    """Declare whom the decorated view is meant for; the outermost decorator."""
    door = Door(audience, right, post, model, action, post_action, may_refuse, names_paid_for)

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, door)
        return view

    return declare


def of_account(
    right: Right | None = None,
    *,
    post: Right | None = None,
    may_refuse: bool = False,
    names_paid_for: bool = False,
) -> Callable[[View], View]:
    """A page of the account in the address: of its people with this right, or of all of them.

    ``post``: the right to send something to it, where looking needs less. ``may_refuse``: some of
    them are refused because of the row, as everybody is but whom a hand-over asks.
    ``names_paid_for``: an invoice, which names the accounts that it pays for.
    """
    return opens_to(
        Audience.ACCOUNT,
        right=right,
        post=post,
        may_refuse=may_refuse,
        names_paid_for=names_paid_for,
    )


def of_programs(**scopes: Scope) -> Callable[[View], View]:
    """An address of the API: of programs whose key has the scope of the method, of no person."""
    door = programs(**scopes)

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, door)
        return view

    return declare


def programs(*, makes: str = "", **scopes: Scope) -> Door:
    """The door of such an address."""
    return Door(Audience.KEY, scopes=tuple(scopes.items()), makes=makes)


def of_staff(
    model: type[models.Model] | None = None, action: str = "view", *, post: str | None = None
) -> Callable[[View], View]:
    """A page of the desk: of those whose role may do this with rows of the model, or of all staff.

    ``post``: what sending something to it does, where that is another action.
    """
    return opens_to(Audience.STAFF, model=model, action=action, post_action=post)


def door_of(view: Callable[..., Any]) -> Door | None:
    """What the view declares, whatever is wrapped around it; of a class the class's own."""
    seen: Any = view
    while seen is not None:
        for place in (seen, getattr(seen, "view_class", None)):
            found = getattr(place, _ATTRIBUTE, None)
            if isinstance(found, Door):
                return found
        seen = getattr(seen, "func", None) or getattr(seen, "__wrapped__", None)
    return None
