"""Bots: members that are no people, and are added by name alone (RSL-7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import acting, approvals, foresight, people, visits, who_may
from accounts.access import Standing
from accounts.foresight import Foreseen
from accounts.models import Member
from accounts.questions import Planned
from accounts.refusals import FieldRefused
from accounts.rights import Right

Status = Member.Status


def foresee(*, here: Standing, at: datetime) -> Foreseen:
    """What follows from having one more bot, as soon as it is active."""
    bot = Member(account=here.account, bot=True, status=Status.AWAITING_APPROVAL)
    amounts = foresight.reads_amounts(here)
    planned = Planned(here.account, (bot,), Status.ACTIVE, at, reads_amounts=amounts)
    return foresight.foresee("add a bot", [planned])


@transaction.atomic
def add(*, here: Standing, name: str, at: datetime, seen: str, reason: str = "") -> Member:
    """A new bot: active, or awaiting approval where it is added by somebody who does not approve.

    `FieldRefused` for a name that a bot of the account has, so that a form sent twice adds one;
    `Overtaken` when something else follows than what was ``seen``.
    """
    here = acting.begin(here, needs=Right.UPDATE_TEAM)
    name = " ".join(name.split())
    _refuse_taken(here, name)
    foresee(here=here, at=at).need(seen=seen, here=here, reason=reason)
    bot = people.add_member(
        account_id=here.account.pk,
        name=name,
        bot=True,
        status=approvals.first_status(here, otherwise=Status.ACTIVE),
        at=at,
        by=here.by.person,
        cause=visits.cause(here, reason=reason),
    )
    if bot.status == Status.AWAITING_APPROVAL:
        approvals.ask(member=bot, at=at, by=who_may.told_as(here))
    return bot


def _refuse_taken(here: Standing, name: str) -> None:
    bots = here.rows(Member.objects.filter(bot=True)).exclude(status=Status.DELETED)
    if bots.filter(name__iexact=name).exists():
        raise FieldRefused(
            "name",
            _("There is a bot called %(name)s already. Choose another name.") % {"name": name},
        )
