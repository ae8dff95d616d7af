"""`manage.py audit`: compute everything again from the logs and say what differs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Account
from billing.auditing import audit


class Command(BaseCommand):
    """Exit status 0 when all is as computed, 1 when something differs; one line for each."""

    help = (
        "Computes bills, documents, ledger and numbers again from the logs and compares them with "
        "what is stored. It reads one picture of the data and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--account", type=int, metavar="ID", help="only this account; default: all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account_id = options["account"]
        known = Account.objects.using("readonly")
        found = 0
        with transaction.atomic(using="readonly"):
            if account_id is not None and not known.filter(pk=account_id).exists():
                raise CommandError(f"There is no account {account_id}.")
            for finding in audit(account_id=account_id, using="readonly"):
                self.stdout.write(str(finding))
                found += 1
        if found:
            self.stderr.write(
                "1 difference found." if found == 1 else f"{found} differences found."
            )
            sys.exit(1)
        self.stdout.write("Everything stored is as computed again from the logs.")
