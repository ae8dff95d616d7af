"""The bell: messages to a person inside the portal, and which of them also come by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class InboxMessage(models.Model):
    """Something that a person should know about an account, once.

    ``name`` says which message it is and ``details`` what it fills in; it is read in the reader's
    language, by the function that ``INBOX_MESSAGES`` names. ``key`` names what is told
    ("return:42:3"), so that it is told to a person only once.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="inbox_messages"
    )
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="inbox_messages")
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=["person", "-at", "-id"], name="inbox_by_time"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="inbox_unread"),
        )
        constraints = (
            models.UniqueConstraint(fields=["person", "key"], name="a_person_is_told_a_thing_once"),
        )

    def __str__(self) -> str:
        return self.key


class NotificationChoice(models.Model):
    """Whether a person wants the messages of one topic by e-mail too; without a row, yes."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_choices"
    )
    topic = models.CharField(max_length=20)
    by_email = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "topic"], name="a_person_chooses_once_for_each_topic"
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic}: {self.by_email}"
