"""Queues of an account: made, changed and deleted, each deed with its entry in the log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import acting
from accounts.access import Standing
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from licensing.availability import within_owned
from licensing.metered import Switch
from licensing.models import Queue, QueueLogin
from licensing.queue_rules import obstacles
from licensing.queue_words import NAMES, described, settings_of
from licensing.wording import listed

Kind = AccountEvent.Kind

HIGHEST_NUMBER: Final = 999_999


@transaction.atomic
def add_queue(
    *,
    here: Standing,
    name: str,
    channel: str,
    number: int,
    at: datetime,
    outbound: bool = False,
) -> Queue:
    """A new active queue; `FieldRefused` for a name or number that another queue has."""
    here = acting.begin(here, needs=Right.UPDATE_QUEUES)
    queue = Queue(
        account=here.account, name=name, channel=channel, number=number, outbound=outbound
    )
    _refuse_unfit(queue)
    queue.save()
    acting.write(here, Kind.QUEUE_CREATED, about=queue.name, at=at, becomes=words_of(here, queue))
    return queue


@transaction.atomic
def change_queue(
    *,
    here: Standing,
    queue_id: int,
    name: str,
    channel: str,
    number: int,
    outbound: bool,
    active: bool,
    at: datetime,
) -> Queue:
    """Give a queue these details.

    One that is not ``active`` takes no new logins; who is logged in stays so and keeps the licence,
    so that activating it again needs none that somebody else took meanwhile. `FieldRefused` for a
    name or number that another queue has, and for another channel while somebody is logged in: it
    would take other licences than those that they hold. `NoLicenceFree` where it is to call out,
    and not everybody who is logged in can have Outbound.
    """
    here = acting.begin(here, needs=Right.UPDATE_QUEUES)
    queue = find(here, queue_id)
    was = words_of(here, queue)
    if channel != queue.channel and (in_the_way := objection(queue)):
        raise FieldRefused("channel", in_the_way)
    queue.name, queue.channel, queue.number = name, channel, number
    queue.outbound, queue.active = outbound, active
    _refuse_unfit(queue)
    becomes = words_of(here, queue)
    if becomes != was:
        logged_in = Member.objects.filter(queue_logins__queue=queue)
        with within_owned(here.account, logged_in, at=at):
            queue.save()
        acting.write(here, Kind.QUEUE_CHANGED, about=queue.name, at=at, was=was, becomes=becomes)
    return queue


@transaction.atomic
def delete_queue(*, here: Standing, queue_id: int, at: datetime) -> None:
    """Delete a queue; `ChangeRefused`, naming them, while anybody is logged in to it.

    Logins of deleted members hold nothing and nobody can end them, so they go with it.
    """
    here = acting.begin(here, needs=Right.UPDATE_QUEUES)
    queue = find(here, queue_id)
    if in_the_way := objection(queue):
        raise ChangeRefused(in_the_way)
    acting.write(here, Kind.QUEUE_DELETED, about=queue.name, at=at, was=words_of(here, queue))
    queue.logins.all().delete()
    queue.delete()


def objection(queue: Queue) -> str:
    """Who is logged in, deleted members apart, and so in the way; empty where there is nobody."""
    logins = QueueLogin.objects.filter(queue=queue).exclude(member__status=Member.Status.DELETED)
    names = list(logins.order_by("member__name", "pk").values_list("member__name", flat=True))
    if not names:
        return ""
    return ngettext(
        "%(names)s is logged in to %(queue)s. Log them out first.",
        "%(names)s are logged in to %(queue)s. Log them out first.",
        len(names),
    ) % {"names": listed(names), "queue": queue.name}


def next_number(account_id: int) -> int:
    """The number to suggest for a new queue of the account."""
    taken = Queue.objects.filter(account=account_id).values_list("number", flat=True)
    return next_free(set(taken))


def next_free(taken: Collection[int]) -> int:
    """One above the highest number; the lowest free one where that is the last there is.

    A number that was given up is not suggested again while there are others: it may still be
    written down somewhere.
    """
    after = max(taken, default=0) + 1
    if after <= HIGHEST_NUMBER:
        return after
    return next(number for number in range(1, HIGHEST_NUMBER + 1) if number not in taken)


def find(here: Standing, queue_id: int) -> Queue:
    """The account's queue of this id; `ChangeRefused` if it is gone."""
    queue = here.rows(Queue.objects.filter(pk=queue_id)).first()
    if queue is None:
        raise ChangeRefused(_("This queue was deleted meanwhile. Choose another one."))
    return queue


def _refuse_unfit(queue: Queue) -> None:
    others = Queue.objects.filter(account=queue.account_id).exclude(pk=queue.pk)
    if others.filter(name__iexact=queue.name).exists():
        raise FieldRefused(
            "name",
            _("There is a queue called %(name)s. Choose another name.") % {"name": queue.name},
        )
    if not 1 <= queue.number <= HIGHEST_NUMBER:
        raise FieldRefused(
            "number", _("Choose a number from 1 to %(most)s.") % {"most": HIGHEST_NUMBER}
        )
    if other := others.filter(number=queue.number).first():
        raise FieldRefused(
            "number",
            _("%(queue)s has the number %(number)s. %(free)s is free.")
            % {
                "queue": other.name,
                "number": queue.number,
                "free": next_number(queue.account_id),
            },
        )
    if queue.outbound and queue.channel != Queue.Channel.VOICE:
        raise FieldRefused("outbound", _("Only queues of the channel Voice call out."))
    # Another channel has other features; whether they are licensed is not asked here.
    if kept := obstacles(settings_of(queue), on=frozenset(Switch)):
        words = _("%(features)s: not in queues of this channel. Switch it off below first.")
        raise FieldRefused(
            "channel", words % {"features": listed([str(NAMES[one]) for one in kept])}
        )


def words_of(here: Standing, queue: Queue) -> str:
    """A queue and what is on in it, as the log keeps them, in the account's language."""
    with translation.override(here.account.language):
        parts = [str(queue.number), queue.name, str(queue.get_channel_display())]
        if queue.outbound:
            parts.append(_("calls out"))
        if not queue.active:
            parts.append(_("inactive"))
        parts += described(queue)
        return " · ".join(parts)
