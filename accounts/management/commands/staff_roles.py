"""The command that gives each staff role the permissions that the admin's pages declare."""

from typing import Any

from django.contrib import admin
from django.core.management.base import BaseCommand

from accounts import staff_roles
from accounts.admin.desk import declared_by


class Command(BaseCommand):
    help = (
        "Makes the staff roles support, billing, catalogue and read-only, each with the "
        "permissions that the admin's pages declare. Run it after migrate; again changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = staff_roles.set_staff_roles(declared_by(admin.site))
        for role, count in counts.items():
            self.stdout.write(f"{role.group_name}: {count} permissions")
