"""The limits that a customer sets to counted services, and which warnings went out. LIC-9 to 11."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly
from licensing.metered import Service


class UsageLimit(models.Model):
    """Where a service of an account stops each month.

    Of packs a row says that this was chosen; of minutes, which run without a choice, their first
    use writes it, too. ``over`` is the limit as it was typed: minutes over those included, or
    packs; empty for none. ``told`` is the highest threshold, in percent, that was told in the month
    that began on ``told_in`` of a limit that stops at ``told_of``.
    """

    class Named(models.TextChoices):
        SPEECH_TO_TEXT = Service.SPEECH_TO_TEXT, _("Speech-to-text")
        SMART_ROUTING = Service.SMART_ROUTING, _("Smart routing")
        AI_TOPICS = Service.AI_TOPICS, _("AI topics")
        AI_QA = Service.AI_QA, _("AI QA")

    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="usage_limits", db_index=False
    )
    service = models.CharField(max_length=22, choices=Named)
    over = models.PositiveBigIntegerField(null=True, blank=True)
    told = models.PositiveSmallIntegerField(default=0)
    told_in = models.DateField(null=True, blank=True)
    told_of = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("account", "service")
        constraints = (
            models.UniqueConstraint(
                fields=["account", "service"], name="a_service_has_one_limit_in_an_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.service}: {'no limit' if self.over is None else self.over}"


class UsageLimitStep(AppendOnly):
    """That a limit was chosen at an instant: what the charts of the months before it know. LIC-11.

    ``over`` is the limit as it was typed; empty for explicitly none.
    """

    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, related_name="usage_limit_steps", db_index=False
    )
    service = models.CharField(max_length=22, choices=UsageLimit.Named)
    at = models.DateTimeField()
    over = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("account", "pk")
        indexes = (models.Index(fields=["account"], name="usage_limit_step_of_account"),)

    def __str__(self) -> str:
        return f"{self.service}: {'no limit' if self.over is None else self.over}"
