"""Billing runs: their pages, their failures, and the drafts of a dry run."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class BillingRun(models.Model):
    """One pass over the payers that are due at ``at``; a dry run writes drafts, not invoices."""

    class Source(models.TextChoices):
        BEAT = "beat", "Schedule"
        COMMAND = "command", "Command line"
        ADMIN = "admin", "Admin"
        ORDER = "order", "Before an order"

    class State(models.TextChoices):
        PREPARING = "preparing", "Preparing"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    at = models.DateTimeField(help_text="Everything due up to this instant is billed.")
    dry_run = models.BooleanField(default=False)
    account = models.ForeignKey(
        "accounts.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Only this payer; empty: all.",
    )
    source = models.CharField(max_length=7, choices=Source)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.PREPARING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["state"], condition=~Q(state="done"), name="billing_run_not_done"),
        )

    def __str__(self) -> str:
        return f"{'Dry run' if self.dry_run else 'Run'} of {self.at:%Y-%m-%d %H:%M} UTC"


class RunPage(models.Model):
    """At most 500 payers of a run, by range of id; worked on by whoever holds the lease.

    ``amounts`` is the total by currency, as decimal strings.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Claimed"
        DONE = "done", "Done"

    run = models.ForeignKey(BillingRun, models.CASCADE, related_name="pages", db_index=False)
    number = models.PositiveIntegerField()
    first_payer = models.BigIntegerField()
    last_payer = models.BigIntegerField()
    payers = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    worker = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    invoices = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    amounts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("run", "number")
        constraints = (
            models.UniqueConstraint(fields=["run", "number"], name="a_page_has_its_own_number"),
        )

    def __str__(self) -> str:
        return f"page {self.number}"


class RunFailure(models.Model):
    """A payer that could not be billed, and why; gone quiet once it is ``resolved_at``."""

    run = models.ForeignKey(BillingRun, models.CASCADE, related_name="run_failures")
    payer = models.ForeignKey("accounts.Account", models.PROTECT, related_name="run_failures")
    reason = models.CharField(max_length=500, help_text="What is so, and what to do next.")
    detail = models.TextField(blank=True, help_text="The technical trace.")
    failed_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["run", "payer"], name="a_payer_fails_once_a_run"),
        )

    def __str__(self) -> str:
        return self.reason


class RunDraft(models.Model):
    """What a dry run would issue to one payer: one document, as the real run would write it."""

    run = models.ForeignKey(BillingRun, models.CASCADE, related_name="drafts", db_index=False)
    payer = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    document = models.JSONField()

    class Meta:
        ordering = ("run", "payer", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["run", "payer", "position"], name="a_draft_has_its_own_place"
            ),
        )

    def __str__(self) -> str:
        return f"draft {self.position} of payer {self.payer_id}"
