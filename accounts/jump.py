"""Ctrl-K: what a person can go to from here, found by a few letters of its name.

Each group of findings comes from a function that ``JUMP_FINDERS`` names, so that floors above add
what they know. Each costs a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import access, searching
from accounts.access import Standing
from accounts.models import Member, User
from accounts.rights import Right

MOST: Final = 10
LONGEST_QUERY: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks for what, and where they stand; ``here`` is None outside of every account."""

    person: User
    here: Standing | None
    query: str
    visiting: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to go to; ``note`` tells it from others of its name."""

    label: str
    link: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind, the nearest first."""

    title: str | Promise
    found: Sequence[Found]


Finder = Callable[[Asked], Group]


def find(asked: Asked) -> list[Group]:
    """What every finder finds, without the groups that are empty."""
    finders: list[Finder] = [import_string(path) for path in settings.JUMP_FINDERS]
    groups = [finder(asked) for finder in finders]
    return [group for group in groups if group.found]


def nearest(found: Iterable[Found], query: str) -> list[Found]:
    """Of these the ones whose label holds the query, first those that begin with it."""
    typed = query.casefold()
    held = [one for one in found if typed in one.label.casefold()]
    return sorted(held, key=lambda one: not one.label.casefold().startswith(typed))[:MOST]


def members(asked: Asked) -> Group:
    """People of the account by name or e-mail address, to who may see them."""
    here, title = asked.here, _("People")
    if here is None or not asked.query or not here.may(Right.SEE_TEAM):
        return Group(title, ())
    people = here.rows(Member.objects.exclude(status=Member.Status.DELETED))
    by_email = Q(email__icontains=asked.query)
    return Group(
        title,
        [
            Found(
                member.name,
                reverse("accounts:member", args=[here.account.pk, member.pk]),
                note=member.email,
            )
            for member in _named(people, asked.query, also=by_email)
        ],
    )


def accounts(asked: Asked) -> Group:
    """Other accounts that the person enters as themselves: in a visit, none."""
    title = _("Accounts")
    if asked.visiting:
        return Group(title, ())
    entered = access.accounts_of(asked.person)
    if asked.here is not None:
        entered = entered.exclude(pk=asked.here.account.pk)
    return Group(
        title,
        [
            Found(account.name, reverse("accounts:start", args=[account.pk]))
            for account in _named(entered, asked.query)
        ],
    )


def _named(rows: QuerySet[Any], query: str, also: Q | None = None) -> QuerySet[Any]:
    """Rows whose name holds the query, first those that begin with it; at most so many."""
    holds = searching.contains("name", query)
    begins = Case(
        When(searching.begins(query), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    found = rows.filter(holds | also if also is not None else holds)
    return found.order_by(begins, "name_key", "pk")[:MOST]
