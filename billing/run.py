"""The billing run: who is due, handed out in pages; each page billed once, whoever works on it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.bulk import insert_rows
from accounts.locks import lock_payers
from accounts.models import Account, User
from billing import failures, leases, meters
from billing.drafts import DraftPage, PayerDraft, PayerProblem
from billing.due import due
from billing.failures import Failed
from billing.invoicing import draft_page
from billing.keyed import keyed_transaction
from billing.models import BillingRun, RunDraft, RunFailure, RunPage, Subscription
from billing.writing import write

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

PAYERS_A_PAGE: Final = 500
# A deadlock or a lost connection is nobody's fault: the same page once more, then it is given back.
_TRIES: Final = 3
# Three years, whichever of them are leap years.
LOOKS_AHEAD: Final = timedelta(days=3 * 366)


class NotYet(ValueError):
    """A real run was asked for an instant that has not come."""


class TooFar(ValueError):
    """A run was asked for an instant that lies years ahead."""


def start(
    *,
    at: datetime,
    clock: Clock,
    source: str,
    dry_run: bool = False,
    by: User | None = None,
    account: Account | None = None,
    payers_a_page: int = PAYERS_A_PAGE,
) -> BillingRun:
    """Hand out everybody who is due at ``at`` in pages, ready for `work`; JOBS-1.

    With ``account`` only the payer of that account. Sandboxes are left out. Starting twice is
    harmless: what one run has billed the other finds no longer due. Raises as `check_instant` does.
    """
    now = clock()
    check_instant(at=at, now=now, dry_run=dry_run)
    if not 1 <= payers_a_page <= PAYERS_A_PAGE:
        raise ValueError(f"A page has 1 to {PAYERS_A_PAGE} payers, got {payers_a_page}.")
    with transaction.atomic():
        run = BillingRun.objects.create(
            at=at,
            dry_run=dry_run,
            account_id=account.payer_id if account else None,
            source=source,
            started_by=by,
            started_at=now,
        )
        _hand_out(run, payers_a_page)
        run.state = BillingRun.State.RUNNING
        run.save(update_fields=["state"])
    logger.info("run started run=%s at=%s dry_run=%s source=%s", run.pk, at, dry_run, source)
    _finish(run.pk, at=now)
    return run


def check_instant(*, at: datetime, now: datetime, dry_run: bool) -> None:
    """Refuse an instant that no run can be of.

    `NotYet` for one that lies ahead, unless it is a dry run; `TooFar` also for a dry run of one
    more than three years ahead: every cycle up to it would be computed.
    """
    if at > now and not dry_run:
        raise NotYet(
            f"{at.isoformat()} has not come yet. Bill up to now, or make a dry run of that instant."
        )
    if at > now + LOOKS_AHEAD:
        raise TooFar(
            f"{at.isoformat()} is more than three years ahead. Choose an instant up to "
            f"{(now + LOOKS_AHEAD).date().isoformat()}."
        )


def payers_due(*, at: datetime, most: int) -> int:
    """How many payers a run of this instant would bill, counted up to ``most``."""
    return _due(at=at).order_by().values("payer_id").distinct()[:most].count()


def work(
    run_id: int,
    *,
    worker: str,
    clock: Clock,
    pages: int | None = None,
    progress: Callable[[RunPage], None] | None = None,
) -> int:
    """Bill page after page of a run until none is left that nobody works on; how many it was.

    Any number of workers may do so at once; one that is killed leaves its page to the others, once
    its lease has run out. ``pages`` is the most to take, ``progress`` is called after each.
    """
    run = BillingRun.objects.get(pk=run_id)
    worked = 0
    while pages is None or worked < pages:
        page = leases.claim(run_id=run_id, worker=worker, at=clock())
        if page is None:
            break
        with _given_back_on_failure(page), _no_collection():
            _work_page(run, page, clock)
        worked += 1
        if progress:
            progress(page)
    _finish(run_id, at=clock())
    return worked


def retry(failure_id: int, *, clock: Clock) -> bool:
    """Bill the payer of a failure once more, as of the run's instant; whether it went well."""
    failure = RunFailure.objects.select_related("run").get(pk=failure_id)
    run = failure.run
    page = run.pages.get(first_payer__lte=failure.payer_id, last_payer__gte=failure.payer_id)
    if run.dry_run:
        _dry_run(run, page, clock, payer_ids=[failure.payer_id])
    else:
        _bill_alone(run, page, failure.payer_id, clock)
    failure.refresh_from_db()
    return failure.resolved_at is not None


