"""Who uses Conversations as what, and what they did there day by day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class Level(models.TextChoices):
    """What somebody may do in Conversations; only an agent takes a seat. CONV-8."""

    NONE = "none", pgettext_lazy("Conversations", "No access")
    VIEWER = "viewer", pgettext_lazy("Conversations", "Viewer")
    AGENT = "agent", pgettext_lazy("Conversations", "Agent")


class ConversationsLevel(models.Model):
    """The level of one member; who has no row has no access.

    ``since`` is the instant of its assignment, one after the other in an account: of the agents
    beyond the seats owned those assigned last are given as viewers.
    """

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    member = models.OneToOneField("accounts.Member", models.PROTECT, related_name="conversations")
    level = models.CharField(max_length=6, choices=Level)
    since = models.DateTimeField()

    class Meta:
        ordering = ("account", "since")
        constraints = (
            models.UniqueConstraint(
                fields=["account", "since"], name="levels_are_assigned_one_after_the_other"
            ),
            models.CheckConstraint(
                name="a_level_lets_in", condition=Q(level__in=("viewer", "agent"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.member_id}: {self.level}"


class ConversationsDay(models.Model):
    """What one member did on one day, as the vendor's product reports it. CONV-1.

    ``answered`` of their ``conversations`` had a first response, after ``first_response_seconds``
    all together.
    """

    member = models.ForeignKey("accounts.Member", models.PROTECT, related_name="conversations_days")
    day = models.DateField()
    conversations = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    first_response_seconds = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("member", "day")
        constraints = (
            models.UniqueConstraint(
                fields=["member", "day"], name="a_member_has_one_row_of_figures_a_day"
            ),
            models.CheckConstraint(
                name="no_more_is_answered_than_there_was",
                condition=Q(answered__lte=F("conversations")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.member_id} on {self.day}"
