"""The log of what was done in an account that is no change of a member's status."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly


class AccountEvent(AppendOnly):
    """One deed in an account: who, when, to whom or what, from what to what.

    Written by ``accounts.deeds`` alone. ``was`` and ``becomes`` are words as they were read at the
    time ("Sales", "3 rights"); ``actor_name`` stays when the person is gone. ``visit`` is that of
    support acting as the customer.
    """

    class Kind(models.TextChoices):
        NAME = "name", _("Name changed")
        EMAIL = "email", _("E-mail address changed")
        ACCESS = "access", _("Access given")
        TYPE = "type", _("Type changed")
        CALLS = "calls", _("Calling without a queue changed")
        PURCHASE = "purchase", _("Purchase permission changed")
        PRIMARY_ASKED = "primary_asked", _("Handing over the primary role asked")
        PRIMARY_ENDED = "primary_ended", _("Handing over the primary role called off")
        PRIMARY = "primary", _("Primary role handed over")
        INVITED = "invited", _("Invitation sent")
        INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
        INVITATION_TAKEN = "invitation_taken", _("Invitation accepted")
        RETURN_ASKED = "return_asked", _("Asked to be activated again")
        ACCESS_CREATED = "access_created", _("Access created")
        ACCESS_CHANGED = "access_changed", _("Access changed")
        ACCESS_DELETED = "access_deleted", _("Access deleted")
        QUEUE_LOGIN = "queue_login", _("Queue logins changed")
        QUEUE_CREATED = "queue_created", _("Queue created")
        QUEUE_CHANGED = "queue_changed", _("Queue changed")
        QUEUE_DELETED = "queue_deleted", _("Queue deleted")
        QA_FORM_CREATED = "qa_form_created", _("QA form created")
        QA_FORM_CHANGED = "qa_form_changed", _("QA form changed")
        QA_FORM_DELETED = "qa_form_deleted", _("QA form deleted")
        COMPANY = "company", _("Company details changed")
        METHOD_ADDED = "method_added", _("Payment method added")
        METHOD_REPLACED = "method_replaced", _("Payment method replaced")
        METHOD_RENEWED = "method_renewed", _("Card renewed by its bank")
        METHOD_DEFAULT = "method_default", _("Default payment method chosen")
        METHOD_REMOVED = "method_removed", _("Payment method removed")
        PAYS_BY = "pays_by", _("Way of payment changed")
        PAID_BY_HAND = "paid_by_hand", _("Payment of an invoice started")
        ACCOUNT_OPENED = "account_opened", _("Account opened")
        REQUEST_OPENED = "request_opened", _("Request to support sent")
        REQUEST_WITHDRAWN = "request_withdrawn", _("Request to support withdrawn")
        PLAN_CANCELLED = "plan_cancelled", _("Plan cancelled")
        PLAN_KEPT = "plan_kept", _("Plan kept after all")
        CONVERSATIONS = "conversations", _("Level in Conversations changed")
        RECORDING = "recording", _("Retention of recordings changed")
        USAGE_LIMIT = "usage_limit", _("Usage limit changed")
        API_KEY_CREATED = "api_key_created", _("API key created")
        API_KEY_REVOKED = "api_key_revoked", _("API key revoked")
        VISIT_BEGUN = "visit_begun", _("Support signed in as the customer")
        VISIT_ENDED = "visit_ended", _("Support left")

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="deeds")
    member = models.ForeignKey(
        "accounts.Member", models.PROTECT, null=True, blank=True, related_name="deeds"
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind)
    about = models.CharField(max_length=200, blank=True, help_text="Of what, e.g. an Access.")
    was = models.CharField(max_length=500, blank=True)
    becomes = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    visit = models.ForeignKey(
        "accounts.SupportVisit", models.PROTECT, null=True, blank=True, related_name="deeds"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("account", "at", "pk")
        indexes = (models.Index(fields=["account", "at", "id"], name="deed_by_time"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"