def unfinished(*, at: datetime) -> list[int]:
    """Runs that are not done and that no worker is working on: to be taken up again."""
    held = RunPage.objects.filter(
        run=OuterRef("pk"), state=RunPage.State.CLAIMED, leased_until__gt=at
    )
    runs = BillingRun.objects.exclude(state=BillingRun.State.DONE).filter(~Exists(held))
    return list(runs.order_by("pk").values_list("pk", flat=True))


def _hand_out(run: BillingRun, payers_a_page: int) -> None:
    """Write the pages of a run: ranges of payer ids, in order, none with too many payers."""
    found = _due(at=run.at)
    if run.account_id:
        found = found.filter(payer_id=run.account_id)
    payer_ids = found.order_by("payer_id").values_list("payer_id", flat=True).distinct()
    pages = list(_pages(payer_ids.iterator(chunk_size=10_000), payers_a_page))
    insert_rows(
        RunPage,
        fields=("run_id", "number", "first_payer", "last_payer", "payers"),
        rows=[(run.pk, number, *page) for number, page in enumerate(pages, start=1)],
    )


def _pages(payer_ids: Iterator[int], size: int) -> Iterator[tuple[int, int, int]]:
    """First and last payer and how many, of each ``size`` payers."""
    while page := list(islice(payer_ids, size)):
        yield page[0], page[-1], len(page)


def _due(*, at: datetime, using: str = "default") -> QuerySet[Subscription]:
    return due(at=at, using=using).filter(payer__kind=Account.Kind.LIVE)


def _due_on(run: BillingRun, page: RunPage, *, using: str = "default") -> list[int]:
    """The payers of a page that are still due.

    One with an order that is not settled is passed over, and due again for the next run.
    """
    found = _due(at=run.at, using=using)
    found = found.filter(payer_id__gte=page.first_payer, payer_id__lte=page.last_payer)
    return list(found.order_by("payer_id").values_list("payer_id", flat=True).distinct())


def _work_page(run: BillingRun, page: RunPage, clock: Clock) -> None:
    """Bill a page in one transaction; if that fails, payer by payer, to find who is in the way."""
    if run.dry_run:
        _patiently(lambda: _dry_run(run, page, clock))
        return
    with keyed_transaction():
        payer_ids = _due_on(run, page)
    try:
        _patiently(lambda: _bill(run, page, payer_ids, clock, done=True))
    except OperationalError:
        raise
    except Exception:
        logger.exception("page failed as a whole run=%s page=%s", run.pk, page.number)
        for payer_id in payer_ids:
            _bill_alone(run, page, payer_id, clock)
        leases.add(page.pk, at=clock(), done=True)


def _bill_alone(run: BillingRun, page: RunPage, payer_id: int, clock: Clock) -> None:
    """Bill one payer in a transaction of its own; a failure is written down with its reason."""
    try:
        _patiently(lambda: _bill(run, page, [payer_id], clock, done=False))
    except OperationalError:
        raise
    except Exception as problem:
        logger.exception("payer failed run=%s payer=%s", run.pk, payer_id)
        with transaction.atomic():
            new = failures.record(run.pk, [failures.because(payer_id, problem)], at=clock())
            leases.add(page.pk, at=clock(), failures=new, done=False)


def _bill(
    run: BillingRun, page: RunPage, payer_ids: Sequence[int], clock: Clock, *, done: bool
) -> None:
    """Bill these payers in one transaction: all that is due of them, or nothing.

    Locks: payers, meters, series, the page (decision 16). What somebody else has billed meanwhile
    is found to be no longer due once the payers are locked.
    """
    with keyed_transaction():
        accounts = lock_payers(payer_ids)
        meters.close_due(payer_ids=payer_ids, at=run.at)
        drafts = draft_page(payer_ids=payer_ids, at=run.at)
        written = write(drafts, accounts=accounts, run_id=run.pk, clock=clock)
        new = _settle_failures(run, payer_ids, drafts, at=clock())
        leases.add(
            page.pk,
            at=clock(),
            invoices=written.invoices,
            failures=new,
            amounts=written.amounts,
            done=done,
        )


