"""The command `demo`: a catalogue and 44 accounts with up to fourteen months of history."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from config.demo import world
from config.demo.sign_ins import CUSTOMERS
from config.demo.telling import NotTheDemos, tell


class Bar:
    """A bar of days on standard error, where that is a terminal."""

    def begin(self, days: int) -> None:
        self._bar = tqdm(total=days, unit=" days", disable=None, leave=False)

    def advance(self) -> None:
        self._bar.update()


class Command(BaseCommand):
    help = (
        "Put the demo into an empty database: a catalogue of five product families, accounts of "
        "every kind with DEMO_MONTHS of history, and staff to sign in as. Again is harmless."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DATE",
            help="The day its history leads up to; by default today.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("staff_roles", verbosity=0, stdout=self.stderr)
        try:
            on = options["on"] or timezone.now().date()
            tell(on=on, progress=Bar(), months=settings.DEMO_MONTHS)
        except NotTheDemos as refusal:
            raise CommandError(str(refusal)) from refusal
        self._say_who_signs_in()

    def _say_who_signs_in(self) -> None:
        """Everybody with the demo's password: people of the vendor, then those of customers."""
        self.stdout.write(f"Sign in at {settings.SITE_URL} with the password of the demo:")
        self.stdout.write(f"  password   {world.PASSWORD}")
        self.stdout.write("People of the vendor, at the desk:")
        for sign_in in world.SIGN_INS:
            role = "may do everything" if sign_in.role is None else sign_in.role.value
            self.stdout.write(f"  {sign_in.email:<24} {role}")
        self.stdout.write("People of customers, in the portal:")
        for customer in CUSTOMERS:
            self.stdout.write(f"  {customer.email:<24} {customer.what} ({customer.reference})")
