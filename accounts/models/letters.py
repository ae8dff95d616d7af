"""The outbox: one row for each letter that is owed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Letter(models.Model):
    """A letter owed to somebody, once.

    ``key`` names what is owed ("invoice:42"), so that it can be owed only once; ``subject_id`` is
    the id of the thing that the letter is about. The Message-ID is made from the key, so a letter
    repeated after a crash carries the same one (decision 21).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    name = models.CharField(max_length=40, help_text="Which letter, e.g. invoice.")
    key = models.CharField(max_length=100, unique=True)
    account = models.ForeignKey(
        "accounts.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        help_text="None: a letter to a person about their own sign-in.",
    )
    subject_id = models.BigIntegerField()
    to = models.CharField(max_length=500, help_text="Addresses, separated by commas.")
    language = models.CharField(max_length=2, default="en")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="letter_to_send",
            ),
            models.Index(fields=["id"], condition=Q(state="failed"), name="letter_failed"),
        )

    def __str__(self) -> str:
        return self.key