def _settle_failures(
    run: BillingRun, payer_ids: Sequence[int], drafts: DraftPage, *, at: datetime
) -> int:
    """Write down who failed, quiet who did not; how many failures are new in this run."""
    found = [Failed(one.payer_id, one.reason, one.detail) for one in drafts.problems]
    failed = {one.payer_id for one in found}
    failures.resolve(run, [key for key in payer_ids if key not in failed], at=at)
    return failures.record(run.pk, found, at=at)


def _dry_run(
    run: BillingRun, page: RunPage, clock: Clock, *, payer_ids: Sequence[int] | None = None
) -> None:
    """Compute a page (or some payers of it) through the connection that cannot write; keep drafts.

    Drafts of these payers that are there already are replaced.
    """
    with keyed_transaction(using="readonly"):
        billed = _due_on(run, page, using="readonly") if payer_ids is None else list(payer_ids)
        drafts = _drafts_readonly(billed, at=run.at)
    documents = [
        (run.pk, payer.payer_id, position, document.to_json())
        for payer in drafts.payers
        for position, document in enumerate(payer.documents, start=1)
    ]
    amounts = _amounts(drafts.payers)
    with transaction.atomic():
        # Whoever holds the page's row first writes its drafts; the page is counted once.
        locked = RunPage.objects.select_for_update().get(pk=page.pk)
        if payer_ids is None and locked.state == RunPage.State.DONE:
            return
        RunDraft.objects.filter(run=run, payer_id__in=billed).delete()
        insert_rows(RunDraft, fields=("run_id", "payer_id", "position", "document"), rows=documents)
        leases.add(
            page.pk,
            at=clock(),
            invoices=len(documents),
            failures=_settle_failures(run, billed, drafts, at=clock()),
            amounts=amounts,
            done=payer_ids is None,
        )


def _drafts_readonly(payer_ids: Sequence[int], *, at: datetime) -> DraftPage:
    """The drafts of these payers; where they cannot be made together, one payer at a time."""
    try:
        with transaction.atomic(using="readonly"):
            return draft_page(payer_ids=payer_ids, at=at, using="readonly")
    except OperationalError:
        raise
    except Exception as problem:
        if len(payer_ids) == 1:
            failed = failures.because(payer_ids[0], problem)
            return DraftPage((), (PayerProblem(failed.payer_id, failed.reason, failed.detail),))
        alone = [_drafts_readonly([payer_id], at=at) for payer_id in payer_ids]
        return DraftPage(
            tuple(payer for page in alone for payer in page.payers),
            tuple(problem for page in alone for problem in page.problems),
        )


def _amounts(payers: Sequence[PayerDraft]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for payer in payers:
        for one in payer.documents:
            amounts[one.currency] = amounts.get(one.currency, Decimal(0)) + one.total
    return amounts


def _finish(run_id: int, *, at: datetime) -> None:
    """The run is done once every page is; whoever sees that first says so."""
    left = RunPage.objects.filter(run=OuterRef("pk")).exclude(state=RunPage.State.DONE)
    ended = BillingRun.objects.filter(pk=run_id, state=BillingRun.State.RUNNING).filter(
        ~Exists(left)
    )
    if ended.update(state=BillingRun.State.DONE, ended_at=at):
        logger.info("run ended run=%s", run_id)


def _patiently(deed: Callable[[], None]) -> None:
    """Do it, up to three times where the database could not for reasons of its own."""
    for left in reversed(range(_TRIES)):
        try:
            deed()
            return
        except OperationalError:
            if not left:
                raise
            logger.warning("the database could not, trying again", exc_info=True)
            connection.close_if_unusable_or_obsolete()


@contextmanager
def _given_back_on_failure(page: RunPage) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(DatabaseError):
            leases.give_back(page)
        raise


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cyclic garbage collector, which finds nothing in a page and looks for long."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
