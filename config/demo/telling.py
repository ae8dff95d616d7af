"""Telling the demo's story: day by day people act, then the real run bills and collects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol

from django.db import transaction

from accounts.models import Account, Letter
from billing import collecting, refund_sweep, run, transfers
from billing.gateways import gateway
from billing.models import BillingRun, Receivable, SellerDetails
from config.demo import catalogue, offers, plans, world
from config.demo.bank import take_in_statement
from config.demo.cards import first_card
from config.demo.sign_ins import let_sign_in
from config.demo.story import MONTHS, Happening, Story, story
from config.demo.taken_over import take_over

EVENING: Final = time(22)


class NotTheDemos(Exception):
    """The database holds accounts that are not the demo's, so nothing may be added to it."""


class Progress(Protocol):
    """Hears how many days there are to tell, and of each that was told."""

    def begin(self, days: int) -> None: ...

    def advance(self) -> None: ...


def tell(*, on: date, progress: Progress, months: int = MONTHS) -> None:
    """Write the demo into an empty database, with its history up to but without the day ``on``.

    Telling it again goes on where it was interrupted, from and up to the days that were meant
    then; a demo that is complete stays as it is. The same day gives the same demo. Raises
    `NotTheDemos` for a database that holds anything else.
    """
    seller = SellerDetails.objects.order_by("pk").first()
    if (seller is None and Account.objects.exists()) or (seller and seller.name != world.SELLER):
        raise NotTheDemos(
            f"This database holds {Account.objects.count()} accounts that are not the demo's. "
            "Name an empty one in DATABASE_URL."
        )
    if seller is None:
        told = story(on, months=months)
        _set_the_stage(told)
    else:
        on = seller.written_at.date()
        if first := world.first_day():
            months = 12 * (on.year - first.year) + on.month - first.month
        told = story(on, months=months)
    _tell_days(told, progress)


@transaction.atomic
def _set_the_stage(told: Story) -> None:
    """Catalogue, seller, staff, and the accounts that were there before."""
    at = datetime.combine(told.first, time.min, UTC)
    plans.write()
    offers.write(catalogue.offers())
    world.write_tax_rates()
    world.write_sign_ins(at=at)
    take_over(list(told.before), at=at)
    for part in told.before:
        let_sign_in(part, at=at)
        if card := first_card(part, on=told.on):
            card.do(at)
    world.write_seller(at=datetime.combine(told.on, time.min, UTC))


def _tell_days(told: Story, progress: Progress) -> None:
    by_day: defaultdict[date, list[Happening]] = defaultdict(list)
    for happening in told.happenings:
        by_day[happening.at.date()].append(happening)
    days = list(told.days)
    runs = BillingRun.objects.filter(source=BillingRun.Source.COMMAND)
    known = {one.at: one for one in runs}
    latest = max(known, default=None)
    progress.begin(len(days))
    for day in days:
        evening = datetime.combine(day, EVENING, UTC)
        # Nobody acts on a day before all of the evening before is done.
        if evening not in known or evening == latest:
            _bill(known.get(evening) or _act(by_day[day], evening), evening)
        progress.advance()
    take_in_statement(datetime.combine(days[-1], EVENING, UTC))


@transaction.atomic
def _act(happenings: list[Happening], evening: datetime) -> BillingRun:
    """The deeds of a day and the start of its run: all, or none if this is interrupted."""
    for happening in happenings:
        happening.deed.do(happening.at)
    _receive_transfers(evening)
    _write_to_nobody(evening)
    return run.start(at=evening, clock=_still(evening), source=BillingRun.Source.COMMAND)


def _bill(started: BillingRun, evening: datetime) -> None:
    if started.state != BillingRun.State.DONE:
        run.work(started.pk, worker="demo", clock=_still(evening))
    collecting.collect(clock=_still(evening), gateway=gateway())
    refund_sweep.send_due(clock=_still(evening), gateway=gateway())
    _write_to_nobody(evening)


def _write_to_nobody(at: datetime) -> None:
    """Put away what is owed to people of the demo: nobody of it exists."""
    Letter.objects.filter(state=Letter.State.WAITING).update(state=Letter.State.SENT, sent_at=at)


def _receive_transfers(at: datetime) -> None:
    """Most transfers come before they are due, every fifth some ten days late."""
    soon = at.date() + timedelta(days=4)
    waiting = Receivable.objects.select_related("invoice").filter(
        state=Receivable.State.OPEN,
        due_on__lte=soon,
        open__gt=0,
        invoice__pays_by=Account.PaysBy.TRANSFER,
    )
    for receivable in waiting:
        late = receivable.pk % 5 == 0
        if not late or receivable.due_on <= at.date() - timedelta(days=10):
            transfers.receive(
                invoice_id=receivable.invoice_id,
                amount=receivable.open.amount,
                at=at,
                reference=f"DEMO-{receivable.invoice.number}",
            )


def _still(at: datetime) -> Callable[[], datetime]:
    """A clock that stands on the evening of the day that is told."""
    return lambda: at
