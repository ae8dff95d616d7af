"""Contacts: how many an account has stored, and every step of that number. PLAN-10."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.append_only import AppendOnly


class ContactUse(models.Model):
    """How many contacts an account has stored: a number that stands, and starts anew in no month.

    ``entries`` counts the steps that led to it. ``told`` is the highest threshold in percent that
    was told of ``told_limit``; zero where the next one is told again.
    """

    account = models.OneToOneField(
        "accounts.Account", models.PROTECT, primary_key=True, related_name="contact_use"
    )
    stored = models.PositiveBigIntegerField(default=0)
    entries = models.PositiveBigIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0)
    told_limit = models.PositiveBigIntegerField(default=0)

    objects = models.Manager()

    class Meta:
        ordering = ("account",)
        verbose_name = "contacts of an account"
        verbose_name_plural = "contacts of accounts"

    def __str__(self) -> str:
        return f"{self.stored} contacts"


class ContactCall(models.Model):
    """A step that a program asked for, counted once by its key; ``stored`` is the number after it.

    ``change`` is what was asked: added above zero, removed below it.
    """

    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="contact_calls", db_index=False
    )
    key = models.CharField(max_length=100)
    change = models.BigIntegerField()
    at = models.DateTimeField()
    stored = models.PositiveBigIntegerField()

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["account", "key"], name="contacts_are_counted_once"),
        )

    def __str__(self) -> str:
        return f"{self.change:+} by {self.key}"


class ContactEntry(AppendOnly):
    """One step of an account's number of contacts: added or removed by a source, or counted anew.

    ``stored`` is the number after it. ``sequence`` counts the account's entries from 1 without a
    gap.
    """

    class Source(models.TextChoices):
        IMPORT = "import", "Import"
        MANUAL = "manual", "Added by hand"
        API = "api", "API"
        FORMS = "forms", "Forms"
        REMOVED = "removed", "Removed"
        COUNTED = "counted", "Counted anew"

    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="contact_entries", db_index=False
    )
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    source = models.CharField(max_length=7, choices=Source)
    step = models.BigIntegerField()
    stored = models.PositiveBigIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    actor_name = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("account", "-sequence")
        verbose_name_plural = "contact entries"
        constraints = (
            models.UniqueConstraint(
                fields=["account", "sequence"], name="a_contact_entry_has_its_place_in_the_log"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step:+} → {self.stored}"
