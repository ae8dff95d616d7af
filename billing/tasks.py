"""Doorbells of billing: Celery tasks that read the clock and ring the verb."""

from __future__ import annotations

from typing import Final

from celery import shared_task
from django.utils import timezone

from billing import (
    auto_upgrading,
    bank_layouts,
    carts,
    collecting,
    contact_calls,
    crew,
    matching,
    methods,
    refund_sweep,
    rolling_up,
    run,
    trial_ends,
    trial_notices,
    waiting,
    webhooks,
)
from billing.gateways import gateway, sandbox_post
from billing.models import BillingRun

# More bells than workers is harmless: a late one finds nothing left and is silent.
BELLS: Final = 8
# A task ends long before its broker takes it for lost (30 minutes) and rings itself again.
PAGES_A_TASK: Final = 50
ATTEMPTS_A_TASK: Final = 1000
OLD_PAGES_A_TASK: Final = 100


@shared_task
def start_due_run() -> None:
    """Start the run of everybody who is due now. The run's row carries the instant further."""
    now = timezone.now()
    # What was bought in a trial is in the log before anything later is billed.
    trial_ends.end_due(at=now)
    started = run.start(at=now, clock=timezone.now, source=BillingRun.Source.BEAT)
    ring(started.pk)


def ring(run_id: int) -> None:
    """Call workers to a run: as many as it has pages, within reason."""
    pages = BillingRun.objects.get(pk=run_id).pages.count()
    for _ in range(min(pages, BELLS)):
        work_pages.delay(run_id)


@shared_task
def work_pages(run_id: int) -> None:
    """Bill pages of a run; then have what it queued collected."""
    worked = run.work(run_id, worker=crew.name(), clock=timezone.now, pages=PAGES_A_TASK)
    if worked == PAGES_A_TASK:
        work_pages.delay(run_id)
    if worked:
        collect_payments.delay()


@shared_task
def resume_runs() -> None:
    """Take up runs whose workers were killed, once the leases of their pages have run out."""
    for run_id in run.unfinished(at=timezone.now()):
        work_pages.delay(run_id)


@shared_task
def retry_failure(failure_id: int) -> None:
    """Bill a payer once more that could not be billed."""
    if run.retry(failure_id, clock=timezone.now):
        collect_payments.delay()


@shared_task
def expire_carts() -> None:
    """Forget the carts that were left for a week."""
    carts.expire(at=timezone.now())


@shared_task
def forget_old_keys() -> None:
    """Roll up reports of use that are older than 90 days, and forget what their keys were."""
    now = timezone.now()
    more = contact_calls.forget(at=now, pages=OLD_PAGES_A_TASK)
    if rolling_up.roll_up(at=now, pages=OLD_PAGES_A_TASK) or more:
        forget_old_keys.delay()


@shared_task
def end_trials() -> None:
    """End the trials whose day has come, and tell of those that end soon."""
    now = timezone.now()
    trial_ends.end_due(at=now)
    trial_notices.tell_ahead(at=now)


@shared_task
def upgrade_contacts(account_id: int, needs: int = 0) -> None:
    """Raise a contact limit that was just used up, where that was agreed to."""
    auto_upgrading.upgrade(
        account_id=account_id, clock=timezone.now, gateway=gateway(), needs=needs
    )


@shared_task
def upgrade_used_up() -> None:
    """Raise the contact limits that are used up and that nobody was called to."""
    auto_upgrading.upgrade_due(clock=timezone.now, gateway=gateway())


@shared_task
def expire_orders() -> None:
    """End the orders whose bank transfer did not come in time, and say so."""
    waiting.expire(at=timezone.now())


@shared_task
def match_bank_lines() -> None:
    """Match the lines of a bank file whose import died before it had tried them.

    And throw away the files of which nobody has said in time what their columns are.
    """
    bank_layouts.throw_away(at=timezone.now())
    matching.match_new(clock=timezone.now)


@shared_task
def send_refunds() -> None:
    """Send what is to go back, and look up what was never answered."""
    refund_sweep.send_due(clock=timezone.now, gateway=gateway(), most=ATTEMPTS_A_TASK)


@shared_task
def handle_webhook(received_id: int) -> None:
    """Do what follows from a provider's message that has just come in."""
    webhooks.handle(received_id=received_id, gateway=gateway(), clock=timezone.now)


@shared_task
def handle_webhooks() -> None:
    """Handle the providers' messages that nobody was called to, or that had no answer yet."""
    webhooks.handle_due(gateway=gateway(), clock=timezone.now)


@shared_task
def forget_methods() -> None:
    """Have the provider forget the cards that were removed."""
    methods.forget(gateway=gateway(), at=timezone.now())


@shared_task
def deliver_sandbox_webhooks() -> None:
    """Send what the sandbox's bank owes; nothing where another gateway is the site's."""
    if gateway().name == sandbox_post.NAME:
        sandbox_post.deliver(at=timezone.now())


@shared_task
def collect_payments() -> None:
    """Charge what is queued, and look up what was never answered."""
    collected = collecting.collect(clock=timezone.now, gateway=gateway(), most=ATTEMPTS_A_TASK)
    if collected.charged + collected.declined >= ATTEMPTS_A_TASK:
        collect_payments.delay()
