"""Which rights there are in an account, and which of them an Access can give."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Module(StrEnum):
    """A part of the portal that an Access opens to see (*Access*) or to change (*Update*)."""

    TEAM = "team"
    ACCESSES = "accesses"
    CONVERSATIONS = "conversations"
    LICENSING = "licensing"
    QUEUES = "queues"
    QA_FORMS = "qa_forms"
    AGENCY = "agency"
    CLIENTS = "clients"
    COMPANY = "company"


class Right(StrEnum):
    """One thing that a person may do in an account.

    ``SEE_…`` and ``UPDATE_…`` are given by an Access, as permissions of these names on the account.
    The others follow from what a member is: ``SEE_BILLING`` from the billing role or the purchase
    permission (PLAN-1), ``PURCHASE`` from the latter, ``SUSPEND`` belongs to the primary account
    admin and to admins with purchase permission (RSL-6), ``PRIMARY`` to the primary account admin.
    """

    SEE_TEAM = "access_team"
    UPDATE_TEAM = "update_team"
    SEE_ACCESSES = "access_accesses"
    UPDATE_ACCESSES = "update_accesses"
    SEE_CONVERSATIONS = "access_conversations"
    UPDATE_CONVERSATIONS = "update_conversations"
    SEE_LICENSING = "access_licensing"
    UPDATE_LICENSING = "update_licensing"
    SEE_QUEUES = "access_queues"
    UPDATE_QUEUES = "update_queues"
    SEE_QA_FORMS = "access_qa_forms"
    UPDATE_QA_FORMS = "update_qa_forms"
    SEE_AGENCY = "access_agency"
    UPDATE_AGENCY = "update_agency"
    SEE_CLIENTS = "access_clients"
    UPDATE_CLIENTS = "update_clients"
    SEE_COMPANY = "access_company"
    UPDATE_COMPANY = "update_company"
    SEE_BILLING = "see_billing"
    PURCHASE = "purchase"
    SUSPEND = "suspend"
    PRIMARY = "primary"

    @property
    def module(self) -> Module | None:
        """The module that this right opens; None for what no Access can give."""
        level, _, name = self.value.partition("_")
        return Module(name) if level in {"access", "update"} else None

    @property
    def updates(self) -> bool:
        """Whether it is a module's *Update*."""
        return self.module is not None and self.value.startswith("update_")


def see(module: Module) -> Right:
    """The right to see this module: its *Access*."""
    return Right(f"access_{module.value}")


def update(module: Module) -> Right:
    """The right to change this module: its *Update*."""
    return Right(f"update_{module.value}")


# What an Access can hold, module by module: *Access* before *Update*.
GRANTABLE: Final = tuple(right for right in Right if right.module is not None)

# What a person of the parent account may do in a child that it sees: look at everything.
SEEING: Final = frozenset({*(right for right in GRANTABLE if not right.updates), Right.SEE_BILLING})
EVERYTHING: Final = frozenset(Right)


def with_what_follows(rights: frozenset[Right]) -> frozenset[Right]:
    """These rights, and the *Access* that each *Update* among them needs."""
    return rights | {see(right.module) for right in rights if right.updates and right.module}
