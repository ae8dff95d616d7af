"""What the bank's statements say: lines that came in, and what each of them paid."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from djmoney.models.fields import MoneyField


class BankImport(models.Model):
    """One file of bank lines that was taken in; ``new`` of its lines were not known before."""

    file = models.CharField(max_length=200)
    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    outgoing = models.PositiveIntegerField(default=0)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.file


class BankLine(models.Model):
    """Money that came to the seller's bank account, as the bank tells it; each once, ever.

    ``number`` is its line in the file. ``tried_at``: since when nobody looks for what it pays by
    itself any more. ``aside``: it is no customer's money.
    """

    class State(models.TextChoices):
        OPEN = "open", "To be matched"
        MATCHED = "matched", "Matched"
        ASIDE = "aside", "Set aside"

    taken_in = models.ForeignKey(BankImport, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    booked_on = models.DateField()
    amount = MoneyField(max_digits=15, decimal_places=3)
    reference = models.CharField(max_length=140, help_text="The bank's own number.")
    payer_name = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["-id"], condition=Q(state="open"), name="bank_line_to_match"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["reference", "booked_on", "amount", "amount_currency"],
                name="a_bank_line_is_taken_in_once",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class BankLayout(models.Model):
    """Which column is what in files with this header, as somebody of the desk has said it.

    ``key`` is of the header's titles; ``places`` says where each column stands, from 0;
    ``currency`` is that of all lines where no column names it.
    """

    key = models.CharField(max_length=64, unique=True)
    titles = models.JSONField()
    places = models.JSONField()
    currency = models.CharField(max_length=3, blank=True)
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return ", ".join(self.titles)


class BankUpload(models.Model):
    """A file that waits until somebody says which column is what; kept for a day."""

    file = models.CharField(max_length=200)
    content = models.BinaryField()
    currency = models.CharField(max_length=3, blank=True)
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.file


class BankMatch(models.Model):
    """What a bank line paid: the payment that it became. Undone by a payment of the opposite sign.

    A line that was split has a match for each of its parts; they are undone together. Without a
    ``person`` it was found by itself. ``order`` is the one that it was for, if it was for one.
    """

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="matches")
    part = models.PositiveSmallIntegerField(default=1)
    payment = models.OneToOneField("billing.Payment", models.PROTECT, related_name="bank_match")
    order = models.ForeignKey(
        "billing.Order", models.PROTECT, null=True, blank=True, related_name="bank_matches"
    )
    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reversal = models.OneToOneField(
        "billing.Payment", models.PROTECT, null=True, blank=True, related_name="undoes"
    )

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["line", "part"],
                condition=Q(undone_at__isnull=True),
                name="a_part_of_a_bank_line_is_matched_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} → {self.payment}"
