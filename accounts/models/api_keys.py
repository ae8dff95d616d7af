"""The keys by which programs ask: of one account, or of the vendor for all of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.scopes import Scope, read


class ApiKey(models.Model):
    """A key that the vendor's product, or a customer's program, shows with each request. API-4.

    ``account`` is the one that it sees; None for a key of the vendor. Of its secret only the
    SHA-256 (hex) is kept. ``prefix`` tells keys apart and is no secret. ``scopes`` are words parted
    by spaces. ``last_used_at`` is written once a minute at most.
    """

    account = models.ForeignKey(
        "accounts.Account", models.PROTECT, null=True, blank=True, related_name="api_keys"
    )
    name = models.CharField(max_length=100, help_text="What uses it, for example Help desk sync.")
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_by_name = models.CharField(max_length=150)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    revoked_by_name = models.CharField(max_length=150, blank=True)

    objects = models.Manager()
    history = HistoricalRecords(excluded_fields=["digest", "last_used_at"])

    class Meta:
        verbose_name = "API key"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["account", "name"],
                condition=Q(account__isnull=False, revoked_at__isnull=True),
                name="an_account_has_one_key_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(account__isnull=True, revoked_at__isnull=True),
                name="the_vendor_has_one_key_of_a_name",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """How the key begins, by which people know it again."""
        return f"sl_{self.prefix}_…"

    @property
    def allows(self) -> frozenset[Scope]:
        """What it lets a program do."""
        return read(self.scopes)
