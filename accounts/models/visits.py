"""Support's visits: a person of the vendor signed in as a customer, for a while and on record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SupportVisit(models.Model):
    """A person of support sees and does in an account what one of its members may (STAFF-2)."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="visits")
    member = models.ForeignKey("accounts.Member", models.PROTECT, related_name="visits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits")
    reason = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-began_at", "-pk")
        indexes = (models.Index(fields=["account", "began_at"], name="visit_by_account"),)
        constraints = (
            models.CheckConstraint(
                name="a_visit_ends_after_it_began", condition=Q(expires_at__gt=F("began_at"))
            ),
            models.CheckConstraint(name="a_visit_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="a_person_is_in_one_visit_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.account_id}"
