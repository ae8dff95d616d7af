"""Deeds about the demo's people: what they work as, who is away or new, who was there when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction
from django.db.models import Min

from accounts import access, accesses, approvals, invitations, people, returns
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.models import Member
from config.demo import conversing
from config.demo.cast import Part
from config.demo.floors import FLOORS, Floor
from config.demo.taken_over import email_of
from licensing import logins, qa_forms, queue_settings, queues, recording, working
from licensing.cards import Retention
from licensing.models import QaForm, Queue
from licensing.queue_settings import Chosen

Status = Member.Status
# Of ten people so many were there within the last days: a week, a month, a quarter.
_LAST_SEEN: Final = ((0, 7),) * 6 + ((7, 30),) * 2 + ((30, 90),) * 2


@dataclass(frozen=True, slots=True)
class Staffs:
    """The primary account admin sets the floor up: queues, forms, Accesses, who works as what."""

    part: Part

    def do(self, at: datetime) -> None:
        here = _first_of(self.part)
        floor, crew = FLOORS[self.part.reference], _crew(self.part)
        for place, type_, calls in floor.types():
            working.set_type(
                here=here, member_id=crew[place].pk, type=type_, calls_without_queue=calls, at=at
            )
        _add_queues(here, floor, crew, at)
        conversing.let_in(here, floor, crew, at=at)
        for name, allowed in floor.qa_forms:
            qa_forms.add_form(here=here, name=name, allowed_for_ai=allowed, at=at)
        _switch_on(here, floor, at)
        for one in floor.accesses:
            made = accesses.create(here=here, name=one.name, rights=one.rights, at=at)
            ids = [crew[place].pk for place in one.crew]
            accesses.assign(here=here, access_id=made.pk, member_ids=ids, at=at)


@dataclass(frozen=True, slots=True)
class Suspends:
    """Some of the crew are suspended; the first of them asks to be activated again."""

    part: Part

    def do(self, at: datetime) -> None:
        here, crew = _first_of(self.part), _crew(self.part)
        away = [crew[place] for place in FLOORS[self.part.reference].suspended]
        entries = [people.Entry(member.pk, at, Status.SUSPENDED) for member in away]
        people.append_many(entries=entries, by=here.by.person)
        recording.follow(here.account.pk, at=at, by=here.by)
        for member in away[:1]:
            returns.ask(member_id=member.pk, at=at + timedelta(hours=1), by=Doer(person=None))


@dataclass(frozen=True, slots=True)
class Records:
    """The primary account admin chooses how many months calls are kept."""

    part: Part
    months: int

    def do(self, at: datetime) -> None:
        here, chosen = _first_of(self.part), Retention(months=self.months)
        with transaction.atomic():
            recording.keep(here.account, chosen, at=at, by=here.by)


@dataclass(frozen=True, slots=True)
class Asks:
    """New people: some are invited, some were added by a colleague and wait for approval."""

    part: Part

    def do(self, at: datetime) -> None:
        here, floor = _first_of(self.part), FLOORS[self.part.reference]
        for name in floor.invited:
            email = email_of(name.replace(" ", "."), self.part.reference)
            invitations.invite(here=here, name=name, email=email, at=at)
        for name in floor.awaiting:
            member = people.add_member(
                account_id=here.account.pk,
                name=name,
                email=email_of(name.replace(" ", "."), self.part.reference),
                status=Status.AWAITING_APPROVAL,
                at=at,
            )
            approvals.ask(member=member, at=at, by="")


@dataclass(frozen=True, slots=True)
class WereThere:
    """When each of the people was active last, as the vendor's product would report it."""

    reference: str

    def do(self, at: datetime) -> None:
        random = Random(f"seatledger activity {self.reference}")
        there = Member.objects.filter(
            account__reference=self.reference,
            bot=False,
            status__in=[Status.ACTIVE, Status.SUSPENDED],
        )
        members = list(there.annotate(since=Min("events__at")).order_by("pk"))
        for member in members:
            first, last = (0, 1) if member.primary_admin else random.choice(_LAST_SEEN)
            hours = random.randrange(24 * first + 1, 24 * last)
            member.last_active_at = max(at - timedelta(hours=hours), member.since)
        Member.objects.bulk_update(members, ["last_active_at"])


def _add_queues(here: Standing, floor: Floor, crew: Sequence[Member], at: datetime) -> None:
    for line in floor.queues:
        queue = queues.add_queue(
            here=here,
            name=line.name,
            channel=line.channel,
            number=line.number,
            outbound=line.outbound,
            at=at,
        )
        for place in line.crew:
            logins.log_in(here=here, member_id=crew[place].pk, queue_id=queue.pk, at=at)
        if not line.active:
            _put_to_rest(here, queue, at)


def _switch_on(here: Standing, floor: Floor, at: datetime) -> None:
    """What AI does in the queues; their forms are there."""
    found = {queue.name: queue for queue in Queue.objects.filter(account=here.account)}
    reviews = {form.name: form.pk for form in QaForm.objects.filter(account=here.account)}
    for line in floor.queues:
        if line.ai is not None:
            chosen = Chosen(
                smart_routing=line.ai.routing,
                ai_topics=line.ai.topics,
                form_id=reviews.get(line.ai.form),
                speech_to_text=bool(line.ai.spoken),
                speech_language=line.ai.spoken,
            )
            queue_settings.choose(here=here, queue_id=found[line.name].pk, chosen=chosen, at=at)


def _put_to_rest(here: Standing, queue: Queue, at: datetime) -> None:
    queues.change_queue(
        here=here,
        queue_id=queue.pk,
        name=queue.name,
        channel=queue.channel,
        number=queue.number,
        outbound=queue.outbound,
        active=False,
        at=at,
    )


def _first_of(part: Part) -> Standing:
    """Where the primary account admin of the account stands."""
    member = Member.objects.get(account__reference=part.reference, primary_admin=True)
    here = None if member.user is None else access.standing(member.user, member.account_id)
    if here is None:
        raise ValueError(f"expected the first of {part.reference} to stand in it")
    return here


def _crew(part: Part) -> list[Member]:
    """The crew of the account, in the order of the cast."""
    by_name = {
        member.name: member for member in Member.objects.filter(account__reference=part.reference)
    }
    return [by_name[name] for name in part.crew]
