"""Members of an account, and the log of what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly
from accounts.folding import Folded
from accounts.models.accesses import Access


class MemberStatus(models.TextChoices):
    """Where a member stands. Only ``active`` people are billable (PRICE-3)."""

    INVITED = "invited", _("Invited")
    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    DELETED = "deleted", _("Deleted")


class MemberType(models.TextChoices):
    """What a member works as; it says which licences they may consume (LIC-7)."""

    CONTACT_CENTRE = "contact_centre", _("Contact centre")
    BACK_OFFICE = "back_office", _("Back-office")
    CLOUDPHONE = "cloudphone", _("Cloudphone")
    PASSIVE = "passive", _("Passive")


class Member(models.Model):
    """A person or bot in an account."""

    Status = MemberStatus
    Type = MemberType

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="members"
    )
    reference = models.CharField(max_length=64, help_text="The member's own id in the account.")
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    bot = models.BooleanField(default=False)
    billing_role = models.BooleanField(default=False, help_text="Takes no seat.")
    primary_admin = models.BooleanField("primary account admin", default=False)
    purchase_permission = models.BooleanField(default=False)
    status = models.CharField(max_length=17, choices=MemberStatus, default=MemberStatus.INVITED)
    access = models.ForeignKey(
        "accounts.Access", models.PROTECT, null=True, blank=True, related_name="members"
    )
    type = models.CharField(
        max_length=14,
        choices=MemberType,
        default=MemberType.PASSIVE,
        help_text="Which licences they can use.",
    )
    calls_without_queue = models.BooleanField(
        default=False, help_text="Of a back-office user: may call without a queue."
    )
    last_active_at = models.DateTimeField(null=True, blank=True)
    asked_to_return_at = models.DateTimeField(
        null=True, blank=True, help_text="When a suspended member asked to be activated again."
    )
    name_key = models.GeneratedField(
        expression=Folded("name"), output_field=models.CharField(max_length=150), db_persist=True
    )

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index(Upper("email"), condition=~Q(email=""), name="member_by_email"),
            models.Index(fields=["account", "status", "name_key", "id"], name="member_of_a_tab"),
            models.Index(
                fields=["account", "status", "last_active_at", "id"], name="member_by_activity"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["account", "reference"], name="a_member_has_its_own_reference"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(primary_admin=True),
                name="an_account_has_at_most_one_primary_account_admin",
            ),
            models.UniqueConstraint(
                fields=["account", "user"],
                condition=~Q(status="deleted") & Q(user__isnull=False),
                name="a_person_is_one_member_of_an_account",
            ),
            models.CheckConstraint(
                name="who_may_call_without_a_queue_works_in_the_back_office",
                condition=Q(calls_without_queue=False) | Q(type="back_office"),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_admin(self) -> bool:
        """Whether the member's Access is that of the account's administrators."""
        return (
            self.access is not None
            and self.access.account_id == self.account_id
            and self.access.kind == Access.Kind.ADMINISTRATORS
        )

    @property
    def takes_seat(self) -> bool:
        """Whether this member is billable while active: never bots or the billing role."""
        return not (self.bot or self.billing_role)


class MemberEvent(AppendOnly):
    """One change of a member's status; written by ``accounts.people`` alone.

    ``step`` is what the change does to the account's number of billable members: +1, -1 or 0.
    ``sequence`` counts the account's member events from 1 without a gap.
    """

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="member_events")
    member = models.ForeignKey(Member, models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    was = models.CharField(max_length=17, choices=MemberStatus, blank=True)
    becomes = models.CharField(max_length=17, choices=MemberStatus)
    step = models.SmallIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("account", "sequence")
        indexes = (models.Index(fields=["account", "at"], name="member_event_by_time"),)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "sequence"], name="a_member_event_has_its_place_in_the_log"
            ),
            models.CheckConstraint(
                name="a_member_event_moves_the_number_by_one_at_most",
                condition=Q(step__gte=-1, step__lte=1),
            ),
        )

    def __str__(self) -> str:
        return f"{self.member_id}: {self.was or 'new'} → {self.becomes}"
