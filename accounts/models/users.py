"""A person who can sign in; what they may do hangs on their members and staff roles."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

# Each by its own name, for who looks for theirs on a page that they cannot read.
LANGUAGES: Final = (("en", "English"), ("it", "Italiano"), ("cs", "Čeština"))


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person with this address (its domain in lower case). ValueError without one."""
        if not email:
            raise ValueError("A person needs an e-mail address, e.g. jana@example.com.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person of the vendor who may do everything in the admin."""
        return self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True, **fields}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail; may belong to several accounts."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(
        "works for the vendor", default=False, help_text="May enter the admin."
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(
        max_length=2,
        blank=True,
        choices=LANGUAGES,
        help_text="Empty: the browser's.",
    )
    time_zone = models.CharField(
        max_length=64, blank=True, help_text="Empty: that of the account looked at."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("email",)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
