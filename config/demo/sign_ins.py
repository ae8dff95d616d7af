"""Who of the demo can sign in, with the demo's password, and what each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts import access, accesses, people
from accounts.models import Account, Member, User
from config.demo.cast import Part
from config.demo.taken_over import email_of
from config.demo.world import let_in


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody of a customer: their account, their name, and what they are there.

    An ``admin`` has the purchase permission too. In the account ``also`` they have the billing
    role.
    """

    reference: str
    name: str
    what: str
    admin: bool = False
    billing_role: bool = False
    also: str = ""

    @property
    def email(self) -> str:
        return email_of(self.name, self.reference)


CUSTOMERS: Final = (
    Customer(
        "C-101",
        "Jana Nováková",
        "primary account admin of a customer; does the books of C-107 too",
        also="C-107",
    ),
    Customer("C-101", "Petr Dvořák", "member of the same customer, without any right"),
    Customer("C-102", "Giulia Conti", "admin with purchase permission", admin=True),
    Customer("C-105", "Jonas Vogel", "billing role", billing_role=True),
    Customer("C-121", "Alena Součková", "primary account admin of a call centre, with licensing"),
    Customer("C-131", "Ann Walsh", "primary account admin with seats of Conversations"),
    Customer("R-201", "Helen Price", "primary account admin of a reseller, with its clients"),
    Customer("G-301", "Klára Veselá", "primary account admin of an agency, with its workspaces"),
)


def let_sign_in(part: Part, *, at: datetime) -> None:
    """The people of an account who are persons of their own: the first of them, and customers.

    Only the customers have a password.
    """
    first = part.people[0]
    named = {one.name: one for one in CUSTOMERS if one.reference == part.reference}
    for name in dict.fromkeys((first, *named)):
        person = User.objects.create_user(email_of(name, part.reference), name=name, joined_at=at)
        Member.objects.filter(account__reference=part.reference, name=name).update(user=person)
        if name in named:
            let_in(person)
            _become(named[name], person, at)
    for one in CUSTOMERS:
        if one.also == part.reference:
            _join(one, part, at)


def _become(customer: Customer, person: User, at: datetime) -> None:
    """Give somebody what they are besides the first of their account."""
    member = Member.objects.get(account__reference=customer.reference, user=person)
    if customer.billing_role:
        people.set_billing_role(member_id=member.pk, billing_role=True, at=at)
    if customer.admin:
        first = Member.objects.get(account=member.account_id, primary_admin=True)
        here = access.standing(first.user, member.account_id) if first.user else None
        if here is None:
            raise ValueError(f"expected the first of {customer.reference} to stand in it")
        admins = accesses.administrators_of(account_id=member.account_id)
        accesses.assign(here=here, access_id=admins.pk, member_ids=[member.pk], at=at)
        Member.objects.filter(pk=member.pk).update(purchase_permission=True)


def _join(customer: Customer, part: Part, at: datetime) -> None:
    """Somebody does the books of a second account."""
    account = Account.objects.only("pk").get(reference=part.reference)
    member = people.add_member(
        account_id=account.pk,
        name=customer.name,
        email=customer.email,
        status=Member.Status.ACTIVE,
        billing_role=True,
        at=at,
    )
    Member.objects.filter(pk=member.pk).update(user=User.objects.get(email=customer.email))
