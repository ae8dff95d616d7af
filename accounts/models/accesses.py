"""Accesses: named sets of permissions that an account gives its members."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase


class Access(models.Model):
    """A named set of rights of one account: one auth group with permissions on the account.

    The rights stand in `AccountGroupPermission` alone and are read and written by
    ``accounts.access`` (decision 24). Each account has one of the kind *administrators*, which
    holds everything and cannot be changed or deleted; who has it is an admin.
    """

    class Kind(models.TextChoices):
        ADMINISTRATORS = "administrators", _("Administrators")
        CUSTOM = "custom", _("Custom")

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="accesses")
    group = models.OneToOneField(Group, models.PROTECT, related_name="access")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.CUSTOM)

    class Meta:
        verbose_name = _("Access")
        verbose_name_plural = _("Accesses")
        ordering = ("kind", Lower("name"), "pk")
        constraints = (
            models.UniqueConstraint(
                "account", Lower("name"), name="an_access_has_a_name_of_its_own_in_the_account"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(kind="administrators"),
                name="an_account_has_one_access_of_administrators",
            ),
        )

    def __str__(self) -> str:
        """Its name; of the administrators' in the reader's language."""
        return str(self.Kind.ADMINISTRATORS.label) if self.is_administrators else self.name

    @property
    def is_administrators(self) -> bool:
        """Whether it is the built-in one, which opens everything."""
        return self.kind == self.Kind.ADMINISTRATORS


class AccountGroupPermission(GroupObjectPermissionBase):
    """One right that a group was given on an account: guardian's row, with a real foreign key."""

    content_object = models.ForeignKey("accounts.Account", models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        verbose_name = _("right of an Access")
        verbose_name_plural = _("rights of Accesses")
