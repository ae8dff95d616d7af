"""Objections to a change: what the floors above have against it, asked before it is confirmed.

Functions are named in the setting ``BILLING_CHANGE_RULES`` by their dotted paths, as Django names
its password validators: billing does not know who stands upstairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TypeAlias

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Account
from accounts.rights import Right
from billing.models import Product

# Whether a reader has a right.
Sees: TypeAlias = Callable[[Right], bool]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes of one deed: of each product (by code) the number in force and the one wanted.

    ``held`` is what the account holds of every product then, in all its subscriptions, what still
    waits for an opening counted as gone. ``products``, by code, are those of both, with their plan
    products and levels.
    """

    account: Account
    at: datetime
    changes: Mapping[str, tuple[int, int]]
    held: Mapping[str, int]
    products: Mapping[str, Product]


@dataclass(frozen=True, slots=True)
class Objection:
    """What is so and what to do next, in the reader's language, beside the line of ``product``.

    ``named`` says the same with the people or queues that it is about, for who has the right
    ``shown_to`` see them. ``href`` and ``link`` lead to where it is done, for who has the right to
    open that; without one ``opened_by``, for everybody.
    """

    product: str
    text: str
    named: str = ""
    shown_to: Right = Right.SEE_TEAM
    href: str = ""
    link: str = ""
    opened_by: Right | None = None

    def said(self, *, sees: Sees) -> str:
        """The words for a reader of such rights."""
        return self.named if self.named and sees(self.shown_to) else self.text

    def told(self, *, sees: Sees) -> Objection:
        """The same for a reader of such rights: without names and ways that are not for them."""
        leads = self.opened_by is None or sees(self.opened_by)
        href, link = (self.href, self.link) if leads else ("", "")
        return replace(self, text=self.said(sees=sees), named="", href=href, link=link)


def everything(_right: Right) -> bool:
    """What the desk may see of an account."""
    return True


def nothing(_right: Right) -> bool:
    """What may be told to whom nobody has asked for their rights."""
    return False


def in_words(against: Iterable[Objection], *, sees: Sees) -> str:
    """All that stands against a change, as it is refused to a reader of such rights."""
    return " ".join(one.said(sees=sees) for one in against)


Objects: TypeAlias = Callable[[Proposal], Sequence[Objection]]


def objections(proposal: Proposal) -> list[Objection]:
    """What all functions of ``BILLING_CHANGE_RULES`` have against the proposal."""
    return [found for function in _functions() for found in function(proposal)]


def _functions() -> Iterator[Objects]:
    return iter(_imported(tuple(settings.BILLING_CHANGE_RULES)))


@cache
def _imported(paths: tuple[str, ...]) -> list[Objects]:
    return [import_string(path) for path in paths]
