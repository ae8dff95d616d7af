"""Queues, who is logged in to them, and the forms by which conversations are reviewed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Queue(models.Model):
    """A line in which calls, e-mails, chats or messages wait for the users logged in to it."""

    class Channel(models.TextChoices):
        VOICE = "voice", _("Voice")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        SMS = "sms", _("SMS")
        SOCIAL = "social", _("Social")

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="queues")
    name = models.CharField(_("name"), max_length=100)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel)
    number = models.PositiveIntegerField(_("number"))
    outbound = models.BooleanField(
        _("calls out"), default=False, help_text=_("Its users call customers from it.")
    )
    active = models.BooleanField(_("active"), default=True)
    smart_routing = models.BooleanField(_("smart routing"), default=False)
    ai_topics = models.BooleanField(_("AI topics"), default=False)
    ai_qa_form = models.ForeignKey(
        "licensing.QaForm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="queues",
        verbose_name=_("AI QA reviews by"),
    )
    speech_to_text = models.BooleanField(_("speech-to-text"), default=False)
    speech_language = models.CharField(_("language spoken"), max_length=2, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "number"], name="a_queue_has_a_number_of_its_own"
            ),
            models.UniqueConstraint("account", Lower("name"), name="a_queue_has_a_name_of_its_own"),
            models.CheckConstraint(
                name="only_voice_queues_call_out", condition=Q(outbound=False) | Q(channel="voice")
            ),
            models.CheckConstraint(
                name="only_email_queues_route_smartly",
                condition=Q(smart_routing=False) | Q(channel="email"),
            ),
            models.CheckConstraint(
                name="only_calls_are_written_down_in_a_language",
                condition=Q(speech_to_text=False) | (Q(channel="voice") & ~Q(speech_language="")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class QueueLogin(models.Model):
    """A member works in a queue; it consumes the licence of the queue's channel (LIC-7)."""

    member = models.ForeignKey("accounts.Member", models.PROTECT, related_name="queue_logins")
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="logins")

    class Meta:
        ordering = ("queue__number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["member", "queue"], name="a_member_logs_in_to_a_queue_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.member_id} in {self.queue_id}"


class QaForm(models.Model):
    """A form by which conversations are reviewed; only an allowed one is used by AI QA (LIC-9)."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="qa_forms")
    name = models.CharField(_("name"), max_length=100)
    allowed_for_ai = models.BooleanField(_("allow for AI QA"), default=False)

    class Meta:
        verbose_name = _("QA form")
        verbose_name_plural = _("QA forms")
        ordering = (Lower("name"), "pk")
        constraints = (
            models.UniqueConstraint(
                "account", Lower("name"), name="a_qa_form_has_a_name_of_its_own"
            ),
        )

    def __str__(self) -> str:
        return self.name
