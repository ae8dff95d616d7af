"""Requests: what a customer asks support to change, and the thread in which both sides speak."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.append_only import AppendOnly


class RequestKind(models.TextChoices):
    """What is asked for. PLAN-9, CONV-3, CONV-5."""

    LEVEL = "level", _("Lower plan level")
    ADD_ON = "add_on", _("Remove an add-on")
    UNBUNDLE = "unbundle", _("Leave the bundle")
    PRODUCT = "product", _("Change product")
    SEATS = "seats", _("Remove seats")
    QUESTION = "question", _("Ask a question")
    OTHER = "other", _("Something else")


class ChangeRequest(models.Model):
    """Something that a customer asks of support.

    ``product`` is what is wanted in place of what is held (a lower level, another product), or what
    shall be held less of (an add-on, seats); ``quantity`` is the number of it wanted then, where it
    is not the one that follows from what is held. ``since`` is the instant from which the side
    whose turn it is has it. ``key`` is that of the form that was sent, which opens one request.
    ``verified``: it came from somebody who has signed in, or by mail from the address of the
    primary account admin. ``taken_by`` is who of support looks after it, ``invoice`` what applying
    it has charged or credited at once.
    """

    Kind = RequestKind

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "Open")
        IN_PROGRESS = "in_progress", pgettext_lazy("request", "In progress")
        WAITING = "waiting", pgettext_lazy("request", "Waiting for the customer")
        APPLIED = "applied", pgettext_lazy("request", "Applied")
        ANSWERED = "answered", pgettext_lazy("request", "Answered")
        DECLINED = "declined", pgettext_lazy("request", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")

    class Source(models.TextChoices):
        PORTAL = "portal", _("Portal")
        EMAIL = "email", _("E-mail")
        DESK = "desk", _("Support")

    # Of these something is still to be done; the first two wait for support.
    UNDONE: Final = (State.OPEN, State.IN_PROGRESS, State.WAITING)
    FOR_SUPPORT: Final = (State.OPEN, State.IN_PROGRESS)
    # What takes the place of what is held, rather than leave less of it (decision 7).
    REPLACING: Final = (RequestKind.LEVEL, RequestKind.UNBUNDLE, RequestKind.PRODUCT)
    # What changes nothing that is held.
    TALK: Final = (RequestKind.QUESTION, RequestKind.OTHER)

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="change_requests")
    kind = models.CharField(max_length=8, choices=RequestKind)
    product = models.ForeignKey(
        "billing.Product", models.PROTECT, null=True, blank=True, related_name="+"
    )
    quantity = models.PositiveBigIntegerField(null=True, blank=True)
    wanted_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    notes = models.TextField(max_length=4000, blank=True)
    contact_email = models.EmailField()
    state = models.CharField(max_length=11, choices=State, default=State.OPEN)
    source = models.CharField(max_length=6, choices=Source)
    verified = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_by_name = models.CharField(max_length=150, blank=True)
    since = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    key = models.CharField(max_length=64, null=True, blank=True, unique=True)

    objects = models.Manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = "request"
        indexes = (
            models.Index(fields=["account", "-id"], name="request_of_an_account"),
            models.Index(
                fields=["since", "id"],
                condition=Q(state__in=["open", "in_progress", "waiting"]),
                name="request_to_do",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["question", "other"]) | Q(product__isnull=False),
                name="a_request_to_change_names_a_product",
            ),
        )

    def __str__(self) -> str:
        return f"Request {self.pk}"

    @property
    def undone(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state in self.UNDONE

    @property
    def changes(self) -> bool:
        """Whether it is about something that is held, and can be applied."""
        return self.kind not in self.TALK


class RequestMessage(AppendOnly):
    """One step of a request, in the order of the ids: who, when, and what was said.

    ``details`` are what a reader's language puts into words: of what was asked and of what was
    applied. Of what came by mail ``email`` is the address it came from, ``received_at`` when,
    ``message_id`` the mail's own; ``author`` is who entered it then, if anybody did. ``verified``
    as on the request.
    """

    class Deed(models.TextChoices):
        OPENED = "opened", pgettext_lazy("deed", "sent it")
        SAID = "said", pgettext_lazy("deed", "wrote")
        TAKEN = "taken", pgettext_lazy("deed", "took it on")
        ASKED = "asked", pgettext_lazy("deed", "asked")
        ANSWERED = "answered", pgettext_lazy("deed", "answered")
        CHANGED = "changed", pgettext_lazy("deed", "changed what is asked for")
        APPLIED = "applied", pgettext_lazy("deed", "applied it")
        DECLINED = "declined", pgettext_lazy("deed", "declined it")
        WITHDRAWN = "withdrawn", pgettext_lazy("deed", "withdrew it")

    request = models.ForeignKey(
        ChangeRequest, models.PROTECT, related_name="messages", db_index=False
    )
    deed = models.CharField(max_length=9, choices=Deed)
    at = models.DateTimeField()
    from_support = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=150, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    details = models.JSONField(default=dict)
    email = models.EmailField(blank=True)
    subject = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    verified = models.BooleanField(default=True)

    class Meta:
        ordering = ("request", "pk")
        indexes = (models.Index(fields=["request", "id"], name="message_of_a_request"),)

    def __str__(self) -> str:
        return f"{self.request_id}: {self.deed}"
