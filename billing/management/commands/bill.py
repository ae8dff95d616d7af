"""The command `bill`: everybody who is due is billed, by one or several workers."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Account
from billing import collecting, crew, run
from billing.gateways import gateway
from billing.models import BillingRun, RunFailure
from billing.run_documents import documents_of
from billing.run_report import payers_done, report

# The last place on earth where a day begins keeps UTC−12.
_LAST_ON_EARTH: Final = timedelta(hours=12)
_SECONDS_BETWEEN_LOOKS: Final = 0.2
_FAILURES_SHOWN: Final = 20
_YEARS: Final = range(1990, 2200)
# Longer ones are beyond what a column of keys holds.
_DIGITS_OF_A_NUMBER: Final = 19


class Command(BaseCommand):
    help = (
        "Bill every subscription that is due: bills, invoices, ledger, and payments queued. "
        "Can be stopped, killed and started again at any time; nobody is billed twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        when = parser.add_mutually_exclusive_group()
        when.add_argument("--at", type=_instant, metavar="INSTANT", help="Due up to this instant.")
        when.add_argument(
            "--on",
            type=_day,
            metavar="DATE",
            help="Due once DATE has begun everywhere on earth (noon UTC of that day).",
        )
        when.add_argument(
            "--run", type=_number, metavar="ID", help="Go on with a run that stopped."
        )
        parser.add_argument(
            "--account", type=_number, metavar="ID", help="Only this account's payer."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Compute what would be issued, issue nothing."
        )
        parser.add_argument("--workers", type=_count, default=1, metavar="N", help="Processes.")
        parser.add_argument(
            "--page-size",
            type=_count,
            metavar="N",
            help=f"Payers in one transaction, at most {run.PAYERS_A_PAGE}.",
        )
        parser.add_argument(
            "--documents",
            action="store_true",
            help="Print each document as a line of JSON; the summary goes to standard error.",
        )
        parser.add_argument(
            "--collect", action="store_true", help="Charge what is queued here, not by a worker."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = _run(options)
        try:
            _work(started, workers=options["workers"])
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. {_go_on(started)}", returncode=130) from None
        except OperationalError as problem:
            raise CommandError(f"The database failed: {problem} {_go_on(started)}") from problem
        said = self.stdout
        if options["documents"]:
            said = self.stderr
            for document in documents_of(started):
                self.stdout.write(document)
        said.write(_summary(started), lambda text: text)
        if options["collect"] and not started.dry_run:
            collected = collecting.collect(clock=timezone.now, gateway=gateway())
            said.write(_collected(collected), lambda text: text)
        failed = RunFailure.objects.filter(run=started, resolved_at=None).count()
        if failed:
            payers = "1 payer" if failed == 1 else f"{failed:,} payers"
            raise CommandError(f"{payers} could not be billed. Correct that, then retry.")


def _run(options: dict[str, Any]) -> BillingRun:
    if options["run"] is not None:
        return _existing(options)
    try:
        return run.start(
            at=options["at"] or options["on"] or timezone.now(),
            clock=timezone.now,
            source=BillingRun.Source.COMMAND,
            dry_run=options["dry_run"],
            account=_account(options["account"]),
            payers_a_page=options["page_size"] or run.PAYERS_A_PAGE,
        )
    except ValueError as refusal:
        raise CommandError(str(refusal)) from refusal


def _existing(options: dict[str, Any]) -> BillingRun:
    """The run to go on with: it is what it was started as, so nothing may be said anew."""
    run_id = options["run"]
    if options["dry_run"] or options["account"] is not None or options["page_size"] is not None:
        raise CommandError(
            "--run goes on with a run as it was started. "
            "Leave out --dry-run, --account and --page-size, or start a new run."
        )
    try:
        return BillingRun.objects.get(pk=run_id)
    except BillingRun.DoesNotExist:
        raise CommandError(f"There is no run {run_id}. Start a new one without --run.") from None


def _account(account_id: int | None) -> Account | None:
    if account_id is None:
        return None
    try:
        return Account.objects.get(pk=account_id)
    except Account.DoesNotExist:
        raise CommandError(
            f"There is no account {account_id}. Look its id up in the admin."
        ) from None


def _work(started: BillingRun, *, workers: int) -> None:
    """Until the run is done. A page left behind is free once its lease has run out."""
    with tqdm(total=report(started.pk).payers, unit=" payers", disable=None, smoothing=0.1) as bar:
        if workers > 1:
            with crew.working_on(started.pk, workers=workers, clock=timezone.now) as processes:
                while any(process.is_alive() for process in processes):
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
                    _show(bar, started.pk)
        while True:
            run.work(
                started.pk,
                worker=crew.name(),
                clock=timezone.now,
                progress=lambda _: _show(bar, started.pk),
            )
            started.refresh_from_db()
            if started.state == BillingRun.State.DONE:
                return
            time.sleep(_SECONDS_BETWEEN_LOOKS)


def _show(bar: tqdm[Any], run_id: int) -> None:
    if not bar.disable:
        bar.update(payers_done(run_id) - bar.n)


def _summary(started: BillingRun) -> str:
    found = report(started.pk)
    issued = "would issue" if started.dry_run else "issued"
    lines = [
        f"{started} (number {started.pk})",
        f"  {'due':<12}{found.payers:>12,} payers",
        f"  {issued:<12}{found.invoices:>12,} documents",
        f"  {'failures':<12}{found.failures:>12,} payers",
    ]
    for currency, amount in found.amounts.items():
        lines.append(f"  {'total':<12}{amount:>12,f} {currency}")
    shown = RunFailure.objects.filter(run=started, resolved_at=None).order_by("payer_id")
    lines += [f"  payer {one.payer_id}: {one.reason}" for one in shown[:_FAILURES_SHOWN]]
    return "\n".join(lines)


def _collected(found: collecting.Collected) -> str:
    return (
        f"  {'charged':<12}{found.charged:>12,} payments\n"
        f"  {'declined':<12}{found.declined:>12,} payments\n"
        f"  {'unanswered':<12}{found.unknown:>12,} payments"
    )


def _go_on(started: BillingRun) -> str:
    return f"What is billed is billed. Go on with: manage.py bill --run {started.pk}"


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ArgumentTypeError(
            f"{text!r} is no instant. Write date, time and offset, e.g. 2026-03-01T00:00:00+01:00"
        )
    _check_year(instant.date())
    return instant.astimezone(UTC)


def _day(text: str) -> datetime:
    """The first instant at which the date has begun everywhere on earth. Decision 2."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date. Write it like 2026-03-01") from None
    _check_year(day)
    return datetime.combine(day, time_of_day.min, UTC) + _LAST_ON_EARTH


def _check_year(day: date) -> None:
    """A dry run folds every cycle up to its instant, and no clock reaches beyond these years."""
    if day.year not in _YEARS:
        raise ArgumentTypeError(
            f"{day} is out of reach. Choose a day from {_YEARS[0]} to {_YEARS[-1]}"
        )


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no count. Write a whole number from 1 up")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < _DIGITS_OF_A_NUMBER:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no number of a row. The admin shows it")
