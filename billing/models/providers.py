"""What is kept of the conversation with a payment provider: its numbers, and what it told us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ProviderKey(models.Model):
    """The provider's own number of what has our ``key``, written down before it can charge.

    A provider that finds its objects by its own numbers alone is so asked by ours.
    """

    gateway = models.CharField(max_length=20)
    key = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)

    objects = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["gateway", "key"], name="a_key_names_one_thing_at_a_provider"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key}: {self.reference}"


class WebhookReceived(models.Model):
    """A message of a provider, kept before anything follows from it; handled once.

    It says that something has become of what has this ``key``; what, the provider is asked. A
    ``problem`` is why it could not be handled yet.
    """

    PROBLEM_LENGTH = 300

    gateway = models.CharField(max_length=20)
    event_id = models.CharField("number", max_length=255)
    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=100, blank=True, db_index=True)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField("times received", default=1)
    handled_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    problem = models.CharField(max_length=PROBLEM_LENGTH, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "webhook received"
        verbose_name_plural = "webhooks received"
        indexes = (
            models.Index(
                fields=["next_try_at"],
                condition=Q(handled_at__isnull=True),
                name="webhook_to_handle",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["gateway", "event_id"], name="a_webhook_is_received_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
