"""What each module is called, what its *Access* and *Update* let one do, and rights in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import GRANTABLE, Module, Right

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Described:
    """A module for people: its name, and what it opens to see and to change, in a sentence each."""

    name: Words
    sees: Words
    updates: Words


MODULES: Final[dict[Module, Described]] = {
    Module.TEAM: Described(
        _("Team"),
        _("See who is in the account, with type, Access and last activity."),
        _("Invite people, change what is written about them, and give them Accesses."),
    ),
    Module.ACCESSES: Described(
        _("Accesses"),
        _("See the Accesses, what they open and who has them."),
        _("Create, clone, change and delete Accesses."),
    ),
    Module.CONVERSATIONS: Described(
        _("Conversations"),
        _("See the seats of Conversations, and who holds each."),
        _("Give seats of Conversations to people and release them."),
    ),
    Module.LICENSING: Described(
        _("Licensing"),
        _("See the licences of the account and who uses them."),
        _("Add and remove licences. This changes the monthly invoice."),
    ),
    Module.QUEUES: Described(
        _("Queues"),
        _("See the queues and who is logged in to each."),
        _("Create and change queues."),
    ),
    Module.QA_FORMS: Described(
        _("QA forms"),
        _("See the forms by which conversations are reviewed."),
        _("Create and change these forms, and allow them for AI QA."),
    ),
    Module.AGENCY: Described(
        _("Agency"),
        _("See the workspaces of the agency, and look around in each."),
        _("Add workspaces, and manage each like an admin of it."),
    ),
    Module.CLIENTS: Described(
        _("Clients"),
        _("See the clients of the reseller, and look around in each."),
        _("Add clients, and manage each like an admin of it."),
    ),
    Module.COMPANY: Described(
        _("Company"),
        _("See the company's address, tax ID and invoice e-mails."),
        _("Change the company's address, tax ID and invoice e-mails."),
    ),
}


def said(right: Right) -> str:
    """The right as a person reads it: "Update Team"; ValueError for one that no Access gives."""
    if right.module is None:
        raise ValueError(f"No Access gives {right}.")
    words = gettext("Update %(module)s") if right.updates else gettext("Access %(module)s")
    return words % {"module": MODULES[right.module].name}


def listed(rights: Collection[Right]) -> str:
    """These rights in the order of the page: "Access Team, Update Team"."""
    return ", ".join(said(right) for right in GRANTABLE if right in rights)


def difference(was: frozenset[Right], becomes: frozenset[Right]) -> str:
    """What was added and taken away: "+ Update Team, − Access Queues"; empty for no change."""
    added = [f"+ {said(right)}" for right in GRANTABLE if right in becomes - was]
    taken = [f"− {said(right)}" for right in GRANTABLE if right in was - becomes]
    return ", ".join(added + taken)
