"""Invitations to an account, and the handing over of its primary role."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Invitation(models.Model):
    """A member's invitation. Sent again it gets a new ``nonce``, so that older links are dead.

    Nothing in the row alone opens a door: a link is signed over the row's id and its nonce.
    """

    member = models.OneToOneField("accounts.Member", models.PROTECT, related_name="invitation")
    nonce = models.CharField(max_length=32)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation of {self.member_id}"


class HandOver(models.Model):
    """The primary account admin asked another member to take the role over (decision 23)."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="hand_overs")
    giver = models.ForeignKey("accounts.Member", models.PROTECT, related_name="+")
    taker = models.ForeignKey("accounts.Member", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was declined or called off."
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(accepted_at=None, ended_at=None),
                name="a_primary_role_is_handed_over_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"
